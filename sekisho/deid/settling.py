"""What a policy leaves to the table: limits that are a share of the rows become numbers."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from math import ceil

import numpy as np

from sekisho.deid.policy import Coding, Policy
from sekisho.deid.table import Column, Table
from sekisho.deid.written.lines import malformed


def settle_policy(policy: Policy, table: Table) -> Policy:
    """Give back the policy with the limits that `table` gives its codings; its digest stays.

    With a share, at least so many of the rows that have a number reach the limit, and no limit farther out does that.
    Refuses with POLICY_MALFORMED where a top is not above its bottom.
    """
    codings: Mapping[str, Coding] = {
        name: _settled(one, table.column(name)) if name in table.names else one for name, one in policy.codings.items()
    }
    for name, one in codings.items():
        if one.top is not None and one.bottom is not None and one.top <= one.bottom:
            raise malformed(policy.lines, ("code", name), rule="top-below-bottom")
    return replace(policy, codings=codings)


def _settled(coding: Coding, column: Column) -> Coding:
    if coding.top_share is None and coding.bottom_share is None:
        return coding
    rows = {value: count for value, count in zip(column.values, column.counts.tolist(), strict=True) if count}
    numbers = sorted((value, count) for value, count in rows.items() if isinstance(value, int))
    rising = _limit(numbers, coding.bottom_share)
    falling = _limit(numbers[::-1], coding.top_share)
    return replace(
        coding,
        top=coding.top if coding.top_share is None else falling,
        bottom=coding.bottom if coding.bottom_share is None else rising,
    )


def _limit(numbers: list[tuple[int, int]], share: Fraction | None) -> int | None:
    """Give back the first number up to which the rows are at least this share; None without a share or numbers."""
    if share is None or not numbers:
        return None
    reached = np.cumsum([count for _, count in numbers])
    return numbers[int(np.searchsorted(reached, ceil(share * int(reached[-1]))))][0]
