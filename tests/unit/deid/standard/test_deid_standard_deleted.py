"""Item 1: numbers and texts of deleted columns inside of longer cells (spec/standard.md 4.1)."""

import pytest
from deid_judged import PEOPLE, judged, mixed, objections, town
from hypothesis import given
from hypothesis import strategies as st

from sekisho.deid.standard.items.deleted import _plain, _plain_all, _runs_of

pytestmark = pytest.mark.requirement("A16")

TEXT = 'type = "text"\nrole = "plain"'
NUMBERS = [f"{30_000_000 + mixed(place, 3) % PEOPLE:08}" for place in range(PEOPLE)]
WITHIN = {
    "behind a word": lambda one, _: f"ID:{one}",
    "before a tail": lambda one, place: f"{one}_{'AB'[place % 2]}",
    "in a sentence": lambda one, _: f"宛名{one}の方が来庁",
    "in groups": lambda one, _: f"No.{one[:4]}-{one[4:]}",
    "behind a day": lambda one, place: f"2026-11-{place % 20 + 10} {one}",
    "full-width": lambda one, _: "第" + one.translate({n: n + 0xFEE0 for n in range(48, 58)}) + "号",
}


@pytest.mark.parametrize("way", WITHIN)
def test_a_deleted_number_within_longer_texts_stops_the_release(way):
    made = town().with_column("メモ番号", TEXT, [WITHIN[way](one, place) for place, one in enumerate(NUMBERS)])
    assert (1, "deleted-value", "メモ番号") in objections(judged(made))


@pytest.mark.parametrize(
    "make",
    [lambda place: f"型番{90_000_000 + mixed(place, 9) % 900}号", lambda place: f"2026-11-{place % 20 + 10}の件"],
)
def test_other_long_numbers_in_texts_do_not(make):
    made = town().with_column("メモ番号", TEXT, [make(place) for place in range(PEOPLE)])
    assert (1, "deleted-value", "メモ番号") not in objections(judged(made))


def test_two_numbers_that_agree_by_chance_do_not():
    cells = [
        f"型番{NUMBERS[place]}" if place in {3, 4} else f"型番{90_000_000 + place % 50}" for place in range(PEOPLE)
    ]
    assert (1, "deleted-value", "メモ番号") not in objections(judged(town().with_column("メモ番号", TEXT, cells)))


def test_runs_are_joined_and_by_themselves_without_leading_zeros():
    assert _runs_of("ID:00123456") == {"123456"}
    assert _runs_of("2026-11-23 00123456") == {"2026112300123456", "123456"}
    assert _runs_of("12345") == frozenset()
    assert _runs_of(7_654_321) == {"7654321"}


@given(st.lists(st.text(alphabet="さサｻﾄﾞ佐 　\n,.-0A１_・é", max_size=12), min_size=1))
def test_texts_folded_together_are_as_if_folded_one_by_one(texts):
    assert _plain_all(texts) == [_plain(one) for one in texts]
