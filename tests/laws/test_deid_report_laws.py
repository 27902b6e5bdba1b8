"""Whatever a policy asks for: the numbers of its report are those that anyone counts on the two tables."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

from deid_changed import SCHEMA, cases
from deid_counted import Row, rows_of
from hypothesis import HealthCheck, assume, given, settings

from sekisho.deid.apply import apply_plan, recode_population
from sekisho.deid.deidentify import plan_table, release_table, whose_rows
from sekisho.deid.policy import Policy, quasi_identifiers
from sekisho.deid.table import Column, Table, Value
from sekisho.errors import SekishoError

ENTROPY = bytes(range(32))
Numbers = dict[str, Fraction | None]


def counted(table: Table, names: Sequence[str], policy: Policy, left_out: int, whose: Column | None) -> Numbers:
    """Measures of one table by their definitions, one row at a time; `whose` each row is, where an exam asks for persons."""
    rows = rows_of(table, names)
    sizes = Counter(rows)
    many = len(rows)
    return {
        "k": Fraction(min(sizes.values(), default=0)),
        "k-wildcard": Fraction(min((sum(matches(one, two) for two in rows) for one in rows), default=0)),
        "unique-rows": Fraction(sum(sizes[one] == 1 for one in rows)),
        "sample-uniqueness": mean([Fraction(sizes[one] == 1) for one in rows]),
        "highest-risk": max((Fraction(1, sizes[one]) for one in rows), default=Fraction(0)),
        "average-risk": mean([Fraction(1, sizes[one]) for one in rows]),
        "prosecutor-at-risk": mean([Fraction(Fraction(1, sizes[one]) > policy.exam.threshold) for one in rows]),
        "classes": Fraction(len(sizes)),
        "discernibility": Fraction(sum(sizes[one] for one in rows) + left_out * (many + left_out)),
        "class-of-a-record": Fraction(sum(sizes[one] for one in rows) + left_out * (many + left_out), many + left_out),
        "average-class": Fraction(many, len(sizes) * policy.least_rows) if many else Fraction(left_out),
        "blank-cells": mean([Fraction(cell is None) for row in rows_of(table, table.names) for cell in row]),
        "k-subjects": None if whose is None else Fraction(persons(rows, whose)),
        "suda-rows": Fraction(unique_somewhere(rows), max(many, 1)),
    }


def among_persons(rows: Sequence[Row], persons: Sequence[Row], others: int, policy: Policy) -> Numbers:
    """Measures that a list of the population gives, from the persons alike with each row; `others` are alike with none."""
    behind, sizes = Counter(persons), Counter(rows)
    risks = [Fraction(1, behind[one]) if behind[one] else Fraction(0) for one in rows]
    present = [Fraction(sizes[one], behind[one]) for one in behind] + [Fraction(0)] * others
    from_persons = Fraction(len(sizes), max(sum(behind[one] for one in sizes), 1))
    return {
        "k-map": Fraction(min((behind[one] for one in rows), default=0)),
        "presence-least": min(present),
        "presence-greatest": max(present),
        "journalist-highest": max(risks, default=Fraction(0)),
        "journalist-average": max(from_persons, mean(risks)),
        "journalist-at-risk": mean([Fraction(one > policy.exam.threshold) for one in risks]),
        "marketer": mean(risks),
    }


def matches(one: Row, two: Row) -> bool:
    return all(a == b or "*" in {a, b} for a, b in zip(one, two, strict=True))


def mean(numbers: Sequence[Fraction]) -> Fraction:
    return sum(numbers, Fraction(0)) / max(len(numbers), 1)


def persons(rows: Sequence[Row], whose: Column) -> int:
    alike: dict[Row, set[Value]] = {}
    for row, one in zip(rows, whose.cells(), strict=True):
        alike.setdefault(row, set()).add(one)
    return min(map(len, alike.values()), default=0)


def unique_somewhere(rows: Sequence[Row]) -> int:
    """Rows with a combination of cells, of any number of columns, that no other row has."""
    width = len(rows[0]) if rows else 0
    every = [axes for size in range(1, width + 1) for axes in combinations(range(width), size)]
    shown = {axes: Counter(tuple(row[axis] for axis in axes) for row in rows) for axes in every}
    return sum(any(shown[axes][tuple(row[axis] for axis in axes)] == 1 for axes in every) for row in rows)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_the_numbers_of_a_report_are_those_counted_before_and_after(case):
    policy = case.policy
    try:
        planned = plan_table(case.table, SCHEMA, policy, entropy=ENTROPY, population=case.population)
        outcome = release_table(case.table, SCHEMA, planned, entropy=ENTROPY, population=case.population)
    except SekishoError:
        assume(False)
        return
    real = apply_plan(planned.table, planned.plan, planned.answer, entropy=ENTROPY)
    names, left_out = quasi_identifiers(policy, SCHEMA), planned.table.rows - real.rows
    told = {one.after.kind.name: one for one in outcome.report.measures}
    staying = Table(tuple(case.table.column(one) for one in real.names))
    whose = case.table.column(policy.exam.subject) if policy.exam.subject else None
    was = counted(staying, names, policy, 0, whose)
    now = counted(real, names, policy, left_out, whose_rows(planned, entropy=ENTROPY))
    lost = left_out * len(real.names)
    blanks = sum(cell is None for row in rows_of(real, real.names) for cell in row)
    now["blank-cells"] = Fraction(blanks + lost, planned.table.rows * len(real.names))
    after = {name: one.after.amount for name, one in told.items() if name in now}
    before = {name: one.before.amount for name, one in told.items() if name in was and one.before is not None}
    assert (before, after) == ({one: was[one] for one in before}, {one: now[one] for one in after})
    if planned.answer.tuples.of_person.size:
        recoded = rows_of(recode_population(planned.answer), names)
        others = planned.answer.tuples.of_person.size - len(recoded)
        now = among_persons(rows_of(real, names), recoded, others, policy)
        found = {name: one.after.number for name, one in told.items() if name in now}
        assert found == {name: now[name] for name in found}
    stars = sum(cell == "*" for row in rows_of(real, names) for cell in row)
    cells = len(names) * planned.table.rows
    assert told["suppressed-cells"].after.number == Fraction(stars + len(names) * left_out, cells)
    assert told["suppressed-share"].after.number == Fraction(left_out, planned.table.rows)
