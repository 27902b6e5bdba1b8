"""Which loosening would make a request pass; each was run on the real table (spec/proposal.md 5)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from typing import assert_never

from sekisho.deid.bounds import Presence
from sekisho.deid.policy import Mode
from sekisho.deid.proposal.asking import Coarser, Drop, LeaveOut, Move, Widen, climb_of, not_offered
from sekisho.deid.proposal.trial import Ground, Trial, Why, try_moves
from sekisho.deid.schema import Role

SHARES = (Fraction(5, 100), Fraction(10, 100), Fraction(20, 100))
"""Of rows that may be left out: what a municipality may be asked for beyond its own limit."""

Axis = tuple[Move, ...]
"""What can be loosened in one respect, from the mildest move to the strongest."""


@dataclass(frozen=True)
class Found:
    """The loosenings that passed, those that cost least first; `whole` is False where the search ended early."""

    offers: tuple[Trial, ...]
    runs: int
    whole: bool


@dataclass(eq=False)
class _Walk:
    """What was run so far; `budget` is the number of runs that may be made."""

    ground: Ground
    forced: tuple[Move, ...]
    budget: int
    tell: Callable[[float], None]
    known: dict[frozenset[Move], Trial] = field(default_factory=dict)

    def run(self, *moves: Move) -> Trial | None:
        """Give back what comes of the moves, None where no more may be run."""
        key = frozenset(moves)
        if key in self.known:
            return self.known[key]
        if len(self.known) >= self.budget or (self.ground.stop is not None and self.ground.stop()):
            return None
        self.known[key] = try_moves(self.ground, (*self.forced, *sorted(moves, key=_place)))
        self.tell(len(self.known) / self.budget)
        return self.known[key]

    def mildest(self, axis: Axis, *others: Move) -> Trial | None:
        """Give back the trial with the mildest move of the axis that passes beside the others, None where none does.

        The strongest is run first: where it does not help, the milder ones are taken not to.
        """
        strongest = self.run(axis[-1], *others)
        if strongest is None or not strongest.passes:
            return None
        milder = (self.run(one, *others) for one in axis[:-1])
        return next((one for one in milder if one is not None and one.passes), strongest)


def find_loosenings(ground: Ground, budget: int, tell: Callable[[float], None] | None = None) -> Found:
    """Give back what would make the request of `ground` pass, after at most `budget` runs of it.

    First one thing at a time, then two of those that do not help alone, and where nothing was found all at once, from which
    is taken back what is not needed. What is given back passed when it was run. Costs a search of the table for each run.
    """
    forced = tuple(Drop(name) for name in not_offered(ground.request, ground.base, ground.schema))
    walk = _Walk(ground, forced, budget, tell or (lambda _share: None))
    if forced:
        without = walk.run()
        if without is not None and without.passes:
            return Found((without,), len(walk.known), whole=True)
    axes = tuple(_axes(ground, forced))
    alone = {axis: walk.mildest(axis) for axis in axes}
    offers = [one for one in alone.values() if one is not None]
    rest = [axis for axis, one in alone.items() if one is None]
    offers += _pairs(walk, rest, len(axes) if not offers else 0)
    if not offers:
        offers += _all_at_once(walk, rest)
    whole = len(walk.known) < budget and not (ground.stop is not None and ground.stop())
    return Found(tuple(sorted(offers, key=_rank)), len(walk.known), whole)


def _axes(ground: Ground, forced: tuple[Move, ...]) -> Iterator[Axis]:
    """Give what can be loosened: how coarse a column is, whether it is there at all, rows left out, conditions."""
    gone = {one.column for one in forced if isinstance(one, Drop)}
    for item in ground.request.items:
        if item.column in gone:
            continue
        climb = climb_of(item, ground.base)
        role = ground.schema.column(item.column).role
        if ground.base.mode is Mode.CELLS or climb is None or role is not Role.QUASI_IDENTIFIER:
            yield (Drop(item.column),)
            continue
        height = climb.rule.height
        steps = (Coarser(item.column, level, height) for level in range(climb.limit + 1, height + 1))
        yield (*steps, Drop(item.column))
    exposed = any(isinstance(one, Presence) and one.at_least > 0 for one in ground.base.bounds)
    shares = tuple(LeaveOut(one) for one in SHARES if one > ground.base.suppression_limit)
    if shares and not exposed:
        yield shares
    for place, condition in enumerate(ground.request.conditions, 1):
        yield (Widen(place, condition.column),)


def _pairs(walk: _Walk, axes: list[Axis], reserve: int) -> Iterator[Trial]:
    """Give what passes with two things loosened of which neither helps alone, the most promising pairs first.

    `reserve` runs are left for what comes after.
    """
    ranked = sorted(combinations(axes, 2), key=lambda pair: sum(_short_of(walk, axis) for axis in pair))
    for first, second in ranked:
        if len(walk.known) + reserve >= walk.budget:
            return
        one = walk.mildest(first, second[-1])
        if one is None:
            continue
        own = next(move for move in one.moves if move in first)
        two = walk.mildest(second, own)
        yield two or one


def _short_of(walk: _Walk, axis: Axis) -> int:
    """Give back how many rows stand in the way when an axis alone is loosened as far as it goes."""
    trial = walk.run(axis[-1])
    if trial is None:
        return walk.ground.table.rows
    if any(one.why in {Why.FEW_PERSONS, Why.NOBODY} for one in trial.objections):
        return walk.ground.table.rows
    return trial.excess


def _all_at_once(walk: _Walk, axes: list[Axis]) -> list[Trial]:
    """Give back one trial with as little as is needed of everything loosened; none where not even all of it helps.

    The last quasi-identifier is not dropped: without any no number about a row would mean anything.
    """
    left = {axis: _strongest(walk.ground, axis) for axis in axes}
    best = walk.run(*left.values())
    if best is None or not best.passes:
        return []
    for axis in axes:
        others = [move for one, move in left.items() if one is not axis]
        for move in (None, *axis):
            if move == left[axis]:
                break
            trial = walk.run(*others, *([] if move is None else [move]))
            if trial is not None and trial.passes:
                best = trial
                if move is None:
                    del left[axis]
                else:
                    left[axis] = move
                break
    return [best]


def _strongest(ground: Ground, axis: Axis) -> Move:
    """Give back the strongest move that leaves the column there, where there is one."""
    last = axis[-1]
    kept = isinstance(last, Drop) and ground.schema.column(last.column).role is Role.QUASI_IDENTIFIER and len(axis) > 1
    return axis[-2] if kept else last


def _place(move: Move) -> int:
    """Give back where a move stands among others: columns first, then rows."""
    match move:
        case Coarser() | Drop():
            return 0
        case LeaveOut():
            return 1
        case Widen():
            return 2
        case _:
            assert_never(move)


def _rank(trial: Trial) -> tuple[Fraction, int, tuple[str, ...]]:
    return (Fraction(1) if trial.lost is None else trial.lost, len(trial.moves), tuple(map(repr, trial.moves)))
