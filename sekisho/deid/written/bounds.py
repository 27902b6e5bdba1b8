"""Bounds as a policy's file has them, and as its canonical form has them (spec/policy.md 3 and 6)."""

from collections.abc import Mapping
from dataclasses import fields
from fractions import Fraction
from typing import Any

from sekisho.deid.bounds import (
    AlphaK,
    AverageRisk,
    BetaLikeness,
    Bound,
    DeltaDisclosure,
    Distance,
    DistinctL,
    EntropyL,
    HighestRisk,
    KMap,
    KSubjects,
    Presence,
    RecursiveL,
    TCloseness,
)
from sekisho.deid.ladders.rule import write_rule
from sekisho.deid.written.ladders import read_rule
from sekisho.deid.written.lines import Key, Lines
from sekisho.deid.written.shapes import BoundPart, TClosenessPart

MEASURES: Mapping[str, type[Bound]] = {
    "k-map": KMap,
    "k-subjects": KSubjects,
    "presence": Presence,
    "highest-risk": HighestRisk,
    "average-risk": AverageRisk,
    "alpha-k": AlphaK,
    "distinct-l": DistinctL,
    "entropy-l": EntropyL,
    "recursive-l": RecursiveL,
    "t-closeness": TCloseness,
    "delta-disclosure": DeltaDisclosure,
    "beta-likeness": BetaLikeness,
}
"""What each bound is called in files and facts; its fields have the same names there as in Python."""

_NAMES = {kind: name for name, kind in MEASURES.items()}


def measure_of(bound: Bound) -> str:
    """Give back what the bound is called in a policy's file."""
    return _NAMES[type(bound)]


def read_bound(part: BoundPart, files: Mapping[str, bytes], *, lines: Lines, key: Key) -> Bound:
    """Give back the bound; refuses as `read_rule` does where it has a ladder."""
    given = {name: getattr(part, name) for name in type(part).model_fields if name != "measure"}
    if isinstance(part, TClosenessPart):
        given["distance"] = Distance(part.distance)
        if part.ladder is not None:
            given["ladder"] = read_rule(part.column, part.ladder, files, lines=lines, key=(*key, "ladder"))
    return MEASURES[part.measure](**given)


def fields_of(bound: Bound) -> dict[str, Any]:
    """Give back the keys and values of a bound as a file would have them, its ladder left out; numbers are exact."""
    told = {one.name: getattr(bound, one.name) for one in fields(bound) if one.name != "ladder"}
    if isinstance(bound, TCloseness):
        told["distance"] = bound.distance.value
    return {"measure": measure_of(bound), **told}


def write_bound(bound: Bound) -> dict[str, Any]:
    """Give back the bound for the canonical form: what need not be whole as `p/q`, a ladder as its rule."""
    told = fields_of(bound)
    for one in fields(bound):
        if one.type is Fraction:  # whoever makes a bound in Python may give a whole number
            told[one.name] = write_fraction(told[one.name])
    if isinstance(bound, TCloseness):
        told["ladder"] = None if bound.ladder is None else write_rule(bound.ladder)
    return told


def write_fraction(number: Fraction | int) -> str:
    """Give back a reduced fraction, such as `1/20`."""
    return f"{number.numerator}/{number.denominator}"
