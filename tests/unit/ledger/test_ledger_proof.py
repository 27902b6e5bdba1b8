import importlib.util
from pathlib import Path

import pytest

from sekisho.errors import Malformed, Reason, SekishoError, Tampered
from sekisho.ledger.proof import LARGEST_PROOF_BYTES, check_proof, read_proof, write_proof
from sekisho.signing import read_public_key

VECTORS = Path(__file__).parents[2] / "vectors" / "ledger"
RAW = (VECTORS / "entry-2.proof").read_bytes()
TOLD = dict(line.split(": ", 1) for line in (VECTORS / "whole.txt").read_text().splitlines())
ORIGIN, KEY = TOLD["origin"], read_public_key(TOLD["key"])


def refuses(raw: bytes, reason: Reason) -> None:
    with pytest.raises(Tampered) as refusal:
        check_proof(raw, ORIGIN, KEY)
    assert refusal.value.reason is reason


def test_proof_gives_the_entry_and_its_place():
    proven = check_proof(RAW, ORIGIN, KEY)
    assert (proven.entry.case, proven.index, proven.checkpoint.size) == ("132993-2", 2, 4)


def test_proof_is_written_as_it_was_read():
    assert write_proof(read_proof(RAW)) == RAW


@pytest.mark.requirement("E02")
def test_no_flipped_bit_of_a_proof_is_accepted():
    accepted = []
    for bit in range(len(RAW) * 8):
        flipped = bytearray(RAW)
        flipped[bit // 8] ^= 1 << bit % 8
        try:
            check_proof(bytes(flipped), ORIGIN, KEY)
        except SekishoError:
            continue
        accepted.append(bit)
    assert accepted == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        RAW + b"\n",
        RAW.replace(b"proof.v1", b"proof.v2"),
        RAW.replace(b'"index":2', b'"index":3'),
        RAW.replace(b'"index":2', b'"index":-1'),
        RAW.replace(b'"index":2', b'"index":4'),
        RAW.replace(b'"index":2', b'"index":true'),
        RAW.replace(b'"path":[', b'"path":["",'),
        RAW.replace(b'"path":[', b'"path":[1,'),
        RAW.replace(b"132993-2", b"132993-4"),
        RAW.replace(b'\\"number\\":3', b'\\"number\\":3.0'),
        b" " * (LARGEST_PROOF_BYTES + 1),
    ],
)
def test_proof_that_does_not_hold_is_refused(raw):
    refuses(raw, Reason.LEDGER_PROOF)


def test_proof_under_the_checkpoint_of_another_ledger_is_refused():
    with pytest.raises(Tampered) as refusal:
        check_proof(RAW, "trial.sekisho.example/delivery", KEY)
    assert refusal.value.reason is Reason.LEDGER_CHECKPOINT


@pytest.mark.parametrize("raw", [b" " + RAW, RAW.replace(b'"path":[', b'"path":["AAAA",')])
def test_reading_alone_refuses_a_loose_proof(raw):
    with pytest.raises(Malformed) as refusal:
        read_proof(raw)
    assert refusal.value.reason is Reason.LEDGER_PROOF


def test_vectors_are_what_their_script_makes():
    spec = importlib.util.spec_from_file_location("make_ledger", VECTORS.parent / "make_ledger.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made = module.files()
    kept = {path.name: path.read_bytes() for path in VECTORS.iterdir() if path.name != "tree.vector"}
    assert kept == made
