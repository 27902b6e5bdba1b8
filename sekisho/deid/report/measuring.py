"""The report of a release: every number is counted on the released cells, by other code than the search."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from sekisho.deid.bounds import AverageRisk, HighestRisk, KMap, SensitiveBound, TCloseness
from sekisho.deid.ladders.rule import bind
from sekisho.deid.plan import Generalise, Plan, Recode, Star, Transformation
from sekisho.deid.policy import Goal, Mode, Policy
from sekisho.deid.policy import Star as StarReading
from sekisho.deid.report.bars import Bar, bars_after, bars_alike, bars_before, order_of_labels, spelling_of
from sekisho.deid.report.report import ColumnReport, LevelRows, MeasurePair, Report, bin_sizes
from sekisho.deid.risk import class_size as risk
from sekisho.deid.risk.alike import Sizes, least_alike_with_wildcards, sizes_of_classes
from sekisho.deid.risk.histograms import Histograms, classes_of_rows, histograms
from sekisho.deid.risk.population import k_map
from sekisho.deid.risk.sensitive import check_bound, measure_of
from sekisho.deid.schema import ColumnSchema, Role, Schema
from sekisho.deid.search.answer import Answer
from sekisho.deid.search.question import released_values
from sekisho.deid.table import Column, Table
from sekisho.deid.utility import cells, entropy
from sekisho.deid.utility import class_size as utility
from sekisho.deid.utility.covering import Covered, read_labels
from sekisho.errors import Reason, SekishoError

_CLOSE = Fraction(1, 10**9)  # entropies are floats


@dataclass(frozen=True, eq=False)
class Released:
    """What is measured: the table before and after, what was to be done, and the population recoded alike."""

    before: Table
    after: Table
    schema: Schema
    policy: Policy
    plan: Plan
    answer: Answer
    population: Table | None

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The quasi-identifiers that stay."""
        every = self.schema.with_role(Role.QUASI_IDENTIFIER)
        return tuple(one.name for one in every if one.name in self.after.names)

    @cached_property
    def sizes(self) -> tuple[Sizes, Sizes]:
        return sizes_of_classes(self.before, self.names), sizes_of_classes(self.after, self.names)

    @cached_property
    def read(self) -> Mapping[str, Covered]:
        """The released quasi-identifiers, each label with what it covers."""
        return {
            name: read_labels(self.after.column(name), self.answer.ladders[name], _level(self.done[name]))
            for name in self.names
        }

    @property
    def done(self) -> Mapping[str, Transformation]:
        return dict(self.plan.columns)


def measure_released(released: Released) -> Report:
    """Give back the report; refuses with CLAIM_NOT_KEPT where a bound does not hold or a claimed number differs."""
    before, after, policy, answer = released.before, released.after, released.policy, released.answer
    if after.names != released.plan.names or any(
        one.name in after.names for one in released.schema.with_role(Role.IDENTIFIER)
    ):
        raise SekishoError(Reason.CLAIM_NOT_KEPT, claim="columns")
    report = Report(
        schema=released.schema.digest,
        policy=policy.digest,
        plan=released.plan.digest,
        k=policy.least_rows,
        suppression_limit=policy.suppression_limit,
        bounds=policy.bounds,
        goal=policy.goal,
        mode=policy.mode,
        labels=policy.labels if policy.mode is Mode.LOCAL else None,
        star=policy.star if policy.mode is Mode.CELLS else None,
        nodes=answer.nodes,
        evaluated=answer.evaluated,
        steps=answer.steps,
        proven=answer.proven,
        whole=answer.whole,
        rows_before=before.rows,
        rows_after=after.rows,
        measures=_measures(released),
        sizes_before=bin_sizes(released.sizes[0]),
        sizes_after=bin_sizes(released.sizes[1]),
        columns=tuple(_column(released, one) for one in released.schema.columns),
    )
    return check_claims(report, policy, answer)


def check_claims(report: Report, policy: Policy, answer: Answer) -> Report:
    """Give back the report if every bound holds in it and its goal is the number that the search claimed."""
    suppressed = report.rows_before - report.rows_after
    strict = policy.mode is not Mode.CELLS or policy.star is StarReading.VALUE
    claims = {
        "k": report.rows_after == 0 or report.number("k" if strict else "k-wildcard") >= policy.least_rows,
        "suppression": suppressed == answer.suppressed <= policy.most_suppressed(report.rows_before),
        "goal": abs(report.number(policy.goal.value) - answer.value)
        <= (_CLOSE if policy.goal is Goal.ENTROPY_LOSS else 0),
        **{
            _risk_name(one): _risk_kept(report, policy, one)
            for one in policy.bounds
            if not isinstance(one, SensitiveBound)
        },
    }
    for claim, held in claims.items():
        if not held:
            raise SekishoError(Reason.CLAIM_NOT_KEPT, claim=claim)
    return report


def _risk_name(bound: KMap | HighestRisk | AverageRisk) -> str:
    match bound:
        case KMap():
            return "k-map"
        case HighestRisk():
            return "highest-risk"
        case AverageRisk():
            return "average-risk"


