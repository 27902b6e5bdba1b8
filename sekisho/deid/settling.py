"""What a policy leaves to the table: limits that are a share of the rows become numbers."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import count
from math import ceil

import numpy as np

from sekisho.deid.policy import Coding, Policy
from sekisho.deid.table import Column, Table
from sekisho.deid.written.lines import malformed
from sekisho.statement import LARGEST_INTEGER

LEAST_DIGITS = 2


def settle_policy(policy: Policy, table: Table) -> Policy:
    """Give back the policy with the limits that `table` gives its codings; its digest stays.

    With a share, at least so many of the rows that have a number reach the limit. The farthest number that does is
    somebody's own: the limit is that number moved inside to two significant digits, or to as few more as keep the two
    limits of a column apart. A column without numbers has no limit. Refuses with POLICY_MALFORMED where a top is not above
    its bottom.
    """
    codings: Mapping[str, Coding] = {name: _settled(one, table.column(name)) for name, one in policy.codings.items()}
    for name, one in codings.items():
        if one.top is not None and one.bottom is not None and one.top <= one.bottom:
            raise malformed(policy.lines, ("code", name), rule="top-below-bottom")
    return replace(policy, codings=codings)


def _settled(coding: Coding, column: Column) -> Coding:
    if coding.top_share is None and coding.bottom_share is None:
        return coding
    rows = zip(column.values, column.counts.tolist(), strict=True)
    numbers = sorted((value, some) for value, some in rows if some and isinstance(value, int))
    exact = replace(
        coding,
        top=coding.top if coding.top_share is None else _limit(numbers[::-1], coding.top_share),
        bottom=coding.bottom if coding.bottom_share is None else _limit(numbers, coding.bottom_share),
    )
    rounded = (_rounded(exact, digits) for digits in count(LEAST_DIGITS))
    return next(one for one in rounded if one == exact or one.top is None or one.bottom is None or one.bottom < one.top)


def _rounded(exact: Coding, digits: int) -> Coding:
    """Give back the coding with the limits that a share found moved inside to so many significant digits."""
    top, bottom = exact.top, exact.bottom
    if top is not None and exact.top_share is not None:
        unit = _unit(top, digits)
        top = max(top // unit * unit, -LARGEST_INTEGER)
    if bottom is not None and exact.bottom_share is not None:
        unit = _unit(bottom, digits)
        bottom = min(-(-bottom // unit) * unit, LARGEST_INTEGER)
    return replace(exact, top=top, bottom=bottom)


def _unit(number: int, digits: int) -> int:
    return int(10 ** max(len(str(abs(number))) - digits, 0))


def _limit(numbers: list[tuple[int, int]], share: Fraction | None) -> int | None:
    """Give back the first number up to which the rows are at least this share; None without a share or numbers."""
    if share is None or not numbers:
        return None
    reached = np.cumsum([some for _, some in numbers])
    return numbers[int(np.searchsorted(reached, ceil(share * int(reached[-1]))))][0]
