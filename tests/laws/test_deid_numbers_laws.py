"""Whatever the cells: where they stand and how they are written changes nothing, and chance raises no alarm."""

from collections import Counter
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.deid.numbers import text as number_text
from sekisho.deid.numbers.check_digits import MY_NUMBER, digit_asked
from sekisho.deid.numbers.codes import Code
from sekisho.deid.numbers.columns import Ground, Watch
from sekisho.deid.numbers.digits import fold
from sekisho.deid.numbers.evidence import TRIALS
from sekisho.deid.numbers.scan import scan_texts
from sekisho.deid.numbers.text import NEAR, Hit, find_in_text

FULL_WIDTH = {0x21 + place: 0xFF01 + place for place in range(94)}
NAMES = ["番号", "個人番号", "被保険者番号", "備考", "住民票コード"]
WORDS = ["マイナンバー", "個人番号", "免許", "電話", "保険証の番号", "年金番号", "住民票コード", "口座"]
NUMBERS = st.from_regex(r"[0-9]{6,13}|[0-9]{4}-[0-9]{4}-[0-9]{4}|0[0-9]{2}-[0-9]{4}-[0-9]{4}", fullmatch=True)
TEXTS = st.lists(st.sampled_from(WORDS) | NUMBERS | st.text(max_size=6), max_size=6).map("".join)


def my_number(body: int) -> str:
    return f"{body:011}{digit_asked(MY_NUMBER, f'{body:011}0')}"


CELLS = st.lists(TEXTS | NUMBERS | st.integers(0, 10**11 - 1).map(my_number) | st.none(), max_size=40)


@given(st.sampled_from(NAMES), CELLS, st.integers(1, 7))
def test_a_column_in_blocks_shows_what_it_shows_at_once(name, cells, size):
    counted = Counter(cells)
    watch = Watch(name)
    for start in range(0, len(cells), size):
        block = Counter(cells[start : start + size])
        watch.feed(list(block), list(block.values()))
    assert watch.sightings() == scan_texts(name, list(counted), list(counted.values()))


@given(st.sampled_from(NAMES), CELLS, st.randoms(use_true_random=False))
def test_the_order_of_the_cells_changes_nothing(name, cells, chance):
    distinct = list(dict.fromkeys(cells))
    shuffled = chance.sample(distinct, len(distinct))
    assert scan_texts(name, shuffled, [1] * len(shuffled)) == scan_texts(name, distinct, [1] * len(distinct))


@given(st.lists(NUMBERS, unique=True, max_size=40), st.sampled_from(NAMES))
def test_full_width_cells_show_what_plain_ones_show(cells, name):
    wide = [one.translate(FULL_WIDTH) for one in cells]
    assert scan_texts(name, wide, [1] * len(wide)) == scan_texts(name, cells, [1] * len(cells))


@given(st.text() | TEXTS)
def test_folding_keeps_every_place(text):
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


@given(TEXTS)
def test_hits_lie_in_the_text_and_apart(text):
    hits = find_in_text(text)
    ends = [0, *(one.end for one in hits)]
    assert all(before <= one.start < one.end <= len(text) for before, one in zip(ends, hits, strict=False))


@settings(max_examples=30)
@given(st.integers(0, 2**32), st.integers(1, 3_000), st.sampled_from(sorted({one.scheme.length for one in TRIALS})))
def test_numbers_drawn_at_random_raise_no_alarm(seed, count, length):
    chance = Random(seed)
    cells = list({f"{chance.randrange(10**length):0{length}}" for _ in range(count)})
    assert [one for one in scan_texts("番号", cells, [1] * len(cells)) if one.ground is Ground.CHECK_DIGITS] == []


@settings(max_examples=30)
@given(st.integers(0, 2**32), st.integers(20, 200), st.integers(0, 200))
def test_my_numbers_are_found_whatever_else_stands_in_the_column(seed, count, others):
    chance = Random(seed)
    cells = {my_number(chance.randrange(10**11)) for _ in range(count)}
    rest = {f"{chance.randrange(10**6)}番" for _ in range(others)}
    found = scan_texts("番号", [*cells, *rest, ""], [1] * (len(cells) + len(rest)) + [others])
    assert {one.code: one.cells for one in found}.get(Code.MY_NUMBER) == len(cells)


def slowly(text: str) -> tuple[Hit, ...]:
    """The numbers of a text, each held against every word near it and every hit that was taken: as the spec says it."""
    folded = fold(text)
    if number_text._ENOUGH.search(folded) is None:
        return ()
    found = [(NEAR * 2, one) for one in (*number_text._machine_readable(folded), *number_text._addresses(folded))]
    for clue in number_text._CLUES:
        for one in clue.form.finditer(folded):
            gaps = [number_text._gap(one, *word.span()) for word in clue.words.finditer(folded)] if clue.words else [40]
            if gaps and (min(gaps) <= NEAR or clue.words is None):
                found.append((min(gaps), number_text._hit(clue, one)))
    order = [clue.code for clue in (*number_text._BARE, *number_text._WORDED)]
    found.sort(
        key=lambda one: (one[0], one[1].start - one[1].end, order.index(one[1].code) if one[1].code in order else -1)
    )
    taken = []
    for _, hit in found:
        if all(hit.end <= other.start or other.end <= hit.start for other in taken):
            taken.append(hit)
    return tuple(sorted(taken, key=lambda one: one.start))


@given(TEXTS | st.lists(TEXTS, max_size=4).map("、".join))
def test_the_quick_search_gives_what_the_slow_one_gives(text):
    places = [(one.start, one.end) for one in find_in_text(text)]
    assert places == [(one.start, one.end) for one in slowly(text)]
