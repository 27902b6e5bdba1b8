"""Long sums in closed form, and roots between two bounds.

Differences of the logarithm of the gamma function and of its derivative lose all digits where both are great: here they
are the differences of their asymptotic series, term by term (Abramowitz and Stegun 1964, 6.1.40 and 6.3.18).
"""

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

_FAR = 16  # from here on five terms of the series are right to all digits
_LOG_GAMMA = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188)  # of 1/x, 1/x³, 1/x⁵, …
_DIGAMMA = (-1 / 12, 1 / 120, -1 / 252, 1 / 240, -1 / 132)  # of 1/x², 1/x⁴, 1/x⁶, …
_STEPS = 200


def harmonic(first: float, step: float, counts: Counts) -> Floats:
    """Give back the sum of 1 / (first + i · step), i from 0 on, of as many terms as each of `counts` says.

    `first` and `step` are above 0. Costs the same for a million terms as for twenty.

    >>> harmonic(1.0, 1.0, np.array([0, 1, 2])).tolist()
    [0.0, 1.0, 1.5]
    """
    start = first / step
    near = max(0, math.ceil(_FAR - start))
    direct = np.concatenate([[0.0], np.cumsum(1 / (start + np.arange(near)))])
    low, far = np.full(counts.shape, start + near), np.maximum(counts - near, 0)
    high = low + far
    rest = np.log1p(far / low) - (1 / high - 1 / low) / 2
    for power, factor in enumerate(_DIGAMMA, 1):
        rest += factor * (high ** (-2.0 * power) - low ** (-2.0 * power))
    total: Floats = (direct[np.minimum(counts, near)] + rest) / step
    return total


def log_gamma_ratio(start: float, more: float) -> float:
    """Give back ln Γ(start + more) − ln Γ(start), both arguments above 0.

    >>> round(log_gamma_ratio(4.0, 1.0), 12) == round(math.log(4), 12)
    True
    """
    shift = max(0, math.ceil(_FAR - min(start, start + more)))
    near = sum(math.log1p(more / (start + one)) for one in range(shift))
    low = start + shift
    high = low + more
    far = (high - 0.5) * math.log1p(more / low) + more * math.log(low) - more
    for place, factor in enumerate(_LOG_GAMMA):
        far += factor * (high ** (-2.0 * place - 1) - low ** (-2.0 * place - 1))
    return far - near


def falling_root(curve: Callable[[float], float], low: float, high: float) -> float:
    """Give back where `curve` passes from above 0 at `low` to no more than 0 at `high`.

    Ridders' method (Ridders 1979, IEEE Trans. Circuits Syst. 26): the root stays between two bounds that at least halve
    in each of at most 200 steps.

    >>> round(falling_root(lambda x: 2 - x * x, 0.0, 2.0), 12)
    1.414213562373
    """
    above, below = curve(low), curve(high)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if below == 0 or not low < middle < high:
            break
        here = curve(middle)
        bent = math.sqrt(here * here - above * below)
        point = middle + (middle - low) * here / bent if bent else middle
        for place, value in sorted([(middle, here), (point, curve(point))]):
            if value > 0 and place > low:
                low, above = place, value
            elif value <= 0 and place < high:
                high, below = place, value
    return high
