import pytest

from sekisho.deid.ladders.ladder import Ladder
from sekisho.deid.ladders.prefix import Prefix, check_prefix
from sekisho.deid.ladders.rule import bind
from sekisho.deid.table import Value, column_of
from sekisho.deid.utility.covering import covering
from sekisho.errors import CannotMeet, Malformed, Reason


def levels_of(ladder: Ladder) -> dict[Value, list[Value]]:
    return {
        value: [labels[node[place]] for labels, node in zip(ladder.labels, ladder.nodes, strict=True)]
        for place, value in enumerate(ladder.values)
    }


def test_a_text_keeps_its_first_characters():
    climbs = levels_of(bind(Prefix((5, 3, 1)), column_of("place", ["東京都千代田区", "東京都", "A", None])))
    assert climbs["東京都千代田区"] == ["東京都千代田区", "東京都千代…", "東京都…", "東…", "*"]
    assert climbs["東京都"] == ["東京都", "東京都", "東京都", "東…", "*"]
    assert climbs["A"] == ["A", "A", "A", "A", "*"]
    assert climbs[None] == [None, None, None, None, "*"]


def test_a_value_that_looks_like_a_label_does_not_break_the_tree():
    cells: list[Value] = ["ab", "ab…", "abc", "abcd", "a…", "a"]
    ladder = bind(Prefix((3, 2, 1)), column_of("a", cells))
    climbs = levels_of(ladder)
    assert climbs["ab…"] == ["ab…", "ab…", "ab…", "a…", "*"]
    assert climbs["abc"] == ["abc", "abc", "ab…", "a…", "*"]
    assert climbs["ab"] == ["ab", "ab", "ab", "a…", "*"]
    assert climbs["a…"] == ["a…", "a…", "a…", "a…", "*"]
    covered = {ladder.values[place] for place in covering(ladder, "ab…")}
    assert covered == {"ab…", "abc", "abcd"}


def test_a_text_whose_label_would_be_a_formula_is_counted_and_not_told():
    with pytest.raises(CannotMeet) as caught:
        bind(Prefix((3, 2)), column_of("phone", ["+819012345678", "-123", "-1", "0312345678"]))
    assert caught.value.reason is Reason.LADDER_MISSING_VALUE
    assert caught.value.facts == {"column": "phone", "count": 2}


@pytest.mark.parametrize("lengths", [(), (0,), (3, 3), (1, 3), (3, 0)])
def test_lengths_that_do_not_fall_are_refused(lengths):
    with pytest.raises(Malformed) as caught:
        check_prefix("place", Prefix(lengths))
    assert caught.value.reason is Reason.LADDER_MALFORMED
    assert caught.value.facts == {"column": "place", "rule": "lengths-not-falling"}


def test_lengths_that_fall_are_taken():
    assert check_prefix("place", Prefix((3, 1))) == Prefix((3, 1))


def test_prefixes_are_for_texts():
    with pytest.raises(TypeError):
        bind(Prefix((1,)), column_of("a", [1234]))
