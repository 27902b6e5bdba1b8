import pytest

from sekisho.deid.ladders.cuts import Cuts, check_cuts
from sekisho.deid.ladders.ladder import Ladder
from sekisho.deid.ladders.parts import Cutting, Parts, check_parts, settle_parts
from sekisho.deid.ladders.rule import bind, settle_rule
from sekisho.deid.table import Column, Value, column_of
from sekisho.errors import Malformed, Reason

AGES: list[Value] = [3, 19, 20, 33, 39, 40, 64, 65, 101, None]


def levels_of(ladder: Ladder) -> dict[Value, list[Value]]:
    """Each value's labels, from level 0 to `*`."""
    return {
        value: [labels[node[place]] for labels, node in zip(ladder.labels, ladder.nodes, strict=True)]
        for place, value in enumerate(ladder.values)
    }


def cuts_of(by: Cutting, parts: tuple[int, ...], cells: list[Value]) -> tuple[tuple[int, ...], ...]:
    return settle_parts(Parts(by, parts), column_of("a", cells)).cuts


def refusal_of(check, rule) -> str | int:
    with pytest.raises(Malformed) as caught:
        check("age", rule)
    assert (caught.value.reason, caught.value.facts["column"]) == (Reason.LADDER_MALFORMED, "age")
    return caught.value.facts["rule"]


def test_cuts_part_the_numbers_where_they_say():
    climbs = levels_of(bind(Cuts(((20, 40, 65), (40,))), column_of("age", AGES)))
    assert climbs[3] == [3, "≤19", "≤39", "*"]
    assert climbs[19] == [19, "≤19", "≤39", "*"]
    assert climbs[20] == [20, "20-39", "≤39", "*"]
    assert climbs[40] == [40, "40-64", "≥40", "*"]
    assert climbs[101] == [101, "≥65", "≥40", "*"]
    assert climbs[None] == [None, None, None, "*"]


def test_cuts_below_zero_have_labels_that_are_no_formula():
    climbs = levels_of(bind(Cuts(((-10, -5, 5),)), column_of("balance", [-11, -10, -1, 5])))
    assert [one[1] for one in climbs.values()] == ["≤−11", "[−10, −6]", "[−5, 4]", "≥5"]


def test_a_band_of_one_number_is_called_by_it():
    climbs = levels_of(bind(Cuts(((1, 2, 3),)), column_of("children", [0, 1, 2, 3, 8])))
    assert [one[1] for one in climbs.values()] == ["≤0", 1, 2, "≥3", "≥3"]


@pytest.mark.parametrize("cuts", [(), ((),), ((20, 20),), ((40, 20),), ((20, 40), ())])
def test_cuts_that_do_not_rise_are_refused(cuts):
    assert refusal_of(check_cuts, Cuts(cuts)) == "cuts-not-rising"


@pytest.mark.parametrize("cuts", [((20, 40), (30,)), ((20, 40), (20, 40)), ((20,), (20, 40)), ((1, 2, 3), (1,), (2,))])
def test_a_level_whose_cuts_are_not_fewer_of_those_before_is_refused(cuts):
    assert refusal_of(check_cuts, Cuts(cuts)) == "cuts-not-among-those-before"


def test_cuts_that_become_fewer_are_taken():
    assert check_cuts("age", Cuts(((20, 40, 65), (40,)))) == Cuts(((20, 40, 65), (40,)))


@pytest.mark.parametrize("parts", [(), (1,), (8, 8), (4, 8), (4, 1)])
def test_parts_that_do_not_fall_are_refused(parts):
    assert refusal_of(check_parts, Parts(Cutting.QUANTILES, parts)) == "parts-not-falling"


def test_parts_that_fall_are_taken():
    assert check_parts("age", Parts(Cutting.QUANTILES, (3, 2))).parts == (3, 2)


def test_bands_of_equal_width_begin_at_multiples_of_a_round_width():
    assert cuts_of(Cutting.EQUAL_WIDTH, (4, 2), [0, 5, 39, None]) == ((10, 20, 30), (20,))
    assert cuts_of(Cutting.EQUAL_WIDTH, (4,), [-20, 19]) == ((-10, 0, 10),)
    assert cuts_of(Cutting.EQUAL_WIDTH, (3,), [0, 9]) == ((5,),)


