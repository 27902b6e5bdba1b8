"""Each row's risk where the table is a sample and every row has a weight: the persons of the population it stands for.

The persons F of the population that look like the f rows of a class are not known; given f they are negative binomial with
p = f / (sum of the weights). A row's risk is the mean of 1/F: exact for every f and p, where other tools approximate
above two rows. Left out: risk from a log-linear model of the cells, whose table is too large for many columns.
"""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from sekisho.deid.measure import Better, Kind, Measure, Unit, twelve_decimals
from sekisho.deid.passes.compiled import compiled, inner
from sekisho.deid.table import Codes, Column
from sekisho.errors import CannotMeet, Reason, WrongUsage

Floats = npt.NDArray[np.float64]

_ATTACKER = (
    "knows a person's quasi-identifiers and a register of the population, not whether the person is in the table"
)
_SOURCE = "Benedetti and Franconi 1998, NTTS; Franconi and Polettini 2004, PSD, LNCS 3050, section 3"
_RISK = "r: mean of 1/F given f = |E|, F: persons alike, F − f negative binomial with p = f / sum of the weights in E"
_TOGETHER = "h = 1 − product of (1 − r) over the rows of the household"
_OF_HOUSEHOLD = "Templ, Kowarik and Meindl 2015, J Stat Softw 67(4), section 3.4"

HIGHEST = Kind("individual-highest", Unit.PROBABILITY, Better.LOWER, f"max of r; {_RISK}", _ATTACKER, _SOURCE)
MEAN = Kind("individual-mean", Unit.PROBABILITY, Better.LOWER, f"mean over rows of r; {_RISK}", _ATTACKER, _SOURCE)
EXPECTED = Kind("individual-expected", Unit.ROWS, Better.LOWER, f"sum over rows of r; {_RISK}", _ATTACKER, _SOURCE)
AT_RISK = Kind(
    "individual-at-risk", Unit.SHARE, Better.LOWER, f"rows with r > threshold / rows; {_RISK}", _ATTACKER, _SOURCE
)
HOUSEHOLD_HIGHEST = Kind(
    "household-highest", Unit.PROBABILITY, Better.LOWER, f"max of h; {_TOGETHER}", _ATTACKER, _OF_HOUSEHOLD
)
HOUSEHOLD_MEAN = Kind(
    "household-mean", Unit.PROBABILITY, Better.LOWER, f"mean over rows of h; {_TOGETHER}", _ATTACKER, _OF_HOUSEHOLD
)

FEW_ROWS = 32  # up to here by recurrence; above, the series needs fewer than 30 terms whatever p


@dataclass(frozen=True, eq=False)
class RiskOfRows:
    """Risks: `of_class` by class of rows alike, in (0, 1], 0 for one without rows; `classes[row]` is an index into it."""

    of_class: Floats
    classes: Codes

    @property
    def of_row(self) -> Floats:
        """Risk by row; shape (rows,)."""
        risks: Floats = self.of_class[self.classes]
        return risks


def weights_of_rows(column: Column) -> Floats:
    """Give back the weight of each row, in persons. Refuses with WEIGHTS_UNUSABLE what is no whole number above 0."""
    usable = [isinstance(value, int) and value > 0 for value in column.values]
    bad = int(column.counts[~np.array(usable, dtype=np.bool_)].sum())
    if bad:
        raise CannotMeet(Reason.WEIGHTS_UNUSABLE, column=column.name, count=bad)
    by_value = [float(value) if good else 1.0 for value, good in zip(column.values, usable, strict=True)]  # type: ignore[arg-type] # usable are ints
    weights: Floats = np.array(by_value, dtype=np.float64)[column.codes]
    return weights


def individual_risk(classes: Codes, weights: Floats) -> RiskOfRows:
    """Give back the risk of each row from its class's number and its weight in persons.

    Classes are numbered from 0. A class whose weights sum to less than its rows is taken to be all that
    there is: 1/f. ValueError where a weight is not above 0 or not finite.

    >>> classes, weights = np.array([0, 0, 1, 1, 1, 2], np.int32), np.array([2.0, 2.0, 1.0, 1.0, 1.0, 5.0])
    >>> individual_risk(classes, weights).of_row.round(6).tolist()  # p = 1/2, 1 and 1/5; the last is ln 5 / 4
    [0.306853, 0.306853, 0.333333, 0.333333, 0.333333, 0.402359]
    """
    if classes.size != weights.size or not np.isfinite(weights).all() or (weights <= 0).any():
        raise ValueError("each row has a finite weight above 0")
    rows = np.bincount(classes).astype(np.float64)
    persons = np.bincount(classes, weights=weights).astype(np.float64)
    return RiskOfRows(_risks(rows, persons), classes)


def household_risk(risk: RiskOfRows, households: Column) -> RiskOfRows:
    """Give back the risk that at least one row of the household is found, by household; a blank cell lives alone.

    >>> from sekisho.deid.table import column_of
    >>> alone = individual_risk(np.array([0, 1, 1, 2, 2, 2], np.int32), np.ones(6))  # 1, 1/2 and 1/3
    >>> household_risk(alone, column_of("house", ["a", "b", "b", None, "c", "c"])).of_row.round(6).tolist()
    [1.0, 0.75, 0.75, 0.333333, 0.555556, 0.555556]
    """
    blank = np.array([value is None for value in households.values], dtype=np.bool_)[households.codes]
    homes = households.codes.astype(np.int64)
    homes[blank] = len(households.values) + np.arange(int(blank.sum()))
    of_row = np.unique(homes, return_inverse=True)[1].astype(np.int32)
    with np.errstate(divide="ignore"):  # a risk of 1: the logarithm is −∞ and the household's risk 1
        kept = np.bincount(of_row, weights=np.log1p(-risk.of_row))
    return RiskOfRows((-np.expm1(kept)).astype(np.float64), of_row)


