"""What may not come in: numbers of persons in columns that are not declared for them (spec/numbers.md 6)."""

from collections.abc import Iterable

from sekisho.deid.numbers.check_digits import is_my_number
from sekisho.deid.numbers.codes import Code
from sekisho.deid.numbers.columns import Ground, Sighting
from sekisho.deid.numbers.digits import fold, numbers_in
from sekisho.deid.numbers.scan import scan_texts
from sekisho.deid.schema import Role, Schema
from sekisho.errors import BadTable, Finding, Malformed, Reason

_LET_IN = frozenset({Role.IDENTIFIER, Role.STRIPPED})
SURE_IN_TEXT = frozenset({Code.MY_NUMBER, Code.LICENCE_NUMBER, Code.PASSPORT_NUMBER, Code.RESIDENCE_CARD})
"""Codes that one cell of text can show: they have a check digit or a shape of their own, and not a word beside them alone."""


def check_numbers(sightings: Iterable[Sighting], schema: Schema, first_row: int = 0) -> tuple[Sighting, ...]:
    """Give back the sightings that nothing is said against; refuse with TABLE_FORBIDDEN_NUMBER otherwise.

    My Number may stand in a stripped column only, any other 個人識別符号 in an identifier's too. A column whose name alone
    says so, while its cells do not, is not refused, nor a number in a text that only a word beside it makes one. The rule of a finding is the code, its
    count the cells.
    """
    seen = tuple(sightings)
    bad = [one for one in seen if _is_sure(one) and not _may_come(one, schema)]
    if bad:
        findings = tuple(Finding(one.column, one.code.value, one.cells, first_row) for one in bad)
        raise BadTable(Reason.TABLE_FORBIDDEN_NUMBER, findings=findings)
    return seen


def _is_sure(one: Sighting) -> bool:
    return one.is_certain and (one.ground is not Ground.TEXT or one.code in SURE_IN_TEXT)


def _may_come(one: Sighting, schema: Schema) -> bool:
    role = schema.column(one.column).role
    if one.code is Code.MY_NUMBER:
        return role is Role.STRIPPED
    return not one.code.is_individual_code or role in _LET_IN


def check_schema_numbers(raw: bytes, schema: Schema) -> None:
    """Refuse with SCHEMA_MALFORMED a schema's file in which My Numbers are written.

    Values are weighed together, as a column's cells are; of other lines one number with the right check digit is enough.
    """
    for place, one in enumerate(schema.columns, 1):
        seen = scan_texts("", one.values, [1] * len(one.values))
        if any(each.code is Code.MY_NUMBER for each in seen):
            raise Malformed(Reason.SCHEMA_MALFORMED, key=f"column.{place}.values", rule="my-number-written")
    listed = {number for one in schema.columns for value in one.values for number in numbers_in(fold(value))}
    for line, text in enumerate(raw.decode("utf-8-sig").splitlines(), 1):
        if any(is_my_number(one) for one in numbers_in(fold(text)) if one not in listed):
            raise Malformed(Reason.SCHEMA_MALFORMED, line=line, rule="my-number-written")
