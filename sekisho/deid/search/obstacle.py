"""Which bound stands in the way when no plan keeps them all, and the nearest number that could be reached.

It is judged on the classes of the most general plan there is, each alone: the first bound, in the order k, k-map,
presence, k-subjects, sensitive bounds, for which alone more rows would have to be left out than may be.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from sekisho.deid.bounds import TOLERANCE
from sekisho.deid.passes.compiled import compiled
from sekisho.deid.passes.tuples import Tuples
from sekisho.deid.search.demands import ALPHA, BETA, DELTA, DISTINCT, ENTROPY, RECURSIVE, Demands, figure
from sekisho.deid.search.subjects import SUBJECTS
from sekisho.errors import CannotMeet, Reason

Counts = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Fact = int | str

SHARE = "suppressed-share"
AVERAGE = "average-risk"


@dataclass(frozen=True, eq=False)
class Judged:
    """Classes to judge: rows, persons of the population, and the sensitive values of class c at `begins[c]` and on.

    Classes of the population alone have no rows, and are of account for the least presence only. `spots` are places in the flat histogram of the demands and `held` their rows.
    """

    rows: Counts
    population: Counts
    begins: Counts
    spots: Codes
    held: Counts


@dataclass(frozen=True)
class Obstacle:
    """The measure that cannot be kept, its sensitive column or "", what was asked and what could be reached."""

    bound: str
    column: str
    asked: Fact
    reachable: Fact


def refuse_if_unreachable(tuples: Tuples, demands: Demands, most_suppressed: int) -> None:
    """Refuse with NO_PLAN what not even one class that holds everything keeps."""
    rows = int(tuples.rows.sum())
    found = first_obstacle(class_of_all(tuples), demands, [one.name for one in tuples.spreads], most_suppressed)
    if found:
        raise refusal(found, suppressed=rows, allowed=most_suppressed, rows=rows)


def refusal(obstacle: Obstacle, *, suppressed: int, allowed: int, rows: int) -> CannotMeet:
    """Give back the refusal that names the obstacle; `suppressed` rows would have to be left out."""
    column: dict[str, Any] = {"column": obstacle.column} if obstacle.column else {}
    return CannotMeet(
        Reason.NO_PLAN,
        bound=obstacle.bound,
        asked=obstacle.asked,
        reachable=obstacle.reachable,
        suppressed=suppressed,
        allowed=allowed,
        rows=rows,
        **column,
    )


def class_of_all(tuples: Tuples) -> Judged:
    """Give back the one class that holds every row."""
    whole = np.concatenate([np.zeros(0, dtype=np.int64), *(one.whole for one in tuples.spreads)])
    return Judged(
        rows=np.array([tuples.rows.sum()], dtype=np.int64),
        population=np.array([tuples.population.sum()], dtype=np.int64),
        begins=np.array([0, whole.size], dtype=np.int64),
        spots=np.arange(whole.size, dtype=np.int32),
        held=whole,
    )


def first_obstacle(judged: Judged, demands: Demands, sensitive: Sequence[str], most_suppressed: int) -> Obstacle | None:
    """Give back the first bound for which alone too many rows would be left out; `sensitive` names the columns."""
    if _reached(judged.rows, judged.rows, most_suppressed) < demands.least_rows:
        return Obstacle("k", "", demands.least_rows, int(_reached(judged.rows, judged.rows, most_suppressed)))
    if demands.least_population:
        most = _reached(judged.population, judged.rows, most_suppressed)
        if most < demands.least_population:
            return Obstacle("k-map", "", demands.least_population, int(most))
    if presence := _presence(judged, demands, most_suppressed):
        return presence
    for one in range(demands.kind.size):
        numbers = figures(demands, one, judged.begins, judged.spots, judged.held, judged.rows)
        if int(judged.rows[~_kept(demands, one, numbers)].sum()) > most_suppressed:
            return _sensitive(judged, demands, one, sensitive[demands.column[one]], most_suppressed, numbers)
    return None


def _presence(judged: Judged, demands: Demands, most_suppressed: int) -> Obstacle | None:
    share = judged.rows / np.maximum(judged.population, 1)
    greatest = -_reached(-share, judged.rows, most_suppressed)
    least = float(share[judged.population > 0].min(initial=1))
    if demands.most_presence < min(greatest - TOLERANCE, 1):
        return Obstacle("presence", "", f"{demands.most_presence:.6g}", written(greatest, up=True))
    if demands.least_presence - TOLERANCE > least:  # no class may be left out
        return Obstacle("presence", "", f"{demands.least_presence:.6g}", written(least, up=False))
    return None


def written(number: float, *, up: bool) -> str:
    """Give back a number with at most six decimals, rounded to the side on which asking for it can be met."""
    if np.isinf(number):
        return "∞"
    near = Decimal(number - TOLERANCE if up else number + TOLERANCE)
    rounded = near.quantize(Decimal("0.000001"), ROUND_CEILING if up else ROUND_FLOOR)
    return f"{rounded.normalize():f}"


def _sensitive(
    judged: Judged, demands: Demands, one: int, column: str, most_suppressed: int, numbers: Floats
) -> Obstacle:
    asked = float(demands.number[one])
    match int(demands.kind[one]):
        case kind if kind == DISTINCT:
            name = "distinct-l" if column != SUBJECTS else "k-subjects"
            return Obstacle(name, column, int(asked), int(_reached(numbers, judged.rows, most_suppressed)))
        case kind if kind == ENTROPY:
            reached = float(np.exp(_reached(numbers, judged.rows, most_suppressed)))
            return Obstacle("entropy-l", column, f"{np.exp(asked):.6g}", written(reached, up=False))
        case kind if kind == RECURSIVE:
            return Obstacle("recursive-l", column, int(asked), _greatest_l(judged, demands, one, most_suppressed))
        case kind:
            name = {ALPHA: "alpha-k", DELTA: "delta-disclosure", BETA: "beta-likeness"}.get(kind, "t-closeness")
            reached = -_reached(-numbers, judged.rows, most_suppressed)
            return Obstacle(name, column, f"{asked:.6g}", written(reached, up=True))


def _greatest_l(judged: Judged, demands: Demands, one: int, most_suppressed: int) -> int:
    for least in range(int(demands.number[one]) - 1, 0, -1):
        number = demands.number.copy()
        number[one] = least
        numbers = figures(demands._replace(number=number), one, judged.begins, judged.spots, judged.held, judged.rows)
        if int(judged.rows[numbers <= 0].sum()) <= most_suppressed:
            return least
    return 0


def _kept(demands: Demands, one: int, numbers: Floats) -> npt.NDArray[np.bool_]:
    asked = float(demands.number[one])
    match int(demands.kind[one]):
        case kind if kind in {DISTINCT, ENTROPY}:
            return np.greater_equal(numbers, asked - TOLERANCE)
        case kind if kind == RECURSIVE:
            return np.greater(numbers, 0)
        case kind if kind == DELTA:
            return np.less(numbers, asked)
        case _:
            return np.less_equal(numbers, asked + TOLERANCE)


def _reached(numbers: Floats | Counts, rows: Counts, most_suppressed: int) -> float:
    """Give back the least number that is left when the classes with the lowest are left out, as many as may be."""
    order = np.argsort(numbers, kind="stable")
    gone = np.cumsum(rows[order])
    left = order[gone > most_suppressed]
    return float(numbers[left[0]]) if left.size else float("inf")


@compiled
def figures(demands: Demands, one: int, begins: Counts, spots: Codes, held: Counts, rows: Counts) -> Floats:
    """Give back for each class the number that sensitive demand `one` bounds."""
    histogram = np.zeros(demands.begin[-1], dtype=np.int64)
    numbers = np.zeros(rows.size)
    for place in range(rows.size):
        for at in range(begins[place], begins[place + 1]):
            histogram[spots[at]] += held[at]
        numbers[place] = figure(demands, one, histogram, max(rows[place], 1))
        for at in range(begins[place], begins[place + 1]):
            histogram[spots[at]] = 0
    return numbers
