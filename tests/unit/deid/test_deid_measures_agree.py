"""The measures and the search's judgement of a class are other code and say the same."""

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from sekisho.deid.bounds import (
    AlphaK,
    BetaLikeness,
    DeltaDisclosure,
    Distance,
    DistinctL,
    EntropyL,
    RecursiveL,
    SensitiveBound,
    TCloseness,
)
from sekisho.deid.ladders.file import read_ladder
from sekisho.deid.ladders.ladder import Ladder
from sekisho.deid.ladders.rule import bind
from sekisho.deid.passes.tuples import collapse
from sekisho.deid.risk.histograms import classes_of_rows, histograms
from sekisho.deid.risk.sensitive import check_bound, measure_of
from sekisho.deid.search.demands import broken, demand, figure
from sekisho.deid.table import Column, Table
from sekisho.errors import SekishoError

TREE = b"a;x;p;*\nb;x;p;*\nc;y;p;*\nd;z;q;*\ne;z;q;*\n"
LETTERS = ("a", "b", "c", "d", "e")

fractions = some.integers(1, 40).map(lambda one: Fraction(one, 13))  # seldom the very number of a class
bounds = some.one_of(
    some.builds(AlphaK, some.just("care"), fractions.map(lambda one: min(one, Fraction(1)))),
    some.builds(DistinctL, some.just("care"), some.integers(1, 5)),
    some.builds(EntropyL, some.just("care"), fractions.map(lambda one: one + 1)),
    some.builds(RecursiveL, some.just("care"), some.integers(1, 5), fractions),
    some.builds(TCloseness, some.just("care"), fractions.map(lambda one: one / 4), some.sampled_from(Distance)),
    some.builds(DeltaDisclosure, some.just("care"), fractions),
    some.builds(BetaLikeness, some.just("care"), fractions, some.booleans()),
)
rows = some.lists(some.tuples(some.integers(0, 3), some.integers(0, 4)), min_size=1, max_size=40)


def column(name: str, codes: list[int], values: tuple[str, ...]) -> Column:
    return Column(name, values, np.array(codes, dtype=np.int32))


def table_and_tree(cells: list[tuple[int, int]]) -> tuple[Table, Ladder]:
    """A table of class and care; care's values are those that occur, in the order of the tree."""
    care = column("care", [one for _, one in cells], LETTERS).used()
    alike = column("alike", [one for one, _ in cells], ("0", "1", "2", "3"))
    ladder = bind(read_ladder(TREE, "care"), care)
    assert ladder.values == care.values
    return Table((alike, care)), ladder


def figures_of_classes(table: Table, ladders: Mapping[str, Ladder], bound: SensitiveBound) -> list[tuple[float, int]]:
    care = table.column("care")
    tuples = collapse([table.column("alike").codes], [4], [("care", care.codes, len(care.values))])
    demands = demand([bound], tuples.spreads, ladders, least_rows=0, least_population=0)
    (spread,) = tuples.spreads
    found = []
    for one in range(len(tuples)):
        histogram = np.zeros(spread.width, dtype=np.int64)
        inside = slice(spread.begins[one], spread.begins[one + 1])
        histogram[spread.codes[inside]] = spread.rows[inside]
        size = int(histogram.sum())
        found.append((figure(demands, 0, histogram, size), broken(demands, histogram, size, size)))
    return found


@settings(deadline=None, max_examples=300)
@given(rows, bounds)
def test_a_bound_is_kept_by_the_measure_where_the_search_keeps_it_in_every_class(cells, bound):
    table, tree = table_and_tree(cells)
    search = all(one == -1 for _, one in figures_of_classes(table, {"care": tree}, bound))
    care = table.column("care")
    held = histograms(classes_of_rows(table, ["alike"]), care, care)
    try:
        check_bound(bound, held, tree)
    except SekishoError:
        assert not search
    else:
        assert search


@settings(deadline=None, max_examples=200)
@given(
    rows,
    some.sampled_from(
        [
            *(TCloseness("care", Fraction(1), one) for one in Distance),
            DistinctL("care", 1),
            EntropyL("care", Fraction(2)),
            DeltaDisclosure("care", Fraction(1)),
            BetaLikeness("care", Fraction(1)),
        ]
    ),
)
def test_the_worst_class_has_the_number_that_the_search_gives_it(cells, bound):
    table, tree = table_and_tree(cells)
    figures = [one for one, _ in figures_of_classes(table, {"care": tree}, bound)]
    care = table.column("care")
    measure = measure_of(bound, histograms(classes_of_rows(table, ["alike"]), care, care), tree)
    number = np.inf if measure.amount is None else float(measure.amount)
    match bound:
        case DistinctL():
            assert number == min(figures)
        case EntropyL():
            assert number == pytest.approx(np.exp(min(figures)), abs=1e-9)
        case _:
            assert number == pytest.approx(max(figures), abs=1e-9)
