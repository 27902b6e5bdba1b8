"""One try: a request, or a loosened one, is run on the real table and judged (spec/proposal.md 3)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from fractions import Fraction

import numpy as np

from sekisho.deid.changes.perform import Masking
from sekisho.deid.deidentify import Outcome, Planned, plan_table, release_table
from sekisho.deid.measure import six_decimals
from sekisho.deid.plan import Delete, Generalise, write_transformation
from sekisho.deid.policy import Policy
from sekisho.deid.proposal.asking import Drop, Move, conditions_left, not_offered, policy_of
from sekisho.deid.proposal.persons import count_persons, rows_of
from sekisho.deid.proposal.request import Request
from sekisho.deid.report.report import ColumnReport, Report
from sekisho.deid.schema import Schema
from sekisho.deid.search.question import Progress, Spreading, Stop
from sekisho.deid.standard.dictionary import Dictionary
from sekisho.deid.standard.gate import judge
from sekisho.deid.standard.judgement import Check, Item, Judgement, Verdict
from sekisho.deid.standard.judgement import Outcome as Found
from sekisho.deid.table import Table
from sekisho.errors import CannotMeet, Fact, Reason


class Why(Enum):
    """What is in the way of a request."""

    NOT_OFFERED = "not-offered"
    NOBODY = "nobody"
    FEW_PERSONS = "few-persons"
    FEW_PERSONS_LEFT = "few-persons-left"
    NO_PLAN = "no-plan"
    REFUSED = "refused"
    ITEM_NOT_MET = "item-not-met"
    TOO_MUCH_LOST = "too-much-lost"


@dataclass(frozen=True)
class Objection:
    """One thing in the way; `facts` are names of measures, columns and checks, and numbers that were asked for."""

    why: Why
    facts: tuple[tuple[str, Fact], ...] = ()

    def fact(self, name: str) -> Fact:
        """Give back a fact; "" where the objection has none of this name."""
        return dict(self.facts).get(name, "")


@dataclass(frozen=True)
class Waiting:
    """A check that a named person has to weigh before a release."""

    item: Item
    look: str
    column: str


@dataclass(frozen=True)
class ColumnAnswer:
    """What becomes of a column asked for: what is done, the share of it that is lost, and rows by level, as shares."""

    name: str
    done: str
    lost: Fraction
    levels: tuple[tuple[int, Fraction], ...]


@dataclass(frozen=True)
class Trial:
    """What came of one run with `moves` made. Counts are exact here and are told as spans only (`persons.span_of`).

    `lost` is the mean loss of the columns asked for, None where no plan was found. `excess` are the rows that would have had
    to be left out beyond what may be.
    """

    moves: tuple[Move, ...]
    objections: tuple[Objection, ...]
    rows: int
    persons: int
    rows_left: int = 0
    persons_left: int = 0
    excess: int = 0
    lost: Fraction | None = None
    columns: tuple[ColumnAnswer, ...] = ()
    verdicts: tuple[tuple[Item, Verdict], ...] = ()
    waiting: tuple[Waiting, ...] = ()
    whole: bool = True

    @property
    def passes(self) -> bool:
        """Whether nothing is in the way; what waits for a person's decision is no obstacle yet."""
        return not self.objections


@dataclass(frozen=True, eq=False)
class Ground:
    """What every try stands on. `least` is the fewest persons that the law asks for; `subject` tells whose row it is."""

    table: Table
    schema: Schema
    base: Policy
    request: Request
    dictionary: Dictionary
    on: date
    entropy: bytes
    least: int
    population: Table | None = None
    progress: Progress | None = None
    stop: Stop | None = None
    spread: Spreading = map
    masking: Masking | None = None

    @property
    def subject(self) -> str:
        """The column that tells whose row it is, "" where each row is one person."""
        return self.request.subject or self.base.exam.subject

    @property
    def fewest(self) -> int:
        """The persons that the law or the proposer asks for, whichever are more."""
        return max(self.least, self.request.least_persons)

    def persons(self, table: Table) -> int:
        """Give back how many persons the rows of a part of the table are of."""
        return count_persons(table.column(self.subject).used() if self.subject else None, table.rows)


def try_moves(ground: Ground, moves: tuple[Move, ...]) -> Trial:
    """Give back what came of the request with the moves made: planned, released, measured and judged on its rows.

    Nothing is run where columns are not offered or the persons are too few. Refuses what `deidentify` refuses, but for
    what no plan can meet: that is an answer.
    """
    selected = rows_of(ground.table, conditions_left(ground.request, moves))
    persons = ground.persons(selected)
    before = _before(ground, selected, persons, moves)
    trial = Trial(moves, before, selected.rows, persons)
    if before:
        return trial
    policy = policy_of(ground.request, ground.base, ground.schema, moves)
    try:
        planned = plan_table(
            selected,
            ground.schema,
            policy,
            entropy=ground.entropy,
            population=ground.population,
            progress=ground.progress,
            stop=ground.stop,
            spread=ground.spread,
            masking=ground.masking,
        )
    except CannotMeet as error:
        excess = int(error.facts.get("suppressed", selected.rows)) - int(error.facts.get("allowed", 0))
        return replace(trial, objections=(_refused(error),), excess=excess)
    outcome = release_table(
        selected, ground.schema, planned, entropy=ground.entropy, population=ground.population, spread=ground.spread
    )
    return _told(ground, trial, selected, planned, outcome)


