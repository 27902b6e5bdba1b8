"""The global search finds what trying everything finds, for every model of privacy."""

import numpy as np
import pytest
from deid_asked import BOUNDS, CARE, TREE, asked
from hypothesis import given, settings
from hypothesis import strategies as st
from test_deid_optimum import expect_the_optimum

from sekisho.deid.bounds import Presence
from sekisho.deid.ladders.rule import bind
from sekisho.deid.passes.tuples import collapse
from sekisho.deid.search.demands import broken, demand
from sekisho.deid.search.full_domain.relaxed import lacks, relax
from sekisho.deid.table import column_of

TABLE = {"k-map", "presence", "presence between", "highest-risk", "average-risk"}
SENSITIVE = [name for name in BOUNDS if name not in TABLE]
COUNTS = st.lists(st.integers(0, 6), min_size=len(CARE), max_size=len(CARE))


def has_one_presence(bounds):
    return sum(isinstance(one, Presence) for one in bounds) < 2


@pytest.mark.parametrize("name", BOUNDS)
def test_the_optimum_of_a_model_is_what_trying_all_finds(name):
    @settings(max_examples=60, deadline=None)
    @given(asked(BOUNDS[name].map(lambda one: [one])))
    def law(question):
        expect_the_optimum(question)

    law()


@settings(max_examples=150, deadline=None)
@given(asked(st.lists(st.one_of(*BOUNDS.values()), min_size=2, max_size=3).filter(has_one_presence)))
def test_the_optimum_of_several_bounds_at_once_is_what_trying_all_finds(question):
    expect_the_optimum(question)


@pytest.mark.parametrize("name", SENSITIVE)
def test_what_a_class_lacks_each_of_its_parts_lacks_too_and_breaks_the_bound(name):
    @settings(max_examples=400, deadline=None)
    @given(BOUNDS[name], COUNTS, COUNTS, COUNTS)
    def law(bound, part, rest, others):
        table = np.array(part) + rest + others + 1
        demands = demands_of(bound, table)
        whole, inside = np.array(part) + rest, np.array(part)
        if inside.sum() and lacks(demands, relax(demands), whole):
            assert lacks(demands, relax(demands), inside)
            assert broken(demands, inside, int(inside.sum()), 0) >= 0

    law()


def demands_of(bound, table):
    """Give back the demands of one bound on a table with so many rows of each value."""
    codes = np.repeat(np.arange(len(CARE), dtype=np.int32), table)
    everything = np.zeros(codes.size, dtype=np.int32)
    spreads = collapse([everything], [1], [("care", codes, len(CARE))]).spreads
    tree = bind(TREE, column_of("care", list(CARE)))
    return demand([bound], spreads, {"care": tree}, least_rows=1, least_population=0)
