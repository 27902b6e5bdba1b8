"""What every part of a class lacks when the class lacks it: the ground on which cones of a lattice are cut off.

Suppressing a class that breaks k, k-map or distinct ℓ is monotone: its parts break it too. The other sensitive bounds
are not, but each asks for something that is. A class whose values v have Σ w(v) below a need breaks the bound, and so
do its parts, which have no other values:

- entropy ℓ and recursive (c, ℓ): at least ℓ values (the entropy of m values is at most ln m);
- α: at least 1 / α values (the greatest of m shares is at least 1 / m);
- δ: every value of the table;
- β: Σ q(v) · (1 + β(v)) ≥ 1, because no share may be greater than q · (1 + β) and they sum to 1;
- t, equal distance: Σ q(v) ≥ 1 − t, because the distance is Σ max(0, q − p), at least what is missing of q.

For t with the other distances nothing is asked, and nothing for δ-presence: a class with too many or too few of its persons
in the table may have parts with as many as may be.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sekisho.deid.passes.compiled import compiled
from sekisho.deid.search.demands import ALPHA, BETA, DELTA, DISTINCT, ENTROPY, EQUAL, RECURSIVE, Demands

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

_SLACK = 1e-9  # wider than the tolerance of every bound: nothing is cut off that the bound itself would keep


class Relaxed(NamedTuple):
    """Per sensitive demand d the need, and the weight of each value of its column at `weight[begin[d]:begin[d + 1]]`."""

    need: Floats
    begin: Counts
    weight: Floats


def relax(demands: Demands) -> Relaxed:
    """Give back what each demand asks for monotonically."""
    parts = [_weights(demands, one) for one in range(demands.kind.size)]
    return Relaxed(
        need=np.array([need for need, _ in parts], dtype=np.float64),
        begin=np.cumsum([0, *(weight.size for _, weight in parts)], dtype=np.int64),
        weight=np.concatenate([np.zeros(0), *(weight for _, weight in parts)]),
    )


def is_monotone(demands: Demands) -> bool:
    """Say whether every demand is its own relaxation: then a node is decided by its cone's."""
    presence = demands.most_presence < 1 or demands.least_presence > 0
    return bool((demands.kind == DISTINCT).all()) and not presence


def _weights(demands: Demands, one: int) -> tuple[float, Floats]:  # noqa: PLR0911 - one per kind
    column = demands.column[one]
    share = demands.share[demands.begin[column] : demands.begin[column + 1]]
    number = float(demands.number[one])
    alike = np.ones(share.size)
    match int(demands.kind[one]):
        case kind if kind in {DISTINCT, RECURSIVE}:
            return number - _SLACK, alike
        case kind if kind == ENTROPY:
            return float(np.exp(number)) * (1 - _SLACK), alike
        case kind if kind == ALPHA:
            return 1 / number - _SLACK, alike
        case kind if kind == DELTA:
            present = (share > 0).astype(np.float64)
            return float(present.sum()), present
        case kind if kind == EQUAL:
            return 1 - number - _SLACK, share
        case kind if kind == BETA:
            rarest = np.maximum(share, np.finfo(np.float64).tiny)
            most = np.minimum(number, -np.log(rarest)) if demands.second[one] > 0 else np.full(share.size, number)
            return 1 - _SLACK, share * (1 + most)
        case _:
            return 0.0, np.zeros(share.size)


@compiled
def lacks(demands: Demands, relaxed: Relaxed, histogram: Counts) -> bool:
    """Say whether a class with this flat histogram lacks what a sensitive demand asks of every class that holds it."""
    for one in range(demands.kind.size):
        begin = demands.begin[demands.column[one]]
        total = 0.0
        for value in range(relaxed.begin[one + 1] - relaxed.begin[one]):
            if histogram[begin + value] > 0:
                total += relaxed.weight[relaxed.begin[one] + value]
        if total < relaxed.need[one]:
            return True
    return False
