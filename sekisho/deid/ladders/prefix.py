"""Texts cut after their first characters (spec/policy.md 4.1)."""

from dataclasses import dataclass
from itertools import pairwise

from sekisho.deid.ladders.ladder import TOP, Labels
from sekisho.deid.schema import FORMULA
from sekisho.deid.table import Value
from sekisho.errors import Malformed, Reason

CUT = "…"  # stands for one character or more


@dataclass(frozen=True)
class Prefix:
    """At each level so many characters stay, ever fewer; `…` follows where more were there."""

    lengths: tuple[int, ...]

    @property
    def height(self) -> int:
        return len(self.lengths) + 1


def check_prefix(column: str, rule: Prefix) -> Prefix:
    """Give back `rule` if its lengths fall, and the last is one or more."""
    if not rule.lengths or rule.lengths[-1] < 1 or any(low <= high for low, high in pairwise(rule.lengths)):
        raise Malformed(Reason.LADDER_MALFORMED, column=column, rule="lengths-not-falling")
    return rule


def climb_prefix(rule: Prefix, value: Value) -> Labels | None:
    """Give back the labels of a text; None where one would begin as a formula does: `+81` is a number, `+8…` is none.

    A tree whatever the texts are: a label of n characters and `…` has n + 1, and no text of that length stays whole at
    n. At another level one text may be a value and a label; what it covers there is both.
    """
    if not isinstance(value, str):
        raise TypeError("prefixes are for texts")
    if value.startswith(tuple(FORMULA)) and len(value) > rule.lengths[-1]:
        return None
    return (value, *(shorten(value, length) for length in rule.lengths), TOP)


def shorten(text: str, length: int) -> str:
    """Give back the first characters and `…`, or the text where it has no more than these."""
    return text if len(text) <= length else text[:length] + CUT
