"""What a table's columns are and which role each plays (spec/schema.md)."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from sekisho.deid.declared.layout import Csv, Layout, write_layout
from sekisho.deid.declared.places import layout_of, written_layout
from sekisho.deid.declared.shapes import ColumnPart, FilePart
from sekisho.deid.numbers.codes import Code
from sekisho.deid.written.patterns import check_pattern
from sekisho.deid.written.strict import read_toml
from sekisho.digest import Digest, digest_of
from sekisho.errors import Malformed, Reason
from sekisho.statement import LARGEST_INTEGER, check_fields, read_canonical, write_canonical

FORMAT = "sekisho-schema-v1"
LONGEST_NAME = 100
LONGEST_FREE_TEXT = 2_000
FORMULA = "=+-@＝＋－＠﹦﹢﹣﹫\u2212"  # spreadsheets, and what Japanese input makes of their signs


class Role(Enum):
    """What a column can do to a person's privacy."""

    IDENTIFIER = "identifier"  # names a person; always deleted
    QUASI_IDENTIFIER = "quasi-identifier"  # others may know it; generalised until it singles nobody out
    SENSITIVE = "sensitive"  # what an attacker wants to learn
    PLAIN = "plain"  # neither
    STRIPPED = "stripped"  # never leaves the municipality: left out when the table is sealed


class Kind(Enum):
    """What the cells of a column are, once read."""

    TEXT = "text"
    INTEGER = "integer"
    DATE = "date"
    CODE = "code"
    PARTIAL_DATE = "partial-date"  # a date, or what is known of it, as text: 1972-10-00
    MONTH = "month"  # as text: 1972-10
    MUNICIPALITY = "municipality"  # as text of five digits
    POSTAL_CODE = "postal-code"  # as text of seven digits
    FREE_TEXT = "free-text"


TEXTS = frozenset(Kind) - {Kind.INTEGER, Kind.DATE}
"""Kinds whose values are texts."""
WITH_LENGTH = frozenset({Kind.TEXT, Kind.CODE, Kind.FREE_TEXT})
"""Kinds of which a schema may say how long they are."""


class Encoding(Enum):
    CP932 = "cp932"
    UTF_8 = "utf-8"
    UTF_16 = "utf-16"


Bound = int | date


@dataclass(frozen=True)
class ColumnSchema:
    """One column as declared; bounds are inclusive, `longest` counts characters, `pattern` must match the whole cell.

    Rows with one of the values `withhold` never leave the municipality. `at` and `width_bytes` are its place in a record of fixed length, `source` the kind of line and the item of a claim.
    """

    name: str
    kind: Kind
    role: Role
    blank: bool = False
    minimum: Bound | None = None
    maximum: Bound | None = None
    values: tuple[str, ...] = ()
    pattern: str | None = None
    longest: int = 200
    holds: Code | None = None
    withhold: tuple[str, ...] = ()
    digits: int | None = None
    at: int | None = None
    width_bytes: int | None = None
    source: str | None = None


@dataclass(frozen=True)
class Schema:
    """A table as declared: the columns in the order of the file."""

    name: str
    encoding: Encoding
    layout: Layout
    columns: tuple[ColumnSchema, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.columns)

    @property
    def csv(self) -> Csv:
        """The layout of a CSV; ValueError for a file of another layout."""
        if not isinstance(self.layout, Csv):
            raise ValueError("no CSV")  # noqa: TRY004 - the value is wrong, not its type
        return self.layout

    @cached_property
    def digest(self) -> Digest:
        """SHA-256 of the canonical JSON (spec/schema.md 6): what a parcel's label names."""
        return digest_of(write_schema(self))

    def column(self, name: str) -> ColumnSchema:
        return self._by_name[name]

    def with_role(self, role: Role) -> tuple[ColumnSchema, ...]:
        return tuple(one for one in self.columns if one.role is role)

    @cached_property
    def _by_name(self) -> dict[str, ColumnSchema]:
        return {one.name: one for one in self.columns}


def read_schema(raw: bytes) -> Schema:
    """Give back the schema that a TOML file declares (spec/schema.md 2), or refuse with SCHEMA_MALFORMED."""
    return _schema_of(read_toml(raw, FilePart, Reason.SCHEMA_MALFORMED))


def read_written_schema(raw: bytes) -> Schema:
    """Give back the schema whose canonical JSON this is (spec/schema.md 6): the `schema.json` that came with a table."""
    try:
        value = check_fields(read_canonical(raw), format=str, name=str, encoding=str, layout=dict, columns=list)
        declared = {
            **{name: value[name] for name in ("format", "name", "encoding")},
            **written_layout(value["layout"]),
            "column": [_declared(one) for one in value["columns"]],
        }
        schema = _schema_of(FilePart.model_validate(declared))
    except (Malformed, ValidationError) as error:
        raise _malformed("columns", "canonical") from error
    if write_schema(schema) != raw:
        raise _malformed("columns", "canonical")
    return schema


