"""A ladder as a policy declares it (spec/policy.md 4.1)."""

from collections.abc import Mapping
from typing import assert_never

from sekisho.deid.ladders.bands import Bands, check_bands
from sekisho.deid.ladders.builtin.given_up import read_merged
from sekisho.deid.ladders.builtin.known import BuiltIn, Known
from sekisho.deid.ladders.builtin.merged import builtin_merged
from sekisho.deid.ladders.calendar import Calendar, Step, check_calendar
from sekisho.deid.ladders.cuts import Cuts, check_cuts
from sekisho.deid.ladders.file import FileLadder, read_ladder
from sekisho.deid.ladders.ladder import MOST_LEVELS
from sekisho.deid.ladders.parts import Cutting, Parts, check_parts
from sekisho.deid.ladders.prefix import Prefix, check_prefix
from sekisho.deid.ladders.rule import Rule
from sekisho.deid.written.lines import Key, Lines, malformed, where
from sekisho.deid.written.shapes import TreePart
from sekisho.errors import Fact, Malformed, Reason

KINDS = ("file", "bands", "cuts", "equal_width", "quantiles", "date", "prefix", "builtin")


def read_rule(column: str, part: TreePart, files: Mapping[str, bytes], *, lines: Lines, key: Key) -> Rule:
    """Give back the ladder's rule.

    Refuses with POLICY_MALFORMED, or with LADDER_MALFORMED: there `line` is one of the file where a `file` or a
    table `merged` is named, else one of the policy.
    """
    kinds = [one for one in KINDS if getattr(part, one) is not None]
    if len(kinds) != 1 or (part.bands is None and (part.top, part.bottom) != (None, None)):
        raise malformed(lines, key, rule="one-ladder")
    if part.merged is not None and part.builtin != Known.MUNICIPALITY.value:
        raise malformed(lines, (*key, "merged"), rule="merged-without-municipality")
    named = {"file": part.file, "merged": part.merged}
    for name, one in named.items():
        if one is not None and one not in files:
            raise malformed(lines, (*key, name), rule="no-such-file")
    file = part.file or part.merged
    try:
        return check_rule(column, _rule(column, part, files))
    except Malformed as error:
        place: dict[str, Fact] = where(lines, key) if file is None else {"file": file}
        raise Malformed(error.reason, findings=(), **{**place, **error.facts}) from error


def check_rule(column: str, rule: Rule) -> Rule:
    """Give back `rule` if its levels become coarser one by one, and are not too many; refuses with LADDER_MALFORMED.

    The lines of a file are checked where they are read.
    """
    if rule.height >= MOST_LEVELS:
        raise Malformed(Reason.LADDER_MALFORMED, column=column, rule="too-many-levels", limit=MOST_LEVELS)
    match rule:
        case FileLadder() | BuiltIn():
            return rule
        case Bands():
            return check_bands(column, rule)
        case Calendar():
            return check_calendar(column, rule)
        case Cuts():
            return check_cuts(column, rule)
        case Parts():
            return check_parts(column, rule)
        case Prefix():
            return check_prefix(column, rule)
        case _:
            assert_never(rule)


def _rule(column: str, part: TreePart, files: Mapping[str, bytes]) -> Rule:  # noqa: PLR0911 - one per kind
    if part.file is not None:
        return read_ladder(files[part.file], column)
    if part.bands is not None:
        return Bands(tuple(part.bands), part.top, part.bottom)
    if part.cuts is not None:
        return Cuts(tuple(tuple(one) for one in part.cuts))
    if part.equal_width is not None:
        return Parts(Cutting.EQUAL_WIDTH, tuple(part.equal_width))
    if part.quantiles is not None:
        return Parts(Cutting.QUANTILES, tuple(part.quantiles))
    if part.prefix is not None:
        return Prefix(tuple(part.prefix))
    if part.builtin is not None:
        own = None if part.merged is None else read_merged(files[part.merged], column, builtin_merged())
        return BuiltIn(Known(part.builtin), own)
    return Calendar(tuple(Step(one) for one in part.date or ()))
