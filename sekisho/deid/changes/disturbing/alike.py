"""Which rows are alike in some columns, and rows gathered by that."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sekisho.deid.table import Codes, Table

Rows = npt.NDArray[np.int64]


def number_alike(table: Table, names: Sequence[str]) -> tuple[Codes, int]:
    """Give back the number of each row's group and how many groups there are; rows of one group are alike in `names`.

    A blank is a value like others. Without names all rows are one group.
    """
    if not names:
        return np.zeros(table.rows, dtype=np.int32), 1
    from sekisho.deid.passes.tuples import collapse  # compiled loops take half a second to load

    columns = [table.column(name) for name in names]
    tuples = collapse([one.codes for one in columns], [len(one.values) for one in columns])
    return tuples.of_row, len(tuples)


def gather(of_row: Codes, groups: int, order: Rows) -> tuple[Rows, Rows]:
    """Give back the rows of `order` group by group, in their order within each, and where each group begins among them.

    The last of the starts is the number of rows; shape (groups + 1,).
    """
    from sekisho.deid.passes.sorting import bits_of, sort_rows

    of_order = of_row[order]
    _, place = sort_rows(of_order.astype(np.uint64), bits_of(groups))
    starts = np.zeros(groups + 1, dtype=np.int64)
    np.cumsum(np.bincount(of_order, minlength=groups), out=starts[1:])
    return order[place], starts
