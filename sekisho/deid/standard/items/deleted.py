"""Item 1: no released cell is a value of a column that was deleted because it names persons (spec/standard.md 4.1)."""

import unicodedata
from collections.abc import Iterator

from sekisho.deid.schema import Kind, Role
from sekisho.deid.standard.judgement import Check, Look, Outcome, counted
from sekisho.deid.standard.looked import Looked, count_cells, parts_of, size_of
from sekisho.deid.table import Column, Value

MOST_ROWS_EACH = (
    10  # rows per distinct value up to which a column's values name persons, and are no prefectures or sexes
)
SHORTEST_DIGITS, SHORTEST_TEXT, LONGEST_WITHIN = 6, 3, 20
BY_CHANCE = (
    0.5  # share of distinct numbers that two unlike columns hardly have in common; a serial and an amount may have some
)
FEWEST_DIGITS = 3  # distinct numbers in common


def deleted_values(looked: Looked) -> Iterator[Check]:
    """Give back a check for each released column that holds values of a deleted one, or one that says that none does.

    Compared are distinct values, after width and spaces are made alike. Texts count wherever they stand, also inside of
    a longer text; numbers, which may agree by chance, only where most of the column's agree.
    """
    texts, numbers = _values_deleted(looked)
    begins = {one[:2] for one in texts}
    found = []
    for declared, column in looked.columns:
        if declared.name in looked.tokens:
            continue
        whole = declared.kind not in {Kind.TEXT, Kind.FREE_TEXT}
        same = count_cells(column, lambda value, whole=whole: _is_deleted(value, texts, begins, whole=whole))  # type: ignore[misc]  # a default binds the loop's variable
        if not dict(same)["cells"]:
            same = _same_numbers(column, numbers)
        if dict(same)["cells"]:
            looked_at = counted(cells=len(column), values=len(column.values))
            done = looked.done(declared.name)
            found.append(Check(Look.DELETED_VALUE, Outcome.FAULT, declared.name, "", looked_at, same, done))
    clear = Check(
        Look.DELETED_VALUE,
        Outcome.CLEAR,
        looked=(*size_of(one for _, one in looked.columns), ("deleted", len(texts) + len(numbers))),
        found=counted(cells=0),
    )
    yield from found or [Check(clear.look, clear.outcome, looked=tuple(sorted(clear.looked)), found=clear.found)]


def _values_deleted(looked: Looked) -> tuple[frozenset[str], frozenset[str]]:
    """Give back the distinct values of deleted columns that name persons: texts, and those of digits alone."""
    texts: set[str] = set()
    numbers: set[str] = set()
    for declared in looked.schema.columns:
        if declared.role not in {Role.IDENTIFIER, Role.STRIPPED} or declared.kind is Kind.FREE_TEXT:
            continue
        column = looked.original.column(declared.name).used()
        if len(column) > MOST_ROWS_EACH * len(column.values):
            continue
        for value in column.values:
            plain = _plain(value)
            if plain.isdigit():
                if len(plain) >= SHORTEST_DIGITS:
                    numbers.add(plain)
            elif len(plain) >= SHORTEST_TEXT:
                texts.add(plain)
    return frozenset(texts), frozenset(numbers)


def _is_deleted(value: Value, texts: frozenset[str], begins: set[str], *, whole: bool) -> bool:
    for part in parts_of(value):
        plain = _plain(part)
        if plain in texts:
            return True
        if not whole and any(
            _has_deleted(plain, at, texts) for at in range(len(plain)) if plain[at : at + 2] in begins
        ):
            return True
    return False


def _has_deleted(plain: str, at: int, texts: frozenset[str]) -> bool:
    longest = min(LONGEST_WITHIN, len(plain) - at)
    return any(plain[at : at + size] in texts for size in range(SHORTEST_TEXT, longest + 1))


def _same_numbers(column: Column, numbers: frozenset[str]) -> tuple[tuple[str, int], ...]:
    """Give back the cells whose number a deleted column has, if too many for chance; else none."""
    plain = {value: _plain(value) for value in column.values}
    long = [one for one in plain.values() if len(one) >= SHORTEST_DIGITS and one.isdigit()]
    same = [one for one in long if one in numbers]
    if len(same) < FEWEST_DIGITS or len(same) < BY_CHANCE * len(long):
        return counted(cells=0, values=0)
    return count_cells(column, lambda value: plain[value] in numbers)


def _plain(value: Value) -> str:
    """Give back a value as it is compared: NFKC, small letters, without spaces and hyphens; leading zeros of numbers go."""
    if value is None:
        return ""
    text = str(value)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_HYPHENS)
    plain = "".join(text.lower().replace("-", " ").split())
    return plain.lstrip("0") if plain.isdigit() else plain


_HYPHENS = {ord(one): " " for one in "‐‑−"}
