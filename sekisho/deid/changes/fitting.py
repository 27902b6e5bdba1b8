"""Whether the changes of a policy go with a schema."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sekisho.deid.changes.change import (
    AddSynthetic,
    Change,
    DeleteSubjects,
    Mask,
    Microaggregate,
    Noise,
    Pseudonym,
    Round,
    ShiftDates,
    Swap,
    Where,
    columns_changed,
    columns_read,
)
from sekisho.deid.changes.disturbing.rounding import multiples_within
from sekisho.deid.schema import TEXTS, ColumnSchema, Kind, Role, Schema
from sekisho.deid.table import Value

Refuse = Callable[[tuple[str, ...], str], Exception]
Know = Callable[[str, tuple[str, ...]], ColumnSchema]

MOST_MADE = Fraction(9, 10)  # of what is released: beyond it there is little of anybody left, and no end of rows
_NUMBERS = frozenset({Kind.INTEGER, Kind.DATE})
_FREE = frozenset({Kind.FREE_TEXT, Kind.TEXT})
_VALUES: dict[Kind, type] = {**dict.fromkeys(TEXTS, str), Kind.INTEGER: int, Kind.DATE: date}


@dataclass(frozen=True)
class Asked:
    """One change, how its columns are looked up, and how what is wrong with a key is told."""

    change: Change
    schema: Schema
    deleted: frozenset[str]
    know: Know
    refuse: Refuse


def check_change(asked: Asked) -> None:
    """Refuse, by what `refuse` makes of a key and a rule, a change that does not go with the schema.

    No identifier is changed, only replaced by pseudonyms; what is deleted is not changed; the types fit.
    """
    change = asked.change
    for key, name in columns_read(change):
        _check_column(asked, key, asked.know(name, (key,)))
    where: Where | None = getattr(change, "where", None)
    if where is not None:
        _check_where(asked, where)
    match change:
        case DeleteSubjects(where=None, more_rows_than=None):
            raise asked.refuse(("column",), "no-condition")
        case AddSynthetic(share=share) if share > MOST_MADE:
            raise asked.refuse(("share",), "mostly-made")
        case Swap() if set(change.columns) & set(change.within):
            raise asked.refuse(("within",), "within-itself")
        case Swap(ranks=ranks) if ranks is not None and len(change.columns) != 1:
            raise asked.refuse(("ranks",), "ranks-one-column")
        case _:
            pass
    wanted = _kinds(change)
    if any(asked.schema.column(one).kind not in wanted for one in columns_changed(change)):
        raise asked.refuse(("column",) if hasattr(change, "column") else ("columns",), _UNFIT[wanted])
    named = getattr(change, "columns", ())
    if len(set(named)) != len(named):
        raise asked.refuse(("columns",), "column-twice")
    if isinstance(change, Round) and not all(_has_multiple(asked.schema.column(one), change.to) for one in named):
        raise asked.refuse(("to",), "no-multiple-within")


def check_once(changes: Sequence[Change], refuse: Callable[[int, str], Exception]) -> None:
    """Refuse a second pseudonym for a column, and synthetic rows added twice."""
    seen: set[object] = set()
    for place, change in enumerate(changes, 1):
        if isinstance(change, Pseudonym | AddSynthetic):
            if (type(change), getattr(change, "column", None)) in seen:
                raise refuse(place, "change-twice")
            seen.add((type(change), getattr(change, "column", None)))


def _has_multiple(column: ColumnSchema, step: int) -> bool:
    least, most = multiples_within(column, step)
    return least <= most


_UNFIT = {
    frozenset({Kind.INTEGER}): "needs-integer",
    frozenset({Kind.DATE}): "needs-date",
    _NUMBERS: "needs-number-or-date",
    _FREE: "needs-text",
}


def _kinds(change: Change) -> frozenset[Kind]:
    match change:
        case Round():
            return frozenset({Kind.INTEGER})
        case ShiftDates():
            return frozenset({Kind.DATE})
        case Microaggregate() | Noise():
            return _NUMBERS
        case Swap(ranks=ranks) if ranks is not None:
            return _NUMBERS
        case Mask():
            return _FREE
        case _:
            return frozenset(Kind)


def _check_column(asked: Asked, key: str, column: ColumnSchema) -> None:
    changed = column.name in columns_changed(asked.change)
    if isinstance(asked.change, Pseudonym):
        if column.role is not Role.IDENTIFIER:
            raise asked.refuse((key,), "pseudonym-needs-identifier")
        if column.holds is not None and column.holds.is_individual_code:
            raise asked.refuse((key,), "pseudonym-of-individual-code")
    elif changed and column.role is Role.IDENTIFIER:
        raise asked.refuse((key,), "identifier-changed")
    if changed and column.name in asked.deleted:
        raise asked.refuse((key,), "deleted-column")


def _check_where(asked: Asked, where: Where) -> None:
    kind = asked.schema.column(where.column).kind
    if not where.values and where.fewer_than is None and where.above is None and where.below is None:
        raise asked.refuse(("column",), "no-condition")
    if (where.above, where.below) != (None, None) and kind not in _NUMBERS:
        raise asked.refuse(("above" if where.above is not None else "below",), "needs-number-or-date")
    if not all(_is_of(kind, one) for one in where.values):
        raise asked.refuse(("values",), kind.value)


def _is_of(kind: Kind, value: Value) -> bool:
    return value is None or (isinstance(value, _VALUES[kind]) and not isinstance(value, bool))
