"""What a released table is worth, by one code for all tools, from the labels in it and nothing of any search.

NCP: Xu et al. 2006. Entropy loss (non-uniform entropy): Gionis and Tassa 2009, scaled to 0..1. Class of a record: the sum
of |E|² over the rows, Bayardo and Agrawal 2005. Counts: sekisho/deid/utility/queries.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np
import numpy.typing as npt

from bench.search.tables import Domain
from sekisho.deid.ladders.spelling import written
from sekisho.deid.table import Table
from sekisho.deid.utility.queries import Asked, covers_of, query_errors

SEED = b"the same queries for every tool"
Codes = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]
Label = str | Sequence[str]


@dataclass(frozen=True, eq=False)
class Released:
    """The classes of a released table: `codes[column][class]` points into the column's labels; `rows` of each class."""

    labels: tuple[tuple[Label, ...], ...]
    codes: tuple[Codes, ...]
    rows: Counts


@dataclass(frozen=True)
class Figures:
    """Shares are 0..1; `class_of_a_record` and `k` are rows; errors are relative, NaN where no count was asked.

    `entropy_loss` is the mean of the columns' shares, which is how the cited figures count it; `entropy_loss_pooled` the
    share of all columns' entropy together.
    """

    ncp: float
    entropy_loss: float
    entropy_loss_pooled: float
    class_of_a_record: float
    median_error: float
    mean_error: float
    p90_error: float
    k: int
    suppressed: float


def released_by_rows(table: Table, names: Sequence[str]) -> Released:
    """Give back the classes of a table that the engine released; blank cells are the empty text."""
    columns = [table.column(name).used() for name in names]
    keys = np.zeros(table.rows, dtype=np.int64)
    for column in columns:
        _, keys = np.unique(keys * len(column.values) + column.codes, return_inverse=True)
    _, first, rows = np.unique(keys, return_index=True, return_counts=True)
    labels = tuple(tuple(written(value) for value in column.values) for column in columns)
    return Released(labels, tuple(column.codes[first] for column in columns), rows.astype(np.int64))


def released_by_classes(columns: Sequence[Sequence[Label]], rows: Sequence[int]) -> Released:
    """Give back the classes of another tool's table from a label per class; classes that look alike are one."""
    texts = [[one if isinstance(one, str) else tuple(one) for one in column] for column in columns]
    places: dict[tuple[Label, ...], int] = {}
    for alike, count in zip(zip(*texts, strict=True), rows, strict=True):
        places[alike] = places.get(alike, 0) + count
    labels = [tuple(dict.fromkeys(column)) for column in zip(*places, strict=True)]
    index = [{label: place for place, label in enumerate(one)} for one in labels]
    codes = tuple(
        np.array([place[label] for label in column], dtype=np.int32)
        for place, column in zip(index, zip(*places, strict=True), strict=True)
    )
    return Released(tuple(labels), codes, np.array(list(places.values()), dtype=np.int64))


def figures_of(domains: Sequence[Domain], released: Released, queries: int = 1_000) -> Figures:
    """Give back the figures of `released`, whose columns stand in the order of `domains`."""
    total = int(domains[0].rows.sum())
    left_out = total - int(released.rows.sum())
    loss = 0.0
    kept, whole, asked = [], [], []
    for domain, labels, codes in zip(domains, released.labels, released.codes, strict=True):
        covered = [domain.covered(one) for one in labels]
        lost = np.array([(len(one) - 1) / max(len(domain.values) - 1, 1) for one in covered])
        said = np.array([log(domain.rows[one].sum()) for one in covered])
        loss += float((lost[codes] * released.rows).sum()) + left_out * (len(domain.values) > 1)
        known = float((domain.rows * np.log(domain.rows)).sum())
        kept.append(float((said[codes] * released.rows).sum()) + left_out * log(total) - known)
        whole.append(total * log(total) - known)
        asked.append(Asked(domain.of_row, len(domain.values), domain.ordered, codes, covers_of(covered)))
    errors = (
        query_errors(asked, np.ones(total, dtype=np.int64), released.rows, SEED, queries) if queries else np.array([])
    )
    return Figures(
        ncp=loss / (total * len(domains)),
        entropy_loss=sum(one / all_ for one, all_ in zip(kept, whole, strict=True) if all_) / len(domains),
        entropy_loss_pooled=sum(kept) / sum(whole),
        class_of_a_record=float((released.rows.astype(np.float64) ** 2).sum()) / total + left_out,
        median_error=float(np.median(errors)) if errors.size else float("nan"),
        mean_error=float(errors.mean()) if errors.size else float("nan"),
        p90_error=float(np.quantile(errors, 0.9)) if errors.size else float("nan"),
        k=int(released.rows.min()) if released.rows.size else 0,
        suppressed=left_out / total,
    )
