"""How the records of an unknown file lie in its bytes (spec/inspect.md 3)."""

import csv
import io
from collections import Counter
from collections.abc import Sequence

from sekisho.deid.declared.layout import Csv, Layout, Uke
from sekisho.deid.schema import Encoding
from sekisho.deid.workshop.proposing.found import LayoutFound
from sekisho.tables.guessing.fixed import find_endless, find_fixed
from sekisho.tables.guessing.survey import Survey

DELIMITERS = (",", "\t", ";", "|")
LINE_KINDS = ("UK", "IR", "RE", "HO", "KO", "KH", "SN", "JD", "MF", "GR", "SY", "SI", "IY", "TO", "CO", "NI", "SJ")
LINE_KINDS_LAST = ("CD", "HS", "JY", "TI", "TS", "MD", "CI", "HR", "RC", "EX", "GT", "RT", "BU", "SK", "KK", "GO")
_KINDS = frozenset(LINE_KINDS + LINE_KINDS_LAST)
_EVEN = 0.9
_MOST_RECORDS = 5_000
CODECS = {Encoding.UTF_8: "utf-8-sig", Encoding.CP932: "cp932", Encoding.UTF_16: "utf-16"}


def find_layout(seen: Survey, encoding: Encoding, tail: bytes) -> LayoutFound:
    """Give back the layout by the head of the file (and its `tail`, the last bytes); header and totals are not said yet."""
    if not seen.line_feeds and encoding is not Encoding.UTF_16:
        return find_endless(seen, tail)
    text = _whole_lines(seen, encoding)
    lines = text.splitlines() if "\r" in text else text.split("\n")
    if _is_uke(lines):
        return LayoutFound(Uke(), 1.0, seen.line_feeds)
    delimiter, even = _best_delimiter(text)
    if delimiter is not None:
        return LayoutFound(Csv(delimiter), even, seen.line_feeds)
    if encoding is not Encoding.UTF_16 and (fixed := find_fixed(seen, tail)) is not None:
        return fixed
    return LayoutFound(Csv(), even, seen.line_feeds)


def header_totals(layout: Layout | None, *, header: bool, totals: int) -> Layout | None:
    """Give back a CSV's layout with what was found of its first and last records."""
    return Csv(layout.delimiter, header, totals) if isinstance(layout, Csv) else layout


def _whole_lines(seen: Survey, encoding: Encoding) -> str:
    """Give back the head as text, without the line that it cuts."""
    text = seen.head.decode(CODECS[encoding], "replace")
    return text if seen.is_whole else text[: text.rfind("\n") + 1]


def _is_uke(lines: Sequence[str]) -> bool:
    filled = [one for one in lines[:_MOST_RECORDS] if one.strip("\x1a")]
    kinds = [one[:2] for one in filled if one[2:3] == ","]
    fits = sum(one in _KINDS for one in kinds)
    return "RE" in kinds and fits >= 0.98 * len(filled)


def _best_delimiter(text: str) -> tuple[str | None, float]:
    """Give back the delimiter by which most records have as many fields, at least two, and the share that has."""
    found = {one: _evenness(text, one) for one in DELIMITERS}
    good = {one: shown for one, shown in found.items() if shown[0] >= _EVEN and shown[1] >= 2}
    if not good:
        return None, max((share for share, fields in found.values() if fields == 1), default=0.0)
    best = max(good, key=lambda one: (round(good[one][0], 2), good[one][1], -DELIMITERS.index(one)))
    return best, good[best][0]


def _evenness(text: str, delimiter: str) -> tuple[float, int]:
    """Give back the share of the records with the most usual number of fields, and that number."""
    counts: Counter[int] = Counter()
    try:
        for place, record in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)):
            if place >= _MOST_RECORDS:
                break
            if record and record != ["\x1a"]:
                counts[len(record)] += 1
    except csv.Error:
        return 0.0, 0
    if not counts:
        return 0.0, 0
    fields, times = counts.most_common(1)[0]
    return times / counts.total(), fields
