"""What the bytes of an unknown file show: how it is written and how its records lie (spec/inspect.md 2 and 3)."""

from dataclasses import dataclass
from enum import Enum

from sekisho.deid.declared.layout import Layout
from sekisho.deid.schema import Encoding


class Writing(Enum):
    """How a file's characters are written, or what it is instead of a table in text."""

    ASCII = "ascii"
    UTF_8 = "utf-8"
    CP932 = "cp932"
    UTF_16 = "utf-16"
    UTF_16_UNMARKED = "utf-16-unmarked"
    EUC_JP = "euc-jp"
    ISO_2022_JP = "iso-2022-jp"
    HOST = "host"  # EBCDIC, JEF and other codes of large computers
    WORKBOOK = "workbook"
    BINARY = "binary"
    EMPTY = "empty"

    @property
    def encoding(self) -> Encoding | None:
        """The encoding that a schema declares for it, or None where the file must be converted first."""
        return _ENCODINGS.get(self)


_ENCODINGS = {
    Writing.ASCII: Encoding.UTF_8,
    Writing.UTF_8: Encoding.UTF_8,
    Writing.CP932: Encoding.CP932,
    Writing.UTF_16: Encoding.UTF_16,
}


@dataclass(frozen=True)
class WritingFound:
    """`marked`: a byte order mark stands first. `readable`: share of the characters that the encoding has.

    `japanese`: share of what is not ASCII that is kana, kanji of JIS levels 1 and 2 or a full-width sign; 1 where all is ASCII.
    """

    writing: Writing
    size_bytes: int
    marked: bool = False
    readable: float = 1.0
    japanese: float = 1.0


class Notice(Enum):
    """What somebody should know about a file before its schema is used."""

    END_MARK = "end-mark"  # 0x1A
    MIXED_ENDS = "mixed-ends"
    UNREADABLE = "unreadable"
    UNEVEN = "uneven"
    HEADER_UNSURE = "header-unsure"
    BLANK_NAME = "blank-name"
    BAD_NAME = "bad-name"
    DOUBLED_NAME = "doubled-name"
    TOTALS = "totals"
    SAMPLED = "sampled"
    BORDERS = "borders"
    CLAIM_LINES = "claim-lines"
    BROKEN_RECORD = "broken-record"
    ALL_STRIPPED = "all-stripped"
    TOO_MANY_COLUMNS = "too-many-columns"


@dataclass(frozen=True)
class Header:
    """Why the first record is taken for names, or not: how many of its cells are known names, how many do not fit below."""

    cells: int
    known: int
    misfitting: int


@dataclass(frozen=True)
class LayoutFound:
    """`even`: share of the records that have as many fields, or bytes, as the layout says. None: no layout was found."""

    layout: Layout | None
    even: float
    records: int
    header: Header | None = None
    lines: tuple[tuple[str, int], ...] = ()  # kinds of lines of a claims file, of the kinds that there are


@dataclass(frozen=True)
class Noticed:
    """A notice and how many records, cells or columns it is about."""

    notice: Notice
    count: int = 0
