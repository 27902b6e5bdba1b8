"""A label's own words: read by everybody on the way, so no number of a person may stand there (spec/numbers.md 6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.deid.numbers.check_digits import MY_NUMBER, digit_asked
from sekisho.errors import BadParcel, Reason
from sekisho.parcel.draft import LegalBasis, LegalBasisKind
from sekisho.tables.label_texts import check_basis

pytestmark = pytest.mark.requirement("A16")

LAW = LegalBasisKind.LAW


@pytest.mark.parametrize(
    ("reference", "rule"),
    [
        ("983205673214", "my-number"),
        ("契約 9832-0567-3214 第4条", "my-number"),
        ("契約９８３２ー０５６７ー３２１４", "my-number"),
        ("2026年度 983 205 673 214", "my-number"),
        ("マイナンバー 983205673215 の件", "my-number"),  # mistyped, beside its word
        ("AB12345678CD", "residence-card"),
        ("免許証 3012 3456 7890", "licence-number"),
        ("旅券 TK1234567", "passport-number"),
    ],
)
def test_a_number_of_a_person_in_the_reference_is_refused_by_its_kind_alone(reference, rule):
    with pytest.raises(BadParcel) as caught:
        check_basis(LegalBasis(LAW, reference))
    assert caught.value.reason is Reason.PARCEL_FORBIDDEN_NUMBER
    assert caught.value.facts == {"field": "legal_basis", "rule": rule}
    assert caught.value.findings == ()


@pytest.mark.parametrize(
    "reference",
    [
        "契約 2026-17 第4条",
        "個人情報の保護に関する法律 第115条",
        "contract 2026-1",
        "契約番号 983205673215",  # twelve digits with another check digit, and no word beside them
        "000000000000",
        "電話 03-1234-5678",
        "2026-04-01 から 2027-03-31 まで",
    ],
)
def test_what_contracts_and_articles_are_called_is_let_through(reference):
    basis = LegalBasis(LAW, reference)
    assert check_basis(basis) is basis


@given(st.integers(1, 10**11 - 1), st.sampled_from(["", "-", " ", "・", "/"]), st.booleans())
def test_every_my_number_is_refused_however_its_groups_are_parted(first, between, wide):
    digits = f"{first:011d}"
    digits += str(digit_asked(MY_NUMBER, digits + "0"))
    text = between.join(digits[place : place + 4] for place in (0, 4, 8))
    if wide:
        text = text.translate({ord("0") + one: ord("０") + one for one in range(10)})
    with pytest.raises(BadParcel):
        check_basis(LegalBasis(LAW, f"契約 {text} 号"))
