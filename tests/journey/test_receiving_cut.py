"""Cuts: of the line at any byte, of the sender and of receiving by kill -9. What arrived stays, nothing comes twice."""

import random
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from sekisho.lines.client import Line
from sekisho.parcel.layout import HEAD_BYTES
from tests.journey.raw_line import BOUND_SECONDS, PIECE_BYTES, Caller, Made, make_parcel, parts, shelf, tail, wait_for
from tests.journey.trial_site import CASE, TOWN, TrialSite, table

LOST_AT_MOST = 512 * 1024  # what a server's own buffers may hold when the line is cut (spec/line.md 2.2)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    trial = TrialSite(tmp_path_factory.mktemp("cut")).init()
    trial.start("receiving")
    yield Caller(trial)
    trial.close()


def outbox(trial):
    return trial.municipality / "outbox"


def large_table() -> bytes:
    """Give back a table of some 24 MB: more than one piece. Its rows repeat, so that looking through them is quick."""
    head, end, rows = table().partition(b"\n")
    return head + end + rows * 22_000


def edges(size: int) -> list[int]:
    chosen = random.Random(20261123)
    return [0, 1, HEAD_BYTES - 1, HEAD_BYTES, HEAD_BYTES + 1, size // 2, size - 1, *chosen.sample(range(size), 5)]


@pytest.mark.requirement("F14")
def test_an_upload_cut_at_any_byte_goes_on_from_what_arrived(town):
    size = len(make_parcel(town.trial, 100, filler_bytes=2_000_000).raw)
    for number, sent in enumerate(edges(size), 100):
        made = make_parcel(town.trial, number, filler_bytes=2_000_000)
        assert town.begin(made).offset == 0
        town.put_and_cut(made, 0, made.raw[:sent])
        wait_for(lambda made=made, sent=sent: town.free_offset(made) >= sent - LOST_AT_MOST, f"cut at {sent}")
        offset = town.free_offset(made)
        assert offset <= sent
        assert town.put(made, made.raw[offset:], offset).status == 204
        assert town.finish(made).status == 200
        assert (town.trial.home("receiving") / "shelf" / f"{TOWN}-{number:06d}.parcel").read_bytes() == made.raw
    assert parts(town.trial) == []


@pytest.mark.requirement("F14", "B03")
def test_send_goes_on_after_a_cut_and_sends_nothing_twice(trial, monkeypatch):
    from sekisho.cli.clock import now
    from sekisho.ends.municipality import open_municipality

    trial.start("receiving")
    assert trial.seal(large_table()).code == 0
    town, made = Caller(trial), waiting_parcel(trial)
    town.begin(made)
    assert town.put(made, made.raw[:PIECE_BYTES], 0).status == 204
    town.put_and_cut(made, PIECE_BYTES, made.raw[PIECE_BYTES : PIECE_BYTES + 3_000_000])
    wait_for(lambda: town.free_offset(made) >= PIECE_BYTES + 3_000_000 - LOST_AT_MOST, "cut")
    offset = town.free_offset(made)
    seen = record_pieces(monkeypatch)
    tool = open_municipality(trial.municipality / "settings.toml", now)
    (sent,) = tool.send()
    assert sent.case == CASE
    assert seen[0][0] == offset
    assert sum(size for _, size in seen) == len(made.raw) - offset
    assert sent.receipt.is_file()


def record_pieces(monkeypatch) -> list[tuple[int, int]]:
    """Give back a list that fills with offset and size of each piece sent from this process."""
    seen = []
    honest = Line.call

    def call(self, method, path, body=b"", **headers):
        if method == "PATCH":
            seen.append((int(headers["Upload_Offset"]), len(body)))
        return honest(self, method, path, body, **headers)

    monkeypatch.setattr(Line, "call", call)
    return seen


def waiting_parcel(trial, number: int = 1) -> Made:
    from sekisho.parcel.label import PAYLOAD_TYPE
    from sekisho.parcel.layout import read_head
    from sekisho.statement import read_envelope

    raw = (outbox(trial) / f"{number:06d}.parcel").read_bytes()
    return Made(raw, read_envelope(read_head(raw[:HEAD_BYTES]), PAYLOAD_TYPE).digest.hex)


@pytest.mark.requirement("F14")
def test_a_sender_killed_in_the_middle_sends_again_and_gets_its_receipt(trial):
    trial.start("receiving")
    assert trial.seal(large_table()).code == 0
    kill_sending(trial)
    assert trial.events("receiving") == []
    assert not list((trial.municipality / "receipts").glob("*"))
    assert trial.send().code == 0
    assert [one["event"] for one in trial.events("receiving")] == ["Received"]
    assert (trial.home("receiving") / "shelf" / f"{CASE}.parcel").read_bytes() == waiting_parcel(trial).raw
    assert parts(trial) == []


def has_bytes(folder: Path) -> bool:
    """Say whether a piece has begun to arrive; openings pass through a name that is gone a moment later."""
    with suppress(FileNotFoundError):
        return any(one.stat().st_size for one in folder.glob("*.part") if ".opening." not in one.name)
    return False


def kill_sending(trial) -> None:
    """Start `send` and kill it -9 as soon as a piece has begun to arrive."""
    command = [sys.executable, "-m", "sekisho", "municipality", "send", "--home", str(trial.municipality)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as sender:
        folder = trial.home("receiving") / "parts"
        wait_for(lambda: has_bytes(folder), "first bytes")
        sender.kill()
    assert sender.returncode == -signal.SIGKILL


@pytest.mark.requirement("F14")
def test_receiving_killed_in_the_middle_keeps_what_arrived_and_the_same_send_goes_on(trial):
    trial.start("receiving")
    assert trial.seal(large_table()).code == 0
    command = [
        sys.executable,
        "-m",
        "sekisho",
        "--lang",
        "en",
        "municipality",
        "send",
        "--home",
        str(trial.municipality),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as sender:
        folder = trial.home("receiving") / "parts"
        wait_for(lambda: has_bytes(folder), "first bytes")
        trial.stop("receiving", signal.SIGKILL)
        assert has_bytes(folder)
        trial.start("receiving")
        out, err = sender.communicate(timeout=2 * BOUND_SECONDS)
    assert sender.returncode == 0, err
    assert "has arrived" in out
    assert [one["event"] for one in trial.events("receiving")] == ["Received"]
    assert (trial.home("receiving") / "shelf" / f"{CASE}.parcel").read_bytes() == waiting_parcel(trial).raw
    assert parts(trial) == []


@pytest.mark.requirement("F14")
def test_a_cut_between_the_ledger_and_the_final_name_is_healed_at_the_next_start(trial):
    trial.start("receiving")
    made = make_parcel(trial, 1)
    town = Caller(trial)
    receipt = town.send(made).body
    trial.stop("receiving", signal.SIGKILL)
    home = trial.home("receiving")
    (home / "shelf" / f"{CASE}.parcel").rename(home / "parts" / f"{made.upload}.part")
    trial.start("receiving")
    assert shelf(trial) == [f"{CASE}.parcel"]
    assert parts(trial) == []
    assert town.send(made).body == receipt
    trial.stop("receiving", signal.SIGKILL)
    (home / "parts" / f"{made.upload}.opening").write_bytes(made.head)
    (home / "parts" / f"{made.upload}.part").hardlink_to(home / "shelf" / f"{CASE}.parcel")
    (home / "parts" / f"{made.upload}.opening.0123456789abcdef.part").write_bytes(b"cut")
    trial.start("receiving")
    assert list((home / "parts").iterdir()) == []
    assert (home / "shelf" / f"{CASE}.parcel").read_bytes() == made.raw
    assert tail(trial)["event"] == "Received"


def test_a_promised_parcel_that_is_nowhere_is_told_to_its_sender_and_stops_nobody_else(trial):
    trial.start("receiving")
    made = make_parcel(trial, 1)
    assert Caller(trial).send(made).status == 200
    trial.stop("receiving")
    (trial.home("receiving") / "shelf" / f"{CASE}.parcel").unlink()
    trial.start("receiving")
    assert Caller(trial).send(made).reason == "file.missing"
    assert Caller(trial).send(make_parcel(trial, 2)).status == 200
