"""Ages in whole years: five years, then the three age groups of the census (spec/policy.md 4.1)."""

from sekisho.deid.ladders.spelling import band, code_number

HEIGHT = 3
WIDTH = 5
TOP_AGE = 90  # nobody older is told apart
GROUPS = (15, 65)  # 年齢3区分: children, those of working age, the old
OLDEST = 150  # beyond it is no age


def climb_age(years: int) -> tuple[int | str, ...] | None:
    """Give back the labels from level 0 to below `*`; None for what is no age.

    From 90 on levels 0 and 1 are `≥90`, which lies in `≥65` as every band of five years lies in one of the groups.
    """
    if not 0 <= years <= OLDEST:
        return None
    coded = code_number(years, TOP_AGE, None)
    low = years // WIDTH * WIDTH
    five = coded if isinstance(coded, str) else band(low, low + WIDTH - 1)
    young, old = GROUPS
    group = code_number(years, old, None) if years >= young else band(0, young - 1)
    return coded, five, group if isinstance(group, str) else band(young, old - 1)
