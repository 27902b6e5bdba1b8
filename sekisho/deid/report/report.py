"""What came of a plan, measured again on the released rows (spec/report.md)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

from sekisho.deid.bounds import Bound
from sekisho.deid.exam import Exam
from sekisho.deid.measure import Measure, six_decimals
from sekisho.deid.plan import Transformation, write_transformation
from sekisho.deid.policy import Goal, Mode, Star, Wording
from sekisho.deid.recoding import Cause
from sekisho.deid.report.bars import Bar
from sekisho.deid.risk.alike import Sizes
from sekisho.deid.schema import Kind, Role
from sekisho.deid.written.bounds import write_bound
from sekisho.digest import Digest, digest_of
from sekisho.errors import Reason, WrongUsage
from sekisho.statement import write_canonical

FORMAT = "sekisho-report-v1"
MEASURES_FORMAT = "sekisho-measures-v1"
SIZE_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000)  # spec/report.md 3


@dataclass(frozen=True)
class MeasurePair:
    """One measure before (None where it means nothing) and after."""

    before: Measure | None
    after: Measure


@dataclass(frozen=True)
class SizeBin:
    """Classes of `low` to `high` rows (None: no end), and the rows in them."""

    low: int
    high: int | None
    classes: int
    rows: int


@dataclass(frozen=True)
class LevelRows:
    """Released rows whose cell has a label of a ladder's level, or one narrower inside such a label."""

    level: int
    rows: int


@dataclass(frozen=True)
class ColumnReport:
    """What was done to one column; loss is None unless it is a quasi-identifier that stays.

    `levels` are there where labels are mixed, `causes` where cells are more general than they were; bars are empty where none
    may be shown.
    """

    name: str
    kind: Kind
    role: Role
    done: Transformation
    loss: Fraction | None
    distinct_before: int
    distinct_after: int
    levels: tuple[LevelRows, ...]
    causes: tuple[Cause, ...]
    before: tuple[Bar, ...]
    after: tuple[Bar, ...]


@dataclass(frozen=True)
class Report:
    """A de-identification in numbers; `measures` is found by name with `number`.

    Rows: `rows_before` came in, `rows_changed` were left by the changes, `rows_after` of them are released, and beside
    them `rows_added` synthetic ones.
    """

    schema: Digest
    policy: Digest
    plan: Digest
    k: int
    suppression_limit: Fraction
    bounds: tuple[Bound, ...]
    goal: Goal
    mode: Mode
    labels: Wording | None
    star: Star | None
    nodes: int
    evaluated: int
    steps: int
    proven: bool
    whole: bool
    changes: tuple[Mapping[str, Any], ...]
    exam: Exam
    rows_before: int
    rows_changed: int
    rows_after: int
    rows_added: int
    measures: tuple[MeasurePair, ...]
    sizes_before: tuple[SizeBin, ...]
    sizes_after: tuple[SizeBin, ...]
    columns: tuple[ColumnReport, ...]

    @property
    def digest(self) -> Digest:
        """SHA-256 of the canonical JSON."""
        return digest_of(write_report(self))

    def number(self, name: str) -> Fraction:
        """Give back the number after of the measure called `name`, such as `k`, `loss`, `suppressed-share`.

        Where it is one for each column, that of the first. Refuses with MEASURE_UNKNOWN a name that no measure has.
        """
        known = {one.after.kind.name: one.after for one in reversed(self.measures)}
        if name not in known:
            near = get_close_matches(name, known, 1)
            right = {"nearest": near[0]} if near else {"values": ", ".join(sorted(known))}
            raise WrongUsage(Reason.MEASURE_UNKNOWN, findings=(), measure=name, **right)
        return known[name].number  # of this one alone: another may be unbounded


