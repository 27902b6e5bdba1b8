"""What the released table is examined for, and on which assumptions."""

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

AT_RISK_ABOVE = Fraction(1, 5)  # one in a class of five


class Also(Enum):
    """Measures that take their time: they are taken where the policy asks for them (spec/policy.md 8)."""

    SUDA = "suda"
    COPULA = "copula"
    VARIATION = "variation"
    DIVERGENCE = "divergence"
    QUERIES = "queries"


@dataclass(frozen=True)
class Exam:
    """What is assumed, and measured beside the usual: nothing here changes the released table (spec/policy.md 8).

    `population`: the persons among whom the rows are a sample. `threshold`: a row is at risk where a guess is right with a
    greater probability. Columns, or "": `weights` holds the persons that each row stands for, `household` and `subject`
    tell which rows are of one household and of one person. `subject` is the one place that says whose rows they are: it may
    be deleted, and then is counted by before it goes.
    """

    population: int | None = None
    threshold: Fraction = AT_RISK_ABOVE
    weights: str = ""
    household: str = ""
    subject: str = ""
    also: tuple[Also, ...] = ()
