"""What is odd anywhere, as a file that a municipality can change (spec/standard.md 5)."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from sekisho.deid.standard.judgement import Outcome
from sekisho.deid.standard.said.naming import has_word
from sekisho.deid.written.strict import Strict, read_toml
from sekisho.errors import Malformed, Reason

FORMAT = "sekisho-dictionary-v1"

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Text = Annotated[str, Field(min_length=1, max_length=200)]
Texts = Annotated[list[Text], Field(min_length=1)]


class Cells(Enum):
    """What a column may be recognised by whose name says nothing."""

    AGE = "age"  # numbers with 歳
    DATE = "date"  # whole days or months, western or by era
    ICD_10 = "icd-10"  # codes of which the classification has the block


@dataclass(frozen=True)
class Entry:
    """Which columns an entry is about, and whether a person may decide on what it finds.

    A column is meant whose name has one of the words and none of `without` (`has_word`); with `cells` one of another
    name too whose cells look so.
    """

    about: str
    columns: tuple[str, ...]
    without: tuple[str, ...]
    decide: bool
    source: str
    cells: Cells | None = field(default=None, kw_only=True)

    @property
    def outcome(self) -> Outcome:
        return Outcome.DECIDE if self.decide else Outcome.FAULT

    def means(self, name: str) -> bool:
        return any(has_word(name, one) for one in self.columns) and not self.bars(name)

    def bars(self, name: str) -> bool:
        """Say whether the name has one of the words that a column must not have."""
        return any(has_word(name, one) for one in self.without)


@dataclass(frozen=True)
class OddNumber(Entry):
    """Numbers from `least` on are odd, and those up to `most`."""

    least: int | None
    most: int | None


@dataclass(frozen=True)
class OddBirth(Entry):
    """Who was born so many years ago or earlier is odd."""

    years: int


@dataclass(frozen=True)
class OddWord(Entry):
    """A text with one of these words is odd; within the phrases `unless` they count for nothing."""

    words: tuple[str, ...]
    unless: tuple[str, ...] = ()


@dataclass(frozen=True)
class OddCode(Entry):
    """A code that begins with one of these is odd; points and small letters make no difference."""

    beginnings: tuple[str, ...]


@dataclass(frozen=True)
class Usual(Entry):
    """A text that is none of these is odd."""

    values: frozenset[str]


@dataclass(frozen=True)
class OneOff(Entry):
    """A value that so few rows of the table have, before anything was done, is odd."""

    at_most: int


@dataclass(frozen=True)
class Dictionary:
    """All entries, and what item 5 counts as few rows or many.

    `least_class`: a smaller bound on the rows alike is for a person to decide. `least_cell`: rows that a value should have.
    `most_history`: rows that one person may have.
    """

    name: str
    numbers: tuple[OddNumber, ...]
    births: tuple[OddBirth, ...]
    words: tuple[OddWord, ...]
    codes: tuple[OddCode, ...]
    usual: tuple[Usual, ...]
    one_off: tuple[OneOff, ...]
    least_class: int
    least_cell: int
    most_history: int

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        return (*self.numbers, *self.births, *self.words, *self.codes, *self.usual, *self.one_off)


class _EntryPart(Strict):
    about: Name
    columns: Texts
    without: list[Text] = Field(default_factory=list)
    decide: bool = False
    source: Annotated[str, Field(min_length=1, max_length=1_000)]


class _NumberPart(_EntryPart):
    least: int | None = None
    most: int | None = None
    cells: Literal["age"] | None = None


class _BirthPart(_EntryPart):
    years: Annotated[int, Field(ge=1, le=200)]
    cells: Literal["date"] | None = None


class _WordPart(_EntryPart):
    words: Texts
    unless: list[Text] = Field(default_factory=list)


class _CodePart(_EntryPart):
    beginnings: Texts
    cells: Literal["icd-10"] | None = None


class _UsualPart(_EntryPart):
    values: Texts


class _OneOffPart(_EntryPart):
    at_most: Annotated[int, Field(ge=1, le=100)] = 1
    cells: Literal["icd-10"] | None = None


class _InFilePart(Strict):
    least_class: Annotated[int, Field(ge=1)] = 3
    least_cell: Annotated[int, Field(ge=1)] = 3
    most_history: Annotated[int, Field(ge=1)] = 100


class _DictionaryPart(Strict):
    format: Literal["sekisho-dictionary-v1"]
    name: Text
    number: list[_NumberPart] = Field(default_factory=list)
    birth: list[_BirthPart] = Field(default_factory=list)
    word: list[_WordPart] = Field(default_factory=list)
    code: list[_CodePart] = Field(default_factory=list)
    usual: list[_UsualPart] = Field(default_factory=list)
    one_off: list[_OneOffPart] = Field(default_factory=list)
    file: _InFilePart = Field(default_factory=_InFilePart)


def read_dictionary(raw: bytes) -> Dictionary:
    """Give back the dictionary of a TOML file (spec/standard.md 5), or refuse with DICTIONARY_MALFORMED."""
    part = read_toml(raw, _DictionaryPart, Reason.DICTIONARY_MALFORMED)
    for place, one in enumerate(part.number, 1):
        if one.least is None and one.most is None:
            raise Malformed(Reason.DICTIONARY_MALFORMED, key=f"number.{place}.least", rule="missing")
    return Dictionary(
        name=part.name,
        numbers=tuple(OddNumber(*_shared(one), one.least, one.most, cells=_cells(one.cells)) for one in part.number),
        births=tuple(OddBirth(*_shared(one), one.years, cells=_cells(one.cells)) for one in part.birth),
        words=tuple(OddWord(*_shared(one), _folded(one.words), _folded(one.unless)) for one in part.word),
        codes=tuple(OddCode(*_shared(one), _beginnings(one), cells=_cells(one.cells)) for one in part.code),
        usual=tuple(Usual(*_shared(one), frozenset(_folded(one.values))) for one in part.usual),
        one_off=tuple(OneOff(*_shared(one), one.at_most, cells=_cells(one.cells)) for one in part.one_off),
        least_class=part.file.least_class,
        least_cell=part.file.least_cell,
        most_history=part.file.most_history,
    )


def fold_name(text: str) -> str:
    """Give back a name or text with full-width letters made narrow, small letters, and no spaces at its ends."""
    return unicodedata.normalize("NFKC", text).lower().strip()


def fold_code(text: str) -> str:
    """Give back a code as it is compared: narrow, small letters, without points, hyphens and spaces."""
    return re.sub(r"[\s.\-]", "", fold_name(text))


def _shared(part: _EntryPart) -> tuple[str, tuple[str, ...], tuple[str, ...], bool, str]:
    return part.about, _folded(part.columns), _folded(part.without), part.decide, part.source


def _cells(written: str | None) -> Cells | None:
    return None if written is None else Cells(written)


def _beginnings(part: _CodePart) -> tuple[str, ...]:
    return tuple(fold_code(one) for one in part.beginnings)


def _folded(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(fold_name(one) for one in texts)
