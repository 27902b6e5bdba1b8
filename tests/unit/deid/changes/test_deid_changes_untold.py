"""What neither a released table nor its report tells: which rows are made, and what a condition took away."""

import numpy as np
import pytest
from changes_made import ENTROPY, HEAD, people, policy_of, schema_of

from sekisho.deid.apply import apply_plan
from sekisho.deid.deidentify import Outcome, Planned, plan_table, release_table
from sekisho.deid.report.report import ColumnReport

TOKENS = '[[change]]\ndo = "pseudonym"\ncolumn = "person"\n'
MADE = '[[change]]\ndo = "add-synthetic"\nshare = 0.5\n'
GONE = '[[change]]\ndo = "delete-{cells}"\ncolumn = "illness"\nvalues = ["rare"]\n'


def released(text: str) -> tuple[Planned, Outcome]:
    planned = plan_table(people(), schema_of(), policy_of(HEAD + text), entropy=ENTROPY)
    return planned, release_table(people(), schema_of(), planned, entropy=ENTROPY)


def column(outcome: Outcome, name: str) -> ColumnReport:
    return next(one for one in outcome.report.columns if one.name == name)


def is_even(places: np.ndarray, many: int) -> bool:
    """Whether the mean of so many places, drawn without replacement, lies within four of its standard deviations."""
    deviation = ((many + 1) * (many - places.size) / (12 * places.size)) ** 0.5
    return bool(abs(places.mean() - (many - 1) / 2) < 4 * deviation)


def test_made_rows_lie_among_the_others_and_their_tokens_too():
    planned, outcome = released(TOKENS + MADE)
    real = set(apply_plan(planned.table, planned.plan, planned.answer, entropy=ENTROPY).column("person").values)
    persons = outcome.table.column("person")
    made = np.array([one not in real for one in persons.cells()])
    assert int(made.sum()) == outcome.report.rows_added == 400
    assert is_even(np.flatnonzero(made), outcome.table.rows)
    fresh = np.array([one not in real for one in persons.values])
    assert is_even(np.flatnonzero(fresh), fresh.size)


def test_nobody_counts_in_report_and_file_how_many_rows_of_a_value_are_made():
    planned, outcome = released(MADE)
    bars = {one.label: one.rows for one in column(outcome, "illness").after}
    assert sum(bars.values()) <= 1.1 * outcome.report.rows_after
    assert [rows % planned.policy.least_group for rows in bars.values()] == [0] * len(bars)
    exact = {one.label: one.rows for one in column(released("")[1], "illness").after}
    assert any(rows % planned.policy.least_group for rows in exact.values())


@pytest.mark.parametrize("cells", ["cells", "rows"])
def test_a_value_that_a_condition_took_away_is_pooled_in_the_bars_before(cells):
    shown = {one.label for one in column(released("")[1], "illness").before}
    _, outcome = released(GONE.format(cells=cells))
    told = column(outcome, "illness")
    assert shown - {one.label for one in told.before} == {"rare"}
    assert sum(one.rows for one in told.before if one.label is None) > 0
    assert "rare" not in {one.label for one in told.after}
    before = {one.label: one.rows for one in column(outcome, "town").before}
    assert set(before) == set("ABCD")  # other columns show what they had
