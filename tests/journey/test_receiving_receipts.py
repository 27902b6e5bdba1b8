"""Receipts and sealing at the municipality: what is believed, and what happens without a network or after a kill."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from sekisho.digest import digest_of
from sekisho.ends.municipality import RECEIPT_TYPE
from sekisho.lines.tls import Credentials, server_context
from sekisho.statement import check_statement, read_canonical, read_envelope, sign_statement
from sekisho.storage.keys import read_signing_key
from tests.journey.raw_line import Caller, roster_of, wait_for
from tests.journey.test_receiving_cut import large_table
from tests.journey.trial_site import CASE, TrialSite


@pytest.fixture(scope="module")
def sent(tmp_path_factory):
    """A site whose parcel 1 has its receipt; receiving is stopped again."""
    trial = TrialSite(tmp_path_factory.mktemp("receipts")).init()
    trial.start("receiving")
    assert trial.seal().code == 0
    assert trial.send().code == 0
    trial.stop("receiving")
    yield trial
    trial.close()


def receipt_of(trial, number: int = 1) -> bytes:
    return (trial.municipality / "receipts" / f"{number:06d}.json").read_bytes()


def answering(body: bytes, status: int = 200) -> type[BaseHTTPRequestHandler]:
    """Give back a server that answers every call alike."""

    class Same(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Same


@contextlib.contextmanager
def false_receiving(trial, body: bytes, status: int = 200) -> Iterator[None]:
    """Run somebody with receiving's place and certificate who answers what a test wants."""
    tls = trial.home("receiving") / "tls"
    server = HTTPServer(Caller(trial).address, answering(body, status))
    context = server_context(Credentials(tls / "certificate.pem", tls / "key.pem", tls / "authority.pem"))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.requirement("B03")
def test_a_receipt_is_verified_offline_with_nothing_but_the_roster(sent):
    roster = roster_of(sent)
    key = roster.receiving.receipt_key
    value = check_statement(receipt_of(sent), RECEIPT_TYPE, {key.key_id: key})
    parcel = (sent.municipality / "outbox" / "000001.parcel").read_bytes()
    assert (value["case"], value["number"], value["size_bytes"]) == (CASE, 1, len(parcel))
    assert value["sha256"] == str(digest_of(parcel))
    entry = sent.events("receiving")[value["ledger"]["index"]]
    assert entry["facts"]["sha256"] == value["sha256"]
    assert entry["at"] == value["received_at"]


def wrong_receipts(trial) -> dict[str, tuple[bytes, str]]:
    """Give back false answers by name, each with the reason that it must end in."""
    raw = receipt_of(trial)
    value = read_canonical(read_envelope(raw, RECEIPT_TYPE).payload)
    key = read_signing_key(trial.home("receiving") / "keys" / "receipt.pem")
    ledger = read_signing_key(trial.home("receiving") / "keys" / "ledger.pem")
    flipped = raw.replace(b'"sig":"', b'"sig":"AAAA', 1)
    other = {**value, "number": 2}
    return {
        "another parcel": (raw, "receipt.mismatch"),
        "another key": (sign_statement(RECEIPT_TYPE, other, [ledger]), "receipt.signature"),
        "a broken signature": (flipped, "receipt.signature"),
        "another size": (sign_statement(RECEIPT_TYPE, {**other, "size_bytes": 1}, [key]), "receipt.mismatch"),
        "another site": (sign_statement(RECEIPT_TYPE, {**other, "site": "elsewhere"}, [key]), "receipt.mismatch"),
        "another kind": (sign_statement("application/vnd.sekisho.label.v1+json", other, [key]), "receipt.signature"),
        "no statement": (b"<html>accepted</html>", "receipt.signature"),
        "nothing": (b"", "receipt.signature"),
        "too much": (b"x" * 1_100_000, "line.answer"),
    }


@pytest.mark.requirement("B03")
@pytest.mark.parametrize(
    "wrong",
    [
        "another parcel",
        "another key",
        "a broken signature",
        "another size",
        "another site",
        "another kind",
        "no statement",
        "nothing",
        "too much",
    ],
)
def test_the_municipality_does_not_believe_a_wrong_receipt_and_keeps_none(sent, wrong):
    if not (sent.municipality / "outbox" / "000002.parcel").exists():
        assert sent.seal().code == 0
    body, reason = wrong_receipts(sent)[wrong]
    with false_receiving(sent, body):
        done = sent.send()
    assert done.code == 4, done.err
    assert f"[{reason}]" in done.err
    assert "Next:" in done.err
    assert [path.name for path in (sent.municipality / "receipts").iterdir()] == ["000001.json"]


