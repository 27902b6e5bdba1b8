"""The list of changed areas that e-Stat gives out (市区町村名・コード, 廃置分合等情報; spec/policy.md 4.4)."""

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date

from sekisho.deid.ladders.builtin.given_up import Change
from sekisho.tables.published.found import Published, Record, Source, Unread
from sekisho.tables.published.reasons import read_sentence, sentences_of
from sekisho.tables.values.days import read_day
from sekisho.tables.values.municipality import Digits, read_municipality

CODE, DAY, REASON = "標準地域コード", "廃置分合等施行年月日", "改正事由"
CITY, DISTRICT = "市区町村", "政令市・郡・支庁・振興局等"
_HEAD_WITHIN = 5  # records in which the header is looked for


def read_estat(records: Sequence[Record]) -> Published | None:
    """Give back what the list says; None where no header of the first records has code, day and reason."""
    head, places = _header(records)
    if not places:
        return None
    body = [tuple(_cell(one, places.get(key)) for key in (CODE, DAY, REASON)) for one in records[head:]]
    names = _names(records[head:], places)
    changes: list[tuple[Change, int]] = []
    unread: list[Unread] = []
    seen = set()
    for row, (_, written, reason) in enumerate(body, 1):
        day = read_day(written)
        if day is None:
            if written or reason:
                unread.append(Unread(row, f"{written} {reason}"))
            continue
        for sentence in sentences_of(reason):
            if (day, sentence) in seen:
                continue
            seen.add((day, sentence))
            pairs = read_sentence(sentence, names.get((day, reason), {}))
            if pairs is None:
                unread.append(Unread(row, f"{day} {sentence}"))
            changes += [(Change(day, after, before), row) for before, after in pairs or ()]
    return Published(Source.E_STAT, len(body), tuple(changes), tuple(unread))


def _header(records: Sequence[Record]) -> tuple[int, dict[str, int]]:
    """Give back how many records there are up to the header, it among them, and the place of each of its columns."""
    for number, record in enumerate(records[:_HEAD_WITHIN], 1):
        places = {unicodedata.normalize("NFKC", one).strip(): place for place, one in enumerate(record)}
        if {CODE, DAY, REASON} <= set(places):
            return number, places
    return 0, {}


def _names(records: Sequence[Record], places: dict[str, int]) -> dict[tuple[date, str], dict[str, str]]:
    """Give back, for each day and reason, the codes by the names of the areas that the list has it for."""
    found: dict[tuple[date, str], dict[str, str]] = {}
    for name, code, day, reason in _named(records, places):
        found.setdefault((day, reason), {})[name] = code
    return found


def _named(records: Sequence[Record], places: dict[str, int]) -> Iterator[tuple[str, str, date, str]]:
    for record in records:
        name = _cell(record, places.get(CITY)) or _cell(record, places.get(DISTRICT))
        code = read_municipality(_cell(record, places[CODE]), Digits.FIVE)
        day = read_day(_cell(record, places[DAY]))
        if name and code and day:
            yield unicodedata.normalize("NFKC", name), code, day, _cell(record, places[REASON])


def _cell(record: Record, place: int | None) -> str:
    return record[place].strip() if place is not None and place < len(record) else ""
