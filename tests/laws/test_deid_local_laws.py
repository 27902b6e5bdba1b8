"""Whatever the table: what the local search and the strict cells mode release, and what they claim of it."""

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from unittest.mock import patch

import numpy as np
import pytest
from deid_asked import BOUNDS
from deid_counted import (
    NAMES,
    SCHEMA,
    Asked,
    Row,
    asked,
    broken_bounds,
    least_size,
    recoded_rows,
    rows_of,
    table_of_rows,
)
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sekisho.deid.apply import apply_plan, recode_population
from sekisho.deid.bounds import AverageRisk
from sekisho.deid.deidentify import Planned, deidentify, measure_release, plan_table
from sekisho.deid.policy import Goal, Mode, Wording
from sekisho.deid.report.report import write_report
from sekisho.deid.search.local import partition
from sekisho.deid.utility.covering import covering
from sekisho.deid.written.bounds import measure_of
from sekisho.deid.written.shapes import DEFAULT_STEPS
from sekisho.errors import CannotMeet, Reason

ENTROPY = bytes(range(32))
ALONE = (Goal.LOSS, Goal.PRECISION_LOSS, Goal.ENTROPY_LOSS)  # those whose cost is a sum over cells


def planned_for(asking: Asked, **watching: object) -> Planned | CannotMeet:
    assume(least_size(asking.policy) <= asking.table.rows)
    try:
        return plan_table(asking.table, SCHEMA, asking.policy, population=asking.population, **watching)  # type: ignore[arg-type]
    except CannotMeet as refused:
        return refused


def plan_of(asking: Asked, **watching: object) -> Planned:
    planned = planned_for(asking, **watching)
    assume(isinstance(planned, Planned))
    assert isinstance(planned, Planned)
    return planned


def broken_by(asking: Asked, planned: Planned) -> list[object]:
    """What the released rows break, counted in plain Python on the table that leaves."""
    released = apply_plan(asking.table, planned.plan, planned.answer, entropy=ENTROPY)
    persons = rows_of(recode_population(planned.answer), NAMES) if asking.population is not None else ()
    return list(broken_bounds(rows_of(released), persons, asking.table.column("care").cells(), asking.policy))


def parts_at_limits(asking: Asked, planned: Planned) -> list[list[Row]]:
    """The rows by their labels at the highest level that each column may have."""
    parts: dict[Row, list[Row]] = {}
    for row in rows_of(asking.table):
        key = []
        for cell, (name, ladder) in zip(row, planned.answer.ladders.items(), strict=False):
            climb = asking.policy.ladders.get(name)
            level = climb.limit if climb else ladder.height
            key.append(ladder.labels[level][ladder.nodes[level][ladder.values.index(cell)]])
        parts.setdefault(tuple(key), []).append(row)
    return list(parts.values())


@pytest.mark.parametrize("model", BOUNDS)
@settings(max_examples=30)
@given(st.data())
def test_every_released_class_keeps_k_and_the_bound(model, data):
    asking = data.draw(asked(bounds=st.tuples(BOUNDS[model]).map(list)))
    assert broken_by(asking, plan_of(asking)) == []


@settings(max_examples=80)
@given(asked(modes=tuple(Mode)))
def test_every_released_class_keeps_all_bounds_at_once(asking):
    assert broken_by(asking, plan_of(asking)) == []


@settings(max_examples=60)
@given(asked(limits=False))
def test_what_is_refused_not_even_one_class_of_all_rows_keeps_and_the_bound_is_named(asking):
    planned = planned_for(asking)
    care = asking.table.column("care").cells()
    everybody = [("*", "*", "*", one) for one in care]
    persons = [("*", "*", "*")] * (asking.population.rows if asking.population is not None else 0)
    broken = broken_bounds(everybody, persons, care, asking.policy)
    if isinstance(planned, Planned):
        assert broken == []
        return
    assert planned.reason is Reason.NO_PLAN
    assert broken
    assert planned.facts["bound"] in {measure_of(one) for one in broken if not isinstance(one, int)}


@settings(max_examples=80)
@given(asked(limits=False))
def test_without_limits_no_row_is_left_out(asking):
    planned = plan_of(asking)
    assert planned.answer.suppressed == 0
    assert None not in recoded_rows(asking.table, planned)


