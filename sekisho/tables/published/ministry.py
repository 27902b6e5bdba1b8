"""The Ministry's list of changed codes (総務省, 都道府県コード及び市区町村コード 改正一覧; spec/policy.md 4.4)."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sekisho.deid.ladders.builtin.given_up import Change
from sekisho.tables.published.found import Published, Record, Source, Unread
from sekisho.tables.values.days import read_day
from sekisho.tables.values.municipality import Digits, read_municipality

HEAD = "都道府県名"
BEFORE, KIND, DAY, AFTER = (
    1,
    4,
    5,
    6,
)  # places behind the prefecture's: code, its name, how it is read; kind, day; code …
LAST = AFTER + 2
DITTO, SAME, GONE = "〃", "同左", frozenset({"削除", "欠番"})
_HEAD_WITHIN = 10


@dataclass(frozen=True)
class _Line:
    """A record: the number of its change, itself counted from 1 after the header, codes before and after, as written."""

    change: int
    row: int
    day: date | None
    before: str
    after: str
    is_gone: bool
    text: str

    @property
    def old(self) -> str | None:
        return read_municipality(self.before, Digits.SIX)

    @property
    def new(self) -> str | None:
        if self.is_gone:
            return None
        return self.old if self.after == SAME else read_municipality(self.after, Digits.SIX)

    @property
    def is_understood(self) -> bool:
        """Say whether each of its two codes can be read, or is said not to be."""
        before = not self.before or self.old is not None
        return before and (self.is_gone or self.new is not None)


def read_ministry(records: Sequence[Record]) -> Published | None:
    """Give back what the list says; None where its header is not found, or no record below it has a day and a code.

    Records of one change stand below each other, the first with its prefecture, or 〃 for it. Codes that it takes away go to the one
    that it leaves or gives out; if there are several, nobody can say from the list to which.
    """
    head, place = _header(records)
    lines = list(_lines(records[head:], place)) if head else []
    if not any(one.day and (one.old or one.new) for one in lines):
        return None
    changes: list[tuple[Change, int]] = []
    unread: list[Unread] = []
    for _, group in groupby(lines, key=lambda one: one.change):
        _read_change(tuple(group), changes, unread)
    return Published(Source.MINISTRY, len(records) - head, tuple(changes), tuple(unread))


def _read_change(lines: tuple[_Line, ...], changes: list[tuple[Change, int]], unread: list[Unread]) -> None:
    days = {one.day for one in lines if one.day}
    news = {one.new for one in lines if one.new}
    if len(days) != 1 or not all(one.is_understood for one in lines):
        unread += [Unread(one.row, one.text) for one in lines if one.before or one.after]
        return
    (day,) = days
    for one in lines:
        after = {one.new} if one.new else news
        if one.old and len(after) == 1:
            changes += [(Change(day, new, one.old), one.row) for new in after if new and new != one.old]
        elif one.old:
            unread.append(Unread(one.row, one.text))


def _header(records: Sequence[Record]) -> tuple[int, int]:
    """Give back how many records there are up to the header's first, it among them, and the place of the prefecture."""
    for number, record in enumerate(records[:_HEAD_WITHIN], 1):
        for place, one in enumerate(record):
            if "".join(one.split()).startswith(HEAD):
                return number, place
    return 0, 0


def _lines(records: Sequence[Record], place: int) -> Iterator[_Line]:
    """Give back the records with a code or a day; where one says 〃 it has what the one above has."""
    change = 0
    above: tuple[str, ...] = ("",) * LAST
    for row, record in enumerate(records, 1):
        if len(record) <= place:
            continue
        cells = tuple(unicodedata.normalize("NFKC", one).strip() for one in record[place : place + LAST])
        cells = tuple(old if one == DITTO else one for one, old in zip(_filled(cells), above, strict=True))
        day = read_day(cells[DAY])
        if not (day or cells[BEFORE][:1].isdigit() or cells[AFTER][:1].isdigit()):
            continue
        change += bool(record[place].strip())
        above = cells
        is_gone = cells[AFTER] in GONE or cells[KIND] in GONE
        yield _Line(change, row, day, cells[BEFORE], cells[AFTER], is_gone, " ".join(one for one in cells if one))


def _filled(cells: tuple[str, ...]) -> tuple[str, ...]:
    return (*cells, *("" for _ in range(LAST - len(cells))))
