"""Proof that an entry stands in a ledger, to be checked with no ledger at hand (spec/ledger.md 4)."""

from dataclasses import dataclass

from sekisho.errors import Malformed, Reason, Tampered
from sekisho.ledger.checkpoint import Checkpoint, check_checkpoint
from sekisho.ledger.entry import Entry, read_entry
from sekisho.ledger.tree import check_inclusion, leaf_hash
from sekisho.signing import Ed25519Verifier
from sekisho.statement import check_fields, read_base64, read_canonical, write_base64, write_canonical

FORMAT = "sekisho.proof.v1"
LARGEST_PROOF_BYTES = 65_536


@dataclass(frozen=True)
class Proof:
    """A claim that nobody has checked yet: entry line `line` is number `index` of the ledger of `checkpoint`."""

    line: bytes
    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes


@dataclass(frozen=True)
class Proven:
    """An entry whose place in its ledger is proven; made by `check_proof` only."""

    entry: Entry
    index: int
    checkpoint: Checkpoint


def write_proof(proof: Proof) -> bytes:
    return write_canonical(
        {
            "checkpoint": proof.checkpoint.decode(),
            "entry": proof.line.decode(),
            "format": FORMAT,
            "index": proof.index,
            "path": [write_base64(step) for step in proof.path],
        }
    )


def read_proof(raw: bytes) -> Proof:
    """Give back the claim, unchecked; any loose spelling is refused."""
    if len(raw) > LARGEST_PROOF_BYTES:
        raise Malformed(Reason.LEDGER_PROOF, size_bytes=len(raw))
    try:
        value = check_fields(read_canonical(raw), checkpoint=str, entry=str, format=str, index=int, path=list)
        path = tuple(read_base64(step) for step in value["path"])
    except Malformed as error:
        raise Malformed(Reason.LEDGER_PROOF) from error
    if value["format"] != FORMAT or any(len(step) != 32 for step in path):
        raise Malformed(Reason.LEDGER_PROOF)
    return Proof(value["entry"].encode(), value["index"], path, value["checkpoint"].encode())


def check_proof(raw: bytes, origin: str, verifier: Ed25519Verifier) -> Proven:
    """Give back the entry if its ledger's own key signed a checkpoint that it stands under.

    Refuses with LEDGER_PROOF a proof that is malformed or does not hold, with LEDGER_CHECKPOINT a checkpoint that
    is not of `origin` and `verifier`.
    """
    try:
        proof = read_proof(raw)
        entry = read_entry(proof.line)
    except Malformed as error:
        raise Tampered(Reason.LEDGER_PROOF) from error
    checkpoint = check_checkpoint(proof.checkpoint, origin, verifier)
    check_inclusion(leaf_hash(proof.line), proof.index, checkpoint.size, proof.path, checkpoint.root)
    return Proven(entry, proof.index, checkpoint)