def bin_sizes(sizes: Sizes) -> tuple[SizeBin, ...]:
    """Give back how many classes, and rows in them, lie in each step of size."""
    bins = []
    for low, above in zip(SIZE_STEPS, (*SIZE_STEPS[1:], None), strict=True):
        inside = sizes[(sizes >= low) & (sizes < above)] if above else sizes[sizes >= low]
        bins.append(SizeBin(low, above and above - 1, int(inside.size), int(inside.sum())))
    return tuple(bins)


def write_report(report: Report) -> bytes:
    """Give back the report's canonical JSON (spec/report.md 2)."""
    return write_canonical(
        {
            "format": FORMAT,
            "schema": str(report.schema),
            "policy": str(report.policy),
            "plan": str(report.plan),
            "bounds": [
                {"measure": "k", "at_least": str(report.k)},
                {"measure": "suppressed-share", "at_most": six_decimals(report.suppression_limit)},
                *(write_bound(one) for one in report.bounds),
            ],
            "goal": report.goal.value,
            "search": {
                "mode": report.mode.value,
                "labels": report.labels.value if report.labels else None,
                "star": report.star.value if report.star else None,
                "nodes": report.nodes,
                "evaluated": report.evaluated,
                "steps": report.steps,
                "proven": report.proven,
                "interrupted": not report.whole,
            },
            "changes": [dict(one) for one in report.changes],
            "exam": _write_exam(report.exam),
            "rows": {
                "before": report.rows_before,
                "changed": report.rows_changed,
                "after": report.rows_after,
                "suppressed": report.rows_changed - report.rows_after,
                "added": report.rows_added,
            },
            "measures": [_write_measure(one) for one in report.measures],
            "class_sizes": {
                "before": [_write_bin(one) for one in report.sizes_before],
                "after": [_write_bin(one) for one in report.sizes_after],
            },
            "columns": [_write_column(one) for one in report.columns],
        }
    )


def write_measures(
    pairs: Sequence[MeasurePair], exam: Exam, names: Sequence[str], rows: tuple[int | None, int]
) -> bytes:
    """Give back the canonical JSON of measures that were taken without a plan (spec/report.md 5).

    `names` are the quasi-identifiers that rows are compared in, `rows` those of the table before, if there is one, and
    after.
    """
    return write_canonical(
        {
            "format": MEASURES_FORMAT,
            "exam": _write_exam(exam),
            "quasi_identifiers": list(names),
            "rows": {"before": rows[0], "after": rows[1]},
            "measures": [_write_measure(one) for one in pairs],
        }
    )


def _write_exam(exam: Exam) -> dict[str, Any]:
    return {
        "population": exam.population,
        "threshold": six_decimals(exam.threshold),
        "weights": exam.weights or None,
        "household": exam.household or None,
        "subject": exam.subject or None,
    }


def _write_measure(pair: MeasurePair) -> dict[str, Any]:
    kind = pair.after.kind
    return {
        "name": kind.name,
        "column": pair.after.column or None,
        "unit": kind.unit.value,
        "better": kind.better.value,
        "formula": kind.formula,
        "attacker": kind.attacker,
        "source": kind.source,
        "before": pair.before.text if pair.before else None,
        "after": pair.after.text,
    }


def _write_bin(one: SizeBin) -> dict[str, Any]:
    return {"from": one.low, "to": one.high, "classes": one.classes, "rows": one.rows}


def _write_column(one: ColumnReport) -> dict[str, Any]:
    return {
        "name": one.name,
        "type": one.kind.value,
        "role": one.role.value,
        "done": write_transformation(one.done),
        "loss": None if one.loss is None else six_decimals(one.loss),
        "distinct": {"before": one.distinct_before, "after": one.distinct_after},
        "levels": [{"level": step.level, "rows": step.rows} for step in one.levels],
        "causes": [{"bound": why.bound, "column": why.sensitive or None, "rows": why.rows} for why in one.causes],
        "before": [{"label": bar.label, "rows": bar.rows} for bar in one.before],
        "after": [{"label": bar.label, "rows": bar.rows} for bar in one.after],
    }
