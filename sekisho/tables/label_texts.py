"""What a sender writes on a label in their own words, which everybody on the way may read (spec/numbers.md 6)."""

from sekisho.deid.numbers.check_digits import is_my_number
from sekisho.deid.numbers.codes import Code
from sekisho.deid.numbers.digits import fold, numbers_in
from sekisho.deid.numbers.refusing import SURE_IN_TEXT
from sekisho.deid.numbers.text import find_in_text
from sekisho.errors import BadParcel, Reason
from sekisho.parcel.draft import LegalBasis


def check_basis(basis: LegalBasis) -> LegalBasis:
    """Give back the basis if its reference holds no number of a person; refuses with PARCEL_FORBIDDEN_NUMBER.

    One number with My Number's check digit is enough, as in a schema: one contract's number of twelve digits in ten
    has it by chance, and is refused too.
    """
    seen = {hit.code for hit in find_in_text(basis.reference)} & SURE_IN_TEXT
    if any(is_my_number(one) for one in numbers_in(fold(basis.reference))):
        seen.add(Code.MY_NUMBER)
    if seen:
        rule = next(one for one in Code if one in seen)
        raise BadParcel(Reason.PARCEL_FORBIDDEN_NUMBER, field="legal_basis", rule=rule.value)
    return basis
