"""How likely a person is the only one of the population with these values: the copula model, learnt from the sample.

A person's cell has the probability p under a normal copula with the table's own margins. Among n persons, drawn alike, one
with these values is unique with (1 − p)^(n−1), and is picked rightly from those alike with (1 − (1 − p)^n) / (n p).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sekisho.deid.measure import Better, Kind, Measure, Unit, twelve_decimals
from sekisho.deid.passes.tuples import Tuples, collapse
from sekisho.deid.risk.uniqueness.fitting.dependence import Copula, fit
from sekisho.deid.risk.uniqueness.fitting.normal import Spreading, lattice, quantiles, rectangles
from sekisho.deid.table import Codes, Table
from sekisho.errors import CannotMeet, Reason

Floats = npt.NDArray[np.float64]

_ATTACKER = "knows all of the person's quasi-identifiers, but not whether the person is in the table"
_SOURCE = "Rocher, Hendrickx and de Montjoye 2019, Nat Commun 10:3069"
_CELL = "p: a cell's probability under the copula, n: persons of the population"

UNIQUENESS = Kind("copula-uniqueness", Unit.SHARE, Better.LOWER, f"mean of (1 − p)^(n−1); {_CELL}", _ATTACKER, _SOURCE)
CORRECTNESS = Kind(
    "copula-correctness",
    Unit.PROBABILITY,
    Better.LOWER,
    f"mean of (1 − (1 − p)^n) / (n p); {_CELL}",
    _ATTACKER,
    _SOURCE,
)
CORRECTNESS_HIGHEST = Kind(
    "copula-correctness-highest",
    Unit.PROBABILITY,
    Better.LOWER,
    f"max over rows of (1 − (1 − p)^n) / (n p); {_CELL}",
    _ATTACKER,
    _SOURCE,
)

DRAWS = 16384  # persons of the model, over whom the means are taken
BATCHES = 16  # of them, whose means tell how sure the mean is
FINE, COARSE = 64, 16  # points of a cell's integral
MANY_CELLS = 200_000  # from here on coarse: a cell's probability is then known to 1 %, not to 0.1 %


@dataclass(frozen=True, eq=False)
class CopulaUniqueness:
    """What the model says of the population, and of each row of the table.

    `mean`: expected share of the population that is unique; `mean_error`: standard error of its computation, not of the
    model. `mean_correctness`: expected share that is picked rightly. `cells[row]`: probability of the row's values;
    `of_row`, `correctness`: likelihood by row that it is unique, and that it is picked rightly.
    """

    mean: float
    mean_error: float
    mean_correctness: float
    cells: Floats
    of_row: Floats
    correctness: Floats


def copula_uniqueness(
    table: Table, names: Sequence[str], population: int, *, spread: Spreading = map
) -> CopulaUniqueness:
    """Give back how unique the persons of a population are, of which `table` is a random sample.

    The means are over persons of the model, as the authors take them; the points are a lattice, so that nothing is left to
    chance. A value that the sample lacks does not exist for the model: from a few hundred rows the means are some percent
    low. `spread` shares the cells out over cores. Costs a few microseconds a distinct tuple. Without rows everything is 0
    or empty. Refuses with NO_QUASI_IDENTIFIER and POPULATION_TOO_SMALL.

    >>> from sekisho.deid.table import table_of
    >>> six = table_of(age=[30, 30, 30, 40, 40, 40])
    >>> [round(float(one), 6) for one in copula_uniqueness(six, ["age"], 6).of_row[:2]]  # (1 − 1/2)^5
    [0.03125, 0.03125]
    """
    if not names:
        raise CannotMeet(Reason.NO_QUASI_IDENTIFIER)
    if population < table.rows:
        raise CannotMeet(Reason.POPULATION_TOO_SMALL, rows=table.rows, population=population)
    if not table.rows:
        return CopulaUniqueness(0.0, 0.0, 0.0, *(np.empty(0) for _ in range(3)))
    columns = [one for one in (table.column(name).used() for name in names) if len(one.values) > 1]
    if not columns:
        return _found(np.ones(table.rows), np.ones(BATCHES), population)
    columns.sort(key=lambda one: -_spread(one.counts))  # narrow cells first: what is left then varies little
    copula = fit(columns)
    root: Floats = np.linalg.cholesky(copula.correlation).astype(np.float64)
    tuples = _tuples(copula.places, copula)
    drawn = _tuples(_persons(copula, root), copula)
    cells, likely = (_cells(one, copula, root, spread)[one.of_row] for one in (tuples, drawn))
    return _found(cells, likely, population)


def copula_measures(found: CopulaUniqueness) -> tuple[Measure, Measure, Measure]:
    """Give back the expected share of unique persons, and the mean and highest probability that one is picked rightly.

    >>> from sekisho.deid.table import table_of
    >>> six = table_of(age=[30, 30, 30, 30, 30, 30], sex=[1, 1, 1, 1, 1, 1])
    >>> [one.text for one in copula_measures(copula_uniqueness(six, ["age", "sex"], 10))]  # all alike
    ['0.000000', '0.100000', '0.100000']
    """
    highest = float(found.correctness.max()) if found.correctness.size else 0.0
    return (
        Measure(UNIQUENESS, twelve_decimals(found.mean)),
        Measure(CORRECTNESS, twelve_decimals(found.mean_correctness)),
        Measure(CORRECTNESS_HIGHEST, twelve_decimals(highest)),
    )


def _found(cells: Floats, drawn: Floats, population: int) -> CopulaUniqueness:
    means = _unique(drawn, population).reshape(BATCHES, -1).mean(axis=1)
    return CopulaUniqueness(
        float(means.mean()),
        float(means.std(ddof=1) / np.sqrt(BATCHES)),
        float(_picked(drawn, population).mean()),
        cells,
        _unique(cells, population),
        _picked(cells, population),
    )


def _unique(cells: Floats, population: int) -> Floats:
    if population == 1:
        return np.ones(cells.size)
    with np.errstate(divide="ignore"):  # where p is 1, the logarithm is −∞ and nobody unique
        unique: Floats = np.exp((population - 1) * np.log1p(-cells))
    return unique


def _picked(cells: Floats, population: int) -> Floats:
    with np.errstate(divide="ignore"):
        somebody = -np.expm1(population * np.log1p(-cells))
    expected = np.maximum(population * cells, 1e-290)
    return np.where(cells > 0, np.minimum(somebody / expected, 1.0), 1.0)


def _spread(counts: npt.NDArray[np.int64]) -> float:
    shares = counts / counts.sum()
    return float(-(shares * np.log(shares)).sum())


def _tuples(places: Sequence[Codes], copula: Copula) -> Tuples:
    return collapse(places, [one.size - 1 for one in copula.bounds])


def _cells(tuples: Tuples, copula: Copula, root: Floats, spread: Spreading) -> Floats:
    points = lattice(FINE if len(tuples) < MANY_CELLS else COARSE, len(copula.bounds))
    begins = np.cumsum([0] + [one.size for one in copula.bounds[:-1]])
    cells = rectangles(np.stack(tuples.codes), (np.concatenate(copula.bounds), begins), root, points, spread)
    return np.clip(cells, 0.0, 1.0)


def _persons(copula: Copula, root: Floats) -> tuple[Codes, ...]:
    """Give back the values, as places in the order, of persons drawn from the model evenly."""
    shares = np.clip(lattice(DRAWS, len(copula.bounds)), 1e-12, 1 - 1e-12)
    normals = root @ quantiles(shares.ravel()).reshape(shares.shape)
    return tuple(
        np.searchsorted(bounds[1:-1], one).astype(np.int32) for bounds, one in zip(copula.bounds, normals, strict=True)
    )
