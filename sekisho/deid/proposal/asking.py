"""The policy that a request comes to, with what was loosened of it (spec/proposal.md 3)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from sekisho.deid.bounds import SensitiveBound
from sekisho.deid.changes.change import Change, Pseudonym, columns_changed, columns_read
from sekisho.deid.exam import Exam
from sekisho.deid.ladders.bands import Bands
from sekisho.deid.ladders.rule import Rule
from sekisho.deid.policy import Climb, Mode, Policy
from sekisho.deid.proposal.request import Condition, Item, Request
from sekisho.deid.schema import Kind, Role, Schema


@dataclass(frozen=True)
class Coarser:
    """Take the column up to this level of its ladder; at `height` it may become `*`."""

    column: str
    level: int
    height: int


@dataclass(frozen=True)
class Drop:
    """Do without the column."""

    column: str


@dataclass(frozen=True)
class LeaveOut:
    """Let this share of the rows be left out."""

    share: Fraction


@dataclass(frozen=True)
class Widen:
    """Do without the condition at this place, from 1: more persons are meant."""

    place: int
    column: str


Move = Coarser | Drop | LeaveOut | Widen


def not_offered(request: Request, base: Policy, schema: Schema) -> tuple[str, ...]:
    """Give back the columns asked for that the municipality does not give, in the order of the request.

    Those that never leave it, identifiers without tokens, free text that nobody masks, what the base policy deletes, and
    quasi-identifiers for which neither it nor the request has a ladder.
    """
    return tuple(one.column for one in request.items if not _is_offered(one, base, schema))


def climb_of(item: Item, base: Policy) -> Climb | None:
    """Give back the ladder that an item climbs and how far; None where nobody declared one."""
    offered = base.ladders.get(item.column)
    if item.rule is not None:
        return Climb(_capped(item.rule, offered), item.level)
    if offered is None:
        return None
    return offered if item.level is None else Climb(offered.rule, item.level)


def conditions_left(request: Request, moves: Iterable[Move]) -> tuple[Condition, ...]:
    """Give back the conditions without those that were widened away."""
    gone = {one.place for one in moves if isinstance(one, Widen)}
    return tuple(one for place, one in enumerate(request.conditions, 1) if place not in gone)


def policy_of(request: Request, base: Policy, schema: Schema, moves: Iterable[Move]) -> Policy:
    """Give back the base policy for the columns asked for, no coarser than asked, with the moves made.

    Bounds stay all, but for those on sensitive columns that do not go out. What takes time and only describes is not
    examined.
    """
    made = tuple(moves)
    dropped = {one.column for one in made if isinstance(one, Drop)}
    kept = request.columns - dropped - base.delete
    delete = frozenset(one.name for one in schema.columns if one.role is not Role.STRIPPED and one.name not in kept)
    shares = [one.share for one in made if isinstance(one, LeaveOut)]
    return replace(
        base,
        suppression_limit=max([base.suppression_limit, *shares]),
        delete=delete,
        bounds=tuple(one for one in base.bounds if not isinstance(one, SensitiveBound) or one.column in kept),
        ladders=_ladders(request, base, schema, kept, made),
        codings={name: one for name, one in base.codings.items() if name in kept},
        weights={name: times for name, times in base.weights.items() if name in kept},
        changes=tuple(_changes(base.changes, delete)),
        exam=_exam(base, kept),
        lines={},
    )


def _ladders(
    request: Request, base: Policy, schema: Schema, kept: frozenset[str], moves: tuple[Move, ...]
) -> dict[str, Climb]:
    if base.mode is Mode.CELLS:
        return {}
    levels = {one.column: one.level for one in moves if isinstance(one, Coarser)}
    found: dict[str, Climb] = {}
    for item in request.items:
        climb = climb_of(item, base)
        if climb is None or item.column not in kept or schema.column(item.column).role is not Role.QUASI_IDENTIFIER:
            continue
        found[item.column] = Climb(climb.rule, levels.get(item.column, climb.highest))
    return found


def _is_offered(item: Item, base: Policy, schema: Schema) -> bool:
    column = schema.column(item.column)
    if column.role is Role.STRIPPED or column.name in base.delete:
        return False
    if column.role is Role.IDENTIFIER:
        return column.name in base.pseudonyms
    if column.kind is Kind.FREE_TEXT:
        return column.name in base.masked
    return column.role is not Role.QUASI_IDENTIFIER or base.mode is Mode.CELLS or climb_of(item, base) is not None


def _capped(rule: Rule, offered: Climb | None) -> Rule:
    """Give back the proposer's bands with the ends that the municipality closes: the very old stay one band."""
    if not isinstance(rule, Bands) or offered is None or not isinstance(offered.rule, Bands):
        return rule
    tops = [one for one in (rule.top, offered.rule.top) if one is not None]
    bottoms = [one for one in (rule.bottom, offered.rule.bottom) if one is not None]
    return Bands(rule.widths, min(tops, default=None), max(bottoms, default=None))


def _changes(changes: tuple[Change, ...], delete: frozenset[str]) -> Iterator[Change]:
    """Give the changes as far as their columns go out; those that choose rows stay as they are."""
    for one in changes:
        changed = columns_changed(one)
        left = tuple(name for name in changed if name not in delete)
        if left == changed:
            yield one if isinstance(one, Pseudonym) or not _reads(one, delete) else _without(one, delete)
        elif left and hasattr(one, "columns"):
            yield _without(one, delete)


def _reads(one: Change, delete: frozenset[str]) -> bool:
    return any(name in delete for key, name in columns_read(one) if key in {"columns", "within"})


def _without(one: Change, delete: frozenset[str]) -> Change:
    """Give back a change of several columns without those that are deleted."""
    change: Any = one
    lists = {key: getattr(one, key) for key in ("columns", "within") if hasattr(one, key)}
    told: Change = replace(change, **{key: tuple(n for n in names if n not in delete) for key, names in lists.items()})
    return told


def _exam(base: Policy, kept: frozenset[str]) -> Exam:
    """Give back the exam for the columns that stay; a household is weighed by its rows, so it goes with their weights.

    Persons are counted by the subject whether it stays or not.
    """
    weights, household = (name if name in kept else "" for name in (base.exam.weights, base.exam.household))
    return replace(base.exam, also=(), weights=weights, household=household if weights else "")