@settings(max_examples=80)
@given(asked(modes=[Mode.LOCAL]))
def test_limits_leave_out_only_what_they_part_from_the_rest(asking):
    assume(not any(isinstance(one, AverageRisk) for one in asking.policy.bounds) and asking.population is None)
    planned = plan_of(asking)
    care = asking.table.column("care").cells()
    lost = [one for one in parts_at_limits(asking, planned) if broken_bounds(one_class(one), (), care, asking.policy)]
    assert planned.answer.suppressed == sum(map(len, lost)) <= asking.policy.most_suppressed(asking.table.rows)


def one_class(rows: list[Row]) -> list[Row]:
    return [("*", "*", "*", one[-1]) for one in rows]


@settings(max_examples=80)
@given(asked())
def test_each_label_covers_the_value_that_it_stands_for_and_none_above_the_highest_level(asking):
    planned = plan_of(asking)
    recoded = recoded_rows(asking.table, planned)
    for row, labels in zip(rows_of(asking.table), recoded, strict=True):
        if labels is None:
            continue
        for name, cell, label in zip(NAMES, row, labels, strict=False):
            ladder = planned.answer.ladders[name]
            places = covering(ladder, label)
            assert ladder.values.index(cell) in places
            climb = asking.policy.ladders.get(name)
            if climb and label not in ladder.labels[climb.limit]:
                assert len({int(ladder.nodes[climb.limit][one]) for one in places}) == 1


@settings(max_examples=60)
@given(asked())
def test_the_released_rows_are_the_recoded_ones(asking):
    planned = plan_of(asking)
    released = apply_plan(asking.table, planned.plan, planned.answer, entropy=ENTROPY)
    assert Counter(rows_of(released)) == Counter(one for one in recoded_rows(asking.table, planned) if one)


@settings(max_examples=80)
@given(asked(goals=[Goal.LOSS]))
def test_the_claimed_loss_is_the_one_that_a_recipient_reads_off_the_labels(asking):
    planned = plan_of(asking)
    lost = Fraction(0)
    for labels in recoded_rows(asking.table, planned):
        for at, ladder in enumerate(planned.answer.ladders.values()):
            if labels is None:
                lost += 1
            elif len(ladder.values) > 1:
                lost += Fraction(len(covering(ladder, labels[at])) - 1, len(ladder.values) - 1)
    assert planned.answer.value == lost / (asking.table.rows * len(NAMES))


@settings(max_examples=80)
@given(asked(modes=tuple(Mode)))
def test_the_report_measures_what_the_search_claims(asking):
    planned = plan_of(asking)
    released = apply_plan(asking.table, planned.plan, planned.answer, entropy=ENTROPY)
    report = measure_release(asking.table, released, SCHEMA, planned, population=asking.population)
    assert float(report.number(asking.policy.goal.value)) == pytest.approx(float(planned.answer.value), abs=1e-9)
    assert report.rows_before - report.rows_after == planned.answer.suppressed


@settings(max_examples=80)
@given(asked(wordings=[Wording.LADDER, Wording.INTERVALS], goals=ALONE, riddles=False))
def test_refinement_never_makes_the_goal_worse(asking):
    assume(not any(isinstance(one, AverageRisk) for one in asking.policy.bounds))
    refined, cut = (plan_of(replace(asking, policy=replace(asking.policy, steps=steps))) for steps in (100, 0))
    assert float(refined.answer.value) <= float(cut.answer.value) + 1e-9
    assert cut.answer.steps == 0


@settings(max_examples=60)
@given(asked(wordings=[Wording.LADDER]))
def test_ladder_labels_are_labels_of_the_ladder(asking):
    planned = plan_of(asking)
    for one in planned.answer.recoding.columns:
        ladder = planned.answer.ladders[one.name]
        assert set(one.labels) <= {label for labels in ladder.labels for label in labels} | {None}


@settings(max_examples=60)
@given(asked(), st.integers(1, 6))
def test_the_same_question_has_the_same_answer_however_its_blocks_are_shared_out(asking, block):
    with patch.object(partition, "BLOCK", block):
        plain = plan_of(asking)
        assert_alike(plain, plan_of(asking))
        assert_alike(plain, plan_of(asking, spread=backwards))
        with ThreadPoolExecutor(2) as pool:
            assert_alike(plain, plan_of(asking, spread=pool.map))


def backwards(work: Callable[[object], object], pieces: Iterable[object]) -> list[object]:
    return [work(one) for one in list(pieces)[::-1]][::-1]


