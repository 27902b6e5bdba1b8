"""Who is let on the line at all: TLS 1.3, one cipher, certificates of the site's CA, names of the roster."""

import contextlib
import http.client
import json
import socket
import ssl
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from sekisho.cli.clock import now
from sekisho.ends.municipality import open_municipality
from sekisho.errors import Unavailable
from sekisho.lines import client
from sekisho.pages.refusal_text import refusal_text
from sekisho.pages.words import Language, words_in
from sekisho.release.roster import ROSTER_TYPE
from sekisho.site.authority import issue, make_authority
from sekisho.site.trial import VALID_FOR
from sekisho.statement import read_canonical, read_envelope, sign_statement
from sekisho.storage.keys import read_signing_key
from tests.journey.raw_line import BOUND_SECONDS, OTHER_TOWN, TWO_TOWNS, Caller, make_parcel, settings_of, tail
from tests.journey.trial_site import TrialSite

POLICY = "TLS_AES_256_GCM_SHA384"


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    trial = TrialSite(tmp_path_factory.mktemp("tls")).init(*TWO_TOWNS)
    trial.start("receiving")
    yield Caller(trial)
    trial.close()


def greet(caller, context):
    """Give back what the handshake agreed on, after one call that was answered."""
    with (
        socket.create_connection(caller.address, timeout=BOUND_SECONDS) as plain,
        contextlib.closing(context.wrap_socket(plain)) as line,
    ):
        line.sendall(b"GET /parcels HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = line.recv(4096)
        if not answer:
            raise ConnectionResetError
        return line.version(), line.cipher()[0], answer.split()[1]


@pytest.mark.requirement("D03")
def test_the_line_is_tls_1_3_with_aes_256(town):
    assert greet(town, town.context()) == ("TLSv1.3", POLICY, b"404")


@pytest.mark.requirement("D03")
@pytest.mark.parametrize("port", ["senders", "processing"])
def test_a_caller_that_speaks_tls_1_2_is_refused(town, port):
    context = town.context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        greet(Caller(town.trial, port=port), context)


@pytest.mark.requirement("D03")
@pytest.mark.parametrize("curve", ["prime256v1", "X25519"])
def test_a_caller_with_another_curve_is_refused(town, curve):
    context = town.context()
    context.set_ecdh_curve(curve)
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        greet(town, context)


@pytest.mark.requirement("D03")
@pytest.mark.parametrize("cipher", ["TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"])
def test_a_caller_with_another_cipher_is_refused(town, cipher):
    done = run_openssl(town, "-tls1_3", "-ciphersuites", cipher)
    assert b"HTTP/1.1" not in done


def test_the_same_tool_is_answered_with_the_cipher_of_the_policy(town):
    assert b"HTTP/1.1 404" in run_openssl(town, "-tls1_3", "-ciphersuites", POLICY)


def run_openssl(caller, *arguments):
    """Give back what came for one GET, by the openssl tool: Python's ssl cannot choose among TLS 1.3 ciphers."""
    import shutil

    if shutil.which("openssl") is None:
        pytest.skip("choosing a TLS 1.3 cipher needs the openssl tool")
    tls = caller.trial.home(caller.role) / "tls"
    host, port = caller.address
    command = ["openssl", "s_client", "-connect", f"{host}:{port}", "-quiet", "-groups", "P-384", *arguments]
    command += ["-cert", str(tls / "certificate.pem"), "-key", str(tls / "key.pem")]
    call = b"GET /parcels HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    return subprocess.run(command, input=call, capture_output=True, check=False, timeout=BOUND_SECONDS).stdout


@pytest.mark.requirement("B01")
def test_a_caller_without_a_certificate_is_refused(town):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(town.trial.home(town.role) / "tls" / "authority.pem")
    with pytest.raises((ssl.SSLError, ConnectionResetError, BrokenPipeError)):
        greet(town, context)


@pytest.fixture
def self_made(town, tmp_path):
    """A certificate with a municipality's name, by a CA of the caller's own."""
    name = f"{town.role}.{settings_of(town.trial, 'receiving')['site']['id']}"
    pair = issue(make_authority("elsewhere", now(), VALID_FOR), name, now(), VALID_FOR)
    (tmp_path / "certificate.pem").write_bytes(pair.certificate)
    (tmp_path / "key.pem").write_bytes(pair.key)
    return tmp_path


@pytest.mark.requirement("B01")
@pytest.mark.parametrize("port", ["senders", "processing"])
def test_a_self_made_certificate_is_refused_whatever_name_it_bears(town, self_made, port):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(town.trial.home(town.role) / "tls" / "authority.pem")
    context.load_cert_chain(self_made / "certificate.pem", self_made / "key.pem")
    before = len(town.trial.events("receiving"))
    with pytest.raises((ssl.SSLError, ConnectionResetError, BrokenPipeError)):
        greet(Caller(town.trial, port=port), context)
    assert len(town.trial.events("receiving")) == before


@pytest.mark.requirement("B01")
def test_send_with_a_self_made_certificate_ends_in_one_refusal_that_names_the_certificate(town, self_made, monkeypatch):
    """The server breaks off without a word (asyncio sends no alert), so the caller cannot know more."""
    trial = town.trial
    assert trial.seal().code == 0
    monkeypatch.setattr(client, "PAUSE_SECONDS", 0.0)
    honest = open_municipality(trial.municipality / "settings.toml", now)
    tls = honest.settings.tls.model_copy(update={name: self_made / f"{name}.pem" for name in ("certificate", "key")})
    stranger = replace(honest, settings=honest.settings.model_copy(update={"tls": tls}))
    with pytest.raises(Unavailable) as refused:
        list(stranger.send())
    assert "that it knows your certificate" in refusal_text(words_in(Language.EN), refused.value)
    assert "[line.unreachable]" in refusal_text(words_in(Language.EN), refused.value)
    assert len(list(honest.send())) == 1


@pytest.mark.requirement("B01")
def test_send_does_not_talk_to_a_server_with_another_name(town):
    trial = town.trial
    home = trial.municipality
    settings = (home / "settings.toml").read_text()
    (home / "settings.toml").write_text(settings.replace('name = "receiving.', 'name = "delivery.'))
    assert trial.seal().code == 0
    done = trial.send()
    (home / "settings.toml").write_text(settings)
    assert (done.code, "[line.tls]" in done.err) == (4, True)
    assert trial.send().code == 0


@pytest.mark.requirement("B01")
def test_a_municipality_that_left_the_roster_brings_nothing_in_any_more(trial):
    trial.close()
    gone = TrialSite(trial.folder / "gone")
    gone.folder.mkdir()
    gone.init(*TWO_TOWNS)
    leave_roster(gone, OTHER_TOWN)
    gone.start("receiving")
    try:
        stranger = Caller(gone, role=f"municipality-{OTHER_TOWN}")
        answer = stranger.begin(make_parcel(gone, 1, sender=OTHER_TOWN))
        assert (answer.status, answer.reason) == (403, "line.not-allowed")
        assert tail(gone)["facts"] == {
            "peer": f"municipality-{OTHER_TOWN}.{site_of(gone)}",
            "reason": "line.not-allowed",
        }
        assert Caller(gone).send(make_parcel(gone, 1)).status == 200
    finally:
        gone.close()


def site_of(trial):
    return settings_of(trial, "receiving")["site"]["id"]


def leave_roster(trial, town):
    """Sign receiving a newer roster without `town`."""
    path = trial.home("receiving") / "roster.json"
    value = read_canonical(read_envelope(path.read_bytes(), ROSTER_TYPE).payload)
    value["municipalities"] = [one for one in value["municipalities"] if one["id"] != town]
    value["version"] += 1
    founders = [read_signing_key(trial.home("founders") / "keys" / f"{name}.pem") for name in ("first", "second")]
    path.write_bytes(sign_statement(ROSTER_TYPE, value, sorted(founders, key=lambda one: one.key_id)))
    assert json.loads(path.read_bytes())["payloadType"] == ROSTER_TYPE


def test_a_caller_whose_headers_never_end_is_dropped_and_the_next_one_is_answered(town):
    with socket.create_connection(town.address, timeout=BOUND_SECONDS) as plain:
        line = town.context().wrap_socket(plain)
        line.sendall(b"GET /parcels HTTP/1.1\r\nX: ")
        with contextlib.closing(line), pytest.raises((ConnectionResetError, BrokenPipeError, ssl.SSLError)):
            line.sendall(bytes(64 * 1024 * 1024).replace(b"\0", b"x"))
    assert greet(town, town.context())[2] == b"404"


def test_one_connection_carries_many_calls(town):
    connection = http.client.HTTPSConnection(*town.address, context=town.context(), timeout=BOUND_SECONDS)
    with contextlib.closing(connection):
        for _ in range(3):
            connection.request("POST", "/uploads", bytes(200_000))
            answer = connection.getresponse()
            assert (answer.status, b"parcel.malformed" in answer.read()) == (422, True)


IMPATIENT = """
import sys
from sekisho.cli.main import main
from sekisho.lines import server
server.LONGEST_HEAD_SECONDS = 0.4
main(sys.argv[1:])
"""


def drip(line):
    for _ in range(100):
        line.sendall(b"G")
        time.sleep(0.1)


@pytest.mark.requirement("F14")
def test_a_caller_whose_head_comes_letter_by_letter_is_let_go(trial):
    """With 0.4 s where the product has 30 (spec/line.md 6)."""
    home = str(trial.home("receiving"))
    command = [sys.executable, "-c", IMPATIENT, "--lang", "en", "receiving", "serve", "--home", home]
    trial.servers["receiving"] = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert trial.servers["receiving"].stdout.readline()
    town = Caller(trial)
    with socket.create_connection(town.address, timeout=BOUND_SECONDS) as plain:
        line = town.context().wrap_socket(plain)
        with contextlib.closing(line), pytest.raises((ConnectionResetError, BrokenPipeError, ssl.SSLError)):
            drip(line)
    assert greet(town, town.context())[2] == b"404"
