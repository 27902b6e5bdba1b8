"""The measure that belongs to a bound on a sensitive column, and whether the bound is kept."""

from typing import assert_never

from sekisho.deid.bounds import (
    TOLERANCE,
    AlphaK,
    BetaLikeness,
    DeltaDisclosure,
    Distance,
    DistinctL,
    EntropyL,
    RecursiveL,
    SensitiveBound,
    TCloseness,
)
from sekisho.deid.ladders.ladder import Ladder
from sekisho.deid.measure import Measure
from sekisho.deid.risk.alpha import alpha
from sekisho.deid.risk.closeness import equal_distance, hierarchical_distance, ordered_distance
from sekisho.deid.risk.disclosure import delta_disclosure
from sekisho.deid.risk.diversity import distinct_l, entropy_l, recursive_l
from sekisho.deid.risk.histograms import Histograms
from sekisho.deid.risk.likeness import beta_likeness, enhanced_beta_likeness
from sekisho.errors import Reason, SekishoError


def measure_of(bound: SensitiveBound, held: Histograms, tree: Ladder | None = None) -> Measure:  # noqa: PLR0911 - one per bound
    """Give back the number that `bound` bounds; `tree` is the bound ladder of a hierarchical distance.

    >>> from sekisho.deid.risk.histograms import classes_of_rows, histograms
    >>> from sekisho.deid.table import table_of
    >>> table = table_of(age=[30, 30, 30, 40, 40, 40], care=["1", "2", "2", "1", "2", "3"])
    >>> held = histograms(classes_of_rows(table, ["age"]), table.column("care"), table.column("care"))
    >>> measure_of(DistinctL("care", 2), held).text
    '2'
    """
    match bound:
        case AlphaK():
            return alpha(held)
        case DistinctL():
            return distinct_l(held)
        case EntropyL():
            return entropy_l(held)
        case RecursiveL(c=c):
            return recursive_l(held, c)
        case TCloseness(distance=distance):
            return _closeness(distance, held, tree)
        case DeltaDisclosure():
            return delta_disclosure(held)
        case BetaLikeness(enhanced=enhanced):
            return enhanced_beta_likeness(held) if enhanced else beta_likeness(held)
        case _:
            assert_never(bound)


def check_bound(bound: SensitiveBound, held: Histograms, tree: Ladder | None = None) -> Measure:
    """Give back the measure of `bound` if it is kept; a release of no rows keeps every bound.

    Refuses with CLAIM_NOT_KEPT, where `claim` is the measure's name. A bound missed by no more than TOLERANCE is kept,
    except for recursive diversity and δ-disclosure, which their sources define as strictly less.
    """
    measure = measure_of(bound, held, tree)
    if held.classes and not _is_kept(bound, measure):
        raise SekishoError(Reason.CLAIM_NOT_KEPT, claim=measure.kind.name, column=bound.column)
    return measure


def _closeness(distance: Distance, held: Histograms, tree: Ladder | None) -> Measure:
    match distance:
        case Distance.EQUAL:
            return equal_distance(held)
        case Distance.ORDERED:
            return ordered_distance(held)
        case Distance.HIERARCHICAL:
            if tree is None:
                raise ValueError("a hierarchical distance needs its ladder")
            return hierarchical_distance(held, tree)
        case _:
            assert_never(distance)


def _is_kept(bound: SensitiveBound, measure: Measure) -> bool:
    if measure.amount is None:
        return False
    number = measure.amount
    match bound:
        case DistinctL(at_least=least) | RecursiveL(at_least=least):
            return number >= least
        case EntropyL(at_least=least):
            # the tolerance is one of entropies; that of their exponentials is as many times greater as they are
            return number >= least - 2 * TOLERANCE * float(least)
        case DeltaDisclosure(at_most=most):
            return number < most
        case AlphaK(at_most=most) | TCloseness(at_most=most) | BetaLikeness(at_most=most):
            return number <= most + 2 * TOLERANCE
        case _:
            assert_never(bound)
