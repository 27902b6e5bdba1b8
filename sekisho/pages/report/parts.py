"""The parts of a report as it was read back."""

from dataclasses import dataclass
from decimal import Decimal

from sekisho.deid.measure import Better
from sekisho.deid.plan import Transformation
from sekisho.deid.policy import Mode, Star, Wording
from sekisho.deid.schema import Kind, Role
from sekisho.digest import Digest
from sekisho.errors import Malformed, Reason


@dataclass(frozen=True)
class Bound:
    """A number that the policy asks for: `limit` at least or at most; `column` is the sensitive one, or "".

    `measure` is the name of the measure that is held to it, which says its distance or `enhanced`; `c` is that of
    recursive-l.
    """

    measure: str
    limit: Decimal
    column: str = ""
    c: Decimal | None = None


@dataclass(frozen=True)
class Measured:
    """A measure before (None where it means nothing) and after; infinite where it is unbounded.

    `column` is the sensitive column that it is about, or "".
    """

    name: str
    column: str
    unit: str
    formula: str
    attacker: str
    source: str
    better: Better
    before: Decimal | None
    after: Decimal


@dataclass(frozen=True)
class Step:
    """Groups of `low` to `high` rows (None: no end) and the rows in them."""

    low: int
    high: int | None
    rows: int


@dataclass(frozen=True)
class Bar:
    """A label and its rows; None is the pool of what is too rare to show, "" the blank cells."""

    label: str | None
    rows: int


@dataclass(frozen=True)
class LevelRows:
    """Released rows whose label has this level of the ladder, or lies inside one that has."""

    level: int
    rows: int


@dataclass(frozen=True)
class Cause:
    """In `rows` rows a finer label would break `bound` (of the sensitive `column`, or ""); `goal`: none, but it costs more."""

    bound: str
    column: str
    rows: int


@dataclass(frozen=True)
class ReportColumn:
    """A column: what was done to it, and what stands in it before and after.

    `levels` are there where labels are of several levels, `causes` where cells are more general than they were.
    """

    name: str
    kind: Kind
    role: Role
    done: Transformation
    loss: Decimal | None
    distinct_before: int
    distinct_after: int
    levels: tuple[LevelRows, ...]
    causes: tuple[Cause, ...]
    before: tuple[Bar, ...]
    after: tuple[Bar, ...]


@dataclass(frozen=True)
class Condition:
    """The cells of a column that a change meant: with one of so many `values`, a rare value, or one beyond a limit.

    Limits on days are their ordinals.
    """

    column: str
    values: int
    fewer_than: int | None
    above: int | None
    below: int | None


@dataclass(frozen=True)
class Changed:
    """A change that was done; `do` is its name (spec/policy.md 7), `columns` are those whose cells became others.

    `amount` is its share, scale or keep; `count` its to, group, most_days or more_rows_than.
    """

    do: str
    columns: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    subject: str = ""
    where: Condition | None = None
    amount: Decimal | None = None
    count: int | None = None
    ranks: Decimal | None = None
    correlated: bool = False


@dataclass(frozen=True)
class Search:
    """How the plan was found; `labels` with mode local alone, `star` with mode cells alone."""

    mode: Mode
    labels: Wording | None
    star: Star | None
    nodes: int
    evaluated: int
    steps: int
    proven: bool
    interrupted: bool


@dataclass(frozen=True)
class Assumed:
    """What measures of risk assume: the persons behind the rows, if told, and above which chance a row is at risk."""

    population: int | None
    threshold: Decimal


@dataclass(frozen=True)
class ReadReport:
    """A report as read; `digest` is that of the bytes."""

    digest: Digest
    schema: Digest
    policy: Digest
    plan: Digest
    goal: str
    bounds: tuple[Bound, ...]
    rows_before: int
    rows_changed: int
    rows_after: int
    rows_added: int
    exam: Assumed
    changes: tuple[Changed, ...]
    search: Search
    measures: tuple[Measured, ...]
    sizes_before: tuple[Step, ...]
    sizes_after: tuple[Step, ...]
    columns: tuple[ReportColumn, ...]

    def measure(self, name: str, column: str = "") -> Measured:
        """Give back the measure; one that the report should have and lacks makes it malformed."""
        for one in self.measures:
            if (one.name, one.column) == (name, column):
                return one
        raise Malformed(Reason.STATEMENT_MALFORMED, field="measures")