@pytest.mark.parametrize(
    ("count", "greatest", "width"),
    [(10, 9, 1), (9, 9, 2), (5, 9, 2), (4, 9, 5), (10, 99, 10), (9, 99, 20), (4, 99, 25), (3, 99, 50), (2, 100, 100)],
)
def test_the_width_is_the_least_round_one_that_needs_no_more_bands(count, greatest, width):
    (found,) = cuts_of(Cutting.EQUAL_WIDTH, (count,), [0, greatest])
    assert found == tuple(range(width, greatest + 1, width))


@pytest.mark.parametrize(
    ("least", "greatest"), [(3_141_592, 9_653_589), (3_500_001, 9_999_998), (3_000_000, 9_000_000)]
)
def test_no_label_of_equal_widths_tells_the_least_or_the_greatest_number(least, greatest):
    column = column_of("income", [least, 5_000_000, greatest])
    climbs = levels_of(bind(Parts(Cutting.EQUAL_WIDTH, (8, 2)), column))
    assert [climbs[one][1] for one in column.values] == ["≤3999999", "5000000-5999999", "≥9000000"]


def test_a_coarser_level_has_the_least_multiple_of_the_width_before():
    assert cuts_of(Cutting.EQUAL_WIDTH, (16, 8, 4, 2), [18, 89]) == (
        tuple(range(20, 90, 5)),
        tuple(range(20, 90, 10)),
        (30, 60),
        (60,),
    )


def test_quantiles_have_as_many_rows_each():
    assert cuts_of(Cutting.QUANTILES, (4, 2), [1, 2, 3, 4, 5, 6, 70, 800]) == ((3, 5, 70), (5,))


def test_quantiles_weigh_numbers_by_their_rows():
    assert cuts_of(Cutting.QUANTILES, (2,), [1, 1, 1, 1, 2, 3, 4]) == ((2,),)
    assert cuts_of(Cutting.QUANTILES, (2,), [1, 2, 3, 4, 4, 4, 4]) == ((4,),)


def test_quantiles_are_about_rows_also_where_the_values_stand_in_another_order():
    column = Column("a", (9, 1, 5), column_of("", [0, 0, 1, 2, 0, 1]).codes)
    assert settle_parts(Parts(Cutting.QUANTILES, (2,)), column).cuts == ((9,),)


def test_no_quantile_is_empty_where_one_number_has_the_rows_of_several():
    assert cuts_of(Cutting.QUANTILES, (4, 2), [7, 7, 7, 7, 7, 7, 7, 8]) == ((8,), (8,))


def test_a_level_of_quantiles_that_does_not_divide_the_one_before_merges_neighbours():
    assert cuts_of(Cutting.QUANTILES, (8, 3), list(range(80))) == ((10, 20, 30, 40, 50, 60, 70), (30, 50))


@pytest.mark.parametrize("by", Cutting)
def test_a_column_of_one_number_or_none_has_no_cuts(by):
    assert cuts_of(by, (4, 2), [5, 5, None]) == cuts_of(by, (4, 2), [None]) == ((), ())
    assert levels_of(bind(Parts(by, (4, 2)), column_of("a", [5]))) == {5: [5, "*", "*", "*"]}


@pytest.mark.parametrize("by", Cutting)
def test_fewer_numbers_than_parts_make_fewer_bands(by):
    climbs = levels_of(bind(Parts(by, (8, 2)), column_of("a", [1, 2, 3])))
    assert [one[1] for one in climbs.values()] == ["≤1", 2, "≥3"]
    assert len({one[2] for one in climbs.values()}) == 2


@pytest.mark.parametrize("by", Cutting)
def test_what_is_settled_binds_alike(by):
    column = column_of("age", AGES)
    rule = Parts(by, (4, 2))
    settled = settle_rule(rule, column)
    assert isinstance(settled, Cuts)
    assert levels_of(bind(rule, column)) == levels_of(bind(settled, column))
    assert settle_rule(settled, column) == settled


@pytest.mark.parametrize("rule", [Cuts(((5,),)), Parts(Cutting.QUANTILES, (2,)), Parts(Cutting.EQUAL_WIDTH, (2,))])
def test_cuts_and_parts_are_for_whole_numbers(rule):
    with pytest.raises(TypeError):
        bind(rule, column_of("a", ["x", "y"]))
