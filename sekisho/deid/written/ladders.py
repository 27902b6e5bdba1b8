"""A ladder as a policy declares it: lines of a file, bands, or steps of the calendar (spec/policy.md 4)."""

from collections.abc import Mapping
from typing import assert_never

from sekisho.deid.ladders.file import read_ladder
from sekisho.deid.ladders.rule import Bands, Calendar, FileLadder, Rule, Step, check_bands, check_calendar
from sekisho.deid.written.lines import Key, Lines, malformed, where
from sekisho.deid.written.shapes import TreePart
from sekisho.errors import Fact, Malformed


def read_rule(column: str, part: TreePart, files: Mapping[str, bytes], *, lines: Lines, key: Key) -> Rule:
    """Give back the ladder's rule.

    Refuses with POLICY_MALFORMED, or with LADDER_MALFORMED: there `line` is one of the hierarchy file where a `file`
    is named, else one of the policy.
    """
    kinds = (part.file, part.bands, part.date)
    if sum(one is not None for one in kinds) != 1 or (part.bands is None and (part.top, part.bottom) != (None, None)):
        raise malformed(lines, key, rule="one-of-file-bands-date")
    if part.file is not None and part.file not in files:
        raise malformed(lines, (*key, "file"), rule="no-such-file")
    try:
        return _rule(column, part, files)
    except Malformed as error:
        place: dict[str, Fact] = where(lines, key) if part.file is None else {"file": part.file}
        raise Malformed(error.reason, findings=(), **{**place, **error.facts}) from error


def check_rule(column: str, rule: Rule) -> Rule:
    """Give back `rule` if its widths or steps become coarser one by one; refuses with LADDER_MALFORMED.

    The lines of a file are checked where they are read.
    """
    match rule:
        case FileLadder():
            return rule
        case Bands():
            return check_bands(column, rule)
        case Calendar():
            return check_calendar(column, rule)
        case _:
            assert_never(rule)


def _rule(column: str, part: TreePart, files: Mapping[str, bytes]) -> Rule:
    if part.file is not None:
        return read_ladder(files[part.file], column)
    if part.bands is not None:
        return check_rule(column, Bands(tuple(part.bands), part.top, part.bottom))
    return check_rule(column, Calendar(tuple(Step(one) for one in part.date or ())))
