"""What the cells of a column look like, whatever its name (spec/standard.md 5)."""

import re
from collections.abc import Callable, Iterable, Sequence

from sekisho.deid.ladders.builtin.icd10 import climb_icd10
from sekisho.deid.standard.dictionary import Cells
from sekisho.deid.standard.looked import parts_of
from sekisho.deid.standard.said.births import latest_births
from sekisho.deid.standard.said.plain import plain_text
from sekisho.deid.table import Value

LEAST = 5  # distinct values: fewer look like anything
SHARE = (4, 5)
SAMPLE = 500  # values spread evenly over the column

_AGE = re.compile(r"(?<![0-9])[0-9]{1,3}\s*(?:歳|才|さい|years? old|yrs? old)")
_ERA = r"(?:明治?|大正?|昭和?|平成?|令和?|[mtshr])"
_WHOLE_DAY = re.compile(
    rf"(?:[12][0-9]{{3}}|{_ERA}\s*(?:元|[0-9]{{1,2}}))\s*(?:年\s*[0-9]{{1,2}}月|[./-]\s*[0-9]{{1,2}}(?![0-9]))"
    rf"(?:\s*[./-]?\s*[0-9]{{1,2}}日?)?(?:[t ][0-9:.z]*)?|(?:{_ERA}|0?[1-5]|[12][0-9])[0-9]{{2}}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
)
BETWEEN_CODES = re.compile(r"[\s,;:、。/|+\[\]()]+")  # several codes in one cell


def look_like(cells: Cells, values: Sequence[Value]) -> bool:
    """Say whether at least 80 % of the distinct filled values, and five of them, look so: of many, of 500 of them."""
    filled = [one for one in values if parts_of(one)]
    if len(filled) < LEAST:
        return False
    sample = filled[:: max(1, len(filled) // SAMPLE)]
    least, of = SHARE
    return _count_up_to(_FITS[cells], sample, len(sample) * (of - least) // of) is not None


def _count_up_to(fits: Callable[[str], bool], values: Iterable[Value], most: int) -> int | None:
    """Give back how many values do not fit, None as soon as they are more than `most`."""
    misses = 0
    for value in values:
        if not all(fits(part) for part in parts_of(value)):
            misses += 1
            if misses > most:
                return None
    return misses


def _is_age(text: str) -> bool:
    return _AGE.search(plain_text(text)) is not None


def _is_day(text: str) -> bool:
    plain = plain_text(text)
    return _WHOLE_DAY.fullmatch(plain) is not None and bool(latest_births(plain))


def _is_icd10(text: str) -> bool:
    pieces = [one for one in BETWEEN_CODES.split(plain_text(text).upper()) if one]
    return bool(pieces) and all(climb_icd10(one) is not None for one in pieces)


_FITS: dict[Cells, Callable[[str], bool]] = {Cells.AGE: _is_age, Cells.DATE: _is_day, Cells.ICD_10: _is_icd10}
