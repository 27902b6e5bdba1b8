"""The signed head of a ledger: how many entries, which root (spec/ledger.md 2; c2sp.org/tlog-checkpoint)."""

import re
from dataclasses import dataclass

from sekisho.digest import Digest
from sekisho.errors import Malformed, Reason, Tampered
from sekisho.note import NoteSigner, NoteVerifier, check_whole_note, sign_note
from sekisho.signing import Ed25519Signer, Ed25519Verifier
from sekisho.statement import LARGEST_INTEGER, read_base64, write_base64

_ORIGIN = re.compile(r"[!-*,-~]{1,255}")  # visible ASCII without a plus, because it is the key's name too
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")


@dataclass(frozen=True)
class Checkpoint:
    """What a ledger was at one moment. `origin` names the ledger, such as `sekisho.example/receiving`."""

    origin: str
    size: int
    root: Digest


def sign_checkpoint(checkpoint: Checkpoint, signer: Ed25519Signer) -> bytes:
    """Give back the checkpoint as a note with one signature; the key's name is the origin."""
    if not _ORIGIN.fullmatch(checkpoint.origin) or not 0 <= checkpoint.size <= LARGEST_INTEGER:
        raise Malformed(Reason.LEDGER_CHECKPOINT)
    text = f"{checkpoint.origin}\n{checkpoint.size}\n{write_base64(checkpoint.root.raw)}\n"
    return sign_note(text, NoteSigner(checkpoint.origin, signer.key))


def check_checkpoint(raw: bytes, origin: str, verifier: Ed25519Verifier) -> Checkpoint:
    """Give back the checkpoint if it is of `origin`, in its one spelling, signed by `verifier` and by nobody else."""
    try:
        text = check_whole_note(raw, NoteVerifier(origin, verifier.key))
        return _read_text(text, origin)
    except (Malformed, Tampered) as error:
        raise Tampered(Reason.LEDGER_CHECKPOINT, origin=origin) from error


def _read_text(text: str, origin: str) -> Checkpoint:
    match text.split("\n"):
        case [named, size, root, ""] if named == origin and _ORIGIN.fullmatch(origin) and _SIZE.fullmatch(size):
            raw = read_base64(root)
        case _:
            raise Malformed(Reason.LEDGER_CHECKPOINT)
    if len(raw) != 32 or int(size) > LARGEST_INTEGER:
        raise Malformed(Reason.LEDGER_CHECKPOINT)
    return Checkpoint(origin, int(size), Digest(raw))
