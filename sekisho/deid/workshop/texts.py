"""Ladders for a column of texts or codes: known codes, first characters, and how often each value stands there."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import accumulate

from sekisho.deid.ladders.builtin.known import BuiltIn, Known, climb_builtin, doubtful
from sekisho.deid.ladders.file import FileLadder
from sekisho.deid.ladders.ladder import TOP, Labels
from sekisho.deid.ladders.prefix import Prefix, shorten
from sekisho.deid.ladders.spelling import written
from sekisho.deid.schema import FORMULA
from sekisho.deid.table import Value, rank_of
from sekisho.deid.workshop.proposal import Idea, Why

NEARLY_ALL = Fraction(19, 20)  # of the rows have to be known, or of the values built alike
FEWER = Fraction(7, 10)  # a level is worth its place where no more of the labels below are left
SHARES = (Fraction(19, 20), Fraction(4, 5), Fraction(1, 2))  # of the rows, under values that keep their names
FEW_VALUES = 10  # need no level below `*`
MOST_PREFIXES = 4
_CODE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.\-/ ]*[A-Za-z0-9])?")
_KNOWN = {
    Known.MUNICIPALITY: Why.MUNICIPALITIES,
    Known.POSTAL_CODE: Why.POSTAL_CODES,
    Known.ICD_10: Why.DIAGNOSES,
}


def propose_for_texts(rows: Mapping[Value, int], k: int, others: str) -> Iterator[Idea]:
    """Yield the ladders of a column of texts, the fittest first; `others` is the label of what is rare or unknown."""
    texts = [one for one in rows if isinstance(one, str)]
    yield from _known_codes(rows, others)
    yield from _prefixes(texts)
    yield from propose_by_frequency(rows, k, others)


def propose_by_frequency(rows: Mapping[Value, int], k: int, others: str) -> Iterator[Idea]:
    """Yield a hierarchy file: level by level only what is ever more frequent keeps its name.

    First those with fewer than `k` rows are gathered, then all but the most frequent that have 95, 80 and 50 % of the
    rows together. On no level do the others have fewer than `k` rows, or but one value. Nothing where every value has
    fewer than `k` rows, or where there are many values and none can be gathered.
    """
    ordered = sorted(rows, key=lambda one: (-rows[one], rank_of(one)))
    if not ordered or rows[ordered[0]] < k:
        return
    levels: list[frozenset[Value]] = []
    labels = len(ordered)
    frequent = sum(count >= k for count in rows.values())
    for place, count in enumerate((frequent, *_covering(ordered, rows))):
        kept = _keep(ordered[:count], ordered, rows, k)
        fewer = len(kept) < labels - 1 if place == 0 else len(kept) + 1 <= labels * FEWER
        if kept and len(kept) < len(ordered) and fewer:
            levels.append(kept)
            labels = len(kept) + 1
    lines = [_line(one, tuple(_name(one, kept, others) for kept in levels)) for one in ordered]
    if levels or len(ordered) <= FEW_VALUES:
        yield Idea(FileLadder(tuple(lines)), Why.FREQUENCY if levels else Why.FEW_VALUES)


def _covering(ordered: list[Value], rows: Mapping[Value, int]) -> Iterator[int]:
    """Yield how many of the most frequent values have each of the shares of the rows together."""
    sums = list(accumulate(rows[one] for one in ordered))
    for share in SHARES:
        yield bisect_left(sums, share * sums[-1]) + 1


def known_share(known: Known, rows: Mapping[str, int]) -> Fraction:
    """Give back the share of the rows whose text the table of `known` has, 0 to 1."""
    rule = BuiltIn(known)
    unclear = doubtful(rule, tuple(rows))
    found = sum(count for text, count in rows.items() if climb_builtin(rule, unclear, text) is not None)
    return Fraction(found, sum(rows.values()) or 1)


def _known_codes(rows: Mapping[Value, int], others: str) -> Iterator[Idea]:
    for known, why in _KNOWN.items():
        share = known_share(known, {one: count for one, count in rows.items() if isinstance(one, str)})
        if share == 1:
            yield Idea(BuiltIn(known), why)
        elif share >= NEARLY_ALL:
            yield Idea(_with_unknown(known, rows, others), Why.NEARLY_KNOWN)


def _with_unknown(known: Known, rows: Mapping[Value, int], others: str) -> FileLadder:
    """Give back the ladder of `known` as a file in which codes that it lacks stand under `others`."""
    rule = BuiltIn(known)
    unclear = doubtful(rule, tuple(rows))
    lines = []
    for one in sorted(rows, key=lambda value: (value is None, rank_of(value))):
        labels = climb_builtin(rule, unclear, one) if isinstance(one, str) else (None,) * rule.height + (TOP,)
        lines.append(_line(one, (others,) * (rule.height - 1) if labels is None else labels[1:-1]))
    return FileLadder(tuple(lines))


def _prefixes(texts: list[str]) -> Iterator[Idea]:
    """Yield first characters where nearly all texts are codes of one length."""
    lengths = [len(one) for one in texts if _CODE.fullmatch(one) and any(sign.isdigit() for sign in one)]
    longest = max(set(lengths), key=lengths.count, default=0)
    if longest < 3 or lengths.count(longest) < NEARLY_ALL * len(texts):
        return
    kept: list[int] = []
    labels = len(texts)
    for length in range(longest - 1, 0, -1):
        fewer = len({shorten(one, length) for one in texts})
        if 2 <= fewer <= labels * FEWER and len(kept) < MOST_PREFIXES:
            kept.append(length)
            labels = fewer
    if kept:
        yield Idea(Prefix(tuple(kept)), Why.PREFIXES)


def _keep(wanted: list[Value], ordered: list[Value], rows: Mapping[Value, int], k: int) -> frozenset[Value]:
    """Give back those of `wanted` that can be a label and have `k` rows, fewer where the others would be too few."""
    kept = [one for one in wanted if rows[one] >= k and not written(one).startswith(tuple(FORMULA))]
    left = len(ordered) - len(kept)
    rest = sum(rows.values()) - sum(rows[one] for one in kept)
    while kept and left and (left < 2 or rest < k):
        rest += rows[kept.pop()]
        left += 1
    return frozenset(kept)


def _name(value: Value, kept: frozenset[Value], others: str) -> str:
    return written(value) if value in kept else others


def _line(value: Value, labels: Labels) -> tuple[str, ...]:
    return (written(value), *(written(one) for one in labels), TOP)
