"""A policy written in Python, as short as in a file."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from sekisho.deid.bounds import Bound
from sekisho.deid.changes.change import Change
from sekisho.deid.exam import Exam
from sekisho.deid.ladders.bands import Bands
from sekisho.deid.ladders.builtin.known import BuiltIn, Known
from sekisho.deid.ladders.calendar import Calendar, Step
from sekisho.deid.ladders.cuts import Cuts
from sekisho.deid.ladders.file import FileLadder, read_ladder
from sekisho.deid.ladders.parts import Cutting, Parts
from sekisho.deid.ladders.prefix import Prefix
from sekisho.deid.ladders.rule import Rule
from sekisho.deid.policy import Climb, Coding, Goal, Mode, Policy, Star, Wording
from sekisho.deid.written.checking import check_alone
from sekisho.deid.written.ladders import check_rule
from sekisho.deid.written.shapes import DEFAULT_STEPS
from sekisho.library.exact import Number, choice, exact, exact_exam, exact_fields, listed
from sekisho.library.results import told_in_words
from sekisho.storage.files import read_file
from sekisho.tables.policy_file import LARGEST_FILE_BYTES
from sekisho.tables.policy_file import open_policy as policy_at


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
    weights: Mapping[str, int] | None = None,
    changes: Iterable[Change] | Change = (),
    exam: Exam | None = None,
) -> Policy:
    """Give back the policy; the parts mean what they mean in a file (spec/policy.md).

    `ladders`: for each quasi-identifier a rule, a path to a ladder file, or a `Climb` that also sets the highest level.
    `suppression_limit` is a share from 0 to 1. Fractions may be written 0.05, "1/20" or `Fraction(1, 20)`; 0.05 is
    taken as the decimal that it looks like. `weights`: how many times the
    goal counts a column. `changes` are done in their order, and `exam` says what is measured beside
    the usual: its `also` may be names such as "suda", or "all". Refuses what a file could not have, as there: with LADDER_MALFORMED a ladder, with POLICY_MALFORMED all else;
    whether it goes with the table is checked there.
    """
    made = Policy(
        k=k,
        suppression_limit=exact(suppression_limit, "suppression_limit"),
        goal=choice("goal", Goal, goal),
        mode=choice("mode", Mode, mode),
        labels=choice("labels", Wording, labels),
        star=choice("star", Star, star),
        steps=steps,
        bounds=tuple(exact_fields(one) for one in bounds),
        delete=frozenset(listed(delete)),
        ladders=climbs_of(ladders or {}),
        codings={name: exact_fields(one) for name, one in (codings or {}).items()},
        weights=dict(weights or {}),
        changes=tuple(exact_fields(one) for one in listed(changes)),
        exam=exact_exam(exam or Exam(), choice("mode", Mode, mode)),
    )
    return check_alone(made)


@told_in_words()
def open_policy(path: str | Path) -> Policy:
    """Give back the policy of a file; the ladders that it names lie beside or below it (spec/policy.md)."""
    return policy_at(Path(path))


@told_in_words()
def open_ladder(path: str | Path, column: str = "") -> FileLadder:
    """Give back the ladder of a hierarchy file (spec/policy.md 4); LADDER_MALFORMED names `column` or the file."""
    found = Path(path)
    return read_ladder(read_file(found, LARGEST_FILE_BYTES), column or found.stem)


def climbs_of(ladders: Mapping[str, Climb | Rule | str | Path]) -> Mapping[str, Climb]:
    """Give back the ladder of each column, checked, files opened."""
    return {name: _climb(name, one) for name, one in ladders.items()}


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
            return check_rule(column, Calendar(tuple(choice("date", Step, one) for one in rule.steps)))
        case Cuts():
            return check_rule(column, Cuts(tuple(tuple(one) for one in rule.cuts)))
        case Parts():
            return check_rule(column, Parts(choice("by", Cutting, rule.by), tuple(rule.parts)))
        case Prefix():
            return check_rule(column, Prefix(tuple(rule.lengths)))
        case BuiltIn():
            return BuiltIn(choice("builtin", Known, rule.name), rule.merged)
        case FileLadder():
            return rule
        case _:
            raise TypeError("a ladder is a rule such as Bands or Calendar, or a path to a ladder file")