@pytest.mark.parametrize("body", [b"", b"<html>502</html>", b'{"reason":"made.up","who":2,"facts":{}}'])
def test_a_refusal_in_no_agreed_form_ends_in_line_answer(sent, body):
    if not (sent.municipality / "outbox" / "000002.parcel").exists():
        assert sent.seal().code == 0
    with false_receiving(sent, body, status=502):
        done = sent.send()
    assert (done.code, "[line.answer]" in done.err) == (4, True)


def test_a_parcel_that_was_cut_lengthened_or_replaced_on_the_senders_disk_does_not_travel(trial):
    trial.start("receiving")
    assert trial.seal().code == 0
    parcel = trial.municipality / "outbox" / "000001.parcel"
    whole = parcel.read_bytes()
    for changed, reason in (
        (whole[:-1], "parcel.truncated"),
        (whole + b"x", "parcel.size"),
        (b"id,age\n1,2\n", "parcel.malformed"),
    ):
        parcel.write_bytes(changed)
        done = trial.send()
        assert (done.code, f"[{reason}]" in done.err) == (2, True), done.err
        assert trial.events("receiving") == []
    parcel.write_bytes(whole)
    assert trial.send().code == 0


def test_a_bit_that_turned_on_the_senders_disk_is_turned_back_and_named_as_damage_there(trial):
    """Bytes are read once, while they travel: receiving finds it, nothing of it stays there, and the whole one goes through."""
    trial.start("receiving")
    assert trial.seal().code == 0
    parcel = trial.municipality / "outbox" / "000001.parcel"
    whole = parcel.read_bytes()
    parcel.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    done = trial.send()
    assert (done.code, "[parcel.tampered]" in done.err) == (4, True), done.err
    assert [one["event"] for one in trial.events("receiving")] == ["TurnedBack"]
    assert not list((trial.home("receiving") / "parts").iterdir())
    parcel.write_bytes(whole)
    assert trial.send().code == 0
    assert [one["event"] for one in trial.events("receiving")] == ["TurnedBack", "Received"]


@pytest.mark.requirement("B14")
def test_sealing_works_where_there_is_no_network(trial):
    if os.geteuid() != 0 or subprocess.run(["unshare", "-n", "true"], check=False, capture_output=True).returncode:
        pytest.skip("an empty network namespace needs root and unshare")
    assert trial.seal().code == 0
    (trial.municipality / "outbox" / "000001.parcel").unlink()
    schema = trial.folder / "schema.toml"
    command = ["unshare", "-n", sys.executable, "-m", "sekisho", "--lang", "en", "municipality", "seal"]
    command += [trial.folder / "table.csv", "--home", trial.municipality, "--schema", schema]
    command += ["--basis", "entrustment", "--reference", "test contract 1"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    trial.start("receiving")
    assert trial.send().code == 0


@pytest.mark.requirement("F14")
def test_a_kill_while_sealing_leaves_no_parcel_and_the_next_one_takes_the_same_number(trial):
    table = trial.folder / "large.csv"
    head, _, rows = large_table().partition(b"\n")
    table.write_bytes(head + b"\n" + rows * 4)
    outbox = trial.municipality / "outbox"
    command = [sys.executable, "-m", "sekisho", "municipality", "seal", table, "--home", trial.municipality]
    command += ["--schema", trial.folder / "schema.toml", "--basis", "entrustment", "--reference", "test contract 1"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as sealer:
        half = outbox / "000001.parcel.part"
        wait_for(lambda: half.exists() and half.stat().st_size > 1_000_000, "half a parcel")
        sealer.kill()
    assert sealer.returncode == -signal.SIGKILL
    assert not list(outbox.glob("*.parcel"))
    done = trial.seal()
    assert done.code == 0, done.err
    assert sorted(path.name for path in outbox.iterdir()) == ["000001.parcel", "lock"]
    trial.start("receiving")
    assert trial.send().code == 0
