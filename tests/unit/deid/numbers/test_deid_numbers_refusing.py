"""What may not come in (spec/numbers.md 6)."""

import pytest

from sekisho.deid.declared.layout import Csv
from sekisho.deid.numbers.codes import Code
from sekisho.deid.numbers.columns import Ground, Sighting
from sekisho.deid.numbers.refusing import check_numbers
from sekisho.deid.schema import ColumnSchema, Encoding, Kind, Role, Schema
from sekisho.errors import BadTable, Finding, Reason

pytestmark = pytest.mark.requirement("A16")


def schema_of(role):
    return Schema("made", Encoding.UTF_8, Csv(), (ColumnSchema("a", Kind.TEXT, role),))


def seen(code, ground=Ground.CHECK_DIGITS):
    return Sighting("a", code, ground, 40, 0.9)


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.STRIPPED])
@pytest.mark.parametrize("ground", [one for one in Ground if one is not Ground.HEADER_ONLY])
def test_my_numbers_are_refused_in_every_column_that_travels(role, ground):
    with pytest.raises(BadTable) as caught:
        check_numbers([seen(Code.MY_NUMBER, ground)], schema_of(role))
    assert caught.value.reason is Reason.TABLE_FORBIDDEN_NUMBER
    assert caught.value.findings == (Finding("a", "my-number", 40, 0),)


@pytest.mark.parametrize("code", [one for one in Code if one.is_individual_code and one is not Code.MY_NUMBER])
def test_other_individual_codes_are_let_in_as_identifiers_only(code):
    assert check_numbers([seen(code)], schema_of(Role.IDENTIFIER)) == (seen(code),)
    for role in (Role.SENSITIVE, Role.PLAIN, Role.QUASI_IDENTIFIER):
        with pytest.raises(BadTable):
            check_numbers([seen(code)], schema_of(role))


@pytest.mark.parametrize("code", list(Code))
def test_nothing_is_said_against_a_column_that_stays_behind_or_only_has_the_name(code):
    assert check_numbers([seen(code)], schema_of(Role.STRIPPED))
    assert check_numbers([seen(code, Ground.HEADER_ONLY)], schema_of(Role.SENSITIVE))


def test_a_number_that_only_a_word_beside_it_makes_one_is_told_and_not_refused():
    assert check_numbers([seen(Code.INSURED_NUMBER, Ground.TEXT)], schema_of(Role.SENSITIVE))


@pytest.mark.parametrize("code", [one for one in Code if not one.is_individual_code])
def test_what_is_no_individual_code_is_told_and_not_refused(code):
    assert check_numbers([seen(code)], schema_of(Role.PLAIN))