def highest_individual_risk(risk: RiskOfRows) -> Measure:
    """Give back the greatest risk of a row; 0 without rows.

    >>> highest_individual_risk(individual_risk(np.zeros(6, np.int32), np.full(6, 1.0))).text  # 1/6: all there are
    '0.166667'
    """
    return Measure(HIGHEST, twelve_decimals(_highest(risk)))


def mean_individual_risk(risk: RiskOfRows) -> Measure:
    """Give back the mean risk of the rows; 0 without rows.

    >>> mean_individual_risk(individual_risk(np.zeros(6, np.int32), np.full(6, 1.0))).text
    '0.166667'
    """
    return Measure(MEAN, twelve_decimals(_mean(risk)))


def expected_individuals(risk: RiskOfRows) -> Measure:
    """Give back how many rows are expected to be matched to the right person: the table's risk; 0 without rows.

    >>> expected_individuals(individual_risk(np.array([0, 0, 0, 0, 1, 1], np.int32), np.full(6, 1.0))).text  # 4/4 + 2/2
    '2'
    """
    return Measure(EXPECTED, twelve_decimals(_mean(risk) * risk.classes.size))


def individuals_at_risk(risk: RiskOfRows, threshold: Fraction) -> Measure:
    """Give back the share of rows whose risk is above `threshold`; 0 without rows.

    Refuses with THRESHOLD_OUT_OF_RANGE a threshold that is not above 0 and at most 1.

    >>> risk = individual_risk(np.array([0, 0, 0, 0, 1, 1], np.int32), np.full(6, 1.0))
    >>> individuals_at_risk(risk, Fraction(1, 4)).text  # risks of 1/4 and 1/2
    '0.333333'
    """
    if not 0 < threshold <= 1:
        raise WrongUsage(Reason.THRESHOLD_OUT_OF_RANGE, threshold=str(threshold))
    if not risk.classes.size:
        return Measure(AT_RISK, Fraction(0))
    above = int((risk.of_row > float(threshold)).sum())
    return Measure(AT_RISK, Fraction(above, risk.classes.size))


def highest_household_risk(risk: RiskOfRows) -> Measure:
    """Give back the greatest risk of a household, from `household_risk`; 0 without rows.

    >>> highest_household_risk(RiskOfRows(np.array([0.25, 0.75]), np.array([0, 0, 0, 1, 1, 1], np.int32))).text
    '0.750000'
    """
    return Measure(HOUSEHOLD_HIGHEST, twelve_decimals(_highest(risk)))


def mean_household_risk(risk: RiskOfRows) -> Measure:
    """Give back the mean over rows of their household's risk, from `household_risk`; 0 without rows.

    >>> mean_household_risk(RiskOfRows(np.array([0.25, 0.75]), np.array([0, 0, 0, 1, 1, 1], np.int32))).text
    '0.500000'
    """
    return Measure(HOUSEHOLD_MEAN, twelve_decimals(_mean(risk)))


def _highest(risk: RiskOfRows) -> float:
    return float(risk.of_class.max()) if risk.of_class.size else 0.0


def _mean(risk: RiskOfRows) -> float:
    """Give back the mean over rows, summed class by class so that it costs the classes, not the rows."""
    rows = np.bincount(risk.classes, minlength=risk.of_class.size)
    return float((rows * risk.of_class).sum() / risk.classes.size) if risk.classes.size else 0.0


@compiled
def _risks(rows: Floats, persons: Floats) -> Floats:
    """Give back the risk by class; 0 for one without rows."""
    risks = np.zeros(rows.size)
    for one in range(rows.size):
        whole = max(persons[one], rows[one])
        if rows[one] > 0.0:
            risks[one] = _mean_of_inverse(rows[one], rows[one] / whole, (whole - rows[one]) / whole)
    return risks


@inner
def _mean_of_inverse(rows: float, taken: float, left: float) -> float:
    """Give back the mean of 1/F for f = `rows`, p = `taken`, 1 − p = `left`.

    It is p times the integral I(f) of u^(f−1) / (p + (1 − p) u) over u from 0 to 1: I(1) = −ln p / (1 − p), and
    I(f + 1) = (1/f − p I(f)) / (1 − p), which loses nothing while p ≤ 1/2. Elsewhere it is p/f times the hypergeometric
    series ₂F₁(1, 1; f + 1; 1 − p), whose terms are all positive and fall fast.
    """
    if rows <= FEW_ROWS and left >= 0.5:
        part = -math.log(taken) / left
        for done in range(1, int(rows)):
            part = (1.0 / done - taken * part) / left
        return taken * part
    term, total, place = 1.0, 1.0, 1.0
    while term > total * 1e-17:
        term *= left * place / (rows + place)
        total += term
        place += 1.0
    return taken * total / rows
