"""How many classes there are of each size: all that the estimators of uniqueness look at."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sekisho.deid.risk.alike import Sizes
from sekisho.errors import CannotMeet, Reason


@dataclass(frozen=True, eq=False)
class Frequencies:
    """`classes[i]` classes of `sizes[i]` rows each, sizes rising from at least 1; the rows are of `population` persons."""

    sizes: Sizes
    classes: Sizes
    population: int

    @cached_property
    def rows(self) -> int:
        return int((self.sizes * self.classes).sum())

    @cached_property
    def number(self) -> int:
        """How many classes there are."""
        return int(self.classes.sum())

    @property
    def share(self) -> float:
        """The share of the population that is in the sample."""
        return self.rows / self.population

    def of_size(self, size: int) -> int:
        """Give back how many classes have `size` rows."""
        return int(self.classes[self.sizes == size].sum())


def frequencies(sizes: Sizes, population: int) -> Frequencies:
    """Give back the frequencies of the sizes of classes; classes without rows do not count.

    Refuses with POPULATION_TOO_SMALL fewer persons than rows.

    >>> held = frequencies(np.array([1, 1, 1, 3]), 600)
    >>> held.sizes.tolist(), held.classes.tolist(), held.rows, held.share
    ([1, 3], [3, 1], 6, 0.01)
    """
    rows = int(sizes.sum())
    if population < rows:
        raise CannotMeet(Reason.POPULATION_TOO_SMALL, rows=rows, population=population)
    found, classes = np.unique(sizes[sizes > 0], return_counts=True)
    return Frequencies(found.astype(np.int64), classes.astype(np.int64), population)
