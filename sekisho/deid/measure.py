"""One noun for numbers about privacy and use."""

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction


class Unit(Enum):
    """What a measure counts."""

    ROWS = "rows"
    CLASSES = "classes"
    PROBABILITY = "probability"  # 0 to 1
    SHARE = "share"  # 0 to 1
    PAIRS = "row-pairs"
    RATIO = "ratio"


class Better(Enum):
    """Which way a measure should go."""

    LOWER = "lower"
    HIGHER = "higher"


@dataclass(frozen=True)
class Kind:
    """What a measure is: its name, unit and direction, what its attacker is assumed to know, and where it comes from.

    `attacker` is "" for measures of use.
    """

    name: str
    unit: Unit
    better: Better
    formula: str
    attacker: str
    source: str


@dataclass(frozen=True)
class Measure:
    """A number of a kind."""

    kind: Kind
    number: Fraction

    @property
    def text(self) -> str:
        """The number as reports spell it: whole, or with six decimals, rounded half up (spec/report.md 2)."""
        if self.kind.unit in {Unit.ROWS, Unit.CLASSES, Unit.PAIRS} and self.number.denominator == 1:
            return str(self.number.numerator)
        return six_decimals(self.number)


def six_decimals(number: Fraction) -> str:
    millionths = int(number * 1_000_000 + Fraction(1, 2))
    return f"{millionths // 1_000_000}.{millionths % 1_000_000:06}"
