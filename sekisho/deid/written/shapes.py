"""The parts of a policy's file, key by key (spec/policy.md 2): what is read, and what editors are told."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from sekisho.deid.written.strict import Strict
from sekisho.statement import LARGEST_INTEGER

LARGEST_COUNT = 10**9
MOST_PLACES = 9
DEFAULT_STEPS = 30  # per distinct tuple
MOST_STEPS = 100_000


@dataclass(frozen=True)
class Within:
    """A number that is read exactly, as a fraction: at least `least`, or more than `above`; `most` or `below` alike."""

    least: int | None = None
    above: int | None = None
    most: int | None = None
    below: int | None = None

    def read(self, value: object) -> Fraction:
        if isinstance(value, bool) or not isinstance(value, int | Decimal | Fraction):
            raise PydanticCustomError("exact-number", "not a number")
        if isinstance(value, Decimal):
            _check_places(value)
        if self.least is not None and value < self.least:
            raise PydanticCustomError("greater_than_equal", "too small", {"ge": self.least})
        if self.above is not None and value <= self.above:
            raise PydanticCustomError("greater_than", "too small", {"gt": self.above})
        if self.most is not None and value > self.most:
            raise PydanticCustomError("less_than_equal", "too large", {"le": self.most})
        if self.below is not None and value >= self.below:
            raise PydanticCustomError("less_than", "too large", {"lt": self.below})
        return Fraction(value)

    def __get_pydantic_core_schema__(self, source: Any, inner: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, inner: GetJsonSchemaHandler) -> JsonSchemaValue:
        limits = {
            "minimum": self.least,
            "exclusiveMinimum": self.above,
            "maximum": self.most,
            "exclusiveMaximum": self.below,
        }
        return {"type": "number", **{name: limit for name, limit in limits.items() if limit is not None}}


def _check_places(value: Decimal) -> None:
    places = value.as_tuple().exponent
    if not isinstance(places, int):  # inf and nan
        raise PydanticCustomError("exact-number", "not a number")
    if places < -MOST_PLACES:  # before it becomes a fraction: 1e-999999999 would fill the memory
        raise PydanticCustomError("decimal_max_places", "too many places", {"decimal_places": MOST_PLACES})


Share = Annotated[Fraction, Within(least=0, most=1)]
Risk = Annotated[Fraction, Within(above=0, most=1)]
Close = Annotated[Fraction, Within(least=0, below=1)]
Positive = Annotated[Fraction, Within(above=0, most=LARGEST_COUNT)]
MoreThanOne = Annotated[Fraction, Within(above=1, most=LARGEST_COUNT)]
Count = Annotated[int, Field(ge=2, le=LARGEST_COUNT)]
Limit = Annotated[int, Field(ge=-LARGEST_INTEGER, le=LARGEST_INTEGER)]
Column = Annotated[str, Field(min_length=1, description="A column whose role is sensitive")]


class TreePart(Strict):
    """A ladder: one of `file`, `bands` and `date`."""

    file: str | None = Field(default=None, description="A hierarchy file, named from the policy's folder")
    bands: list[Limit] | None = Field(
        default=None, min_length=1, max_length=12, description="Widths of bands, each a multiple of the one before"
    )
    date: list[Literal["month", "year", "decade"]] | None = Field(
        default=None, min_length=1, description="Levels of the calendar, in this order"
    )
    top: Limit | None = Field(default=None, description="With bands: from here on, one band")
    bottom: Limit | None = Field(default=None, description="With bands: up to here, one band")


class LadderPart(TreePart):
    """A quasi-identifier's ladder: one of `file`, `bands` and `date`."""

    highest: int | None = Field(default=None, ge=0, description="The highest level that may be used")


class CodingPart(Strict):
    """Top and bottom coding of a column of whole numbers."""

    top: Limit | None = Field(default=None, description="From here on, one value")
    bottom: Limit | None = Field(default=None, description="Up to here, one value")


class KMapPart(Strict):
    """Every class stands for so many persons of the population."""

    measure: Literal["k-map"]
    at_least: Count


class HighestRiskPart(Strict):
    """1 / rows of the smallest class."""

    measure: Literal["highest-risk"]
    at_most: Risk


class AverageRiskPart(Strict):
    """Classes / rows."""

    measure: Literal["average-risk"]
    at_most: Risk


class DistinctLPart(Strict):
    """Different values of a sensitive column in every class."""

    measure: Literal["distinct-l"]
    column: Column
    at_least: Count


class EntropyLPart(Strict):
    """The entropy of a sensitive column in every class is at least the logarithm of `at_least`."""

    measure: Literal["entropy-l"]
    column: Column
    at_least: MoreThanOne


class RecursiveLPart(Strict):
    """Recursive (c, l)-diversity of a sensitive column in every class."""

    measure: Literal["recursive-l"]
    column: Column
    at_least: Count
    c: Positive


class TClosenessPart(Strict):
    """The distance of a sensitive column's spread in every class from that in the table."""

    measure: Literal["t-closeness"]
    column: Column
    at_most: Close
    distance: Literal["equal", "ordered", "hierarchical"]
    ladder: TreePart | None = Field(default=None, description="The tree of the hierarchical distance")


class DeltaDisclosurePart(Strict):
    """|ln(p / q)| of every value of a sensitive column, in every class."""

    measure: Literal["delta-disclosure"]
    column: Column
    at_most: Positive


class BetaLikenessPart(Strict):
    """(p - q) / q of every value of a sensitive column that a class has more of."""

    measure: Literal["beta-likeness"]
    column: Column
    at_most: Positive
    enhanced: bool = Field(default=False, description="At most min(at_most, -ln q)")


BoundPart = (
    KMapPart
    | HighestRiskPart
    | AverageRiskPart
    | DistinctLPart
    | EntropyLPart
    | RecursiveLPart
    | TClosenessPart
    | DeltaDisclosurePart
    | BetaLikenessPart
)


class PolicyFile(Strict):
    """What must hold in a released table, and what to make best."""

    format: Literal["sekisho-policy-v1"]
    k: int = Field(default=1, ge=1, le=LARGEST_COUNT, description="Rows alike in every class, from 2")
    suppression_limit: Share = Field(
        default_factory=Fraction, description="Share of rows that may be left out; 0 unless said"
    )
    goal: Literal["loss", "precision-loss", "discernibility", "average-class", "entropy-loss"] = Field(
        default="loss", description="What to make smallest"
    )
    mode: Literal["local", "global", "cells"] = Field(
        default="local", description="Labels for each class, one level for each column, or single cells that become *"
    )
    labels: Literal["ladder", "intervals", "sets"] | None = Field(
        default=None, description="With mode local: which labels may be written; intervals unless said"
    )
    star: Literal["value", "anything"] | None = Field(
        default=None, description="With mode cells: what * counts as; value unless said"
    )
    steps: int | None = Field(
        default=None,
        ge=0,
        le=MOST_STEPS,
        description=f"With mode local or cells: steps of refinement per distinct tuple; {DEFAULT_STEPS} unless said",
    )
    delete: list[str] = Field(default=[], max_length=1_000, description="Columns to leave out whole")
    bound: list[Annotated[BoundPart, Field(discriminator="measure")]] = Field(
        default=[], max_length=100, description="What must hold beside k"
    )
    ladder: dict[str, LadderPart] = Field(default={}, description="One for each quasi-identifier that stays")
    code: dict[str, CodingPart] = Field(default={}, description="Top and bottom coding of other columns")
