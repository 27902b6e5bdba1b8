"""One noun for numbers about privacy and use."""

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction


class Unit(Enum):
    """What a measure counts."""

    ROWS = "rows"
    PERSONS = "persons"
    CLASSES = "classes"
    PROBABILITY = "probability"  # 0 to 1
    SHARE = "share"  # 0 to 1
    PAIRS = "row-pairs"
    VALUES = "values"  # of a sensitive column
    RATIO = "ratio"
    NATS = "nats"


WHOLE = frozenset({Unit.ROWS, Unit.PERSONS, Unit.CLASSES, Unit.PAIRS, Unit.VALUES})
UNBOUNDED = "unbounded"


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
    """A number of a kind; `column` names the column it is about, "" for a measure of the whole table.

    `amount` is None where no number is great enough: infinity, which a fraction cannot say.
    """

    kind: Kind
    amount: Fraction | None
    column: str = ""

    @property
    def number(self) -> Fraction:
        """The number; ValueError where it is unbounded."""
        if self.amount is None:
            raise ValueError("the measure is unbounded")
        return self.amount

    @property
    def text(self) -> str:
        """The number as reports spell it: whole, with six decimals rounded half up, or `unbounded` (spec/report.md 2)."""
        if self.amount is None:
            return UNBOUNDED
        if self.kind.unit in WHOLE and self.amount.denominator == 1:
            return str(self.amount.numerator)
        return six_decimals(self.amount)


def six_decimals(number: Fraction) -> str:
    millionths = int(number * 1_000_000 + Fraction(1, 2))
    return f"{millionths // 1_000_000}.{millionths % 1_000_000:06}"


def twelve_decimals(number: float) -> Fraction:
    """Give back a number that is no fraction (a logarithm, an entropy) to twelve decimals: the same on every machine."""
    return Fraction(round(Fraction(number) * 10**12), 10**12)
