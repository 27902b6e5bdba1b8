"""The first record and the last ones: names, and totals (spec/inspect.md 3.1)."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from sekisho.deid.workshop.proposing.found import Header
from sekisho.deid.workshop.proposing.names import is_known_name, may_be_name
from sekisho.tables.guessing.sample import Sample

_FIGURES = re.compile(r"[-+]?[0-9MTSHRmtshr明大昭平令元][0-9.,/:年月日 -]*")
_WHOLE = re.compile(r"[0-9]{1,15}")
_MOSTLY = 0.9
_WORDS_LOOKED_AT = 100
_LOOKED_AT = 2_000  # distinct cells of a column
_TOTAL = re.compile(r"(総|小|合|累)?[ \u3000]*計|合[ \u3000]*計|総件数|件数計|(sub|grand)?[ ]?totals?", re.IGNORECASE)
_NO_NAME = re.compile(
    r"不明|不詳|未(申告|定|登録|記入|入力|回答|設定|受診|実施)|非該当|該当(なし|無し|あり|有り)|対象外|なし|無し?|有り?|あり|空欄|"
    r"null|none|nan|n/?a|unknown|missing",
    re.IGNORECASE,
)
"""What stands in a cell of which nothing is known: no column is called so, but words in the first row may be these."""


def look_at_header(first: Sequence[str], below: Sample) -> Header:
    """Give back what speaks for names in the first record, held against the rows below it."""
    known = sum(is_known_name(cell) and not _are_words_of_names(below, place) for place, cell in enumerate(first))
    misfitting = sum(
        may_be_name(cell) and not _is_figure(cell) and _is_of_figures(below, place) for place, cell in enumerate(first)
    )
    return Header(len(first), known, misfitting)


def are_names(first: Sequence[str], below: Sample, header: Header) -> bool:
    """Say whether the first record names the columns.

    It must look so in every cell and come again in none: a row that was taken for names would show somebody's values.
    """
    filled = [cell.strip() for cell in first if cell.strip()]
    if not filled or len(set(filled)) < len(filled) or not all(may_be_name(one) for one in filled):
        return False
    if any(_NO_NAME.fullmatch(unicodedata.normalize("NFKC", one)) for one in filled):
        return False
    if any(cell in below.values(place)[0] for place, cell in enumerate(first) if cell.strip() and place < below.width):
        return False
    figures = sum(_is_of_figures(below, place) for place in range(below.width))
    if header.misfitting * 2 < figures:
        return False
    if header.misfitting:
        return header.misfitting >= 2 or header.known >= 1
    return header.known >= max(2, 0.5 * header.cells)


def is_unsure(header: Header, *, names: bool) -> bool:
    """Say whether a person should look at the decision: little speaks for it."""
    told = header.known + header.misfitting
    return told < 0.3 * header.cells if names else told >= 1


def count_totals(last: Sequence[list[str]], above: Sample) -> int:
    """Give back how many of the `last` records are totals: a word of sums in them, or sums of what stands above."""
    found = 0
    for place in range(len(last) - 1, -1, -1):
        if not (_says_total(last[place]) or (above.is_whole and _sums(last[place], above, last[:place]))):
            break
        found += 1
    return found


def _says_total(record: Sequence[str]) -> bool:
    return any(_TOTAL.fullmatch(unicodedata.normalize("NFKC", cell).strip()) for cell in record)


def _sums(record: Sequence[str], above: Sample, between: Sequence[list[str]]) -> bool:
    """Say whether some column's number is the sum of all above, in a record that leaves out what every row has."""
    columns = [_cells(above, between, place) for place in range(min(len(record), above.width))]
    lacking = [
        place
        for place, cells in enumerate(columns)
        if not record[place].strip() and len(cells) >= 1 and all(one.strip() for one in cells)
    ]
    rows = above.rows + len(between)
    return (
        rows > 1 and bool(lacking) and any(_is_sum(cell, cells) for cell, cells in zip(record, columns, strict=False))
    )


def _cells(above: Sample, between: Sequence[list[str]], place: int) -> Counter[str]:
    values, counts = above.values(place)
    cells = Counter(dict(zip(values, counts, strict=True)))
    cells.update(one[place] if place < len(one) else "" for one in between)
    return cells


def _is_sum(cell: str, cells: Counter[str]) -> bool:
    if not _WHOLE.fullmatch(cell.strip()) or not all(_WHOLE.fullmatch(one.strip()) for one in cells):
        return False
    return int(cell) > 0 and sum(int(one) * times for one, times in cells.items()) == int(cell)


def _is_figure(cell: str) -> bool:
    return _FIGURES.fullmatch(unicodedata.normalize("NFKC", cell).strip()) is not None


def _are_words_of_names(below: Sample, place: int) -> bool:
    """Say whether the column's own cells look like names of items, as levels of care do: then a name above says nothing."""
    if place >= below.width:
        return False
    seen = [one for one in below.values(place)[0][:_WORDS_LOOKED_AT] if one.strip()]
    return 2 * sum(map(is_known_name, seen)) >= len(seen) > 0


def _is_of_figures(below: Sample, place: int) -> bool:
    if place >= below.width:
        return False
    seen = [one for one in below.values(place)[0][:_LOOKED_AT] if one.strip()]
    return bool(seen) and sum(map(_is_figure, seen)) >= _MOSTLY * len(seen)
