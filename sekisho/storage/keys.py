"""Private keys in PEM files that only their owner may read (mode 0600, PKCS#8 without a password)."""

import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from sekisho.errors import BadSettings, Reason, Unavailable
from sekisho.signing import Ed25519Signer
from sekisho.storage.files import on_disk, open_existing, open_new, sync_file, sync_folder

LARGEST_KEY_BYTES = 16_384
_OTHERS = 0o077


def read_private_file(path: Path) -> bytes:
    """Give back the bytes of a key file, for whoever knows its format.

    Refuses with KEY_MISSING what is not a regular file there, with KEY_EXPOSED a file that its group or anybody else
    may touch or that belongs to another user than this process (root's files excepted).
    """
    try:
        stream = open_existing(path)
    except Unavailable as error:
        raise BadSettings(Reason.KEY_MISSING, file=path.name) from error
    with stream, on_disk():
        status = os.fstat(stream.fileno())
        if status.st_mode & _OTHERS or status.st_uid not in {0, os.geteuid()}:
            raise BadSettings(Reason.KEY_EXPOSED, file=path.name, mode=f"{status.st_mode & 0o7777:04o}")
        raw = stream.read(LARGEST_KEY_BYTES + 1)
    if len(raw) > LARGEST_KEY_BYTES:
        raise BadSettings(Reason.SETTINGS_MALFORMED, file=path.name)
    return raw


def write_private_file(path: Path, raw: bytes) -> None:
    """Put a key at `path`, durably and readable by its owner only; FILE_EXISTS rather than replace a key."""
    with on_disk(), open_new(path) as stream:
        stream.write(raw)
        sync_file(stream)
    sync_folder(path.parent)


def read_signing_key(path: Path) -> Ed25519Signer:
    """Give back an Ed25519 key: labels, receipts, ledgers, rosters."""
    key = _read_pem(path)
    if not isinstance(key, Ed25519PrivateKey):
        raise BadSettings(Reason.SETTINGS_MALFORMED, file=path.name, expected="Ed25519")
    return Ed25519Signer(key)


def write_signing_key(path: Path, signer: Ed25519Signer) -> None:
    write_private_file(path, signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def read_approver_key(path: Path) -> EllipticCurvePrivateKey:
    """Give back a P-256 key, as an approver holds it in a trial."""
    key = _read_pem(path)
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise BadSettings(Reason.SETTINGS_MALFORMED, file=path.name, expected="P-256")
    return key


def write_approver_key(path: Path, key: EllipticCurvePrivateKey) -> None:
    write_private_file(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _read_pem(path: Path) -> PrivateKeyTypes:
    try:
        return load_pem_private_key(read_private_file(path), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadSettings(Reason.SETTINGS_MALFORMED, file=path.name) from error
