"""The parts of a schema's file, key by key (spec/schema.md 2 to 4): what is read, and what editors are told."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from sekisho.deid.numbers.codes import Code
from sekisho.deid.written.strict import Strict

MOST_COLUMNS = 1_000  # spec/schema.md 2
LARGEST_RECORD_BYTES = 1_000_000

Place = Annotated[int, Field(ge=1, le=LARGEST_RECORD_BYTES)]
Mark = Annotated[str, Field(min_length=1, max_length=10, pattern=r"^[0-9A-Za-z]+$")]


class ColumnPart(Strict):
    """One column, in the order of the file."""

    name: str = Field(description="As in the header, letter by letter")
    type: Literal[
        "text", "integer", "date", "partial-date", "month", "code", "municipality", "postal-code", "free-text"
    ]
    role: Literal["identifier", "quasi-identifier", "sensitive", "plain", "stripped"]
    holds: Literal[tuple(one.value for one in Code)] | None = Field(  # type: ignore[valid-type]
        default=None, description="What number or text of a person stands here, where it is one of these"
    )
    blank: bool = Field(default=False, description="May a cell be blank")
    minimum: int | date | str | None = None
    maximum: int | date | str | None = None
    values: list[str] = Field(default=[], max_length=100_000, description="Every allowed value of a code")
    pattern: str | None = Field(default=None, min_length=1, max_length=1_000)
    longest: int | None = Field(default=None, ge=1, le=10_000, description="Characters; 200 unless said")
    digits: Literal[5, 6] | None = Field(default=None, description="Of a municipality: how many digits its codes have")
    withhold: list[str] = Field(
        default=[], max_length=1_000, description="A stripped code's values: rows with one are left out when sealed"
    )
    at: Place | None = Field(default=None, description="Fixed length: the byte at which it begins, from 1")
    bytes: Place | None = Field(default=None, description="Fixed length: how many bytes")
    from_: str | None = Field(
        default=None,
        alias="from",
        pattern=r"^[A-Z]{2}\.[1-9][0-9]{0,2}$",
        description="Claims: kind of line and number of the item, as RE.5; item 1 is the kind itself",
    )


class FixedPart(Strict):
    """Records of fixed length."""

    record_bytes: Place = Field(description="Bytes of a record without its end")
    ends: Literal["crlf", "lf", "none"] = "crlf"
    header: Mark | None = Field(default=None, description="How the one header record begins")
    data_mark: Mark | None = Field(default=None, alias="data", description="How every row begins")
    trailer: Mark | None = Field(default=None, description="How the one trailer record begins")
    count_at: Place | None = Field(default=None, description="The trailer's byte at which the number of rows begins")
    count_bytes: Annotated[int, Field(ge=1, le=15)] | None = None


class UkePart(Strict):
    """Claims for medical fees."""

    row: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = Field(
        default="RE", description="Which kind of line makes a row"
    )


class FilePart(Strict):
    """A schema's file: CSV, unless `fixed` or `uke` stands in it."""

    format: Literal["sekisho-schema-v1"]
    name: str
    encoding: Literal["cp932", "utf-8", "utf-16"]
    delimiter: Literal[",", ";", "\t", "|"] | None = None
    header: bool | None = Field(default=None, description="CSV: the first record names the columns; true unless said")
    totals: Annotated[int, Field(ge=0, le=100)] | None = Field(
        default=None, description="CSV: so many records at the end are totals, not rows"
    )
    fixed: FixedPart | None = None
    uke: UkePart | None = None
    column: list[ColumnPart] = Field(min_length=1, max_length=MOST_COLUMNS)
