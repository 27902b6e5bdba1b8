"""The bounds that a policy can set beside k: what must hold in every class, or over all of them (spec/policy.md 3)."""

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from sekisho.deid.ladders.rule import Rule


class Distance(Enum):
    """How far one sensitive value is from another (Li et al. 2007, ICDE, section 4)."""

    EQUAL = "equal"
    ORDERED = "ordered"
    HIERARCHICAL = "hierarchical"


@dataclass(frozen=True)
class KMap:
    """Every class stands for at least so many persons of the population (Sweeney 2002)."""

    at_least: int


@dataclass(frozen=True)
class KSubjects:
    """Every class has rows of at least so many persons; the policy's exam names the column that tells whose a row is.

    Distinct ℓ-diversity with the person in the place of the value (Machanavajjhala et al. 2007), so classes that keep it
    keep it together. It holds k too, since every person has a row.
    """

    at_least: int


@dataclass(frozen=True)
class Presence:
    """Of the persons of the population in each class, the share that is in the table lies within the two numbers.

    δ-presence (Nergiz, Atzori and Clifton 2007, SIGMOD, definition 2). The table is a part of the population. With `at_least`
    above 0 the classes of the population that have no row break it, so no row may be left out.
    """

    at_most: Fraction
    at_least: Fraction = Fraction(0)


@dataclass(frozen=True)
class HighestRisk:
    """No row is picked rightly with a greater probability: 1 / rows of the smallest class (Dankar and El Emam 2010)."""

    at_most: Fraction


@dataclass(frozen=True)
class AverageRisk:
    """The mean of that probability over all released rows, classes / rows, is no greater."""

    at_most: Fraction


@dataclass(frozen=True)
class AlphaK:
    """No value of `column` has a greater share of a class: with k beside it (α,k)-anonymity (Wong et al. 2006, KDD).

    Their definition 2 holds α for one sensitive value, section 6 for every value: so it is held here.
    """

    column: str
    at_most: Fraction


@dataclass(frozen=True)
class DistinctL:
    """Every class has at least so many different values of `column` (Machanavajjhala et al. 2007)."""

    column: str
    at_least: int


@dataclass(frozen=True)
class EntropyL:
    """The entropy of `column` in every class is at least log(at_least) (Machanavajjhala et al. 2007, definition 4.1)."""

    column: str
    at_least: Fraction


@dataclass(frozen=True)
class RecursiveL:
    """r₁ < c · (r_l + … + r_m), the values of `column` by falling frequency (Machanavajjhala et al. 2007, def. 4.2)."""

    column: str
    at_least: int
    c: Fraction


@dataclass(frozen=True)
class TCloseness:
    """The earth mover's distance from a class's values of `column` to the table's is no greater (Li et al. 2007).

    `ladder` is the tree of the hierarchical distance, None for the others.
    """

    column: str
    at_most: Fraction
    distance: Distance
    ladder: Rule | None = None


@dataclass(frozen=True)
class DeltaDisclosure:
    """|ln(p / q)| < at_most for every value of `column`, p its share in the class, q in the table.

    A value that a class lacks breaks it (Brickell and Shmatikov 2008, KDD, definition 1).
    """

    column: str
    at_most: Fraction


@dataclass(frozen=True)
class BetaLikeness:
    """(p − q) / q ≤ at_most for every value whose share grows; enhanced: ≤ min(at_most, −ln q) (Cao and Karras 2012)."""

    column: str
    at_most: Fraction
    enhanced: bool = False


SensitiveBound = AlphaK | DistinctL | EntropyL | RecursiveL | TCloseness | DeltaDisclosure | BetaLikeness
Bound = KMap | KSubjects | Presence | HighestRisk | AverageRisk | SensitiveBound

TOLERANCE = 1e-12  # distances and entropies are floats: a bound is kept when it is missed by no more than this
