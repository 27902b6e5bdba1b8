"""My Numbers in spellings by which they would slip through, and what looks like them and is none (spec/numbers.md 3, 5)."""

from collections import Counter
from collections.abc import Callable
from random import Random

import pytest
from numbers_made import drawn, my_numbers

from sekisho.deid.numbers.codes import Code
from sekisho.deid.numbers.columns import Ground, Watch

pytestmark = pytest.mark.requirement("A16")

MADE = my_numbers(Random(30), 60)
KANJI = str.maketrans("0123456789", "〇一二三四五六七八九")


def seen(cells: list[str], name: str = "列") -> dict[Code, Ground]:
    counts = Counter(cells)
    watch = Watch(name)
    watch.feed(list(counts), list(counts.values()))
    return {one.code: one.ground for one in watch.sightings()}


def grouped(number: str, between: str) -> str:
    return between.join((number[:4], number[4:8], number[8:]))


@pytest.mark.parametrize(
    "between",
    [
        ".",
        "/",
        "_",
        ",",
        ":",
        "・",
        "\t",
        "\n",
        "\r\n",
        " - ",
        "--",
        "\u2009",
        "\u2007",
        "+",
        "*",
        "~",
        "）（",
        "﹘",
        "➖",
    ],
)
def test_whatever_stands_between_its_groups_a_my_number_is_found(between):
    assert seen([grouped(one, between) for one in MADE]) == {Code.MY_NUMBER: Ground.CHECK_DIGITS}


SPELLED: dict[str, Callable[[str], str]] = {
    "thousands": lambda one: f"{int(one[:3])}{one[3:6]:>4}".replace(" ", ",") + f",{one[6:9]},{one[9:]}",
    "two halves": lambda one: f"{one[:6]} {one[6:]}",
    "kanji": lambda one: one.translate(KANJI),
    "kanji in groups": lambda one: grouped(one, "－").translate(KANJI),
    "behind a day": lambda one: f"2026 04 01 {grouped(one, ' ')}",
    "padded": lambda one: f"000{one}",
    "with a branch": lambda one: f"{one}01",
    "behind one digit": lambda one: f"9{one}",
    "padded to twenty": lambda one: f"{one:0>20}",
    "twice": lambda one: one + one,
}


@pytest.mark.parametrize("spelled", SPELLED)
def test_a_my_number_inside_of_a_longer_or_other_spelling_is_found(spelled):
    cells = [SPELLED[spelled](one) for one in MADE if one[0] != "0"]
    assert seen(cells)[Code.MY_NUMBER] is Ground.CHECK_DIGITS


def test_a_few_my_numbers_are_not_lost_among_a_series():
    series = [f"2026{one:08}" for one in range(300_000)]
    for cells in ([*series, *MADE[:30]], [*MADE[:30], *series]):
        assert seen(cells) == {Code.MY_NUMBER: Ground.CHECK_DIGITS}


@pytest.mark.parametrize("word", ["まいなんばー", "マイナ番号", "個番", "MyNo.", "ﾏｲﾅﾝﾊﾞｰ："])
@pytest.mark.parametrize("between", ["", ".", "・", "\n", ", "])
def test_one_number_in_a_text_is_found_by_any_of_its_words(word, between):
    assert seen(["特になし", f"窓口 {word} {grouped(MADE[0], between)} 確認"]) == {Code.MY_NUMBER: Ground.TEXT}


LOOK_ALIKES = {
    "days with strokes": lambda: [
        f"{year}/{month:02}/{day:02}" for year in range(1900, 2020) for month in range(1, 13) for day in (1, 9, 28)
    ],
    "moments": lambda: [
        f"2026/{month:02}/{day:02} {hour:02}:{minute:02}:00"
        for month in range(1, 13)
        for day in range(1, 29)
        for hour in (8, 9, 13)
        for minute in range(0, 60, 7)
    ],
    "moments without strokes": lambda: [
        f"20{year:02}{month:02}{day:02}{hour:02}{minute:02}{minute:02}"
        for year in range(10, 30)
        for month in range(1, 13)
        for day in range(1, 29)
        for hour in (9, 13)
        for minute in (0, 7, 31)
    ],
    "amounts with commas": lambda: [f"{int(one):,}" for one in drawn(Random(31), 12, 20_000)],
    "codes of sixteen": lambda: drawn(Random(32), 16, 20_000),
    "codes of thirteen in series": lambda: [f"4901{one:09}" for one in range(20_000)],
    "padded serial numbers": lambda: [f"{one:020}" for one in range(20_000)],
    "four groups of four": lambda: [grouped(one, "-") + "-" + one[:4] for one in drawn(Random(33), 12, 20_000)],
    "places in the register": lambda: [f"13101.{one:06}.{one % 97:02}" for one in range(20_000)],
    "addresses of machines": lambda: [f"192.168.{one // 250}.{one % 250:03}" for one in range(10_000)],
    "blocks in kanji": lambda: [f"本町{one}丁目" for one in "一二三四五六七八九"] + ["二〇二六年四月一日"],
}


@pytest.mark.parametrize("kind", LOOK_ALIKES)
def test_what_only_looks_so_is_not_told(kind):
    assert seen(LOOK_ALIKES[kind]()) == {}
