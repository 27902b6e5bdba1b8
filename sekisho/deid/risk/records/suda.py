"""Special uniques (SUDA): rows that a few columns are enough to single out, and how much each column has to do with it.

A minimal sample unique is a set of columns in which a row is like no other, while it is like another one in every smaller
set of them. A blank cell, and a cell that was replaced, is a value like any other.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import comb, fsum, prod
from typing import Any

import numpy as np
import numpy.typing as npt

from sekisho.deid.measure import Better, Kind, Measure, Unit, twelve_decimals
from sekisho.deid.passes.tuples import Tuples, collapse
from sekisho.deid.risk.records.dis import dis_scores, right_matches
from sekisho.deid.risk.records.suda_search import MARK_BITS, Sets, count_minimal, mark_branch, sets_of
from sekisho.deid.table import Column, Table
from sekisho.errors import CannotMeet, Reason

Codes = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Spreading = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]

MOST_COLUMNS = 63
MOST_SETS = 2**14  # each takes a bit of memory for every unique row: 2 GB for a million
USUAL_SETS = 2**10 - 1  # a few seconds for a million rows
FORKS = 3  # columns that a branch takes or leaves at once: 8 branches to share out
BLOCK = 512  # of 64 tuples each

_ATTACKER = "knows that the person is in the table, and a few of the person's quasi-identifiers, whichever they are"
_SUDA = "Elliot, Manning and Ford 2002, IJUFKS 10(5); Manning, Haglin and Keane 2008, Data Min Knowl Disc 16"
_DIS = "Elliot and Manning 2003, Using DIS to modify the classification of special uniques; Skinner and Elliot 2002"
_DIS_FORMULA = (
    "1 / (1 + n (1/d − 1) / (s^q · Σ 1/s^q)), s: SUDA score, n and Σ: over the rows with one, "
    "q = 1 + (8 − columns) / 20, d: share of right matches by data intrusion simulation"
)

SUDA_ROWS = Kind(
    "suda-rows",
    Unit.SHARE,
    Better.LOWER,
    "rows that are unique in some set of at most M quasi-identifiers / rows",
    _ATTACKER,
    _SUDA,
)
HIGHEST_DIS = Kind(
    "suda-highest-dis", Unit.PROBABILITY, Better.LOWER, f"max over rows of {_DIS_FORMULA}", _ATTACKER, _DIS
)
MEAN_DIS = Kind("suda-mean-dis", Unit.PROBABILITY, Better.LOWER, f"mean over rows of {_DIS_FORMULA}", _ATTACKER, _DIS)
COLUMN = Kind(
    "suda-column",
    Unit.SHARE,
    Better.LOWER,
    "SUDA scores from minimal sample uniques with the column / all SUDA scores",
    _ATTACKER,
    f"{_SUDA}; Templ, Kowarik and Meindl 2015, J Stat Softw 67(4), section 3.3 (contributions)",
)


@dataclass(frozen=True, eq=False)
class SudaScores:
    """By row: its SUDA score, DIS score (a probability), number of minimal sample uniques and columns of the smallest one.

    `of_column`: by name, the share of all scores that comes from minimal sample uniques with the column; they add up to
    more than 1, because most have several columns. `of_size[k - 1]`: minimal sample uniques of k columns. `right`: the
    probability that a match with a unique row is right, in the table as a whole. `largest`: columns that were looked at
    together.
    """

    score: Floats
    dis: Floats
    msus: Counts
    smallest: Counts
    of_column: tuple[tuple[str, Fraction], ...]
    of_size: tuple[int, ...]
    right: Fraction
    largest: int


def usual_largest(columns: int) -> int:
    """Give back how many columns are looked at together unless it is said: all of up to 10, fewer the more there are.

    As many as give at most 1,023 sets: 5 of 11, 4 of 12, 3 of 13 to 18; and 2 of more.
    """
    return max(size for size in range(1, columns + 1) if size <= 2 or _sets(columns, size) <= USUAL_SETS)


def suda_scores(
    table: Table,
    names: Sequence[str],
    *,
    largest: int | None = None,
    dis_fraction: Fraction | float = Fraction(1, 100),
    spread: Spreading = map,
) -> SudaScores:
    """Give back the scores of each row over the columns `names`, from its minimal sample uniques of up to `largest`.

    One of k among m columns adds the product of m − i for i from k to min(largest, m − 1); alike for `largest` m and
    m − 1. `dis_fraction`: the share of the population that is in the table, above 0 and at most 1. `spread` shares
    the sets of columns out, and changes nothing. Costs a sort of the rows, and for each set of columns a walk along the
    tuples not yet unique in a part of it. Refuses with NO_QUASI_IDENTIFIER, SUDA_TOO_WIDE; ValueError where a number is
    out of its range.

    >>> from sekisho.deid.table import table_of
    >>> table = table_of(age=[30, 30, 30, 30, 40, 30], sex=["F", "F", "M", "M", "F", "F"], care=[1, 1, 2, 1, 1, 2])
    >>> scores = suda_scores(table, ["age", "sex", "care"])
    >>> scores.score.tolist()  # the fifth by age: (3 − 1)(3 − 2); the others by sex and care: 3 − 2
    [0.0, 0.0, 1.0, 1.0, 2.0, 1.0]
    >>> [(name, str(share)) for name, share in scores.of_column]
    [('age', '2/5'), ('sex', '3/5'), ('care', '3/5')]
    """
    most = largest if largest is not None else usual_largest(min(max(len(names), 1), MOST_COLUMNS))
    if not 0 < dis_fraction <= 1 or most < 1:
        raise ValueError("a share is above 0 and at most 1, and a set of columns has one")
    if not names:
        raise CannotMeet(Reason.NO_QUASI_IDENTIFIER)
    most = min(most, len(names))
    if len(names) > MOST_COLUMNS or _sets(len(names), most) > MOST_SETS:
        raise CannotMeet(Reason.SUDA_TOO_WIDE, columns=len(names), together=most)
    columns = sorted((table.column(name).used() for name in names), key=lambda one: len(one.values), reverse=True)
    tuples = collapse([one.codes for one in columns], [len(one.values) for one in columns])
    return _scored(tuples, columns, names, most, Fraction(dis_fraction), spread)


def suda_measures(scores: SudaScores) -> tuple[Measure, ...]:
    """Give back the share of rows with a minimal sample unique, and the highest and the mean DIS score; 0 without rows.

    >>> from sekisho.deid.table import table_of
    >>> table = table_of(age=[30, 30, 30, 30, 40, 30], sex=["F", "F", "M", "M", "F", "F"], care=[1, 1, 2, 1, 1, 2])
    >>> [one.text for one in suda_measures(suda_scores(table, ["age", "sex", "care"]))]  # four of six rows
    ['0.666667', '0.039466', '0.015068']
    """
    rows = int(scores.score.size)
    found = Fraction(int(np.count_nonzero(scores.msus)), max(rows, 1))
    mean = fsum(scores.dis.tolist()) / max(rows, 1)
    return (
        Measure(SUDA_ROWS, found),
        Measure(HIGHEST_DIS, twelve_decimals(float(scores.dis.max(initial=0.0)))),
        Measure(MEAN_DIS, twelve_decimals(mean)),
    )


def suda_columns(scores: SudaScores) -> tuple[Measure, ...]:
    """Give back, for each column, the share of all scores that it has a part in, the greatest first.

    It ranks the columns by how much they have to do with singling rows out. The shares add up to more than 1, because
    most minimal sample uniques have several columns.

    >>> from sekisho.deid.table import table_of
    >>> table = table_of(age=[30, 30, 30, 30, 40, 30], sex=["F", "F", "M", "M", "F", "F"], care=[1, 1, 2, 1, 1, 2])
    >>> [(one.column, one.text) for one in suda_columns(suda_scores(table, ["age", "sex", "care"]))]
    [('sex', '0.600000'), ('care', '0.600000'), ('age', '0.400000')]
    """
    ranked = sorted(scores.of_column, key=lambda one: -one[1])
    return tuple(Measure(COLUMN, share, name) for name, share in ranked)


def _sets(columns: int, largest: int) -> int:
    return sum(comb(columns, size) for size in range(1, largest + 1))


def _scored(
    tuples: Tuples, columns: Sequence[Column], names: Sequence[str], most: int, sampled: Fraction, spread: Spreading
) -> SudaScores:
    """Give back the scores from the tuples of `columns`, those of most values first, as a branch takes them.

    Columns of one value single nobody out, and are not searched, unless there is but one row.
    """
    searched = [place for place, one in enumerate(columns) if len(one.values) > 1 or len(one) == 1][::-1]
    sets = sets_of(len(searched), min(most, len(searched)))
    weights = [0, *(_weight(len(names), len(one), most) for one in sets.members[1:])]
    order = np.argsort(tuples.rows > 1, kind="stable")
    single = int(np.count_nonzero(tuples.rows == 1))
    codes = np.array([tuples.codes[place][order] for place in searched], dtype=np.int32)
    score, msus, smallest, of_set = _searched(codes, single, sets, weights, spread)
    of_tuple = np.empty_like(order)
    of_tuple[order] = np.minimum(np.arange(order.size), single)  # tuples of more rows share the last place, of no score
    of_row = of_tuple[tuples.of_row]
    right = right_matches(single, 2 * int(np.count_nonzero(tuples.rows == 2)), sampled)
    by_row = score[of_row]
    return SudaScores(
        score=by_row,
        dis=dis_scores(by_row, right, len(names)),
        msus=msus[of_row],
        smallest=smallest[of_row],
        of_column=_contributions(
            names,
            [columns[place].name for place in searched],
            sets,
            [weight * number for weight, number in zip(weights, of_set, strict=True)],
        ),
        of_size=tuple(
            sum(number for one, number in zip(sets.members, of_set, strict=True) if len(one) == size)
            for size in range(1, most + 1)
        ),
        right=right,
        largest=most,
    )


def _weight(columns: int, size: int, largest: int) -> int:
    return prod(columns - one for one in range(size, min(largest, columns - 1) + 1))


def _searched(
    codes: Codes, single: int, sets: Sets, weights: Sequence[int], spread: Spreading
) -> tuple[Floats, Counts, Counts, list[int]]:
    """Give back score, minimal sample uniques and smallest one of the first `single` tuples, with a last one of none.

    And how many there are in each set. `codes[column, tuple]`.
    """
    if not single or sets.largest == 0:
        return np.zeros(single + 1), *np.zeros((2, single + 1), dtype=np.int64), [0] * len(sets.members)
    words = -(-single // MARK_BITS)
    found = np.zeros((len(sets.members), words), dtype=np.uint64)
    width = int(codes.max()) + 1
    columns = codes.shape[0]
    lowest = max(columns - FORKS, 0)
    tops = range(columns - 1, lowest - 1, -1)
    branches = [one for size in range(min(len(tops), sets.largest) + 1) for one in combinations(tops, size)]

    def mark(steps: tuple[int, ...]) -> None:
        mark_branch(codes, single, width, np.array(steps, dtype=np.int32), lowest, sets.largest, sets.larger, found)

    for _ in spread(mark, branches):
        pass  # each marks places of its own
    sizes = np.array([len(one) for one in sets.members], dtype=np.int32)
    weighed = np.array(weights, dtype=np.float64)

    def count(first: int) -> tuple[Floats, Counts, Counts, Counts]:
        return count_minimal(found, sets.smaller, sizes, weighed, first, min(first + BLOCK, words))

    blocks = list(spread(count, range(0, words, BLOCK)))
    score, msus, smallest = (
        np.append(np.concatenate([block[part] for block in blocks])[:single], 0) for part in range(3)
    )
    return score, msus, smallest, sum(block[3] for block in blocks).tolist()


def _contributions(
    names: Sequence[str], searched: Sequence[str], sets: Sets, scores: Sequence[int]
) -> tuple[tuple[str, Fraction], ...]:
    """Give back the share of the sum of `scores`, one a set, that comes from sets with each column; 0 where that is 0."""
    of_column = dict.fromkeys(names, 0)
    for one, score in zip(sets.members, scores, strict=True):
        for place in one:
            of_column[searched[place]] += score
    whole = max(sum(scores), 1)
    return tuple((name, Fraction(score, whole)) for name, score in of_column.items())
