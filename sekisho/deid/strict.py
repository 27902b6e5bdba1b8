"""TOML files that people write, read strictly: an unknown key is an error that names it."""

import re
import tomllib
from decimal import Decimal
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from sekisho.errors import Malformed, Reason

_LINE = re.compile(r"at line (\d+)")


class Strict(BaseModel):
    """A part of a settings file: no unknown key, no silent conversion."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


Part = TypeVar("Part", bound=Strict)


def read_toml(raw: bytes, shape: type[Part], reason: Reason) -> Part:
    """Give back `raw` in the given shape.

    Refuses with `Malformed(reason)`: bytes that are no UTF-8 or no TOML (fact `line`), and the first key that is
    missing, unknown or of a wrong kind (facts `key` such as `column.3.role`, counted from 1, and `rule`).
    """
    try:
        tree = tomllib.loads(raw.decode(), parse_float=Decimal)
    except UnicodeDecodeError as error:
        raise Malformed(reason, rule="utf-8", line=raw.count(b"\n", 0, error.start) + 1) from error
    except (ValueError, RecursionError) as error:  # TOMLDecodeError, and numbers or nesting without end
        found = _LINE.search(str(error))
        line = int(found.group(1)) if found else raw.count(b"\n") + 1  # no place is told at the end of the file
        raise Malformed(reason, rule="toml", line=line) from error
    try:
        return shape.model_validate(tree)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        key = ".".join(str(one + 1) if isinstance(one, int) else one for one in first["loc"])
        raise Malformed(reason, key=key, rule=first["type"]) from None  # pydantic's text repeats what was read
