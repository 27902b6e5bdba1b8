"""The question that a policy poses about a table: distinct tuples, their ladders, and what every class must keep."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from sekisho.deid.bounds import AverageRisk, DistinctL, KMap, Presence, TCloseness
from sekisho.deid.ladders.ladder import TOP, Ladder, grow
from sekisho.deid.ladders.rule import bind, settle_rule
from sekisho.deid.ladders.spelling import code_number
from sekisho.deid.passes.tuples import Tuples, collapse
from sekisho.deid.policy import Coding, Mode, Policy, quasi_identifiers
from sekisho.deid.schema import TEXTS, Schema
from sekisho.deid.search.demands import Demands, demand
from sekisho.deid.search.subjects import SUBJECTS, Grouped, group_subjects
from sekisho.deid.table import Column, Table, Value, rank_of
from sekisho.errors import BadTable, CannotMeet, Reason

Progress = Callable[[float], None]
Stop = Callable[[], bool]
Spreading = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]


@dataclass(frozen=True, eq=False)
class Watch:
    """How a caller watches and shares out a search: told the share done, asked whether to stop, given blocks to spread."""

    progress: Progress | None = None
    stop: Stop | None = None
    spread: Spreading = map


@dataclass(frozen=True, eq=False)
class Posed:
    """The question: distinct tuples, the ladders that they stand on, and what every class must keep.

    `exact`: a class that keeps the policy's bounds keeps the demands. Else some do not, for persons in groups.
    """

    policy: Policy
    ladders: Mapping[str, Ladder]
    tuples: Tuples
    demands: Demands
    average_risk: Fraction | None
    exact: bool = True

    @property
    def rows(self) -> int:
        return int(self.tuples.rows.sum())

    @property
    def weights(self) -> tuple[int, ...]:
        """How many times a goal in cells counts each column."""
        return tuple(self.policy.weights.get(name, 1) for name in self.ladders)

    @property
    def limits(self) -> tuple[int, ...]:
        """The highest level that each column may have."""
        climbs = self.policy.ladders
        return tuple(climbs[name].limit if name in climbs else one.height for name, one in self.ladders.items())


def pose_question(table: Table, schema: Schema, policy: Policy, population: Table | None) -> Posed:
    """Give back what `policy` asks of `table`; costs one group-by of its rows.

    Refuses with TABLE_EMPTY, K_LARGER_THAN_TABLE, LADDER_MISSING_VALUE, POPULATION_MISSING, POPULATION_LACKS_ROWS.
    """
    if table.rows == 0:
        raise BadTable(Reason.TABLE_EMPTY)
    if policy.least_rows > table.rows:
        raise CannotMeet(Reason.K_LARGER_THAN_TABLE, k=policy.least_rows, rows=table.rows)
    names = quasi_identifiers(policy, schema)
    others = _others(policy, population)
    ladders = {name: _ladder(policy, table.column(name), others) for name in names}
    sensitive = dict.fromkeys(one.column for one in policy.sensitive_bounds)
    tuples = collapse(
        [ladders[name].codes_of(table.column(name)) for name in names],
        [len(ladders[name].values) for name in names],
        [(name, *_sensitive(table, schema, policy, name)) for name in sensitive],
        None if others is None else [ladders[name].codes_of(others.column(name)) for name in names],
    )
    trees = {
        one.column: bind(one.ladder, released_values(table.column(one.column), schema, policy))
        for one in policy.sensitive_bounds
        if isinstance(one, TCloseness) and one.ladder is not None
    }
    risks = [one.at_most for one in policy.bounds if isinstance(one, AverageRisk)]
    grouped = _grouped(policy, tuples, table)
    demands = _demands(policy, grouped.tuples, trees)
    return Posed(policy, ladders, grouped.tuples, demands, min(risks, default=None), grouped.exact)


def _grouped(policy: Policy, tuples: Tuples, table: Table) -> Grouped:
    if not policy.least_subjects:
        return Grouped(tuples, exact=True)
    return group_subjects(tuples, table.column(policy.exam.subject), policy.least_subjects)


def _others(policy: Policy, population: Table | None) -> Table | None:
    """Give back the population if a bound looks at it."""
    asked = any(isinstance(one, KMap | Presence) for one in policy.bounds)
    if asked and population is None:
        raise CannotMeet(Reason.POPULATION_MISSING)
    return population if asked else None


def _demands(policy: Policy, tuples: Tuples, trees: Mapping[str, Ladder]) -> Demands:
    presence = [one for one in policy.bounds if isinstance(one, Presence)]
    lacking = int(np.maximum(tuples.rows - tuples.population, 0).sum())
    if presence and lacking:
        raise CannotMeet(Reason.POPULATION_LACKS_ROWS, count=lacking)
    persons = [DistinctL(SUBJECTS, policy.least_subjects)] if policy.least_subjects else []
    return demand(
        [*persons, *policy.sensitive_bounds],
        tuples.spreads,
        trees,
        least_rows=policy.least_rows,
        least_population=max((one.at_least for one in policy.bounds if isinstance(one, KMap)), default=0),
        presence=presence[0] if presence else None,
    )


def released_values(column: Column, schema: Schema, policy: Policy) -> Column:
    """Give back a sensitive column as it will be released, its values in the order of the ordered distance."""
    used = column.used()
    declared = schema.column(column.name)
    rank = {value: place for place, value in enumerate(declared.values)}
    known: list[Value] = [one for one in used.values if one is not None]
    known.sort(key=(lambda one: rank.get(str(one), len(rank))) if declared.kind in TEXTS else lambda one: one)
    blank: list[Value] = [one for one in used.values if one is None]
    coding = policy.codings.get(column.name, Coding())
    place: dict[Value, int] = {}
    coded = {
        one: place.setdefault(code_number(one, coding.top, coding.bottom) if isinstance(one, int) else one, len(place))
        for one in known + blank
    }
    codes = np.array([coded[one] for one in used.values], dtype=np.int32)
    return Column(column.name, tuple(place), codes[used.codes])


def _sensitive(table: Table, schema: Schema, policy: Policy, name: str) -> tuple[Any, int]:
    released = released_values(table.column(name), schema, policy)
    return released.codes, len(released.values)


def _both(column: Column, population: Table | None) -> Column:
    """Give back the column with the population's values too: ladders and losses are over both."""
    if population is None:
        return column
    values = dict.fromkeys((*column.used().values, *population.column(column.name).used().values))
    return Column(column.name, tuple(values), np.arange(len(values), dtype=np.int32))


def _ladder(policy: Policy, column: Column, others: Table | None) -> Ladder:
    """Give back the ladder of the column's values and the population's; what a rule leaves to rows, the table's decide."""
    both = _both(column, others)
    if policy.mode is Mode.CELLS:
        return grow(column.name, sorted(both.used().values, key=rank_of), lambda value: (value, TOP))
    return bind(settle_rule(policy.ladders[column.name].rule, column), both)
