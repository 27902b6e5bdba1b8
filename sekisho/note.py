"""C2SP signed notes, for ledger checkpoints and their witnesses (spec/note.md; c2sp.org/signed-note)."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sekisho.errors import Malformed, Reason, Tampered
from sekisho.statement import read_base64, write_base64

ED25519 = b"\x01"  # c2sp.org/signed-note, signature type
LARGEST_NOTE_BYTES = 16_384
_NAME = re.compile(r"[^\s+]+")


@dataclass(frozen=True)
class NoteSigner:
    """A named Ed25519 key that signs notes."""

    name: str
    key: Ed25519PrivateKey


@dataclass(frozen=True)
class NoteVerifier:
    """A named Ed25519 public key that checks notes."""

    name: str
    key: Ed25519PublicKey


def key_hash(name: str, key: Ed25519PublicKey) -> bytes:
    """Give back the 4-byte key id of a note signature line."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + raw).digest()[:4]


def sign_note(text: str, *signers: NoteSigner) -> bytes:
    """Give back the note: `text` (ends in a newline), a blank line, one signature line per signer."""
    _check_text(text)
    lines = []
    for one in signers:
        blob = key_hash(one.name, one.key.public_key()) + one.key.sign(text.encode())
        lines.append(f"— {one.name} {write_base64(blob)}\n")
    return (text + "\n" + "".join(lines)).encode()


def check_note(raw: bytes, *verifiers: NoteVerifier) -> str:
    """Give back the text if every one of `verifiers` signed it; other signature lines are only read."""
    text, lines = _split(raw)
    found: Mapping[tuple[str, bytes], bytes] = dict(_read_line(line) for line in lines)
    if len(found) != len(lines):
        raise Malformed(Reason.STATEMENT_MALFORMED)
    for one in verifiers:
        signature = found.get((one.name, key_hash(one.name, one.key)))
        if signature is None:
            raise Tampered(Reason.STATEMENT_UNKNOWN_SIGNER, signer=one.name)
        try:
            one.key.verify(signature, text.encode())
        except InvalidSignature as error:
            raise Tampered(Reason.STATEMENT_SIGNATURE, signer=one.name) from error
    return text


def check_whole_note(raw: bytes, *verifiers: NoteVerifier) -> str:
    """Give back the text if `verifiers`, in this order, signed it and nobody else did (spec/note.md 3).

    For our own checkpoints: a line that nobody checks could be changed without anybody seeing it.
    """
    text = check_note(raw, *verifiers)
    signed_by = [_read_line(line)[0] for line in _split(raw)[1]]
    if signed_by != [(one.name, key_hash(one.name, one.key)) for one in verifiers]:
        raise Tampered(Reason.STATEMENT_UNKNOWN_SIGNER)
    return text


def _split(raw: bytes) -> tuple[str, list[str]]:
    try:
        note = raw.decode()
    except UnicodeDecodeError as error:
        raise Malformed(Reason.STATEMENT_MALFORMED) from error
    if len(raw) > LARGEST_NOTE_BYTES or not note.endswith("\n"):
        raise Malformed(Reason.STATEMENT_MALFORMED)
    text, blank, signatures = note.rpartition("\n\n")
    if not blank or not signatures:
        raise Malformed(Reason.STATEMENT_MALFORMED)
    _check_text(text + "\n")
    return text + "\n", signatures.removesuffix("\n").split("\n")


def _read_line(line: str) -> tuple[tuple[str, bytes], bytes]:
    match line.split(" "):
        case ["—", name, blob] if _NAME.fullmatch(name):
            raw = read_base64(blob)
            if len(raw) < 5:
                raise Malformed(Reason.STATEMENT_MALFORMED)
            return (name, raw[:4]), raw[4:]
        case _:
            raise Malformed(Reason.STATEMENT_MALFORMED)


def _check_text(text: str) -> None:
    if not text.endswith("\n") or any(ord(one) < 0x20 and one != "\n" for one in text):
        raise Malformed(Reason.STATEMENT_MALFORMED)