def _risk_kept(report: Report, policy: Policy, bound: KMap | HighestRisk | AverageRisk) -> bool:
    if report.rows_after == 0:
        return True
    match bound:
        case KMap(at_least=least):
            return report.number("k-map") >= least
        case HighestRisk(at_most=most):
            wildcard = policy.mode is Mode.CELLS and policy.star is StarReading.ANYTHING
            return wildcard or report.number("highest-risk") <= most
        case AverageRisk(at_most=most):
            return report.number("average-risk") <= most


def _measures(released: Released) -> tuple[MeasurePair, ...]:
    was, now = released.sizes
    before, after, names, policy = released.before, released.after, released.names, released.policy
    rows = before.rows
    wildcard = [risk.k_with_wildcards(least_alike_with_wildcards(one, names)) for one in (before, after)]
    read = [released.read[name] for name in names]
    levels = [_level(released.done[name]) for name in names]
    lost = [cells.loss_of_labels(one, rows) for one in read]
    precision = [cells.precision_of_labels(one, rows, level) for one, level in zip(read, levels, strict=True)]
    entropies = [entropy.entropy_of_labels(before.column(name), one) for name, one in zip(names, read, strict=True)]
    return (
        MeasurePair(risk.k_anonymity(was), risk.k_anonymity(now)),
        MeasurePair(wildcard[0], wildcard[1]),
        *_population(released),
        MeasurePair(risk.unique_rows(was), risk.unique_rows(now)),
        MeasurePair(risk.highest_risk(was), risk.highest_risk(now)),
        MeasurePair(risk.average_risk(was), risk.average_risk(now)),
        *_sensitive(released),
        MeasurePair(risk.classes(was), risk.classes(now)),
        MeasurePair(None, utility.suppressed_share(rows, after.rows)),
        MeasurePair(None, cells.loss(lost)),
        MeasurePair(None, cells.precision_loss(precision)),
        MeasurePair(None, entropy.entropy_loss(entropies)),
        MeasurePair(utility.discernibility(was, rows), utility.discernibility(now, rows)),
        MeasurePair(
            utility.average_class(was, policy.least_rows, rows), utility.average_class(now, policy.least_rows, rows)
        ),
        MeasurePair(utility.class_of_a_record(was, rows), utility.class_of_a_record(now, rows)),
    )


def _level(done: Transformation) -> int | None:
    return done.level if isinstance(done, Generalise) else None


def _population(released: Released) -> tuple[MeasurePair, ...]:
    if released.population is None:
        return ()
    return (MeasurePair(None, k_map(released.after, released.population, released.names)),)


def _sensitive(released: Released) -> tuple[MeasurePair, ...]:
    """Give back the measure of each bound on a sensitive column, before and after; each is checked."""
    pairs = []
    for bound in released.policy.sensitive_bounds:
        values = released_values(released.before.column(bound.column), released.schema, released.policy)
        before = Table((*(released.before.column(one) for one in released.names), values))
        tree = bind(bound.ladder, values) if isinstance(bound, TCloseness) and bound.ladder else None
        was, now = (_held(one, released.names, bound.column, values) for one in (before, released.after))
        pairs.append(MeasurePair(measure_of(bound, was, tree), check_bound(bound, now, tree)))
    return tuple(pairs)


def _held(table: Table, names: Sequence[str], column: str, values: Column) -> Histograms:
    return histograms(classes_of_rows(table, names), table.column(column), values)


def _column(released: Released, column: ColumnSchema) -> ColumnReport:
    before, after, done = released.before, released.after, released.done[column.name]
    stays = column.name in after.names
    read = released.read.get(column.name)
    bars = _bars(released, column) if stays else ((), ())
    return ColumnReport(
        name=column.name,
        kind=column.kind,
        role=column.role,
        done=done,
        loss=None if read is None else cells.loss_of_labels(read, before.rows),
        distinct_before=int((before.column(column.name).counts > 0).sum()),
        distinct_after=int((after.column(column.name).counts > 0).sum()) if stays else 0,
        levels=() if read is None or isinstance(done, Generalise) else _levels(read),
        causes=tuple(one for one in released.answer.causes if one.column == column.name),
        before=bars[0],
        after=bars[1],
    )


def _levels(read: Covered) -> tuple[LevelRows, ...]:
    """Give back how many released rows have a label of each level, or one narrower inside it."""
    rows: dict[int, int] = {}
    for level, count in zip(read.levels, read.column.counts.tolist(), strict=True):
        rows[level] = rows.get(level, 0) + count
    return tuple(LevelRows(level, rows[level]) for level in sorted(rows))


def _bars(released: Released, column: ColumnSchema) -> tuple[tuple[Bar, ...], tuple[Bar, ...]]:
    """Give back the bars of a column that stays; only where it was generalised are the labels other ones after.

    Where labels are mixed there are none after: overlapping labels make no distribution.
    """
    was, now = released.before.column(column.name), released.after.column(column.name)
    done, ladder, k = released.done[column.name], released.answer.ladders.get(column.name), released.policy.least_group
    spell = spelling_of(was, done)
    order = order_of_labels(ladder, 0) if ladder else column.values
    match done:
        case Generalise(level=level) if ladder and level:
            return bars_before(was, k, spell, order), bars_after(now, k, spell, order_of_labels(ladder, level))
        case Star() | Recode(level=None):
            return bars_before(was, k, spell, order), ()
        case Recode(level=int() as level) if level:
            return bars_before(was, k, spell, order), ()
        case _:
            return bars_alike(was, now, k, spell, order)
