"""What a table's columns are and which role each plays (spec/schema.md)."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cached_property
from typing import Any, Literal

from pydantic import Field, ValidationError

from sekisho.deid.written.patterns import check_pattern
from sekisho.deid.written.strict import Strict, read_toml
from sekisho.digest import Digest, digest_of
from sekisho.errors import Malformed, Reason
from sekisho.statement import LARGEST_INTEGER, check_fields, read_canonical, write_canonical

FORMAT = "sekisho-schema-v1"
MOST_COLUMNS = 1_000  # spec/schema.md 2
LONGEST_NAME = 100
FORMULA = "=+-@＝＋－＠﹦﹢﹣﹫\u2212"  # spreadsheets, and what Japanese input makes of their signs


class Role(Enum):
    """What a column can do to a person's privacy."""

    IDENTIFIER = "identifier"  # names a person; always deleted
    QUASI_IDENTIFIER = "quasi-identifier"  # others may know it; generalised until it singles nobody out
    SENSITIVE = "sensitive"  # what an attacker wants to learn
    PLAIN = "plain"  # neither


class Kind(Enum):
    """What the cells of a column are, once read."""

    TEXT = "text"
    INTEGER = "integer"
    DATE = "date"
    CODE = "code"


class Encoding(Enum):
    CP932 = "cp932"
    UTF_8 = "utf-8"


Bound = int | date


@dataclass(frozen=True)
class ColumnSchema:
    """One column as declared; bounds are inclusive, `longest` counts characters, `pattern` must match the whole cell."""

    name: str
    kind: Kind
    role: Role
    blank: bool = False
    minimum: Bound | None = None
    maximum: Bound | None = None
    values: tuple[str, ...] = ()
    pattern: str | None = None
    longest: int = 200


@dataclass(frozen=True)
class Schema:
    """A table as declared: the columns in the order of the file."""

    name: str
    encoding: Encoding
    delimiter: str
    columns: tuple[ColumnSchema, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.columns)

    @cached_property
    def digest(self) -> Digest:
        """SHA-256 of the canonical JSON (spec/schema.md 4): what a parcel's label names."""
        return digest_of(write_schema(self))

    def column(self, name: str) -> ColumnSchema:
        return self._by_name[name]

    def with_role(self, role: Role) -> tuple[ColumnSchema, ...]:
        return tuple(one for one in self.columns if one.role is role)

    @cached_property
    def _by_name(self) -> dict[str, ColumnSchema]:
        return {one.name: one for one in self.columns}


class _Column(Strict):
    name: str
    type: Literal["text", "integer", "date", "code"]
    role: Literal["identifier", "quasi-identifier", "sensitive", "plain"]
    blank: bool = False
    minimum: int | date | str | None = None
    maximum: int | date | str | None = None
    values: list[str] = Field(default=[], max_length=100_000)
    pattern: str | None = Field(default=None, min_length=1, max_length=1_000)
    longest: int | None = Field(default=None, ge=1, le=10_000)


class _File(Strict):
    format: Literal["sekisho-schema-v1"]
    name: str
    encoding: Literal["cp932", "utf-8"]
    delimiter: Literal[",", ";", "\t", "|"] = ","
    column: list[_Column] = Field(min_length=1, max_length=MOST_COLUMNS)


def read_schema(raw: bytes) -> Schema:
    """Give back the schema that a TOML file declares (spec/schema.md 2), or refuse with SCHEMA_MALFORMED."""
    return _schema_of(read_toml(raw, _File, Reason.SCHEMA_MALFORMED))


def read_written_schema(raw: bytes) -> Schema:
    """Give back the schema whose canonical JSON this is (spec/schema.md 4): the `schema.json` that came with a table."""
    try:
        value = check_fields(read_canonical(raw), format=str, name=str, encoding=str, delimiter=str, columns=list)
        declared = {**value, "column": [_declared(one) for one in value["columns"]]}
        del declared["columns"]
        schema = _schema_of(_File.model_validate(declared))
    except (Malformed, ValidationError) as error:
        raise _malformed("columns", "canonical") from error
    if write_schema(schema) != raw:
        raise _malformed("columns", "canonical")
    return schema


def _declared(column: object) -> dict[str, Any]:
    """Give back what of a written column somebody declared; the rest stands there only because all keys do."""
    if not isinstance(column, dict):
        raise _malformed("columns", "object")
    blank = {"longest"} if column.get("type") in {"integer", "date"} else set()
    return {name: told for name, told in column.items() if told is not None and told != [] and name not in blank}