def _before(ground: Ground, selected: Table, persons: int, moves: tuple[Move, ...]) -> tuple[Objection, ...]:
    """Give back what is in the way before anything is run."""
    dropped = {one.column for one in moves if isinstance(one, Drop)}
    asked = not_offered(ground.request, ground.base, ground.schema)
    found = [Objection(Why.NOT_OFFERED, (("column", name),)) for name in asked if name not in dropped]
    if not selected.rows:
        found.append(Objection(Why.NOBODY))
    elif persons < ground.fewest:
        found.append(Objection(Why.FEW_PERSONS, (("least", ground.fewest),)))
    return tuple(found)


def _refused(error: CannotMeet) -> Objection:
    """Give back what no plan can meet, without the numbers of rows that a refusal tells."""
    if error.reason is not Reason.NO_PLAN:
        return Objection(Why.REFUSED, (("reason", error.reason.value),))
    told = tuple((name, error.facts[name]) for name in ("bound", "asked", "reachable", "column") if name in error.facts)
    return Objection(Why.NO_PLAN, told)


def _told(ground: Ground, trial: Trial, selected: Table, planned: Planned, outcome: Outcome) -> Trial:
    judgement = judge(
        selected,
        outcome.table,
        schema=ground.schema,
        policy=planned.policy,
        plan=outcome.plan,
        report=outcome.report,
        dictionary=ground.dictionary,
        on=ground.on,
    )
    kept = planned.answer.recoding.kept[planned.answer.tuples.of_row]
    persons_left = ground.persons(planned.table.take(np.flatnonzero(kept)))
    columns = tuple(_columns(ground.request, outcome.report))
    lost = sum((one.lost for one in columns), Fraction(0)) / len(columns)
    return replace(
        trial,
        objections=tuple(_after(ground, judgement, persons_left, lost)),
        rows_left=outcome.report.rows_after,
        persons_left=persons_left,
        lost=lost,
        columns=columns,
        verdicts=tuple((one.item, one.verdict) for one in judgement.items),
        waiting=tuple(_waiting(judgement)),
        whole=planned.answer.whole,
    )


def _after(ground: Ground, judgement: Judgement, persons_left: int, lost: Fraction) -> Iterator[Objection]:
    """Give what is in the way of a release that was made and judged."""
    if persons_left < ground.fewest:
        yield Objection(Why.FEW_PERSONS_LEFT, (("least", ground.fewest),))
    for one in judgement.items:
        for check in _of(one.checks, Found.FAULT):
            facts: tuple[tuple[str, Fact], ...] = (("item", one.item.value), ("look", check.look.value))
            yield Objection(Why.ITEM_NOT_MET, (*facts, ("column", check.column)))
    most = ground.request.acceptable_loss
    if most is not None and lost > most:
        yield Objection(Why.TOO_MUCH_LOST, (("asked", six_decimals(most)), ("reachable", six_decimals(lost))))


def _waiting(judgement: Judgement) -> Iterator[Waiting]:
    for one in judgement.items:
        if one.verdict is Verdict.NEEDS_DECISION:
            yield from (Waiting(one.item, check.look.value, check.column) for check in _of(one.checks, Found.DECIDE))


def _of(checks: tuple[Check, ...], outcome: Found) -> list[Check]:
    """Give back the checks with this outcome, one for each look and column."""
    return list({(one.look, one.column): one for one in checks if one.outcome is outcome}.values())


def _columns(request: Request, report: Report) -> Iterator[ColumnAnswer]:
    """Give what becomes of each column asked for; of a column that stays as it is the share of rows left out is lost."""
    reports = {one.name: one for one in report.columns}
    gone = 1 - Fraction(report.rows_after, max(report.rows_before, 1))
    for item in request.items:
        one = reports[item.column]
        match one.done:
            case Delete():
                lost = Fraction(1)
            case _:
                lost = gone if one.loss is None else one.loss
        yield ColumnAnswer(one.name, str(write_transformation(one.done)["do"]), lost, _levels(one, report.rows_after))


def _levels(one: ColumnReport, rows: int) -> tuple[tuple[int, Fraction], ...]:
    if isinstance(one.done, Generalise):
        return ((one.done.level, Fraction(1)),)
    return tuple((step.level, Fraction(step.rows, max(rows, 1))) for step in one.levels)
