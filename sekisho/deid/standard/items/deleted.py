"""Item 1: no released cell is a value of a column that was deleted because it names persons (spec/standard.md 4.1)."""

import re
from collections.abc import Iterable, Iterator

from sekisho.deid.numbers.naming.sounds import to_katakana
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

    Compared are distinct values, after width, kana and what stands between words are made alike. Texts and numbers count
    wherever they stand, also inside of a longer text; numbers, which may agree by chance, only where most of the column's
    agree.
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
        plain = set(_plain_all(column.values))
        digits = {one for one in plain if one.isdigit()}
        numbers.update(one for one in digits if len(one) >= SHORTEST_DIGITS)
        texts.update(one for one in plain - digits if len(one) >= SHORTEST_TEXT)
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
    """Give back the cells with a number that a deleted column has, if too many for chance; else none."""
    runs = {value: runs for value in column.values if (runs := _runs_of(value))}
    same = {value for value, found in runs.items() if not numbers.isdisjoint(found)}
    if len(same) < FEWEST_DIGITS or len(same) < BY_CHANCE * len(runs):
        return counted(cells=0, values=0)
    return count_cells(column, lambda value: value in same)


def _runs_of(value: Value) -> frozenset[str]:
    """Give back the long numbers in a cell, with their groups joined and each by itself, without leading zeros."""
    if value is None:
        return frozenset()
    text = str(value)
    if len(text) < SHORTEST_DIGITS or len(_DIGIT.findall(text)) < SHORTEST_DIGITS:
        return frozenset()
    if text.isdecimal() and text.isascii():
        plain = text.lstrip("0")
        return frozenset((plain,)) if len(plain) >= SHORTEST_DIGITS else frozenset()
    found = _RUN.findall(_plain(text)) + _RUN.findall(to_katakana(text))
    return frozenset(plain for one in found if len(plain := one.lstrip("0")) >= SHORTEST_DIGITS)


def _plain(value: Value) -> str:
    """Give back a value as it is compared: as `to_katakana`, without what stands between words; numbers lose leading zeros."""
    return _plain_all((value,))[0] if value is not None else ""


def _plain_all(values: Iterable[Value]) -> list[str]:
    """Give back values as they are compared, blank ones left out; folded in one go, because there may be millions."""
    folded = to_katakana("\n".join(str(one).replace("\n", " ") for one in values if one is not None))
    for one in _BETWEEN:
        folded = folded.replace(one, "")
    return [one.lstrip("0") if one.isdigit() else one for one in folded.split("\n")]


_BETWEEN = " \t\r・,、._-‐−"  # after NFKC
_DIGIT = re.compile(r"\d")
_RUN = re.compile(rf"[0-9]{{{SHORTEST_DIGITS},}}")