def _declared(column: object) -> dict[str, Any]:
    """Give back what of a written column somebody declared; the rest stands there only because all keys do."""
    if not isinstance(column, dict):
        raise _malformed("columns", "object")
    blank = set() if column.get("type") in {one.value for one in WITH_LENGTH} else {"longest"}
    return {name: told for name, told in column.items() if told is not None and told != [] and name not in blank}


def _schema_of(file: FilePart) -> Schema:
    columns = tuple(_read_column(one, f"column.{place}") for place, one in enumerate(file.column, 1))
    schema = Schema(_check_name(file.name, "name"), Encoding(file.encoding), layout_of(file), columns)
    for place, one in enumerate(columns, 1):
        if one.name in schema.names[: place - 1]:
            raise _malformed(f"column.{place}.name", "unique")
    return schema


def write_schema(schema: Schema) -> bytes:
    """Give back the schema's canonical JSON (spec/schema.md 6)."""
    return write_canonical(
        {
            "format": FORMAT,
            "name": schema.name,
            "encoding": schema.encoding.value,
            "layout": write_layout(schema.layout),
            "columns": [_write_column(one) for one in schema.columns],
        }
    )


def _read_column(part: ColumnPart, key: str) -> ColumnSchema:
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
        role=_check_role(part, key),
        blank=part.blank,
        minimum=minimum,
        maximum=maximum,
        values=tuple(part.values),
        pattern=part.pattern,
        longest=_longest(part, kind),
        holds=None if part.holds is None else Code(part.holds),
        withhold=tuple(part.withhold),
        digits=part.digits,
        at=part.at,
        width_bytes=part.bytes,
        source=part.from_,
    )


def _longest(part: ColumnPart, kind: Kind) -> int:
    usual = LONGEST_FREE_TEXT if kind is Kind.FREE_TEXT else 200
    return usual if part.longest is None else part.longest


def _check_role(part: ColumnPart, key: str) -> Role:
    """Give back the role; no 個人識別符号 has one in which it could stay, and My Number none in which it travels."""
    role = Role(part.role)
    if part.withhold and role is not Role.STRIPPED:
        raise _malformed(f"{key}.withhold", "withhold-not-stripped")
    if part.values and not set(part.withhold) <= set(part.values):
        raise _malformed(f"{key}.withhold", "withhold-no-value")
    if part.type == Kind.FREE_TEXT.value and role is Role.QUASI_IDENTIFIER:
        raise _malformed(f"{key}.role", "free-text-quasi-identifier")
    if part.holds == Code.MY_NUMBER.value and role is not Role.STRIPPED:
        raise _malformed(f"{key}.role", "my-number-not-stripped")
    if part.holds is not None and Code(part.holds).is_individual_code and role not in {Role.IDENTIFIER, Role.STRIPPED}:
        raise _malformed(f"{key}.role", "individual-code-kept")
    return role


def _check_fields_fit(part: ColumnPart, kind: Kind, key: str) -> None:
    """Refuse a rule that means nothing for the column's type (spec/schema.md 3)."""
    bounded = kind in {Kind.INTEGER, Kind.DATE, Kind.PARTIAL_DATE}
    unfit = {
        "minimum": part.minimum is not None and not bounded,
        "maximum": part.maximum is not None and not bounded,
        "values": bool(part.values) and kind is not Kind.CODE,
        "pattern": part.pattern is not None and kind not in {Kind.TEXT, Kind.CODE},
        "longest": part.longest is not None and kind not in WITH_LENGTH,
        "withhold": bool(part.withhold) and kind is not Kind.CODE,
        "digits": part.digits is not None and kind is not Kind.MUNICIPALITY,
    }
    for field, wrong in unfit.items():
        if wrong:
            raise _malformed(f"{key}.{field}", "not-for-this-type")
    if part.pattern is not None:
        try:
            check_pattern(part.pattern, _longest(part, kind))
        except ValueError as error:
            raise _malformed(f"{key}.pattern", "regular-expression") from error


def _read_bound(bound: object, kind: Kind, key: str) -> Bound | None:
    if isinstance(bound, str) and kind in {Kind.DATE, Kind.PARTIAL_DATE}:
        try:
            bound = date.fromisoformat(bound)
        except ValueError as error:
            raise _malformed(key, "date") from error
    match kind, bound:
        case _, None:
            return None
        case Kind.INTEGER, int() if abs(bound) <= LARGEST_INTEGER:
            return bound
        case Kind.DATE | Kind.PARTIAL_DATE, date():
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
        "holds": None if column.holds is None else column.holds.value,
        "withhold": list(column.withhold),
        "digits": column.digits,
        "at": column.at,
        "bytes": column.width_bytes,
        "from": column.source,
    }


def _write_bound(bound: Bound | None) -> int | str | None:
    return bound.isoformat() if isinstance(bound, date) else bound


def _malformed(key: str, rule: str) -> Malformed:
    return Malformed(Reason.SCHEMA_MALFORMED, key=key, rule=rule)
