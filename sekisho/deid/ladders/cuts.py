"""Bands of whole numbers between cuts that somebody chose (spec/policy.md 4.1)."""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

from sekisho.deid.ladders.ladder import TOP, Labels
from sekisho.deid.ladders.spelling import band, code_number
from sekisho.deid.table import Value
from sekisho.errors import Malformed, Reason


@dataclass(frozen=True)
class Cuts:
    """For each level the first numbers of its bands but the lowest, rising; each level has fewer of the one before."""

    cuts: tuple[tuple[int, ...], ...]

    @property
    def height(self) -> int:
        return len(self.cuts) + 1


def check_cuts(column: str, rule: Cuts) -> Cuts:
    """Give back `rule` if the cuts of each level rise, and are some but not all of the level before."""
    if not rule.cuts or any(not cuts or any(low >= high for low, high in pairwise(cuts)) for cuts in rule.cuts):
        raise Malformed(Reason.LADDER_MALFORMED, column=column, rule="cuts-not-rising")
    if any(not set(coarse) < set(fine) for fine, coarse in pairwise(rule.cuts)):
        raise Malformed(Reason.LADDER_MALFORMED, column=column, rule="cuts-not-among-those-before")
    return rule


def climb_cuts(rule: Cuts, value: Value) -> Labels:
    if not isinstance(value, int):
        raise TypeError("cuts are for whole numbers")
    return (value, *(_label(cuts, value) for cuts in rule.cuts), TOP)


def _label(cuts: tuple[int, ...], value: int) -> Value:
    """Give back the band of `value`: the number itself where the band has no other, `*` where there is no cut."""
    if not cuts:
        return TOP
    place = bisect_right(cuts, value)
    if place in {0, len(cuts)}:
        return code_number(value, cuts[-1], cuts[0] - 1)
    low, high = cuts[place - 1], cuts[place] - 1
    return low if low == high else band(low, high)
