"""A policy written in Python, as short as in a file."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from sekisho.deid.bounds import Bound
from sekisho.deid.ladders.bands import Bands
from sekisho.deid.ladders.builtin.known import BuiltIn, Known
from sekisho.deid.ladders.calendar import Calendar, Step
from sekisho.deid.ladders.cuts import Cuts
from sekisho.deid.ladders.file import FileLadder, read_ladder
from sekisho.deid.ladders.parts import Cutting, Parts
from sekisho.deid.ladders.prefix import Prefix
from sekisho.deid.ladders.rule import Rule
from sekisho.deid.policy import Climb, Coding, Goal, Mode, Policy, Star, Wording
from sekisho.deid.written.ladders import check_rule
from sekisho.deid.written.lines import malformed
from sekisho.deid.written.shapes import DEFAULT_STEPS
from sekisho.library.results import told_in_words
from sekisho.storage.files import read_file
from sekisho.tables.policy_file import LARGEST_FILE_BYTES
from sekisho.tables.policy_file import open_policy as policy_at

Number = Fraction | int | float | str
Choice = TypeVar("Choice", bound=Enum)


@told_in_words()
def make_policy(  # noqa: PLR0913 - one keyword for each part of a policy
    k: int,
    ladders: Mapping[str, Climb | Rule | str | Path] | None = None,
    *,
    suppression_limit: Number = 0,
    goal: Goal | str = Goal.LOSS,
    mode: Mode | str = Mode.LOCAL,
    labels: Wording | str = Wording.INTERVALS,
    star: Star | str = Star.VALUE,
    steps: int = DEFAULT_STEPS,
    bounds: Iterable[Bound] = (),
    delete: Iterable[str] = (),
    codings: Mapping[str, Coding] | None = None,
) -> Policy:
    """Give back the policy; the parts mean what they mean in a file (spec/policy.md).

    `ladders`: for each quasi-identifier a rule, a path to a ladder file, or a `Climb` that also sets the highest level.
    `suppression_limit` is a share from 0 to 1. Fractions may be written 0.05, "1/20" or `Fraction(1, 20)`; 0.05 is
    taken as the decimal that it looks like. Refuses a ladder that is malformed, and a word that is none of the choices;
    the rest is checked with the table.
    """
    return Policy(
        k=k,
        suppression_limit=_exact(suppression_limit),
        goal=_choice("goal", Goal, goal),
        mode=_choice("mode", Mode, mode),
        labels=_choice("labels", Wording, labels),
        star=_choice("star", Star, star),
        steps=steps,
        bounds=tuple(_exact_bound(one) for one in bounds),
        delete=frozenset([delete] if isinstance(delete, str) else delete),
        ladders={name: _climb(name, one) for name, one in (ladders or {}).items()},
        codings=dict(codings or {}),
    )


@told_in_words()
def open_policy(path: str | Path) -> Policy:
    """Give back the policy of a file; the ladders that it names lie beside or below it (spec/policy.md)."""
    return policy_at(Path(path))


@told_in_words()
def open_ladder(path: str | Path, column: str = "") -> FileLadder:
    """Give back the ladder of a hierarchy file (spec/policy.md 4); LADDER_MALFORMED names `column` or the file."""
    found = Path(path)
    return read_ladder(read_file(found, LARGEST_FILE_BYTES), column or found.stem)


def _climb(column: str, given: Climb | Rule | str | Path) -> Climb:
    match given:
        case Climb():
            return Climb(_checked(column, given.rule), given.highest)
        case str() | Path():
            return Climb(open_ladder(given, column))
        case _:
            return Climb(_checked(column, given))


def _checked(column: str, rule: Rule) -> Rule:  # noqa: PLR0911 - one per kind
    """Give back the rule, checked, with tuples for the lists and choices for the words that somebody wrote."""
    match rule:
        case Bands():
            return check_rule(column, Bands(tuple(rule.widths), rule.top, rule.bottom))
        case Calendar():
            return check_rule(column, Calendar(tuple(_choice("date", Step, one) for one in rule.steps)))
        case Cuts():
            return check_rule(column, Cuts(tuple(tuple(one) for one in rule.cuts)))
        case Parts():
            return check_rule(column, Parts(_choice("by", Cutting, rule.by), tuple(rule.parts)))
        case Prefix():
            return check_rule(column, Prefix(tuple(rule.lengths)))
        case BuiltIn():
            return BuiltIn(_choice("builtin", Known, rule.name))
        case FileLadder():
            return rule
        case _:
            raise TypeError("a ladder is a rule such as Bands or Calendar, or a path to a ladder file")


def _choice(key: str, choices: type[Choice], given: Choice | str) -> Choice:
    known = {one.value: one for one in choices}
    if isinstance(given, choices):
        return given
    if given not in known:
        raise malformed({}, (key,), values=", ".join(known), rule="literal_error")
    return known[given]


def _exact(number: Number) -> Fraction:
    return Fraction(str(number)) if isinstance(number, float) else Fraction(number)


def _exact_bound(bound: Bound) -> Bound:
    """Give back the bound with its floats as the decimals that they look like: bounds are compared as fractions."""
    exact: dict[str, Any] = {
        one.name: _exact(value)
        for one in fields(bound)
        if isinstance(value := getattr(bound, one.name), float | str) and one.type in {Fraction, "Fraction"}
    }
    return replace(bound, **exact)
