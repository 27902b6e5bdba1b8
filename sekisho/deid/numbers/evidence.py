"""Whether numbers carry a check digit, or pass only as often as chance lets them (spec/numbers.md 5)."""

from dataclasses import dataclass
from math import exp, lgamma, log, sqrt

import numpy as np
import numpy.typing as npt

from sekisho.deid.numbers.check_digits import (
    CARE_INSURER,
    ELDERLY_INSURED,
    INSURER_6,
    INSURER_8,
    LICENCE,
    MY_NUMBER,
    RESIDENT_CODES,
    Digits,
    Scheme,
    digits_asked,
    digits_of,
)
from sekisho.deid.numbers.codes import Code

FALSE_ALARM = 1e-9  # the bound for one column of numbers drawn at random, over all trials together
PER_HEAD = 2  # numbers taken of those that begin alike

Numbers = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Trial:
    """One code's check digit tried on numbers of one length.

    `heads`: what the first two digits may be, where the code says so (empty: anything). `random_head`: how many of the
    first digits of such numbers are as if drawn; of numbers that begin alike in these, only PER_HEAD are taken,
    so that serial numbers do not count (0: all are taken).
    """

    code: Code
    scheme: Scheme
    heads: frozenset[int] = frozenset()
    random_head: int = 0


@dataclass(frozen=True)
class Weighed:
    """`passed` of `tried` distinct numbers, `expected` as the share by chance; `probability` that chance does as much."""

    tried: int
    passed: int
    expected: float
    probability: float


# 公安委員会コード: the first two digits of a licence's number.
_COMMISSIONS = frozenset(
    {0, *range(10, 15), *range(20, 26), 30, *range(40, 50), *range(50, 56), *range(60, 66), *range(70, 75)}
    | {*range(80, 84), *range(90, 98)}
)
_LAWS = frozenset({*range(1, 8), *range(31, 35), 39, 63, 67, *range(72, 76)})  # 法別番号: the first two of an insurer's
_PREFECTURES = frozenset(range(1, 48))

TRIALS = (
    Trial(Code.MY_NUMBER, MY_NUMBER, random_head=5),
    *(Trial(Code.RESIDENT_CODE, scheme, random_head=5) for scheme in RESIDENT_CODES),
    Trial(Code.LICENCE_NUMBER, LICENCE, heads=_COMMISSIONS, random_head=6),
    Trial(Code.INSURED_NUMBER, ELDERLY_INSURED, heads=frozenset(range(100)) - _LAWS),
    Trial(Code.INSURER_NUMBER, INSURER_8, heads=_LAWS),
    Trial(Code.INSURER_NUMBER, INSURER_6, heads=_PREFECTURES),
    Trial(Code.INSURER_NUMBER, CARE_INSURER, heads=_PREFECTURES),
)
LENGTHS = frozenset(one.scheme.length for one in TRIALS)
EDGES = 2  # the beginning and the end of longer numbers are tried as a My Number, too
HEADS = {
    12: 10**6,
    11: 10**6,
}  # what takes the digits as if drawn from a number of this length (of 12: the licence's six)


def weigh(trial: Trial, numbers: Numbers) -> Weighed:
    """Give back how the numbers (distinct, of the scheme's length) fare, and how likely chance does as well.

    Each number of a table without the check digit passes with the share of remainders that ask for the digit that
    stands there: 1 in 11 or 2 in 11 by its digit. The binomial of the same mean bounds the tail of the sum of such
    unequal draws (Hoeffding 1956, theorem 5). Where the column's own digits make accidents likelier (a digit that always
    stands there and is always asked for), the mean is raised to the share at which digits of other rows would pass, less
    two standard errors of it.
    """
    digits = _taken(trial, digits_of(numbers, trial.scheme.length))
    tried = len(digits)
    if tried == 0:
        return Weighed(0, 0, 0.0, 1.0)
    asked = digits_asked(trial.scheme, digits)
    there = digits[:, trial.scheme.place]
    right = int((asked == there).sum())
    found, wanted = (np.bincount(one, minlength=10).astype(np.float64) for one in (there, asked))
    by_digit = float(found @ np.array(trial.scheme.chances)) / tried
    expected = max(by_digit, _by_others(found, wanted, right, tried))
    return Weighed(tried, right, expected, min(1.0, (len(TRIALS) + EDGES) * upper_tail(right, tried, expected)))


def _by_others(found: npt.NDArray[np.float64], wanted: npt.NDArray[np.float64], right: int, tried: int) -> float:
    """Give back the share of pairs of different rows where one's digit is what the other asks for, less two errors."""
    if tried == 1:
        return 0.0
    share = (float(found @ wanted) - right) / (tried * (tried - 1))
    return share - 2 * sqrt(share * (1 - share) / tried)


def fewest_alike(numbers: Numbers, mixed: Numbers, length: int) -> npt.NDArray[np.bool_]:
    """Tell which numbers to keep: of those that begin alike the PER_HEAD whose mixing is smallest, in whatever order they come.

    A series would otherwise crowd out of a sample the few numbers that do not belong to it.
    """
    kept = np.ones(len(numbers), dtype=np.bool_)
    if length not in HEADS:
        return kept
    head = numbers // np.uint64(HEADS[length])
    order = np.lexsort((mixed, head))
    kept[order[PER_HEAD:]] = head[order[PER_HEAD:]] != head[order[:-PER_HEAD]]
    return kept


def _taken(trial: Trial, digits: Digits) -> Digits:
    """Give back the rows that count: with a head that is allowed, and few that begin alike."""
    if trial.heads:
        first = digits[:, 0].astype(np.int64) * 10 + digits[:, 1]
        digits = digits[np.isin(first, list(trial.heads))]
    if not trial.random_head:
        return digits
    head = np.zeros(len(digits), dtype=np.int64)
    for place in range(trial.random_head):
        head = head * 10 + digits[:, place]
    order = np.argsort(head, kind="stable")
    sorted_head = head[order]
    kept = np.ones(len(digits), dtype=np.bool_)
    kept[PER_HEAD:] = sorted_head[PER_HEAD:] != sorted_head[:-PER_HEAD]
    return digits[order[kept]]


def upper_tail(passed: int, tried: int, chance: float) -> float:
    """Give back P(X ≥ passed) for X binomial(tried, chance), and 1 where `passed` is not above the mean by one.

    The first term by logarithms of the gamma function, the others by their ratios, until they no longer count.
    """
    if passed <= tried * chance + 1 or chance >= 1:
        return 1.0
    if chance <= 0:
        return 0.0
    log_term = (
        lgamma(tried + 1)
        - lgamma(passed + 1)
        - lgamma(tried - passed + 1)
        + passed * log(chance)
        + (tried - passed) * log(1 - chance)
    )
    ratio = chance / (1 - chance)
    total, term = 1.0, 1.0
    for more in range(passed, tried):
        term *= (tried - more) / (more + 1) * ratio
        if term < total * 1e-17:
            break
        total += term
    exponent = log_term + log(total)
    return exp(exponent) if exponent > -745 else 0.0
