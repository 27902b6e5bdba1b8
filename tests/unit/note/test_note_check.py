from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sekisho.errors import Malformed, Reason, SekishoError, Tampered
from sekisho.note import (
    LARGEST_NOTE_BYTES,
    NoteSigner,
    NoteVerifier,
    check_note,
    check_whole_note,
    key_hash,
    sign_note,
)
from sekisho.statement import read_base64, write_base64

VECTORS = sorted((Path(__file__).parents[2] / "vectors" / "note").glob("*.txt"))


def read_vector(path: Path) -> tuple[dict[str, list[str]], bytes]:
    head, note = path.read_bytes().split(b"\n\n", 1)
    told: dict[str, list[str]] = {}
    for line in head.decode().splitlines():
        key, text = line.split(": ", 1)
        told.setdefault(key, []).append(text)
    return told, note


def verifier_of(text: str) -> NoteVerifier:
    name, told_hash, encoded = text.split("+", 2)
    raw = read_base64(encoded)
    key = Ed25519PublicKey.from_public_bytes(raw[1:])
    assert raw[0] == 1
    assert key_hash(name, key).hex() == told_hash
    return NoteVerifier(name, key)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda path: path.stem)
def test_note_vector(vector):
    told, note = read_vector(vector)
    verifiers = [verifier_of(text) for text in told["verifier"]]
    text = note.decode().rpartition("\n\n")[0] + "\n"
    match told["expect"]:
        case ["whole"]:
            assert check_whole_note(note, *verifiers) == check_note(note, *verifiers) == text
        case ["signed, not whole"]:
            assert check_note(note, *verifiers) == text
            with pytest.raises(Tampered):
                check_whole_note(note, *verifiers)
        case [reason]:
            with pytest.raises(SekishoError) as refusal:
                check_note(note, *verifiers)
            assert refusal.value.reason.value == reason


def test_signing_gives_the_bytes_of_the_go_module():
    told, note = read_vector(next(path for path in VECTORS if path.stem == "one"))
    name, _, encoded = told["signer"][0].removeprefix("PRIVATE+KEY+").split("+", 2)
    key = Ed25519PrivateKey.from_private_bytes(read_base64(encoded)[1:])
    assert sign_note(note.decode().rpartition("\n\n")[0] + "\n", NoteSigner(name, key)) == note


KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
ONE, OTHER = NoteSigner("one", KEY), NoteSigner("other", Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32))
CHECK_ONE, CHECK_OTHER = NoteVerifier("one", KEY.public_key()), NoteVerifier("other", OTHER.key.public_key())
NOTE = sign_note("first\nsecond\n", ONE)


@pytest.mark.requirement("E02")
def test_no_flipped_bit_of_a_whole_note_is_accepted():
    accepted = []
    for bit in range(len(NOTE) * 8):
        flipped = bytearray(NOTE)
        flipped[bit // 8] ^= 1 << bit % 8
        try:
            check_whole_note(bytes(flipped), CHECK_ONE)
        except SekishoError:
            continue
        accepted.append(bit)
    assert accepted == []


def test_no_flipped_bit_of_a_note_with_a_witness_changes_its_text():
    both = sign_note("first\nsecond\n", ONE, OTHER)
    for bit in range(len(both) * 8):
        flipped = bytearray(both)
        flipped[bit // 8] ^= 1 << bit % 8
        try:
            text = check_note(bytes(flipped), CHECK_ONE)
        except SekishoError:
            continue
        assert text == "first\nsecond\n"


def test_whole_note_has_its_signers_in_order():
    both = sign_note("text\n", ONE, OTHER)
    assert check_whole_note(both, CHECK_ONE, CHECK_OTHER) == "text\n"
    with pytest.raises(Tampered) as refusal:
        check_whole_note(both, CHECK_OTHER, CHECK_ONE)
    assert refusal.value.reason is Reason.STATEMENT_UNKNOWN_SIGNER


def test_note_that_one_of_two_signed_is_refused():
    with pytest.raises(Tampered) as refusal:
        check_note(NOTE, CHECK_ONE, CHECK_OTHER)
    assert refusal.value.reason is Reason.STATEMENT_UNKNOWN_SIGNER


def test_note_of_the_same_key_under_another_name_is_refused():
    with pytest.raises(Tampered) as refusal:
        check_note(NOTE, NoteVerifier("two", KEY.public_key()))
    assert refusal.value.reason is Reason.STATEMENT_UNKNOWN_SIGNER


def test_same_name_and_key_hash_do_not_make_a_signature():
    blob = key_hash("one", KEY.public_key()) + OTHER.key.sign(b"first\nsecond\n")
    forged = f"first\nsecond\n\n— one {write_base64(blob)}\n".encode()
    with pytest.raises(Tampered) as refusal:
        check_note(forged, CHECK_ONE)
    assert refusal.value.reason is Reason.STATEMENT_SIGNATURE


def test_two_lines_of_one_name_and_key_hash_are_malformed():
    line = NOTE.split(b"\n\n")[1]
    with pytest.raises(Malformed):
        check_note(NOTE + line, CHECK_ONE)


SIGNED = NOTE.split(b"\n\n")[1]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n",
        b"\n\n",
        b"first\nsecond\n",
        b"first\nsecond\n\n",
        NOTE[:-1],
        NOTE + b"\n",
        NOTE.replace(b"first", b"fi\tst"),
        NOTE.replace(b"first", b"fi\rst"),
        NOTE.replace(b"first", b"fi\xffst"),
        b"\x00" + NOTE,
        b"first\nsecond\n\n" + SIGNED.replace("— ".encode(), b"- "),
        b"first\nsecond\n\n" + SIGNED.replace(b"one ", b"one  "),
        b"first\nsecond\n\n" + SIGNED.replace(b"one ", b"o+e "),
        b"first\nsecond\n\n" + SIGNED.replace(b"one ", "o\u2003e ".encode()),
        b"first\nsecond\n\n" + SIGNED.replace(b"\n", b"=\n"),
        b"first\nsecond\n\n" + "— one AAAA\n".encode(),
        b"x" * LARGEST_NOTE_BYTES + b"\n\n" + SIGNED,
    ],
)
def test_malformed_note_is_refused(raw):
    with pytest.raises(Malformed) as refusal:
        check_note(raw, CHECK_ONE)
    assert refusal.value.reason is Reason.STATEMENT_MALFORMED


@pytest.mark.parametrize("text", ["", "no newline", "tab\t\n", "return\r\n"])
def test_text_that_nobody_could_read_is_not_signed(text):
    with pytest.raises(Malformed):
        sign_note(text, ONE)


def test_text_may_hold_empty_lines():
    assert check_whole_note(sign_note("a\n\nb\n\n", ONE), CHECK_ONE) == "a\n\nb\n\n"
