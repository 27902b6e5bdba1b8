"""Data intrusion simulation: how likely it is that a match with a unique row is a right one."""

from fractions import Fraction
from math import fsum

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def right_matches(unique: int, paired: int, sampled: Fraction) -> Fraction:
    """Give back the probability that a person who matches just one row of the table is that row's; 0 without such rows.

    sampled · unique / (sampled · unique + (1 − sampled) · paired), where `unique` rows are like no other, `paired` are
    alike with just one other, and `sampled` is the share of the population that is in the table. Skinner and Elliot 2002,
    J R Stat Soc B 64(4) (they count pairs, each of which is two rows).

    >>> right_matches(4, 6, Fraction(1, 100))  # ten rows: four unique ones, three pairs
    Fraction(2, 299)
    """
    if not unique:
        return Fraction(0)
    return sampled * unique / (sampled * unique + (1 - sampled) * paired)


def dis_scores(score: Floats, right: Fraction, columns: int) -> Floats:
    """Give back the probability for each row: that of the whole table, shared out by SUDA scores; 0 where that is 0.

    1 / (1 + n (1/right − 1) / (s^q · sum of 1/s^q)) with the sums and n over the rows with a score s above 0, and
    q = 1 + (8 − columns) / 20. Rows of one score have `right`, whatever the score. Elliot and Manning 2003, Using DIS to
    modify the classification of special uniques, and sdcMicro's `suda2`. There q falls below 0 beyond 28 columns, which
    would turn the order round: here it stays 1/20 from 27 on.

    >>> import numpy as np
    >>> dis_scores(np.array([2.0, 2.0, 0.0]), Fraction(1, 4), 8).tolist()
    [0.25, 0.25, 0.0]
    """
    power = max(1 + (8 - columns) / 20, 1 / 20)
    values, place, rows = np.unique(score, return_inverse=True, return_counts=True)
    given = [(value**power, count) for value, count in zip(values.tolist(), rows.tolist(), strict=True) if value > 0]
    inverse = fsum(count / raised for raised, count in given)
    odds = sum(count for _, count in given) * float(1 / right - 1) if given else 0.0
    of_value = [1 / (1 + odds / (raised * inverse)) for raised, _ in given]
    dis: Floats = np.array([0.0] * (len(values) - len(given)) + of_value)[place]
    return dis
