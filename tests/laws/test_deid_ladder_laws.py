"""Whatever the column and the rule: a ladder is a tree, and its labels can be read back."""

import re
from datetime import date
from fractions import Fraction
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.deid.ladders.bands import Bands
from sekisho.deid.ladders.builtin.icd10 import climb_icd10
from sekisho.deid.ladders.builtin.known import BuiltIn, Known
from sekisho.deid.ladders.builtin.municipality import check_digit, municipalities
from sekisho.deid.ladders.calendar import Calendar, Step
from sekisho.deid.ladders.cuts import Cuts, check_cuts
from sekisho.deid.ladders.ladder import TOP
from sekisho.deid.ladders.parts import Cutting, Parts, settle_parts
from sekisho.deid.ladders.prefix import CUT, Prefix
from sekisho.deid.ladders.rule import Rule, bind
from sekisho.deid.schema import FORMULA
from sekisho.deid.table import Column, Value, column_of
from sekisho.deid.utility.covering import covering, read_labels

STEPS = [
    (Step.MONTH, Step.QUARTER, Step.YEAR, Step.ERA),
    (Step.MONTH, Step.QUARTER, Step.YEAR, Step.DECADE),
    (Step.MONTH, Step.ERA),
    (Step.QUARTER, Step.DECADE),
    (Step.YEAR,),
    (Step.ERA,),
]
NUMBERS = st.integers(-60, 130)
CODES = [code for one in municipalities() for code in (one.code, *one.wards)]
CATEGORIES = [one for letter in "ABCSTUVXYZ" for n in range(100) if climb_icd10(one := f"{letter}{n:02}")]


@st.composite
def cuts(draw: st.DrawFn) -> Cuts:
    levels = [draw(st.lists(NUMBERS, min_size=1, max_size=8, unique=True).map(sorted))]
    while len(levels[-1]) > 1 and draw(st.booleans()):
        size = draw(st.integers(1, len(levels[-1]) - 1))
        levels.append(sorted(draw(st.permutations(levels[-1]))[:size]))
    return Cuts(tuple(tuple(one) for one in levels))


def falling(most: int, least: int) -> st.SearchStrategy[tuple[int, ...]]:
    numbers = st.lists(st.integers(least, most), min_size=1, max_size=4, unique=True)
    return numbers.map(lambda one: tuple(sorted(one, reverse=True)))


parts = st.builds(Parts, st.sampled_from(list(Cutting)), falling(12, 2))
days = st.dates(date(1868, 1, 25), date(2200, 12, 31))
wards = st.sampled_from(CODES)
postal = st.from_regex(r"[0-3][0-9]{2}-?[0-9]{4}", fullmatch=True)
diseases = st.builds(lambda one, rest: one + rest, st.sampled_from(CATEGORIES), st.sampled_from(["", ".0", "9", ".12"]))
texts = st.text("ab東区1…-", min_size=1, max_size=7).filter(lambda one: one[0] not in FORMULA)

KINDS: list[tuple[st.SearchStrategy[Rule], st.SearchStrategy[Value]]] = [
    (cuts(), NUMBERS),
    (parts, NUMBERS),
    (st.sampled_from([Bands((5, 10), top=90), Bands((4,), bottom=-3)]), NUMBERS),
    (st.sampled_from(STEPS).map(Calendar), days),
    (falling(5, 1).map(Prefix), texts),
    (st.just(BuiltIn(Known.AGE)), st.integers(0, 150)),
    (st.just(BuiltIn(Known.MUNICIPALITY)), wards),
    (st.just(BuiltIn(Known.MUNICIPALITY)), wards.map(lambda one: one + check_digit(one))),
    (st.just(BuiltIn(Known.POSTAL_CODE)), postal),
    (st.just(BuiltIn(Known.ICD_10)), diseases),
]


@st.composite
def asked(draw: st.DrawFn) -> tuple[Rule, Column]:
    rules, values = draw(st.sampled_from(KINDS))
    cells = draw(st.lists(st.one_of(values, values, values, st.none()), min_size=1, max_size=30))
    return draw(rules), column_of("a", cells)


def is_under(value: Value, label: str | int) -> bool:
    """Say what a label of numbers or of a prefix means, from its text alone."""
    text = str(label)
    ends = re.fullmatch(r"\[?(−?[0-9]+)(?:-|, )(−?[0-9]+)\]?", text)
    if isinstance(value, str):
        return value.startswith(text[:-1]) if text.endswith(CUT) else value == text
    if ends:
        low, high = (int(one.replace("−", "-")) for one in ends.groups())
        return low <= value <= high
    limit = int(re.sub("[≥≤]", "", text).replace("−", "-"))
    return {"≥": value >= limit, "≤": value <= limit}.get(text[0], value == limit)


@settings(max_examples=300, deadline=None)
@given(asked())
def test_every_ladder_is_a_tree_with_a_label_for_each_value_at_each_level(given):
    rule, column = given
    ladder = bind(rule, column)
    assert set(ladder.values) == set(column.values)
    assert ladder.height == rule.height == len(ladder.nodes) - 1
    for fine, coarse in pairwise(ladder.nodes):
        parents = {(one, other) for one, other in zip(fine.tolist(), coarse.tolist(), strict=True)}
        assert len(parents) == len({one for one, _ in parents})
    assert ladder.labels[-1] == (TOP,)


