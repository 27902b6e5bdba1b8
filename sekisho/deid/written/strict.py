"""TOML files that people write, read strictly: an unknown key is an error that names it."""

import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from sekisho.deid.written.lines import Key, lines_of, where
from sekisho.errors import Fact, Malformed, Reason

_LINE = re.compile(r"at line (\d+)")
_LIMITS = ("ge", "gt", "le", "lt", "min_length", "max_length", "decimal_places")  # pydantic's names
_CHOICES = ("expected", "expected_tags")
_TAGS = {"bound": "measure", "change": "do"}  # the key that says which kind of part it is


class Strict(BaseModel):
    """A part of a settings file: no unknown key, no silent conversion."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


Part = TypeVar("Part", bound=Strict)


def read_toml(raw: bytes, shape: type[Part], reason: Reason) -> Part:
    """Give back `raw` in the given shape.

    Refuses with `Malformed(reason)`: bytes that are no UTF-8 or no TOML (facts `rule` and `line`), and the first key
    that is missing, unknown or of a wrong kind (facts `line`, `key` such as `column.3.role`, counted from 1, and
    `rule`; beside them what would be right: `limit`, `values`, or `nearest` for a key that is not known).
    """
    try:
        text = raw.decode()
        tree = tomllib.loads(text, parse_float=Decimal)
    except UnicodeDecodeError as error:
        raise Malformed(reason, rule="utf-8", line=raw.count(b"\n", 0, error.start) + 1) from error
    except (ValueError, RecursionError) as error:  # TOMLDecodeError, and numbers or nesting without end
        found = _LINE.search(str(error))
        line = int(found.group(1)) if found else raw.count(b"\n") + 1  # no place is told at the end of the file
        raise Malformed(reason, rule="toml", line=line) from error
    try:
        return shape.model_validate(tree)
    except ValidationError as error:
        key, rule, right = first_misfit(error, tree, shape)
        facts = {**where(lines_of(text), key), **right, "rule": rule}
        raise Malformed(reason, findings=(), **facts) from None  # pydantic's text repeats what was read


def first_misfit(error: ValidationError, tree: Any, shape: type[Strict]) -> tuple[Key, str, dict[str, Fact]]:
    """Give back the key of the first thing that does not fit, the rule it breaks, and what would be right."""
    first = error.errors(include_url=False, include_input=False)[0]
    key, rule = _key_of(first["loc"], tree), first["type"]
    match rule:
        case "union_tag_not_found":
            return (*key, _TAGS[str(key[0])]), "missing", {}
        case "union_tag_invalid":
            return (*key, _TAGS[str(key[0])]), "literal_error", _right(first)
        case "extra_forbidden":
            near = get_close_matches(str(key[-1]), sorted(set(_keys_of(shape.model_json_schema()))), 1)
            return key, rule, {"nearest": near[0]} if near else {}
        case _:
            return key, rule, _right(first)


def _right(first: ErrorDetails) -> dict[str, Fact]:
    told: dict[str, Fact] = {}
    for name, value in first.get("ctx", {}).items():
        if name in _LIMITS:
            told["limit"] = value if isinstance(value, int) else str(value)
        if name in _CHOICES:
            told["values"] = str(value).replace("'", "").replace(" or ", ", ")
    return told


def _key_of(place: tuple[int | str, ...], tree: Any) -> Key:
    """Give back the key in the file: pydantic's place without the names of its own choices."""
    key: list[str | int] = []
    for number, part in enumerate(place, 1):
        match tree:
            case list() if isinstance(part, int):
                key.append(part + 1)
                tree = tree[part]
            case dict() if part in tree:
                key.append(part)
                tree = tree[part]
            case dict() if number == len(place):
                key.append(part)
            case _:
                pass
    return tuple(key)


def _keys_of(shape: Any) -> Iterator[str]:
    """Give every key that a JSON Schema knows anywhere."""
    if isinstance(shape, dict):
        yield from shape.get("properties", {})
        for part in (*shape.get("properties", {}).values(), *shape.get("$defs", {}).values()):
            yield from _keys_of(part)
