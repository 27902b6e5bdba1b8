"""How much two columns tell of each other, in nats: counted, expected by accident, and under a normal copula."""

import math

import numpy as np
import numpy.typing as npt

from sekisho.deid.passes.compiled import compiled
from sekisho.deid.risk.uniqueness.fitting.normal import below, quantiles

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

NODES = 512  # of the integral over a column, besides two for each value
STEPS = 24  # halvings: correlations to 1e-7
GREATEST = 0.999


def information_beyond_accident(table: Counts) -> float:
    """Give back the mutual information of a table of counts, less what shuffled columns would have on average; at least 0.

    The average is exact: each cell is hypergeometric when the columns are shuffled (Vinh, Epps and Bailey 2010, J Mach
    Learn Res 11, equation 24).
    """
    return max(_information(table) - _by_accident(table.sum(axis=1), table.sum(axis=0)), 0.0)


def correlation_of(information: float, first: Counts, second: Counts) -> float:
    """Give back the correlation in [0, 0.999] with which two normal variables, cut to these counts, have `information`.

    The counts stand in the order of the values. Found by halving: the information rises with the correlation.
    """
    if information <= 0.0:
        return 0.0
    nodes, weights, cells = _nodes(first)
    shares = np.cumsum(second)[:-1] / second.sum()
    cuts = quantiles(shares.astype(np.float64))
    return _halved(information, (nodes, weights, cells), cuts, second / second.sum())


def _nodes(counts: Counts) -> tuple[Floats, Floats, Counts]:
    """Give back normal quantiles that cover a column evenly, the probability of each, and its value's number."""
    shares = counts / counts.sum()
    each = np.ceil(shares * NODES).astype(np.int64) + 2
    cells = np.repeat(np.arange(counts.size), each)
    inside = np.arange(cells.size) - np.repeat(np.cumsum(each) - each, each) + 0.5
    before = np.cumsum(shares) - shares
    weights = (shares / each)[cells]
    return quantiles(before[cells] + inside * weights), weights, cells


@compiled
def _information(table: Counts) -> float:
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    whole, total = table.sum(), 0.0
    for one in range(table.shape[0]):
        for other in range(table.shape[1]):
            held = table[one, other]
            if held > 0:
                total += held / whole * math.log(held / rows[one] * whole / columns[other])
    return total


@compiled
def _by_accident(rows: Counts, columns: Counts) -> float:
    """Give back the mean information of tables with these margins; each cell from its likeliest count outwards."""
    whole, total = float(rows.sum()), 0.0
    for one in rows:
        for other in columns:
            if one == 0 or other == 0:
                continue
            least, most = max(one + other - int(whole), 0), min(one, other)
            likeliest = min(max(int((one + 1.0) * (other + 1.0) / (whole + 2.0)), least), most)
            mass, sum_ = 0.0, 0.0
            for step in (1, -1):
                held, weight = likeliest, 1.0
                while least <= held <= most and weight > 1e-18:
                    if step == 1 or held != likeliest:
                        mass += weight
                        if held > 0:
                            sum_ += weight * held / whole * math.log(held / one * whole / other)
                    rise = (one - held) / (held + 1.0) * ((other - held) / (whole - one - other + held + 1.0))
                    fall = held / (one - held + 1.0) * ((whole - one - other + held) / (other - held + 1.0))
                    weight *= rise if step == 1 else fall
                    held += step
            total += sum_ / mass
    return total


@compiled
def _halved(information: float, spread: tuple[Floats, Floats, Counts], cuts: Floats, shares: Floats) -> float:
    low, high = 0.0, GREATEST
    for _ in range(STEPS):
        middle = (low + high) / 2
        if _copula_information(middle, spread, cuts, shares) < information:
            low = middle
        else:
            high = middle
    return (low + high) / 2


@compiled
def _copula_information(
    correlation: float, spread: tuple[Floats, Floats, Counts], cuts: Floats, shares: Floats
) -> float:
    """Give back the mutual information of two normal variables cut into cells; `cuts` lie between the second's values."""
    nodes, weights, cells = spread
    scale = 1.0 / math.sqrt(1.0 - correlation * correlation)
    held = np.zeros(shares.size)
    total, mass = 0.0, 0.0
    for one in range(nodes.size):
        before, shift = 0.0, correlation * nodes[one]
        for other in range(shares.size):
            reached = below((cuts[other] - shift) * scale) if other < cuts.size else 1.0
            held[other] += weights[one] * (reached - before)
            before = reached
        mass += weights[one]
        if one + 1 == nodes.size or cells[one + 1] != cells[one]:
            for other in range(shares.size):
                if held[other] > 0.0:
                    total += held[other] * math.log(held[other] / (mass * shares[other]))
                held[other] = 0.0
            mass = 0.0
    return total
