"""The one loop over tests/vectors/parcel, and a second opener that shares no code with ours."""

import ast
import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM1024P384PrivateKey, Suite

from sekisho.errors import SekishoError
from sekisho.instant import read_instant
from sekisho.parcel.key import Addressee, read_recipient_key
from sekisho.parcel.label import Sender, check_label
from sekisho.parcel.layout import HEAD_BYTES
from sekisho.parcel.private_key import read_private_key
from sekisho.parcel.unseal import unseal
from sekisho.signing import read_public_key
from sekisho.statement import read_base64
from tests.vectors import independent_opener

FOLDER = Path(__file__).parent / "parcel"
CASES = sorted(FOLDER.glob("*.txt"))
SENDER_KEYS = dict(line.split(" ") for line in (FOLDER / "senders").read_text().splitlines())


def said(case: Path) -> tuple[dict[str, str], dict[str, str]]:
    """The fields of a vector, and the digests of its files by name."""
    lines = [line.split(": ", 1) for line in case.read_text().splitlines()]
    files = dict(value.split(" ") for name, value in lines if name == "file")
    return {name: value for name, value in lines if name != "file"}, files


def outcome(case: Path, fields: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """What our opener makes of it: `opens` and the files' digests, or the reason's code and nothing."""
    parcel, streams = case.with_suffix(".parcel").read_bytes(), {}
    senders = {}
    for name, text in SENDER_KEYS.items():
        verifier = read_public_key(text)
        senders[verifier.key_id] = Sender(name, verifier)
    key = read_private_key((FOLDER / fields["key"]).read_bytes())
    recipient = Addressee(fields["recipient"], key.key_id)
    try:
        label = check_label(parcel[:HEAD_BYTES], senders, read_instant(fields["now"]), recipient)
        unseal(io.BytesIO(parcel), label, key, lambda name, _size: streams.setdefault(name, io.BytesIO()))
    except SekishoError as error:
        return error.reason.value, {}
    return "opens", {name: hashlib.sha256(one.getvalue()).hexdigest() for name, one in streams.items()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_vector_ends_as_it_expects(case: Path) -> None:
    fields, files = said(case)
    assert fields["source"]
    assert outcome(case, fields) == (fields["expect"], files)


@pytest.mark.requirement("B10")
@pytest.mark.parametrize("case", [one for one in CASES if one.stem.startswith("opens-")], ids=lambda case: case.stem)
def test_an_independent_opener_opens_it_too(case: Path) -> None:
    fields, files = said(case)
    sender_key = read_base64(SENDER_KEYS["minato"])
    pem = (FOLDER / fields["key"]).read_bytes()
    opened = independent_opener.open_parcel(case.with_suffix(".parcel").read_bytes(), pem, sender_key)
    assert {name: hashlib.sha256(raw).hexdigest() for name, raw in opened.items()} == files


def test_the_independent_opener_uses_nothing_of_ours_and_no_ready_hpke() -> None:
    tree = ast.parse(Path(independent_opener.__file__).read_text())
    modules = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    modules |= {one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names}
    assert modules
    assert not [one for one in modules if one.startswith(("sekisho", "tests")) or "hpke" in one]


def test_hpke_by_hand_opens_what_the_library_sealed() -> None:
    pq, ec = independent_opener.read_private_key((FOLDER / "processing.pem").read_bytes())
    suite = Suite(KEM.MLKEM1024_P384, KDF.HKDF_SHA384, AEAD.AES_256_GCM)
    sealed = suite.encrypt(b"file key", MLKEM1024P384PrivateKey(pq, ec).public_key(), b"info")
    assert independent_opener.hpke_open(pq, ec, sealed, b"info") == b"file key"


@pytest.mark.parametrize("name", ["processing", "second"])
def test_public_and_private_key_files_belong_together(name: str) -> None:
    private = read_private_key((FOLDER / f"{name}.pem").read_bytes())
    assert read_recipient_key((FOLDER / f"{name}.json").read_bytes()) == private.public_key
    assert set(json.loads((FOLDER / f"{name}.json").read_bytes())) == {"mlkem1024", "p384"}