def assert_alike(one: Planned, other: Planned) -> None:
    assert one.plan == other.plan
    assert (one.answer.value, one.answer.steps) == (other.answer.value, other.answer.steps)
    for here, there in zip(one.answer.recoding.columns, other.answer.recoding.columns, strict=True):
        assert here.labels == there.labels
        assert np.array_equal(here.of_tuple, there.of_tuple)


@settings(max_examples=60)
@given(
    asked(modes=[Mode.LOCAL, Mode.CELLS, Mode.GLOBAL], wordings=[Wording.INTERVALS]), st.randoms(use_true_random=False)
)
def test_the_order_of_the_rows_does_not_matter(asking, chance):
    """Neither does the order in which values appear: it would make sets and ties arbitrary."""
    asking = replace(asking, policy=replace(asking.policy, steps=DEFAULT_STEPS))
    order = np.array(chance.sample(range(asking.table.rows), asking.table.rows))
    turned = replace(asking, table=asking.table.take(order))
    turned = replace(turned, table=table_of_rows(rows_of(turned.table)))
    plain = plan_of(asking)
    assert plain.answer.value == plan_of(turned).answer.value
    assert Counter(recoded_rows(asking.table, plain)) == Counter(recoded_rows(turned.table, plan_of(turned)))


@settings(max_examples=60)
@given(asked(), st.integers(1, 6), st.integers(0, 3))
def test_an_interrupted_search_keeps_every_bound_and_says_so(asking, block, after):
    calls = 0

    def stop() -> bool:
        nonlocal calls
        calls += 1
        return calls > after

    with patch.object(partition, "BLOCK", block):
        planned = plan_of(asking, stop=stop)
        assert broken_by(asking, planned) == []
        assert planned.answer.whole is (calls <= after)
        report = deidentify(
            asking.table, SCHEMA, asking.policy, entropy=ENTROPY, population=asking.population, stop=lambda: True
        ).report
    assert report.whole is (report.rows_after == 0 or asking.policy.steps == 0)
    assert (b'"interrupted":true' in write_report(report)) is not report.whole


@settings(max_examples=60)
@given(asked(), st.integers(1, 20))
def test_the_budget_is_passed_by_no_more_than_the_moves_of_one_class(asking, steps):
    planned = plan_of(replace(asking, policy=replace(asking.policy, steps=steps)))
    tuples = len(planned.answer.tuples)
    widest = 2 * partition.WINDOWS[-1]
    one_class = 2 * min(widest, tuples) * (tuples + 2) + 2 * tuples * len(NAMES)
    assert planned.answer.steps <= steps * tuples + one_class


@settings(max_examples=60)
@given(
    asked(bounds=st.just([]), modes=[Mode.LOCAL], goals=[Goal.LOSS], wordings=[Wording.LADDER], limits=False, most=6)
)
def test_no_partition_of_a_small_table_is_claimed_to_lose_less_than_the_best_one(asking):
    planned = plan_of(asking)
    assert planned.answer.value >= least_loss(asking, planned)


def least_loss(asking: Asked, planned: Planned) -> Fraction:
    """The least loss of all ways to part the rows into classes of k, each with the lowest labels that it can have."""
    ladders = list(planned.answer.ladders.values())
    rows = [
        [ladder.values.index(cell) for ladder, cell in zip(ladders, row, strict=False)] for row in rows_of(asking.table)
    ]

    def cost(members: list[int]) -> Fraction:
        total = Fraction(0)
        for at, ladder in enumerate(ladders):
            codes = {rows[one][at] for one in members}
            level = next(
                one for one, nodes in enumerate(ladder.nodes) if len({int(nodes[code]) for code in codes}) == 1
            )
            covered = int(ladder.covered[level][ladder.nodes[level][min(codes)]])
            total += Fraction(len(members) * (covered - 1), max(len(ladder.values) - 1, 1))
        return total

    k = asking.policy.k
    parts = (one for one in all_partitions(list(range(len(rows)))) if min(map(len, one)) >= k)
    return min(sum((cost(one) for one in part), Fraction(0)) for part in parts) / (len(rows) * len(ladders))


def all_partitions(members: list[int]) -> Iterable[list[list[int]]]:
    if not members:
        yield []
        return
    first, *others = members
    for rest in all_partitions(others):
        yield [[first], *rest]
        for at in range(len(rest)):
            yield [*rest[:at], [first, *rest[at]], *rest[at + 1 :]]
