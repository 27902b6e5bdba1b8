import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sekisho.digest import digest_of
from sekisho.errors import Malformed, Reason, Tampered
from sekisho.ledger.checkpoint import Checkpoint, check_checkpoint, sign_checkpoint
from sekisho.note import NoteSigner, sign_note
from sekisho.signing import Ed25519Signer

ORIGIN = "trial.sekisho.example/delivery"
SIGNER = Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes(32)))
OTHER = Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32))
CHECKPOINT = Checkpoint(ORIGIN, 17, digest_of(b"root"))
ROOT = "SBNJTRN+FjG7owHVrKtueg8P/c1ccCJ6l39pQiyeCk0="


def note_of(text: str, signer: Ed25519Signer = SIGNER, name: str = ORIGIN) -> bytes:
    return sign_note(text, NoteSigner(name, signer.key))


def refuses(raw: bytes, origin: str = ORIGIN) -> None:
    with pytest.raises(Tampered) as refusal:
        check_checkpoint(raw, origin, SIGNER.verifier)
    assert refusal.value.reason is Reason.LEDGER_CHECKPOINT


def test_checkpoint_is_read_back():
    assert check_checkpoint(sign_checkpoint(CHECKPOINT, SIGNER), ORIGIN, SIGNER.verifier) == CHECKPOINT


def test_checkpoint_is_three_lines_of_text():
    text, signatures = sign_checkpoint(CHECKPOINT, SIGNER).decode().split("\n\n")
    assert text.split("\n")[:2] == [ORIGIN, "17"]
    assert len(text.split("\n")) == 3
    assert signatures.startswith(f"— {ORIGIN} ")


@pytest.mark.requirement("E02")
def test_no_flipped_bit_of_a_checkpoint_is_accepted():
    raw = sign_checkpoint(CHECKPOINT, SIGNER)
    accepted = 0
    for place in range(len(raw) * 8):
        flipped = bytearray(raw)
        flipped[place // 8] ^= 1 << place % 8
        try:
            check_checkpoint(bytes(flipped), ORIGIN, SIGNER.verifier)
        except Tampered:
            continue
        accepted += 1
    assert accepted == 0


@pytest.mark.parametrize("size", ["017", "+17", "-1", "1_7", "17.0", " 17", "", "１７", "0x11", "9007199254740992"])
def test_size_has_one_spelling(size):
    refuses(note_of(f"{ORIGIN}\n{size}\n{ROOT}\n"))


@pytest.mark.parametrize(
    "root", ["", ROOT[:-1], ROOT.replace("+", "-"), ROOT.replace("0=", "1="), "AAAA", ROOT + "\nextension"]
)
def test_root_has_one_spelling_and_no_line_follows(root):
    refuses(note_of(f"{ORIGIN}\n17\n{root}\n"))


def test_spelling_of_the_tests_above_is_right_otherwise():
    assert check_checkpoint(note_of(f"{ORIGIN}\n17\n{ROOT}\n"), ORIGIN, SIGNER.verifier).size == 17


def test_checkpoint_of_another_origin_is_refused():
    refuses(note_of(f"trial.sekisho.example/receiving\n17\n{ROOT}\n"))
    refuses(sign_checkpoint(CHECKPOINT, SIGNER), "trial.sekisho.example/receiving")


def test_checkpoint_by_another_key_is_refused():
    refuses(sign_checkpoint(CHECKPOINT, OTHER))


def test_checkpoint_with_a_second_signature_is_refused():
    raw = sign_checkpoint(CHECKPOINT, SIGNER)
    line = sign_checkpoint(CHECKPOINT, OTHER).split(b"\n\n")[1]
    refuses(raw + line)
    refuses(raw + raw.split(b"\n\n")[1])


@pytest.mark.parametrize(("origin", "size"), [("a b", 1), ("a+b", 1), ("", 1), ("a\nb", 1), ("a", -1), ("a", 2**53)])
def test_checkpoint_that_nobody_could_read_is_not_signed(origin, size):
    with pytest.raises(Malformed) as refusal:
        sign_checkpoint(Checkpoint(origin, size, CHECKPOINT.root), SIGNER)
    assert refusal.value.reason is Reason.LEDGER_CHECKPOINT
