"""What is wrong with a ladder, or could be better: which rule, how often, where; never a value that few rows have."""

from dataclasses import dataclass
from enum import Enum


class Fault(Enum):
    """What a ladder is looked through for. The first ones are refused wherever a ladder is read; the others are advice."""

    UTF_8 = "utf-8"
    QUOTES = "quotes"
    EMPTY = "empty"
    RAGGED = "ragged"
    LAST_LEVEL = "last-level"
    EMPTY_LABEL = "empty-label"
    CHARACTERS = "characters"
    FORMULA = "formula"
    DOUBLED_VALUE = "doubled-value"
    NOT_A_TREE = "not-a-tree"
    WRONG_TYPE = "wrong-type"
    MISSING_VALUE = "missing-value"
    MISSING_BUT_ALIKE = "missing-but-alike"
    OTHER_COLUMN = "other-column"
    UNUSED_LINES = "unused-lines"
    LEVEL_CHANGES_NOTHING = "level-changes-nothing"
    LEVEL_ALL_ONE = "level-all-one"
    LABELS_ALIKE = "labels-alike"
    UNBALANCED = "unbalanced"


ADVICE = frozenset(
    {
        Fault.MISSING_BUT_ALIKE,
        Fault.OTHER_COLUMN,
        Fault.UNUSED_LINES,
        Fault.LEVEL_CHANGES_NOTHING,
        Fault.LEVEL_ALL_ONE,
        Fault.LABELS_ALIKE,
        Fault.UNBALANCED,
    }
)


@dataclass(frozen=True)
class Remark:
    """One kind of fault: `count` of lines, values or labels, as the fault says.

    `line` is the first of the file that is concerned (from 1), `level` the level, `row` the first row of the table (from
    1), `rows` how many rows; each is 0 where it means nothing. `shown` are values that many rows have.
    """

    fault: Fault
    count: int
    line: int = 0
    level: int = 0
    row: int = 0
    rows: int = 0
    shown: tuple[str, ...] = ()

    @property
    def grave(self) -> bool:
        """Whether the ladder is refused for it."""
        return self.fault not in ADVICE
