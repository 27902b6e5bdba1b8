"""A ladder that is proposed, and why."""

from dataclasses import dataclass
from enum import Enum

from sekisho.deid.ladders.file import FileLadder
from sekisho.deid.ladders.ladder import Ladder
from sekisho.deid.ladders.rule import Rule
from sekisho.deid.workshop.levels import LevelView
from sekisho.deid.workshop.writing import as_file, toml_line, write_ladder


class Why(Enum):
    """What a proposal goes by; the catalogues say it in a sentence."""

    AGES = "ages"
    ROUND_BANDS = "round-bands"
    QUANTILES = "quantiles"
    EQUAL_WIDTH = "equal-width"
    CALENDAR = "calendar"
    ERAS = "eras"
    MUNICIPALITIES = "municipalities"
    POSTAL_CODES = "postal-codes"
    DIAGNOSES = "diagnoses"
    NEARLY_KNOWN = "nearly-known"
    PREFIXES = "prefixes"
    FREQUENCY = "frequency"
    FEW_VALUES = "few-values"


@dataclass(frozen=True)
class Idea:
    """A ladder that nobody has tried on the column yet."""

    rule: Rule
    why: Why


@dataclass(frozen=True, eq=False)
class Proposal:
    """A ladder that takes all values of its column, what speaks for it, and what its levels do."""

    column: str
    rule: Rule
    why: Why
    ladder: Ladder
    levels: tuple[LevelView, ...]

    @property
    def needs_file(self) -> bool:
        """Whether no line of a policy can say it: then it has to be written as a hierarchy file."""
        return isinstance(self.rule, FileLadder)

    def toml(self, file: str = "") -> str:
        """Give back the line for `[ladder]` of a policy; `file` names the hierarchy file where one is used."""
        rule = as_file(self.ladder) if file else self.rule
        return toml_line(self.column, rule, file or f"ladders/{self.column.replace('/', '_')}.csv")

    def hierarchy(self) -> bytes:
        """Give back the ladder as a hierarchy file, whose lines name every value of the column, the rare ones too."""
        return write_ladder(as_file(self.ladder))
