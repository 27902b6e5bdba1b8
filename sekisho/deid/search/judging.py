"""Which classes of a recoding keep the demands."""

import numpy as np
import numpy.typing as npt

from sekisho.deid.passes.compiled import compiled
from sekisho.deid.search.demands import Demands, broken
from sekisho.deid.search.local.fragments import Counts, Persons


def kept_tuples(persons: Persons, demands: Demands, class_of: Counts) -> npt.NDArray[np.bool_]:
    """Give back which tuples stand in a class that keeps every demand; `class_of` is by tuple, from 0 on."""
    order = np.argsort(class_of, kind="stable")
    kept: npt.NDArray[np.bool_] = _kept_classes(persons, demands, class_of, order)[class_of]
    return kept


@compiled
def _kept_classes(persons: Persons, demands: Demands, class_of: Counts, order: Counts) -> npt.NDArray[np.bool_]:
    kept = np.zeros(class_of.max() + 1, dtype=np.bool_)
    histogram = np.zeros(persons.width, dtype=np.int64)
    begin = 0
    while begin < order.size:
        one = class_of[order[begin]]
        rows = people = 0
        histogram[:] = 0
        while begin < order.size and class_of[order[begin]] == one:
            here = order[begin]
            rows += persons.rows[here]
            people += persons.population[here]
            for entry in range(persons.begins[here], persons.begins[here + 1]):
                histogram[persons.place[entry]] += persons.amount[entry]
            begin += 1
        kept[one] = broken(demands, histogram, rows, people) < 0
    return kept