def _schema_of(file: _File) -> Schema:
    columns = tuple(_read_column(one, f"column.{place}") for place, one in enumerate(file.column, 1))
    schema = Schema(_check_name(file.name, "name"), Encoding(file.encoding), file.delimiter, columns)
    for place, one in enumerate(columns, 1):
        if one.name in schema.names[: place - 1]:
            raise _malformed(f"column.{place}.name", "unique")
    return schema


def write_schema(schema: Schema) -> bytes:
    """Give back the schema's canonical JSON (spec/schema.md 4)."""
    return write_canonical(
        {
            "format": FORMAT,
            "name": schema.name,
            "encoding": schema.encoding.value,
            "delimiter": schema.delimiter,
            "columns": [_write_column(one) for one in schema.columns],
        }
    )


def _read_column(part: _Column, key: str) -> ColumnSchema:
    kind = Kind(part.type)
    _check_fields_fit(part, kind, key)
    minimum, maximum = (_read_bound(getattr(part, one), kind, f"{key}.{one}") for one in ("minimum", "maximum"))
    if minimum is not None and maximum is not None and minimum > maximum:  # type: ignore[operator]  # same kind, checked above
        raise _malformed(f"{key}.maximum", "below-minimum")
    if part.name.startswith(tuple(FORMULA)):
        raise _malformed(f"{key}.name", "formula")
    for value in part.values:
        _check_name(value, f"{key}.values")
    if len(set(part.values)) != len(part.values):
        raise _malformed(f"{key}.values", "unique")
    return ColumnSchema(
        name=_check_name(part.name, f"{key}.name"),
        kind=kind,
        role=Role(part.role),
        blank=part.blank,
        minimum=minimum,
        maximum=maximum,
        values=tuple(part.values),
        pattern=part.pattern,
        longest=200 if part.longest is None else part.longest,
    )


def _check_fields_fit(part: _Column, kind: Kind, key: str) -> None:
    """Refuse a rule that means nothing for the column's type (spec/schema.md 3)."""
    numeric = kind in {Kind.INTEGER, Kind.DATE}
    unfit = {
        "minimum": part.minimum is not None and not numeric,
        "maximum": part.maximum is not None and not numeric,
        "values": bool(part.values) and kind is not Kind.CODE,
        "pattern": part.pattern is not None and numeric,
        "longest": part.longest is not None and numeric,
    }
    for field, wrong in unfit.items():
        if wrong:
            raise _malformed(f"{key}.{field}", "not-for-this-type")
    if part.pattern is not None:
        try:
            check_pattern(part.pattern, 200 if part.longest is None else part.longest)
        except ValueError as error:
            raise _malformed(f"{key}.pattern", "regular-expression") from error


def _read_bound(bound: object, kind: Kind, key: str) -> Bound | None:
    if isinstance(bound, str) and kind is Kind.DATE:
        try:
            bound = date.fromisoformat(bound)
        except ValueError as error:
            raise _malformed(key, "date") from error
    match kind, bound:
        case _, None:
            return None
        case Kind.INTEGER, int() if abs(bound) <= LARGEST_INTEGER:
            return bound
        case Kind.DATE, date():
            return bound
        case _:
            raise _malformed(key, kind.value)


def _check_name(text: str, key: str) -> str:
    """Give back `text` if a person can read it as it stands: not empty, NFC, no control or format characters."""
    if not text or len(text) > LONGEST_NAME or text != text.strip():
        raise _malformed(key, "length-or-spaces")
    if unicodedata.normalize("NFC", text) != text:
        raise _malformed(key, "nfc")
    if any(unicodedata.category(one) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for one in text):
        raise _malformed(key, "control")
    return text


def _write_column(column: ColumnSchema) -> dict[str, Any]:
    return {
        "name": column.name,
        "type": column.kind.value,
        "role": column.role.value,
        "blank": column.blank,
        "minimum": _write_bound(column.minimum),
        "maximum": _write_bound(column.maximum),
        "values": list(column.values),
        "pattern": column.pattern,
        "longest": column.longest,
    }


def _write_bound(bound: Bound | None) -> int | str | None:
    return bound.isoformat() if isinstance(bound, date) else bound


def _malformed(key: str, rule: str) -> Malformed:
    return Malformed(Reason.SCHEMA_MALFORMED, key=key, rule=rule)
