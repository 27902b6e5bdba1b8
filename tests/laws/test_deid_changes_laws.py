"""Whatever a policy asks for: what goes out keeps what it promises, or nothing goes out and a reason is told."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO

import pytest
from deid_changed import SCHEMA, Case, backwards, cases
from deid_counted import CARE, Row, broken_bounds, keeps, rows_of
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from sekisho.deid.apply import apply_plan, recode_population
from sekisho.deid.bounds import SensitiveBound
from sekisho.deid.changes.change import AddSynthetic, DeleteCells, Pseudonym
from sekisho.deid.deidentify import Outcome, Planned, deidentify, plan_table, release_table
from sekisho.deid.exam import Exam
from sekisho.deid.plan import read_plan, write_plan
from sekisho.deid.policy import Coding, Policy, Star, quasi_identifiers
from sekisho.deid.report.report import write_report
from sekisho.deid.table import Table, Value
from sekisho.errors import BadTable, Reason, SekishoError
from sekisho.pages.report.page import write_report_page
from sekisho.pages.report.reading import read_report
from sekisho.pages.words import Language, words_in
from sekisho.tables.disarm import read_csv
from sekisho.tables.outgoing import recipient_schema, write_csv
from sekisho.tables.rules import write_cell

REFUSED = {
    Reason.TABLE_EMPTY,
    Reason.K_LARGER_THAN_TABLE,
    Reason.POPULATION_MISSING,
    Reason.POPULATION_LACKS_ROWS,
    Reason.CHANGE_TOO_FEW_ROWS,
    Reason.CHANGE_WITHOUT_EFFECT,
    Reason.CHANGE_LEAVES_NO_ROW,
    Reason.CHANGE_NO_ROOM,
    Reason.CHANGE_NOBODY_ALIKE,
    Reason.LADDER_MISSING_VALUE,
    Reason.NO_PLAN,
    Reason.POLICY_MALFORMED,
}
ENTROPIES = st.binary(min_size=32, max_size=32)


def made(case: Case, entropy: bytes) -> tuple[Planned, Outcome] | None:
    """Give back the outcome, or None where it is refused as the specification says."""
    try:
        planned = plan_table(case.table, SCHEMA, case.policy, entropy=entropy, population=case.population)
        outcome = release_table(case.table, SCHEMA, planned, entropy=entropy, population=case.population)
    except SekishoError as error:
        event(error.reason.value)
        if error.reason not in REFUSED:
            raise
        return None
    event("released")
    return planned, outcome


def bytes_of(table: Table) -> bytes:
    out = BytesIO()
    write_csv(table, out)
    return out.getvalue()


def broken(released: Table, planned: Planned, policy: Policy) -> list[object]:
    """The bounds that the released real rows break, and k where they break that, counted in plain Python."""
    names = quasi_identifiers(policy, SCHEMA)
    rows = rows_of(released, (*names, "care"))
    persons: Sequence[Row] = ()
    if planned.answer.tuples.of_person.size:
        recoded = recode_population(planned.answer)
        left_out: list[Row] = [(one,) for one in range(planned.answer.tuples.of_person.size - recoded.rows)]
        persons = [*rows_of(recoded, names), *left_out[:1] * len(left_out)]
    if policy.star is Star.ANYTHING:
        alike = [
            sum(all(a == b or "*" in {a, b} for a, b in zip(one[:-1], two[:-1], strict=True)) for two in rows)
            for one in rows
        ]
        return [policy.k] if min(alike, default=policy.k) < policy.k else []
    told: list[object] = []
    for column, order in (("care", (*CARE, None)), ("income", rising(planned))):
        others = [one for one in policy.bounds if not isinstance(one, SensitiveBound)] if column == "care" else []
        mine = [one for one in policy.bounds if isinstance(one, SensitiveBound) and one.column == column]
        rows = rows_of(released, (*names, column))
        everywhere = coded(planned, column)
        told += broken_bounds(rows, persons, everywhere, replace(policy, bounds=(*others,)))
        classes: dict[Row, list[Value]] = {}
        for *labels, value in rows:
            classes.setdefault(tuple(labels), []).append(value)
        told += [one for one in mine if not all(keeps(one, inside, everywhere, order) for inside in classes.values())]
    return told


def coded(planned: Planned, column: str) -> list[Value]:
    """The cells of the changed table with what the coding makes of them."""
    coding = planned.policy.codings.get(column, Coding())

    def label(value: Value) -> Value:
        if isinstance(value, int) and coding.top is not None and value >= coding.top:
            return f"≥{coding.top}".replace("-", "−")
        if isinstance(value, int) and coding.bottom is not None and value <= coding.bottom:
            return f"≤{coding.bottom}".replace("-", "−")
        return value

    return [label(one) for one in planned.table.column(column).cells()]


def rising(planned: Planned) -> list[Value]:
    """What incomes become, from the lowest to the highest, a blank last."""
    cells = zip(planned.table.column("income").cells(), coded(planned, "income"), strict=True)
    known = sorted({(was, now) for was, now in cells if isinstance(was, int)}, key=lambda one: one[0])
    return [*dict.fromkeys(now for _, now in known), None]


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases(), ENTROPIES)
def test_what_is_released_after_changes_keeps_every_bound_and_adds_up(case, entropy):
    done = made(case, entropy)
    if done is None:
        return
    planned, outcome = done
    real = apply_plan(planned.table, planned.plan, planned.answer, entropy=entropy)
    assert broken(real, planned, case.policy) == []
    report = outcome.report
    assert (report.rows_before, report.rows_changed) == (case.table.rows, planned.table.rows)
    assert (report.rows_after, report.rows_after + report.rows_added) == (real.rows, outcome.table.rows)
    assert planned.table.rows - real.rows <= case.policy.suppression_limit * planned.table.rows
    wanted = sum(one.share for one in case.policy.changes if isinstance(one, AddSynthetic))
    assert report.rows_added == round(wanted / (1 - wanted) * real.rows)
    assert Counter(rows_of(real, real.names)) - Counter(rows_of(outcome.table, real.names)) == Counter()


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases(), ENTROPIES)
def test_no_identifier_and_no_value_that_was_blanked_goes_out(case, entropy):
    done = made(case, entropy)
    if done is None:
        return
    _, outcome = done
    tokens = any(isinstance(one, Pseudonym) for one in case.policy.changes)
    assert ("person" in outcome.table.names) is tokens
    persons = {one for one in case.table.column("person").values if one is not None}
    assert [one for column in outcome.table.columns for one in column.values if one in persons] == []
    for change in case.policy.changes:
        if isinstance(change, DeleteCells) and change.where.column in {"town", "home", "care"}:
            column = change.where.column
            shown = outcome.table.column(column).values if column in outcome.table.names else ()
            assert {one for one in change.where.values if one is not None} & set(shown) == set()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases(), ENTROPIES, ENTROPIES)
def test_the_same_entropy_gives_the_same_bytes_and_other_chance_changes_no_recoding(case, entropy, other):
    done = made(case, entropy)
    if done is None:
        return
    planned, outcome = done
    again = deidentify(case.table, SCHEMA, case.policy, entropy=entropy, population=case.population, spread=backwards)
    assert rows_of(again.table, again.table.names) == rows_of(outcome.table, outcome.table.names)
    assert [one.values for one in again.table.columns] == [one.values for one in outcome.table.columns]
    assert (write_plan(again.plan), write_report(again.report)) == (
        write_plan(outcome.plan),
        write_report(outcome.report),
    )
    limits = {name: Coding(one.top, one.bottom) for name, one in planned.policy.codings.items()}
    codings = {name: one for name, one in limits.items() if one != Coding()}
    settled = replace(planned.policy, codings=codings, changes=(), exam=Exam())
    once_more = plan_table(planned.table, SCHEMA, settled, entropy=other, population=case.population)
    assert once_more.plan.recoding == planned.plan.recoding


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases(), ENTROPIES)
def test_plan_and_report_are_read_back_and_the_recipient_reads_the_table(case, entropy):
    done = made(case, entropy)
    if done is None:
        return
    _, outcome = done
    assert read_plan(write_plan(outcome.plan)) == outcome.plan
    report = write_report(outcome.report)
    read = read_report(report)
    assert read.digest == outcome.report.digest
    assert all(write_report_page(report, words_in(one), "case", trial=True) for one in Language)
    formulas = any(
        isinstance(one, str) and one.startswith("=") for column in outcome.table.columns for one in column.values
    )
    if formulas or not outcome.table.rows:
        with pytest.raises(BadTable) as caught:
            bytes_of(outcome.table)
        assert caught.value.reason is (Reason.TABLE_DOES_NOT_FIT if outcome.table.rows else Reason.TABLE_EMPTY)
        return
    raw = bytes_of(outcome.table)
    back = read_csv(BytesIO(raw), recipient_schema(outcome.table, "given"))
    spelled = [[write_cell(one) for one in row] for row in rows_of(outcome.table, outcome.table.names)]
    assert [[write_cell(one) for one in row] for row in rows_of(back, back.names)] == spelled
