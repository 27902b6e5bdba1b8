"""Ladders that need no declaration: they are known by the name of what a column holds (spec/policy.md 4.1)."""

from dataclasses import dataclass
from enum import Enum
from typing import assert_never

from sekisho.deid.ladders.builtin import age, icd10, merged, municipalities, municipality, postal_code
from sekisho.deid.ladders.builtin.given_up import Merged
from sekisho.deid.ladders.ladder import TOP, Labels
from sekisho.deid.table import Value


class Known(Enum):
    """What a column holds."""

    MUNICIPALITY = "municipality"
    POSTAL_CODE = "postal-code"
    ICD_10 = "icd-10"
    AGE = "age"


EDITIONS = {
    Known.MUNICIPALITY: f"{municipalities.AS_OF}/{merged.EDITION}",
    Known.POSTAL_CODE: "1",
    Known.ICD_10: icd10.VERSION,
    Known.AGE: "1",
}
"""Which table a ladder stands on: a new one makes another digest."""

_HEIGHTS = {
    Known.MUNICIPALITY: municipality.HEIGHT,
    Known.POSTAL_CODE: postal_code.HEIGHT,
    Known.ICD_10: icd10.HEIGHT,
    Known.AGE: age.HEIGHT,
}


@dataclass(frozen=True)
class BuiltIn:
    """The ladder of municipalities, postal codes, ICD-10 or ages."""

    name: Known
    merged: Merged | None = None  # with municipalities: the codes given up, if not those of the built-in table

    @property
    def height(self) -> int:
        return _HEIGHTS[self.name]


def climb_builtin(rule: BuiltIn, without: frozenset[Value], value: Value) -> Labels | None:
    """Give back the labels of a value; None where the table has none of it, or it is one of `without`."""
    if rule.name is Known.AGE:
        if not isinstance(value, int):
            raise TypeError("ages are whole numbers")
        years = age.climb_age(value)
        return years and (*years, TOP)
    if not isinstance(value, str):
        raise TypeError("codes are texts")
    labels = None if value in without else _climb_code(rule, value)
    return labels and (value, *labels, TOP)


def doubtful(rule: BuiltIn, present: tuple[Value, ...]) -> frozenset[Value]:
    """Give back those values of a column that may stand for another than they seem to.

    Where a municipality has its six digits, five are one of six that lost its zero: 15 such are the codes of others.
    """
    texts = [one for one in present if isinstance(one, str)]
    if rule.name is not Known.MUNICIPALITY or not any(
        len(one) > municipality.SHORT and merged.climb_municipality(one, rule.merged) for one in texts
    ):
        return frozenset()
    return frozenset(one for one in texts if len(one) == municipality.SHORT)


def _climb_code(rule: BuiltIn, code: str) -> tuple[str, ...] | None:
    match rule.name:
        case Known.MUNICIPALITY:
            return merged.climb_municipality(code, rule.merged)
        case Known.POSTAL_CODE:
            return postal_code.climb_postal_code(code)
        case Known.ICD_10:
            return icd10.climb_icd10(code)
        case Known.AGE:
            raise TypeError("an age is no code")
        case _:
            assert_never(rule.name)
