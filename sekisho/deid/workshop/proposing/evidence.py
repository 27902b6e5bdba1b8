"""What speaks for a proposal: grounds by name and numbers by size, never a cell (spec/inspect.md 4)."""

from dataclasses import dataclass
from enum import Enum

from sekisho.deid.numbers.codes import Code

K = 20
"""Rows that must share a value before it may stand in a proposed schema or on a screen."""


class Sure(Enum):
    """How sure a proposal is."""

    SURE = "sure"
    LIKELY = "likely"
    ASK = "ask"  # a person must decide


class Ground(Enum):
    """What a proposal goes by; the catalogues say it in a sentence."""

    READS = "reads"  # of a type
    MARKED_DAYS = "marked-days"
    ERAS = "eras"
    SOME_UNREAD = "some-unread"  # most cells read as a better type, some do not
    UNKNOWN_DAYS = "unknown-days"
    LEADING_ZEROS = "leading-zeros"
    ONE_LENGTH = "one-length"
    FEW_VALUES = "few-values"
    RARE_VALUES = "rare-values"  # few values, of which some stand in fewer than K rows: none is listed
    SENTENCES = "sentences"
    TYPE_NAME = "type-name"  # the column's name speaks of the type
    EMPTY = "empty"
    CODE_SEEN = "code-seen"
    CODE_NAMED = "code-named"
    CODE_IN_TEXT = "code-in-text"
    LOOKS_LIKE = "looks-like"
    NEARLY_UNIQUE = "nearly-unique"
    SERIAL = "serial"
    FREE_TEXT = "free-text"
    PROTECTED_NAME = "protected-name"
    NUMBER_NAME = "number-name"
    SENSITIVE_NAME = "sensitive-name"
    KNOWN_NAME = "known-name"  # of what others know about a person
    KNOWN_TYPE = "known-type"
    IN_KEY = "in-key"
    SEPARATES = "separates"
    HARDLY_DIFFERS = "hardly-differs"


@dataclass(frozen=True)
class Evidence:
    """One ground; `share` of the filled cells (or of the pairs of rows), `code` where it is about one."""

    ground: Ground
    share: float | None = None
    code: Code | None = None
