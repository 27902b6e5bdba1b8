"""Numbers of a policy's file, read exactly and within limits."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from pydantic import Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from sekisho.statement import LARGEST_INTEGER

LARGEST_COUNT = 10**9
MOST_PLACES = 9


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
