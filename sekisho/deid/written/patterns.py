"""Patterns that a schema may ask for: those that cost little on any text (spec/schema.md 3).

Python's matcher tries ways one after the other; a repeat inside a repeat has more ways than anybody can wait for, and a
schema comes from outside. So no repeat may hold another repeat, a choice or a back reference, and repeats one after the
other may share a text of the column's longest length in ten million ways at most.
"""

import re
from collections.abc import Iterable
from re import _parser  # type: ignore[attr-defined]  # the one reader of the syntax that compiles it
from typing import Any

MOST_WAYS = 10**7  # in which the repeats can share a text of the longest kind
_REPEATS = {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}
_DEAR = {*_REPEATS, "BRANCH", "GROUPREF", "GROUPREF_EXISTS", "ASSERT", "ASSERT_NOT", "ATOMIC_GROUP"}


def check_pattern(pattern: str, longest: int) -> str:
    """Give back `pattern` if it is a regular expression that is quick on texts of up to `longest` characters.

    Raises ValueError for any other.
    """
    try:
        parsed = _parser.parse(pattern)
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError("no regular expression") from error
    ways = 1
    for name, argument in _walk(parsed):
        if name in _REPEATS:
            least, most, body = argument
            ways *= max(min(int(most), longest) - int(least), 0) + 1
            if most > 1 and any(inner in _DEAR for inner, _ in _walk(body)):
                raise ValueError("a repeat that may take too long")
    if ways > MOST_WAYS:
        raise ValueError("repeats that may take too long")
    return pattern


def _walk(parsed: Iterable[tuple[Any, Any]]) -> Iterable[tuple[str, Any]]:
    """Give every operation in a parsed pattern, at any depth."""
    for code, argument in parsed:
        yield str(code), argument
        for part in _parts(argument):
            yield from _walk(part)


def _parts(argument: Any) -> Iterable[Any]:
    if isinstance(argument, _parser.SubPattern):
        yield argument
    elif isinstance(argument, list | tuple):
        for one in argument:
            yield from _parts(one)
