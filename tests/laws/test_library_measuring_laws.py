"""What holds of the measures of any table alone, and of any table beside any other one."""

from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sekisho.deid.exam import Exam
from sekisho.deid.measure import Unit
from sekisho.deid.table import Table, table_of
from sekisho.errors import BadTable, Reason
from sekisho.library.comparing import compare_tables
from sekisho.library.measuring import measure_table

ROLES = {"quasi_identifiers": ["age", "town"], "sensitive": "care"}
SHARES = {Unit.SHARE, Unit.PROBABILITY}
ABOVE_ONE = {"query-error", "query-error-p90"}  # an estimate may be many times the count

NUMBERS = st.one_of(st.none(), st.integers(-3, 9))
TEXTS = st.one_of(st.none(), st.sampled_from(["A", "B", "C"]))
LABELS = st.sampled_from(["*", "A | B", "1-3", "[0, 3[", ">=2", "≤−1", "", "x", "(0, 1)"])
CELLS = st.one_of(NUMBERS, TEXTS, LABELS, st.sampled_from([date(2020, 1, 1), date(2020, 2, 1)]))


@st.composite
def tables(draw, least=1, most=12, *, released=False):
    rows = draw(st.integers(least, most))

    def column(cells):
        return draw(
            st.lists(draw(st.sampled_from([cells, CELLS])) if released else cells, min_size=rows, max_size=rows)
        )

    return table_of(age=column(NUMBERS), town=column(TEXTS), care=column(draw(st.sampled_from([NUMBERS, CELLS]))))


def check_ranges(measures):
    for one in measures:
        if one.amount is None:
            continue
        assert one.amount >= 0, one.kind.name
        assert one.kind.unit not in SHARES or one.amount <= 1 or one.kind.name in ABOVE_ONE, one.kind.name


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables(), st.booleans())
def test_every_measure_of_a_table_lies_in_its_range(table: Table, sampled):
    exam = Exam(population=40 if sampled else None, also="all")
    check_ranges(measure_table(table, **ROLES, exam=exam))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables(), tables(0, 14, released=True))
def test_any_two_tables_are_compared_or_refused_for_labels_that_say_nothing(before: Table, after: Table):
    refused, pairs = None, ()
    try:
        pairs = compare_tables(before, after, **ROLES, exam=Exam(also="all"))
    except BadTable as error:
        refused = error
    assert refused is None or refused.reason is Reason.TABLE_LABELS
    assert refused is not None or pairs
    check_ranges(one.after for one in pairs)
    check_ranges(one.before for one in pairs if one.before)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables())
def test_a_table_beside_itself_has_lost_nothing(table: Table):
    pairs = compare_tables(table, table, **ROLES, exam=Exam(also="all"))
    assert all(one.before is None or one.before == one.after for one in pairs)
    lost = {one.after.kind.name: one.after.amount for one in pairs if one.before is None}
    assert {name: number for name, number in lost.items() if number} == {}
