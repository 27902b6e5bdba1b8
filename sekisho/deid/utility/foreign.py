"""Cells of a table that another program released, spelled as ours are: what can be known of its labels from their text."""

import re
from collections.abc import Callable, Container
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import numpy as np

from sekisho.deid.ladders.ladder import TOP
from sekisho.deid.table import Column, Value

_END = r"(-?(?:[0-9]{1,18}(?:\.[0-9]{1,12})?|inf))"
_INTERVAL = re.compile(rf"([\[\](]){_END}[,;]{_END}([\])\[])")
_LIMIT = re.compile(rf"(>=|<=|>|<|≥|≤){_END}")
_AND_MORE = re.compile(rf"{_END}\+")
_NUMBER = re.compile(r"-?[0-9]{1,18}")


def as_ours(before: Column, after: Column, *, labels: Container[Value] = (), blank_is_star: bool = False) -> Column:
    """Give back a released column whose numbers and days are of the types that `before` has, and intervals in our spelling.

    In a column of whole numbers `[20, 40[`, `[20, 40)` and `[20.0, 39.5]` become `[20, 39]`; `(19, 39]` and `]19, 39]`
    as well; `>=90`, `>89`, `90+` and `[90, inf)` become `≥90`. With `blank_is_star` a blank cell is `*` where `before`
    has none: whoever leaves a cell out says nothing of it. What is one of `labels`, those of a ladder that was given, and
    a text that is none of these, stays as it is.

    >>> from sekisho.deid.table import column_of
    >>> before = column_of("age", [21, 22, 38, 39, 90, 95])
    >>> as_ours(before, column_of("age", ["[20, 40[", "(20, 22]", "38", "39", ">=90", None]), blank_is_star=True).cells()
    ['[20, 39]', '[21, 22]', 38, 39, '≥90', '*']
    """
    read = _reading({type(value) for value in before.used().values if value is not None})
    empty = TOP if blank_is_star and None not in before.used().values else None
    place: dict[Value, int] = {}
    used = after.used()
    words = [
        place.setdefault(value if value in labels else empty if value is None else read(value), len(place))
        for value in used.values
    ]
    return Column(after.name, tuple(place), np.array(words, dtype=np.int32)[used.codes])


def _reading(kinds: set[type]) -> Callable[[Value], Value]:
    if kinds == {int}:
        return _number
    if kinds == {date}:
        return _day
    return _text if kinds == {str} else lambda value: value


def _text(value: Value) -> Value:
    return value.isoformat() if isinstance(value, date) else str(value)


def _day(value: Value) -> Value:
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        return value


def _number(value: Value) -> Value:
    text = re.sub(r"\s", "", value).replace("−", "-") if isinstance(value, str) else ""
    if _NUMBER.fullmatch(text):
        return int(text)
    if found := _INTERVAL.fullmatch(text):
        opening, low, high, closing = found.groups()
        return _interval(_least(low, inside=opening == "["), _most(high, inside=closing == "]"), value)
    if found := _AND_MORE.fullmatch(text):
        return _interval(_least(found[1], inside=True), None, value)
    if found := _LIMIT.fullmatch(text):
        sign, end = found.groups()
        inside = sign not in {">", "<"}
        upwards = sign in {">=", ">", "≥"}
        low, high = (_least(end, inside=inside), None) if upwards else (None, _most(end, inside=inside))
        return _interval(low, high, value)
    return value


def _least(end: str, *, inside: bool) -> int | None:
    """Give back the least whole number from `end` on; None where there is no end."""
    if end.endswith("inf"):
        return None
    number = Decimal(end)
    return int(number.to_integral_value(ROUND_CEILING)) if inside else int(number.to_integral_value(ROUND_FLOOR)) + 1


def _most(end: str, *, inside: bool) -> int | None:
    if end.endswith("inf"):
        return None
    number = Decimal(end)
    return int(number.to_integral_value(ROUND_FLOOR)) if inside else int(number.to_integral_value(ROUND_CEILING)) - 1


def _interval(low: int | None, high: int | None, text: Value) -> Value:
    """Give back our spelling; `text` itself where nothing lies between the ends."""
    if low is None and high is None:
        return TOP
    if low is None:
        return f"≤{high}"
    if high is None:
        return f"≥{low}"
    return f"[{low}, {high}]".replace("-", "−") if low <= high else text
