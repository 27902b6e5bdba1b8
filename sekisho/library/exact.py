"""What people write in Python, as exactly as a file would have it: fractions, tuples, and words that are choices."""

from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import Any, TypeVar

from sekisho.deid.changes.change import Where
from sekisho.deid.exam import Also, Exam
from sekisho.deid.policy import Mode
from sekisho.deid.written.lines import malformed
from sekisho.errors import Reason, WrongUsage

Number = Fraction | int | float | str
Choice = TypeVar("Choice", bound=Enum)
Given = TypeVar("Given")

ALL = "all"


def exact(number: Number, key: str) -> Fraction:
    """Give back the fraction; a float is taken as the decimal that it looks like.

    Refuses with POLICY_MALFORMED, at `key`, what is no number: other words, nan and infinities.
    """
    try:
        return Fraction(str(number)) if isinstance(number, float) else Fraction(number)
    except (ValueError, TypeError, ZeroDivisionError):
        raise malformed({}, (key,), rule="exact-number") from None


def at_least(key: str, given: int, least: int) -> int:
    """Give back the whole number given for the keyword `key`; USAGE where it is none, or smaller than `least`."""
    if not isinstance(given, int):
        raise WrongUsage(Reason.USAGE, key=key, rule="int_type")
    if given < least:
        raise WrongUsage(Reason.USAGE, key=key, limit=least, rule="greater_than_equal")
    return given


def exact_fields(given: Given) -> Given:
    """Give back a bound, a coding or a change whose fractions are exact and whose lists are tuples.

    Numbers are compared as fractions, and 0.05 means 1/20. One column alone need not stand in a list.
    """
    if not is_dataclass(given) or isinstance(given, type):
        raise TypeError("bounds, codings and changes are values such as DistinctL, Coding or Noise")
    kept: dict[str, Any] = {}
    for one in fields(given):
        value = getattr(given, one.name)
        if isinstance(value, Where):
            kept[one.name] = _where(value)
        elif _is(one.type, "Fraction") and isinstance(value, float | str):
            kept[one.name] = exact(value, one.name)
        elif _is(one.type, "tuple") and isinstance(value, str | list):
            kept[one.name] = listed(value)
    return replace(given, **kept)


def exact_exam(exam: Exam, mode: Mode = Mode.GLOBAL) -> Exam:
    """Give back the exam; its `also` may be names, or "all" for every measure that the other keys and the mode allow."""
    copula = exam.population is not None and mode is Mode.GLOBAL  # labels that overlap have no distribution
    return replace(exam, threshold=exact(exam.threshold, "exam.threshold"), also=_also(exam.also, copula=copula))


def _also(given: Any, *, copula: bool) -> tuple[Also, ...]:
    if given == ALL:
        return tuple(one for one in Also if copula or one is not Also.COPULA)
    return tuple(choice("also", Also, one) for one in listed(given))


def choice(key: str, choices: type[Choice], given: Choice | str) -> Choice:
    """Give back the choice that a word names; POLICY_MALFORMED, with the words there are, for any other."""
    known = {one.value: one for one in choices}
    if isinstance(given, choices):
        return given
    if given not in known:
        raise malformed({}, (key,), values=", ".join(known), rule="literal_error")
    return known[given]


def listed(given: Any) -> tuple[Any, ...]:
    """Give back a tuple; one value alone need not stand in a list."""
    return tuple(given) if isinstance(given, Iterable) and not isinstance(given, str) else (given,)


def _where(where: Where) -> Where:
    """Give back the condition as a file has it: an empty text is a blank cell, a day its ordinal."""
    values = tuple(None if one == "" else one for one in listed(where.values))
    above, below = (one.toordinal() if isinstance(one, date) else one for one in (where.above, where.below))
    return replace(where, values=values, above=above, below=below)


def _is(kind: Any, name: str) -> bool:
    """Say whether a field may hold values of the type of this name."""
    return name in getattr(kind, "__name__", "") or name in str(kind)
