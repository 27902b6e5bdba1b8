"""What the sensitive columns hold: care need and income, plausible for age and sex, skewed as they are in life."""

import math
import random

NO_CARE = "非該当"
CARE_LEVELS = ("要支援1", "要支援2", "要介護1", "要介護2", "要介護3", "要介護4", "要介護5")
_CARE_WEIGHTS = (14, 14, 21, 17, 13, 12, 9)
# From this age on, this share is in care: certification rates of the long-term care insurance, rounded.
_CARE_SHARE = (
    (95, 0.92),
    (90, 0.73),
    (85, 0.48),
    (80, 0.26),
    (75, 0.12),
    (70, 0.057),
    (65, 0.028),
    (40, 0.004),
    (0, 0.0),
)
# From this age on: share of 男 and of 女 with an income, and the median of those incomes in yen.
_INCOME = (
    (75, {"男": (0.80, 1_150_000), "女": (0.58, 720_000)}),
    (65, {"男": (0.88, 1_700_000), "女": (0.62, 900_000)}),
    (45, {"男": (0.93, 4_100_000), "女": (0.76, 1_900_000)}),
    (30, {"男": (0.94, 3_500_000), "女": (0.77, 2_000_000)}),
    (20, {"男": (0.80, 2_000_000), "女": (0.79, 1_800_000)}),
    (16, {"男": (0.15, 500_000), "女": (0.17, 500_000)}),
)
_LARGEST_YEN = 300_000_000


def care_need(chance: random.Random, age: int) -> str:
    share = next(share for since, share in _CARE_SHARE if age >= since)
    if chance.random() >= share:
        return NO_CARE
    return chance.choices(CARE_LEVELS, _CARE_WEIGHTS)[0]


def income_yen(chance: random.Random, sex: str, age: int) -> int:
    """Give back a yearly income in yen: none for many, log-normal for most, with a long tail for one in 400."""
    by_sex = next((one for since, one in _INCOME if age >= since), None)
    if by_sex is None:
        return 0
    share, median = by_sex[sex]
    if chance.random() >= share:
        return 0
    amount = chance.lognormvariate(math.log(median), 0.62)
    if chance.random() < 1 / 400:
        amount = 8_000_000 * chance.paretovariate(1.3)
    return min(_LARGEST_YEN, int(amount))
