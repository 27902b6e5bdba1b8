"""Write the vectors of spec/ledger.md anew: python tests/vectors/make_ledger.py. Ed25519 makes them the same each time."""

from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sekisho.ledger.checkpoint import Checkpoint, sign_checkpoint
from sekisho.ledger.entry import Entry, write_entry
from sekisho.ledger.proof import Proof, write_proof
from sekisho.ledger.tree import Tree, leaf_hash
from sekisho.signing import Ed25519Signer, write_public_key

ORIGIN = "trial.sekisho.example/receiving"
SIGNER = Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))  # a test key, of no use elsewhere
CASES = (("132993-1", "Received"), ("132993-1", "TurnedBack"), ("132993-2", "Received"), ("132993-3", "Received"))


def files() -> dict[str, bytes]:
    """Give back every vector file by name."""
    lines = [
        write_entry(
            Entry(
                datetime(2026, 11, 23, 9, 0, number, tzinfo=UTC),
                "receiving",
                case,
                event,
                {"number": number + 1, "sha256": f"sha256:{number:064x}"},
            )
        )
        for number, (case, event) in enumerate(CASES)
    ]
    tree, notes = Tree(), []
    for line in lines:
        tree.append(leaf_hash(line))
        notes.append(sign_checkpoint(Checkpoint(ORIGIN, tree.size, tree.root()), SIGNER))
    whole = [line + b"\n" for line in lines]
    changed = [whole[0], whole[1].replace(b"TurnedBack", b"Received"), *whole[2:]]
    old = notes[2].replace(b"\n3\n", b"\n03\n")
    made = {
        "whole.entries": b"".join(whole),
        "whole.checkpoints": b"".join(notes),
        "changed.entries": b"".join(changed),
        "dropped.entries": b"".join(whole[:1] + whole[2:]),
        "swapped.entries": b"".join([whole[0], whole[2], whole[1], whole[3]]),
        "doubled.entries": b"".join([*whole[:2], whole[1], *whole[2:]]),
        "cut.entries": b"".join(whole[:3]),
        "torn.entries": b"".join(whole)[:-1],
        "unsigned.checkpoints": b"".join(notes[:3]),
        "loose.checkpoints": b"".join([*notes[:2], old, notes[3]]),
        "entry-2.proof": write_proof(Proof(lines[2], 2, tree.inclusion(2, 4), notes[3])),
    }
    return made | {name: text.encode() for name, text in _cases()}


def _cases() -> list[tuple[str, str]]:
    told = [
        ("whole", "whole.entries", "whole.checkpoints", "whole"),
        ("changed", "changed.entries", "whole.checkpoints", "ledger.entry-changed 1"),
        ("dropped", "dropped.entries", "whole.checkpoints", "ledger.entry-changed 1"),
        ("swapped", "swapped.entries", "whole.checkpoints", "ledger.entry-changed 1"),
        ("doubled", "doubled.entries", "whole.checkpoints", "ledger.entry-changed 2"),
        ("cut", "cut.entries", "whole.checkpoints", "ledger.entry-missing 3"),
        ("torn", "torn.entries", "whole.checkpoints", "ledger.entry-changed 3"),
        ("unsigned", "whole.entries", "unsigned.checkpoints", "ledger.checkpoint 3"),
        ("loose-size", "whole.entries", "loose.checkpoints", "ledger.checkpoint 2"),
    ]
    key = write_public_key(SIGNER.verifier)
    return [
        (
            f"{name}.txt",
            (
                f"source: tests/vectors/make_ledger.py\norigin: {ORIGIN}\nkey: {key}\nentries: {entries}\n"
                f"checkpoints: {checkpoints}\nexpect: {expect}\n"
            ),
        )
        for name, entries, checkpoints, expect in told
    ]


if __name__ == "__main__":
    for name, raw in files().items():
        (Path(__file__).parent / "ledger" / name).write_bytes(raw)
