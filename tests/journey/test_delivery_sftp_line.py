"""How long delivery waits for an SFTP server, and with which keys and settings it does not begin (spec/line.md 7)."""

import io
import os
import socket
import threading
import time
from contextlib import contextmanager, suppress

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from sekisho.errors import BadSettings, Reason, Unavailable
from sekisho.lines.sftp.putting import File
from sekisho.lines.sftp.session import Sessions
from sekisho.release.endpoints import Endpoint, Sftp
from tests.journey.sftp_server import with_sftp

SILENCE_SECONDS = 0.5
BANNER = b"SSH-2.0-made\r\n"


def pem(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def text(key):
    return key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


HOST_KEY = text(Ed25519PrivateKey.generate())


@pytest.fixture
def sessions(monkeypatch):
    monkeypatch.setenv("LOGNAME", "somebody")
    made = Sessions(silence_seconds=SILENCE_SECONDS)
    made.take_key(pem(generate_private_key(SECP384R1())), "key.pem")
    yield made
    made.close()


def put(sessions, port):
    """Try to put a few bytes, and give back why it failed and after how long."""
    began = time.monotonic()
    file = File("a", io.BytesIO(b"content"), 7)
    with pytest.raises(Unavailable) as caught:
        sessions.put(Endpoint("127.0.0.1", port, None), Sftp("sekisho", ".", HOST_KEY), [file], 0, lambda _offset: None)
    return caught.value.reason, time.monotonic() - began


@contextmanager
def answering(play):
    """Listen as no server would."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = threading.Thread(target=_play, args=(door, play), daemon=True)
        thread.start()
        yield door.getsockname()[1]
        thread.join(20)


def _play(door, play):
    with suppress(OSError):
        caller, _ = door.accept()
        with caller:
            caller.settimeout(20)
            play(caller)


def until_gone(caller):
    while caller.recv(4096):
        pass


def dripping(caller):
    """A byte of a line now and then, which begins every usual timeout anew."""
    for one in BANNER[:-2] * 10:
        caller.sendall(bytes([one]))
        time.sleep(0.1)


def silent_after_its_name(caller):
    caller.sendall(BANNER)
    until_gone(caller)


@pytest.mark.requirement("B04")
@pytest.mark.parametrize("play", [until_gone, silent_after_its_name, dripping])
def test_a_server_that_hesitates_is_left_in_time(sessions, play):
    with answering(play) as port:
        reason, seconds = put(sessions, port)
    assert reason is Reason.LINE_UNREACHABLE
    assert seconds < 6 * SILENCE_SECONDS


def test_where_nobody_listens_or_somebody_hangs_up_it_is_tried_again_later(sessions):
    with answering(lambda caller: caller.close()) as port:
        assert put(sessions, port)[0] is Reason.LINE_UNREACHABLE
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        assert put(sessions, held.getsockname()[1])[0] is Reason.LINE_UNREACHABLE


@pytest.mark.parametrize("raw", [b"", b"no key", pem(generate_private_key(SECP256R1()))])
def test_a_key_of_another_kind_is_refused_by_its_files_name(sessions, raw):
    with pytest.raises(BadSettings) as caught:
        sessions.take_key(raw, "key.pem")
    assert (caught.value.reason, caught.value.facts["file"]) == (Reason.SETTINGS_MALFORMED, "key.pem")


def test_an_ed25519_key_serves_as_well(sessions):
    sessions.take_key(pem(Ed25519PrivateKey.generate()), "key.pem")


WRONG = {
    "no key named": (lambda home: cut_out(home / "settings.toml"), "settings.malformed"),
    "no key there": (lambda home: (home / "ssh" / "key.pem").unlink(), "key.missing"),
    "a key that others may read": (lambda home: (home / "ssh" / "key.pem").chmod(0o640), "key.exposed"),
    "a key that is none": (lambda home: (home / "ssh" / "key.pem").write_bytes(b"no key"), "settings.malformed"),
}


def cut_out(path):
    path.write_text(path.read_text().replace('\n[ssh]\nkey = "ssh/key.pem"\n', ""))


@pytest.mark.requirement("B13")
@pytest.mark.parametrize("what", WRONG)
def test_a_deliverer_whose_key_is_not_in_order_does_not_begin(trial, what):
    spoil, reason = WRONG[what]
    with_sftp(trial, 22, HOST_KEY)
    spoil(trial.home("delivery"))
    done = trial.run("delivery", "deliver", "--home", trial.home("delivery"), HOME=os.devnull)
    assert (done.code, f"[{reason}]" in done.err) == (4, True), done.err