@settings(max_examples=300, deadline=None)
@given(asked())
def test_every_node_of_a_ladder_is_a_range_of_its_values(given):
    ladder = bind(*given)
    for labels, nodes in zip(ladder.labels, ladder.nodes, strict=True):
        runs = [one for place, one in enumerate(nodes.tolist()) if not place or nodes[place - 1] != one]
        assert sorted(runs) == list(range(len(labels)))


@settings(max_examples=300, deadline=None)
@given(asked())
def test_every_label_can_be_read_back_and_is_no_formula(given):
    ladder = bind(*given)
    for level, (labels, nodes) in enumerate(zip(ladder.labels, ladder.nodes, strict=True)):
        for place, label in enumerate(labels):
            if level and label is not None and label not in ladder.values:
                assert str(label)[0] not in FORMULA
            under = {one for one, node in enumerate(nodes.tolist()) if node == place}
            assert under <= set(covering(ladder, label))
        shown = column_of("a", list(labels))
        assert all(one.size for one in read_labels(shown, ladder, level).places)


@settings(max_examples=300, deadline=None)
@given(asked().filter(lambda one: isinstance(one[0], Cuts | Parts | Prefix | Bands)))
def test_a_value_is_under_what_its_label_says(given):
    rule, column = given
    ladder = bind(rule, column)
    for labels, nodes in zip(ladder.labels[1:-1], ladder.nodes[1:-1], strict=True):
        for value, node in zip(ladder.values, nodes.tolist(), strict=True):
            label = labels[node]
            assert (label is None) is (value is None)
            assert value is None or label == TOP or is_under(value, label)


@settings(max_examples=300, deadline=None)
@given(parts, st.lists(st.one_of(NUMBERS, st.none()), max_size=40))
def test_settled_parts_are_cuts_no_more_than_asked_and_inside_one_another(rule, cells):
    levels = settle_parts(rule, column_of("a", cells)).cuts
    assert len(levels) == len(rule.parts)
    for asked_for, found in zip(rule.parts, levels, strict=True):
        assert len(found) < asked_for
        assert not found or check_cuts("a", Cuts((found,)))
    assert all(set(coarse) <= set(fine) for fine, coarse in pairwise(levels))


@settings(max_examples=300, deadline=None)
@given(st.integers(2, 9), st.lists(NUMBERS, min_size=1, max_size=40))
def test_quantiles_cut_as_near_to_their_share_of_rows_as_any_number_does(count, cells):
    found = settle_parts(Parts(Cutting.QUANTILES, (count,)), column_of("a", cells)).cuts[0]

    def distance(cut: int, place: int) -> Fraction:
        return abs(sum(one < cut for one in cells) - Fraction(place * len(cells), count))

    others = sorted(set(cells))[1:]
    wanted = [min(others, key=lambda cut: (distance(cut, place), cut)) for place in range(1, count)] if others else []
    assert list(found) == sorted(set(wanted))
    assert all(any(low <= one < high for one in cells) for low, high in pairwise(found))


ROUND_WIDTHS = sorted(
    {int(times * 10**power) for power in range(14) for times in (1, 2, 2.5, 5) if times * 10**power % 1 == 0}
)


def bands_between(width: int, low: int, high: int) -> int:
    return len(range(low - low % width, high + 1, width))


@settings(max_examples=300, deadline=None)
@given(st.integers(2, 9), st.integers(1, 3), st.lists(st.integers(-(10**12), 10**12) | NUMBERS, min_size=2, max_size=9))
def test_bands_of_equal_width_are_round_and_as_narrow_as_their_number_lets(count, times, cells):
    low, high = min(cells), max(cells)
    fine, coarse = settle_parts(Parts(Cutting.EQUAL_WIDTH, (count * (times + 1), count)), column_of("a", cells)).cuts
    width = next(one for one in ROUND_WIDTHS if bands_between(one, low, high) <= count * (times + 1))
    assert list(fine) == [one * width for one in range(low // width, high // width + 1) if low < one * width <= high]
    assert len(coarse) < count
    assert set(coarse) <= set(fine)
    assert len({after - before for before, after in pairwise(coarse)}) <= 1


@settings(max_examples=300, deadline=None)
@given(st.integers(2, 9), NUMBERS, st.integers(0, 10**6), st.data())
def test_cuts_of_equal_width_do_not_tell_where_in_the_outer_bands_the_ends_lie(count, low, more, data):
    rule = Parts(Cutting.EQUAL_WIDTH, (count,))
    (found,) = settle_parts(rule, column_of("a", [low, low + more])).cuts
    width = found[1] - found[0] if len(found) > 1 else 0
    others = [
        data.draw(st.integers(low // width * width, found[0] - 1)) if width else low,
        data.draw(st.integers(found[-1], found[-1] + width - 1)) if width else low + more,
    ]
    (moved,) = settle_parts(rule, column_of("a", others)).cuts
    assert moved == found or moved[1] - moved[0] < width
