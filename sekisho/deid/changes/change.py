"""What can be done to a table beside recoding its quasi-identifiers, as values of a plan (spec/policy.md 7).

Changes come before the search, in the order of the policy; pseudonyms and synthetic rows come after it. None can be
undone: what is left out is gone, and what chance disturbed was disturbed by entropy that dies with the job.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sekisho.deid.table import Value


@dataclass(frozen=True)
class Where:
    """The cells of `column` that are meant: those for which any of these holds. Blank cells only where `values` names them.

    `values` holds the value; fewer rows than `fewer_than` have it; it is a number or a day (as its ordinal) `above` or
    `below`, neither included.
    """

    column: str
    values: tuple[Value, ...] = ()
    fewer_than: int | None = None
    above: int | None = None
    below: int | None = None


@dataclass(frozen=True)
class DeleteCells:
    """Blank these cells (セル削除)."""

    where: Where


@dataclass(frozen=True)
class DeleteRows:
    """Leave out the rows that have such a cell (レコード削除)."""

    where: Where


@dataclass(frozen=True)
class DeleteSubjects:
    """Leave out all rows of each subject who has such a cell in a row, or more rows than `more_rows_than`.

    `subject` is the column that tells whose row it is. Rows without a subject stay, unless they themselves have the cell.
    """

    subject: str
    where: Where | None = None
    more_rows_than: int | None = None


@dataclass(frozen=True)
class Sample:
    """Keep a share of the rows, drawn without replacement; with `subject` all rows of that share of the subjects."""

    share: Fraction
    subject: str = ""


@dataclass(frozen=True)
class Round:
    """Round whole numbers to the nearest multiple of `to`, halves away from zero; days have no rounding but a ladder."""

    columns: tuple[str, ...]
    to: int


@dataclass(frozen=True)
class Microaggregate:
    """Replace numbers or days by the mean of groups of `group` to 2 · `group` − 1 rows that are near (MDAV).

    The columns together are one space, each scaled by its standard deviation. Domingo-Ferrer and Mateo-Sanz 2002, IEEE
    TKDE 14(1); Domingo-Ferrer and Torra 2005, Data Min Knowl Disc 11 (MDAV-generic).
    """

    columns: tuple[str, ...]
    group: int


@dataclass(frozen=True)
class Noise:
    """Add normal noise to numbers or days: its standard deviation is `scale` times the column's.

    `correlated`: the noise of several columns has their covariance, so that correlations stay (Kim 1986; Brand 2002,
    LNCS 2316). Results are whole numbers within the limits that the schema declares.
    """

    columns: tuple[str, ...]
    scale: Fraction
    correlated: bool = False


@dataclass(frozen=True)
class Swap:
    """Exchange the cells of `columns`, taken together, between pairs of rows, for this share of the rows.

    Only rows alike in the columns `within` change places. `ranks` is for one column of numbers or days: partners are no
    farther apart than this share of the ranks (rank swapping, Moore 1996; Dalenius and Reiss 1982).
    """

    columns: tuple[str, ...]
    share: Fraction
    within: tuple[str, ...] = ()
    ranks: Fraction | None = None


@dataclass(frozen=True)
class Pram:
    """Let each cell keep its value with probability `keep` at the least, and else become another by invariant chances.

    The values' expected frequencies stay (invariant PRAM: Gouweleeuw et al. 1998, J Off Stat 14(4); Wolf and van Gelder
    2004). Only values of rows alike in `within` stand in for one another. Blank cells stay blank.
    """

    column: str
    keep: Fraction
    within: tuple[str, ...] = ()


@dataclass(frozen=True)
class ShiftDates:
    """Move all days of a subject by one number of days, drawn evenly from −`most_days` to `most_days` and never 0.

    Without `subject` each row is moved alone; the days between two dates of one subject (or row) stay.
    """

    columns: tuple[str, ...]
    most_days: int
    subject: str = ""


@dataclass(frozen=True)
class Pseudonym:
    """Replace each value of an identifier by a token of 16 letters and digits that means nothing, drawn for this delivery."""

    column: str


@dataclass(frozen=True)
class AddSynthetic:
    """Add made rows until they are `share` of all released rows.

    Each takes the quasi-identifiers of a released class and, from rows of that class, every other column from a row of
    its own, drawn alone, so that only by coincidence it equals a real row. The share is told; which rows they are is not.
    """

    share: Fraction


@dataclass(frozen=True)
class Mask:
    """Replace names, places, numbers and the like inside free text by what they are (spec/free-text.md).

    What reads the language is handed in: a dictionary lies on disk. What is left is still a person's story.
    """

    columns: tuple[str, ...]


Before = (
    DeleteCells
    | DeleteRows
    | DeleteSubjects
    | Sample
    | Round
    | Microaggregate
    | Noise
    | Swap
    | Pram
    | ShiftDates
    | Mask
)
After = Pseudonym | AddSynthetic
Change = Before | After


def columns_changed(change: Change) -> tuple[str, ...]:
    """Give back the columns whose cells become others; none where only rows come or go."""
    match change:
        case DeleteCells(where=where):
            return (where.column,)
        case Pram(column=column) | Pseudonym(column=column):
            return (column,)
        case Round() | Microaggregate() | Noise() | Swap() | ShiftDates() | Mask():
            return change.columns
        case _:
            return ()


def needs_chance(change: Change) -> bool:
    """Say whether the change draws on entropy."""
    return not isinstance(change, DeleteCells | DeleteRows | DeleteSubjects | Round | Microaggregate | Mask)


def columns_read(change: Change) -> tuple[tuple[str, str], ...]:
    """Give back every column that the change names, each with the key under which it does."""
    named: list[tuple[str, str]] = []
    where: Any = getattr(change, "where", None)
    if where is not None:
        named.append(("column", where.column))
    named += [(key, getattr(change, key)) for key in ("column", "subject") if getattr(change, key, "")]
    for key in ("columns", "within"):
        named += [(key, one) for one in getattr(change, key, ())]
    return tuple(named)
