from dataclasses import replace

import pytest

from sekisho.errors import Malformed, Tampered
from sekisho.release.dossier import DOSSIER_TYPE, DossierDraft, check_dossier, write_dossier
from sekisho.statement import read_canonical, read_envelope, sign_statement
from tests.unit.release.release_made import DOSSIER_DRAFT, PARCEL, dossier_of, signer

LABELS = signer("labels")
RAW = write_dossier(DOSSIER_DRAFT, LABELS)


def test_a_dossier_that_is_written_is_read_back_as_it_was() -> None:
    dossier = check_dossier(RAW, LABELS.verifier)
    assert dossier.draft == DOSSIER_DRAFT
    assert dossier.digest == read_envelope(RAW, DOSSIER_TYPE).digest


def test_a_dossier_that_another_key_signed_is_refused() -> None:
    with pytest.raises(Tampered, match=r"dossier\.signature"):
        check_dossier(write_dossier(DOSSIER_DRAFT, signer("stranger")), LABELS.verifier)


def test_a_dossier_with_one_flipped_bit_in_any_byte_is_refused() -> None:
    accepted = 0
    for position in range(len(RAW)):
        for bit in range(8):
            flipped = bytearray(RAW)
            flipped[position] ^= 1 << bit
            try:
                check_dossier(bytes(flipped), LABELS.verifier)
            except Tampered:
                continue
            accepted += 1
    assert accepted == 0


def test_a_dossier_of_more_than_256_kib_is_refused() -> None:
    with pytest.raises(Tampered, match=r"dossier\.malformed"):
        check_dossier(b" " * 262_145, LABELS.verifier)


@pytest.mark.parametrize(
    "draft",
    [
        replace(DOSSIER_DRAFT, version=0),
        replace(DOSSIER_DRAFT, case="Case 1"),
        replace(DOSSIER_DRAFT, purpose=""),
        replace(DOSSIER_DRAFT, sealed=replace(PARCEL, size_bytes=0)),
        replace(DOSSIER_DRAFT, source=replace(DOSSIER_DRAFT.source, number=0)),
        replace(DOSSIER_DRAFT, recipient=replace(DOSSIER_DRAFT.recipient, key_id="key")),
        replace(DOSSIER_DRAFT, measures=(("K", "5"),)),
        replace(DOSSIER_DRAFT, measures=(("k", "5\n"),)),
        replace(DOSSIER_DRAFT, measures=(("k", "5" * 201),)),
    ],
)
def test_a_draft_that_could_not_be_read_again_is_not_signed(draft: DossierDraft) -> None:
    with pytest.raises(Malformed, match=r"dossier\.malformed"):
        write_dossier(draft, LABELS)


@pytest.mark.parametrize("change", [{"extra": 1}, {"measures": {"k": 5}}, {"version": True}, {"plan": "sha256:AA"}])
def test_a_signed_dossier_that_is_not_as_its_page_says_is_refused(change: dict[str, object]) -> None:
    value = {**read_canonical(read_envelope(RAW, DOSSIER_TYPE).payload), **change}
    with pytest.raises(Tampered, match=r"dossier\.malformed"):
        check_dossier(sign_statement(DOSSIER_TYPE, value, (LABELS,)), LABELS.verifier)


def test_any_other_number_makes_another_dossier() -> None:
    assert dossier_of(replace(DOSSIER_DRAFT, measures=(("k", "4"),))).digest != dossier_of().digest
