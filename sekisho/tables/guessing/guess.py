"""An unknown file looked through: two passes, memory that does not grow with it (spec/inspect.md 1)."""

import unicodedata
from collections import Counter, deque
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import BinaryIO

from sekisho.deid.declared.layout import Csv, Uke
from sekisho.deid.declared.shapes import MOST_COLUMNS
from sekisho.deid.schema import FORMULA, LONGEST_NAME, Encoding
from sekisho.deid.table import Codes
from sekisho.deid.workshop.proposing.facts import ColumnFacts
from sekisho.deid.workshop.proposing.found import LayoutFound, Notice, Noticed
from sekisho.deid.workshop.proposing.proposal import Found
from sekisho.tables.guessing.cells import facts_of
from sekisho.tables.guessing.claims import place_of, read_claims
from sekisho.tables.guessing.edges import are_names, count_totals, is_unsure, look_at_header
from sekisho.tables.guessing.layout import LINE_KINDS, LINE_KINDS_LAST, find_layout
from sekisho.tables.guessing.records import Stopped, read_lines, read_records
from sekisho.tables.guessing.sample import HELD_BACK, Sample, held_back
from sekisho.tables.guessing.survey import Survey, survey
from sekisho.tables.guessing.writing import find_writing
from sekisho.tables.rules import SPACES

LONGEST_LINE_BYTES = 16 * 1024 * 1024
TAIL_BYTES = 64 * 1024
Open = Callable[[], AbstractContextManager[BinaryIO]]


@dataclass(frozen=True)
class Guessed:
    """What the file showed, its columns' facts, and the sampled rows' values as numbers by column."""

    found: Found
    facts: tuple[ColumnFacts, ...] = ()
    codes: Mapping[str, Codes] | None = None


def guess(open_file: Open) -> Guessed:
    """Give back what the file that `open_file` opens (anew each time, seekable) shows; nothing is written."""
    with open_file() as stream:
        seen = survey(stream)
        stream.seek(max(0, seen.size_bytes - TAIL_BYTES))
        tail = stream.read(TAIL_BYTES)
    writing = find_writing(seen)
    encoding = writing.writing.encoding
    if encoding is None:
        return Guessed(Found(writing, LayoutFound(None, 0.0, 0)))
    layout = find_layout(seen, encoding, tail)
    found = Found(writing, layout, tuple(_notices(seen, encoding, writing.readable)))
    if seen.longest_line_bytes > LONGEST_LINE_BYTES and isinstance(layout.layout, Csv):
        return Guessed(replace(found, layout=LayoutFound(None, 0.0, 0)))
    with open_file() as stream:
        match layout.layout:
            case Csv():
                return _guess_csv(stream, encoding, layout.layout, found)
            case Uke():
                return _guess_claims(stream, encoding, found)
            case _:
                return Guessed(found)


def _notices(seen: Survey, encoding: Encoding, readable: float) -> list[Noticed]:
    two_ends = min(seen.crlf, seen.line_feeds - seen.crlf)
    told = {
        Notice.END_MARK: seen.end_marks if encoding is not Encoding.UTF_16 else 0,
        Notice.MIXED_ENDS: two_ends if encoding is not Encoding.UTF_16 else 0,
        Notice.UNREADABLE: int(readable < 1),
    }
    return [Noticed(notice, count) for notice, count in told.items() if count]


def _guess_csv(stream: BinaryIO, encoding: Encoding, layout: Csv, found: Found) -> Guessed:
    """Read the records once: the first one apart, the last ones held back until it is known whether they are totals."""
    stopped = Stopped()
    records = read_records(stream, encoding, layout, stopped)
    first = next(records, None)
    if first is None:
        return Guessed(replace(found, layout=LayoutFound(None, 0.0, 0)))
    sample = Sample(min(len(first), MOST_COLUMNS))
    last: deque[list[str]] = deque(maxlen=HELD_BACK)
    for record in held_back(records, last):
        sample.add(record)
    totals = count_totals(list(last), sample)
    for record in list(last)[: len(last) - totals]:
        sample.add(record)
    sample.close()
    header = look_at_header(first, sample)
    names = are_names(first, sample, header)
    if not names:
        sample.add_first(first)
    titles = (
        [_title(one) for one in first[: sample.width]] if names else [f"c{place + 1}" for place in range(sample.width)]
    )
    notices = [
        *found.notices,
        *([Noticed(Notice.HEADER_UNSURE)] if is_unsure(header, names=names) else []),
        *([Noticed(Notice.TOTALS, totals)] if totals else []),
        *([Noticed(Notice.UNEVEN, sample.uneven)] if sample.uneven else []),
        *([Noticed(Notice.BROKEN_RECORD)] if stopped.early else []),
        *([] if sample.is_whole else [Noticed(Notice.SAMPLED, sample.rows)]),
        *([Noticed(Notice.TOO_MANY_COLUMNS, len(first))] if len(first) > MOST_COLUMNS else []),
        *_wrong_names(titles),
    ]
    told = replace(found.layout, layout=Csv(layout.delimiter, names, totals), records=sample.rows, header=header)
    return _guessed(replace(found, layout=told, notices=tuple(notices)), sample, list(enumerate(titles)))


def _title(cell: str) -> str:
    return unicodedata.normalize("NFC", cell.strip(SPACES))


def _wrong_names(titles: list[str]) -> list[Noticed]:
    """Tell of names that no schema can declare (spec/schema.md 2)."""
    blank = sum(not one for one in titles)
    bad = sum(not _is_good(one) for one in titles if one)
    doubled = sum(times - 1 for one, times in Counter(titles).items() if one)
    told = {Notice.BLANK_NAME: blank, Notice.BAD_NAME: bad, Notice.DOUBLED_NAME: doubled}
    return [Noticed(notice, count) for notice, count in told.items() if count]


def _is_good(title: str) -> bool:
    return len(title) <= LONGEST_NAME and title.isprintable() and not title.startswith(tuple(FORMULA))


def _guess_claims(stream: BinaryIO, encoding: Encoding, found: Found) -> Guessed:
    claims, sample = read_claims(read_lines(stream, encoding), (*LINE_KINDS, *LINE_KINDS_LAST))
    layout = replace(found.layout, layout=Uke(claims.row), lines=tuple(claims.lines.items()))
    told = replace(found, layout=layout, notices=(*found.notices, Noticed(Notice.CLAIM_LINES, sample.rows)))
    named = [(place_of(source), name) for name, source in claims.columns]
    return _guessed(told, sample, named, dict(claims.columns))


def _guessed(
    found: Found, sample: Sample, named: list[tuple[int, str]], sources: Mapping[str, str] | None = None
) -> Guessed:
    facts = tuple(facts_of(name, *sample.values(place), (sources or {}).get(name)) for place, name in named)
    codes = {name: sample.codes(place) for place, name in named}
    return Guessed(replace(found, first_rows=sample.first_rows, spread_rows=sample.spread_rows), facts, codes)
