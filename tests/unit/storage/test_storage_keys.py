import os

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sekisho.errors import BadSettings, Reason, Unavailable
from sekisho.signing import Ed25519Signer
from sekisho.storage.keys import (
    LARGEST_KEY_BYTES,
    read_approver_key,
    read_private_file,
    read_signing_key,
    write_approver_key,
    write_private_file,
    write_signing_key,
)

SIGNER = Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes(32)))


def refused(reason: Reason, call, *arguments) -> dict[str, object]:
    with pytest.raises(BadSettings) as refusal:
        call(*arguments)
    assert refusal.value.reason is reason
    return refusal.value.facts


def test_signing_key_is_read_back_from_a_private_file(tmp_path):
    write_signing_key(tmp_path / "key.pem", SIGNER)
    assert (tmp_path / "key.pem").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "key.pem").read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----\n")
    assert read_signing_key(tmp_path / "key.pem").key_id == SIGNER.key_id


def test_approver_key_is_read_back(tmp_path):
    key = generate_private_key(SECP256R1())
    write_approver_key(tmp_path / "key.pem", key)
    assert read_approver_key(tmp_path / "key.pem").private_numbers() == key.private_numbers()


def test_key_is_never_replaced(tmp_path):
    write_signing_key(tmp_path / "key.pem", SIGNER)
    with pytest.raises(Unavailable) as refusal:
        write_signing_key(tmp_path / "key.pem", SIGNER)
    assert refusal.value.reason is Reason.FILE_EXISTS


@pytest.mark.requirement("E09")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o666])
def test_key_that_others_may_touch_is_refused(tmp_path, mode):
    write_private_file(tmp_path / "key.pem", b"secret")
    (tmp_path / "key.pem").chmod(mode)
    assert refused(Reason.KEY_EXPOSED, read_private_file, tmp_path / "key.pem") == {
        "file": "key.pem",
        "mode": f"{mode:04o}",
    }


@pytest.mark.requirement("E09")
def test_key_of_another_user_is_refused(tmp_path, monkeypatch):
    write_private_file(tmp_path / "key.pem", b"secret")
    owner = (tmp_path / "key.pem").stat().st_uid
    if owner == 0:
        os.chown(tmp_path / "key.pem", 1234, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    refused(Reason.KEY_EXPOSED, read_private_file, tmp_path / "key.pem")


def test_missing_key_is_told_by_its_file(tmp_path):
    assert refused(Reason.KEY_MISSING, read_signing_key, tmp_path / "no.pem") == {"file": "no.pem"}
    refused(Reason.KEY_MISSING, read_signing_key, tmp_path)


def test_key_behind_a_symbolic_link_is_missing(tmp_path):
    write_signing_key(tmp_path / "key.pem", SIGNER)
    (tmp_path / "link.pem").symlink_to(tmp_path / "key.pem")
    refused(Reason.KEY_MISSING, read_signing_key, tmp_path / "link.pem")


@pytest.mark.parametrize("raw", [b"", b"secret", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_file_that_is_no_key_is_refused_without_its_contents(tmp_path, raw):
    write_private_file(tmp_path / "key.pem", raw)
    assert refused(Reason.SETTINGS_MALFORMED, read_signing_key, tmp_path / "key.pem") == {"file": "key.pem"}


def test_key_of_another_kind_is_refused(tmp_path):
    write_signing_key(tmp_path / "ed25519.pem", SIGNER)
    write_approver_key(tmp_path / "p256.pem", generate_private_key(SECP256R1()))
    write_approver_key(tmp_path / "p384.pem", generate_private_key(SECP384R1()))
    assert refused(Reason.SETTINGS_MALFORMED, read_signing_key, tmp_path / "p256.pem")["expected"] == "Ed25519"
    assert refused(Reason.SETTINGS_MALFORMED, read_approver_key, tmp_path / "ed25519.pem")["expected"] == "P-256"
    assert refused(Reason.SETTINGS_MALFORMED, read_approver_key, tmp_path / "p384.pem")["expected"] == "P-256"


def test_file_too_large_for_a_key_is_refused(tmp_path):
    write_private_file(tmp_path / "key.pem", b"x" * (LARGEST_KEY_BYTES + 1))
    refused(Reason.SETTINGS_MALFORMED, read_private_file, tmp_path / "key.pem")
