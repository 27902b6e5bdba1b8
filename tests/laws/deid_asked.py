"""Small questions for the search, and the same ones for the oracle."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from sekisho.deid.bounds import (
    AlphaK,
    AverageRisk,
    BetaLikeness,
    Bound,
    DeltaDisclosure,
    Distance,
    DistinctL,
    EntropyL,
    HighestRisk,
    KMap,
    Presence,
    RecursiveL,
    SensitiveBound,
    TCloseness,
)
from sekisho.deid.ladders.file import read_ladder
from sekisho.deid.ladders.ladder import Ladder
from sekisho.deid.ladders.rule import bind
from sekisho.deid.passes.tuples import collapse
from sekisho.deid.policy import Goal
from sekisho.deid.search.demands import demand
from sekisho.deid.search.full_domain.exhaustive import Question
from sekisho.deid.search.full_domain.problem import Problem, pose
from sekisho.deid.table import column_of

VALUES = "abcde"
CARE = "xyzw"
TREE = read_ladder(b"x;u;*\ny;u;*\nz;v;*\nw;v;*\n", "care")

SOMETIMES = [Fraction(0), Fraction(1, 5), Fraction(1, 2), Fraction(3, 4), Fraction(1)]


@dataclass(frozen=True)
class Asked:
    """A question in both forms."""

    problem: Problem
    question: Question


def trees(letters: str = VALUES) -> st.SearchStrategy[bytes]:
    """Ladder files that are trees: each level merges labels of the one below."""

    @st.composite
    def file(draw: st.DrawFn) -> bytes:
        labels = [list(letters)]
        for level in range(draw(st.integers(0, 2))):
            merge = {one: f"{level}{draw(st.integers(0, 2))}" for one in dict.fromkeys(labels[-1])}
            labels.append([merge[one] for one in labels[-1]])
        labels.append(["*"] * len(letters))
        return "".join(";".join(one) + "\n" for one in zip(*labels, strict=True)).encode()

    return file()


SHARES = st.sampled_from([Fraction(1, 10), Fraction(1, 3), Fraction(1, 2), Fraction(9, 10)])

BOUNDS: dict[str, st.SearchStrategy[Bound]] = {
    "k-map": st.builds(KMap, st.integers(2, 8)),
    "presence": st.builds(Presence, st.sampled_from([Fraction(1, 2), Fraction(2, 3), Fraction(5, 6)])),
    "presence between": st.builds(
        Presence,
        st.sampled_from([Fraction(2, 3), Fraction(5, 6), Fraction(1)]),
        st.sampled_from([Fraction(1, 10), Fraction(1, 3), Fraction(1, 2)]),
    ),
    "highest-risk": st.builds(HighestRisk, st.sampled_from([Fraction(1, 2), Fraction(1, 3), Fraction(2, 7)])),
    "average-risk": st.builds(AverageRisk, st.sampled_from([Fraction(1, 2), Fraction(1, 3), Fraction(1, 5)])),
    "alpha-k": st.builds(
        AlphaK, st.just("care"), st.sampled_from([Fraction(1, 3), Fraction(1, 2), Fraction(2, 3), Fraction(1)])
    ),
    "distinct-l": st.builds(DistinctL, st.just("care"), st.integers(2, 4)),
    "entropy-l": st.builds(EntropyL, st.just("care"), st.sampled_from([Fraction(3, 2), Fraction(2), Fraction(3)])),
    "recursive-l": st.builds(
        RecursiveL, st.just("care"), st.integers(2, 3), st.sampled_from([Fraction(1), Fraction(3, 2), Fraction(4)])
    ),
    "t equal": st.builds(TCloseness, st.just("care"), SHARES, st.just(Distance.EQUAL)),
    "t ordered": st.builds(TCloseness, st.just("care"), SHARES, st.just(Distance.ORDERED)),
    "t hierarchical": st.builds(TCloseness, st.just("care"), SHARES, st.just(Distance.HIERARCHICAL), st.just(TREE)),
    "delta-disclosure": st.builds(
        DeltaDisclosure, st.just("care"), st.sampled_from([Fraction(1, 2), Fraction(1), Fraction(2)])
    ),
    "beta-likeness": st.builds(
        BetaLikeness, st.just("care"), st.sampled_from([Fraction(1, 2), Fraction(1), Fraction(3)]), st.booleans()
    ),
}


@st.composite
def asked(draw: st.DrawFn, bounds: st.SearchStrategy[list[Bound]]) -> Asked:
    """Ask for k and `bounds` over up to three columns and 14 rows, with up to ten more persons for the bounds on a population."""
    width = draw(st.integers(1, 3))
    cells = st.tuples(*[st.sampled_from(VALUES)] * width)
    rows = draw(st.lists(cells, min_size=2, max_size=16))
    care = draw(st.lists(st.sampled_from(CARE), min_size=len(rows), max_size=len(rows)))
    if draw(st.booleans()):  # the more alike the rows, the more alike their care: then parts of a class may be better
        care = [CARE[VALUES.index(row[0]) % 2] if row[0] < "d" else one for row, one in zip(rows, care, strict=True)]
    chosen = draw(bounds)
    persons = [*rows, *draw(st.lists(cells, max_size=10))] if any(map(of_population, chosen)) else None
    everybody = persons or rows
    ladders = tuple(
        bind(read_ladder(draw(trees()), f"q{axis}"), column_of(f"q{axis}", [one[axis] for one in everybody]))
        for axis in range(width)
    )
    highest = tuple(draw(st.integers(0, one.height) | st.just(one.height)) for one in ladders)
    k = draw(st.integers(1, 2) if chosen else st.integers(1, len(rows)))
    most = 0 if any(map(exposes, chosen)) else int(draw(st.sampled_from(SOMETIMES)) * len(rows))
    goal = draw(st.sampled_from(list(Goal)))
    assume(all(ceil(1 / one.at_most) <= len(rows) for one in chosen if isinstance(one, HighestRisk)))
    weights = draw(st.just(()) | st.tuples(*[st.integers(1, 5)] * width))
    return both(rows, care, persons, ladders, highest, k, most, goal, chosen, weights)


def both(rows, care, persons, ladders, highest, k, most, goal, bounds, weights=()) -> Asked:  # noqa: PLR0917  # a whole question
    """Give back the question for the search and for the oracle."""
    tree = bind(TREE, column_of("care", care))
    codes = [tree.values.index(one) for one in care]
    tuples = collapse(
        columns_of(rows, ladders),
        [len(one.values) for one in ladders],
        [("care", np.array(codes, dtype=np.int32), len(tree.values))],
        columns_of(persons, ladders) if persons else None,
    )
    least = max([k, *(ceil(1 / one.at_most) for one in bounds if isinstance(one, HighestRisk))])
    population = max([one.at_least for one in bounds if isinstance(one, KMap)], default=0)
    presence = next((one for one in bounds if isinstance(one, Presence)), None)
    sensitive = [one for one in bounds if isinstance(one, SensitiveBound)]
    risk = min([one.at_most for one in bounds if isinstance(one, AverageRisk)], default=None)
    demands = demand(
        sensitive, tuples.spreads, {"care": tree}, least_rows=least, least_population=population, presence=presence
    )
    return Asked(
        pose(tuples, ladders, highest, demands, risk, most, goal, k=k, weights=weights),
        Question(
            rows, ladders, highest, k, most, goal, bounds, {"care": codes}, persons or (), {"care": tree}, weights
        ),
    )


def of_population(bound: Bound) -> bool:
    return isinstance(bound, KMap | Presence)


def exposes(bound: Bound) -> bool:
    """Whether the bound is broken by leaving anybody out."""
    return isinstance(bound, Presence) and bound.at_least > 0


def columns_of(rows: list[tuple[str, ...]], ladders: tuple[Ladder, ...]) -> list[np.ndarray]:
    return [
        np.array([ladder.values.index(row[axis]) for row in rows], dtype=np.int32)
        for axis, ladder in enumerate(ladders)
    ]
