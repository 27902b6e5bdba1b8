"""A column's cells counted: which types read them, how they are written, what numbers stand in them (spec/inspect.md 4)."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sekisho.deid.numbers.columns import Watch
from sekisho.deid.numbers.direct import direct_shares
from sekisho.deid.schema import ColumnSchema, Kind, Role
from sekisho.deid.workshop.proposing.evidence import K
from sekisho.deid.workshop.proposing.facts import ColumnFacts
from sekisho.deid.workshop.proposing.types import FEW
from sekisho.tables.rules import SPACES, Rule, cell_reader, clean_text

TRIED = (Kind.INTEGER, Kind.DATE, Kind.PARTIAL_DATE, Kind.MONTH, Kind.MUNICIPALITY, Kind.POSTAL_CODE)
_FIRST = 1_000  # distinct values after which a type that hardly reads any is given up
_HARDLY = 0.3
_SHAPES = {  # what a cell must at least look like: the readers of texts are wider than the types
    Kind.INTEGER: re.compile(r"[+-]?[0-9]+"),
    Kind.DATE: re.compile(r".*[0-9元一二三四五六七八九十].*"),
    Kind.PARTIAL_DATE: re.compile(r".*[0-9元一二三四五六七八九十].*|.*不[詳明].*"),
    Kind.MONTH: re.compile(r".*[0-9元].*"),
    Kind.MUNICIPALITY: re.compile(r"[0-9]{4,6}"),
    Kind.POSTAL_CODE: re.compile(r"〒? ?[0-9]{3}-?[0-9]{4}|[0-9]{6}"),
}
_ERA = re.compile(r"[MTSHRmtshr明大昭平令].*")
_MARKED = re.compile(r".*[0-9元一二三四五六七八九十](?:[./-]|年).*")
_SENTENCE = re.compile(r".*[。、！？!?].+|.*[。！？]|(?:\S+\s+){5,}\S+", re.DOTALL)
_CODE_DIGITS = {ord("０") + digit: ord("0") + digit for digit in range(10)}
_NUMBER = re.compile(r"[0-9]{1,18}")

Cells = Mapping[str, int]


def facts_of(name: str, texts: Sequence[str], counts: Sequence[int], source: str | None = None) -> ColumnFacts:
    """Give back what the column's distinct cells show, each in so many cells; blank ones among them."""
    filled = _cleaned(texts, counts)
    cells = sum(counts)
    coded = _counted((one.translate(_CODE_DIGITS), times) for one, times in filled.items())
    plain = {one: times for one, times in coded.items() if _NUMBER.fullmatch(one)}
    few = len(coded) <= FEW
    watch = Watch(name)
    watch.feed(list(filled), list(filled.values()))
    return ColumnFacts(
        name=name,
        cells=cells,
        blank=cells - sum(filled.values()),
        distinct=len(coded),
        longest=max(map(len, filled), default=0),
        reads={kind: read for kind in TRIED if (read := _count_read(kind, filled))},
        marked_days=_count(filled, _MARKED),
        eras=_count(filled, _ERA),
        leading_zeros=sum(times for one, times in plain.items() if len(one) > 1 and one[0] == "0"),
        one_length=len({len(one) for one in coded}) == 1,
        sentences=_count(filled, _SENTENCE),
        mean_length=sum(len(one) * times for one, times in filled.items()) / max(1, sum(filled.values())),
        newlines=sum(times for one, times in filled.items() if "\n" in one),
        serial=len(plain) == len(coded) and _is_serial(plain),
        shared=tuple(sorted(one for one, times in coded.items() if times >= K and _may_be_listed(one))) if few else (),
        rare=sum(not (times >= K and _may_be_listed(one)) for one, times in coded.items()),
        sightings=watch.sightings(),
        shares=direct_shares(name, list(filled), list(filled.values())),
        source=source,
    )


def _cleaned(texts: Sequence[str], counts: Sequence[int]) -> Counter[str]:
    """Give back the filled cells as the reader writes them; one that it refuses stays as it is, trimmed."""
    return _counted(
        (cleaned if isinstance(cleaned := clean_text(one), str) else one.strip(SPACES), times)
        for one, times in zip(texts, counts, strict=True)
        if times and one.strip(SPACES)
    )


def _counted(cells: Iterable[tuple[str, int]]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for one, times in cells:
        counted[one] += times
    return counted


def _count_read(kind: Kind, filled: Cells) -> int:
    """Give back how many cells read as `kind`; 0 where hardly any of the first values do."""
    read, shape = cell_reader(ColumnSchema("-", kind, Role.PLAIN)), _SHAPES[kind]
    found = 0
    hits = 0
    for place, (one, times) in enumerate(filled.items()):
        if place == _FIRST and hits < _HARDLY * _FIRST:
            return 0
        if shape.fullmatch(unicodedata.normalize("NFKC", one)) and not isinstance(read(one), Rule):
            found += times
            hits += 1
    return found


def _count(filled: Cells, form: re.Pattern[str]) -> int:
    return sum(times for one, times in filled.items() if form.fullmatch(unicodedata.normalize("NFKC", one)))


def _is_serial(plain: Cells) -> bool:
    """Say whether the numbers are nearly all there are between the smallest and the largest, each once."""
    numbers = [int(one) for one in plain]
    if len(numbers) < K or len(numbers) < 0.95 * sum(plain.values()):
        return False
    return max(numbers) - min(numbers) + 1 <= 1.1 * len(numbers)


def _may_be_listed(value: str) -> bool:
    """Say whether a schema can list the value (spec/schema.md 2)."""
    return len(value) <= 100 and value.isprintable() and unicodedata.normalize("NFC", value) == value
