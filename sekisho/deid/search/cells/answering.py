"""Cell suppression where `*` may stand for anything: from a question to an answer."""

import numpy as np
import numpy.typing as npt

from sekisho.deid.ladders.ladder import TOP, Ladder
from sekisho.deid.recoding import Cause, ColumnRecoding, Counts, Recoding
from sekisho.deid.search.answer import Answer, claim
from sekisho.deid.search.cells.wildcard import suppress_cells
from sekisho.deid.search.question import Posed, Watch
from sekisho.deid.table import Codes


def answer_cells(posed: Posed, watch: Watch) -> Answer:
    """Cell suppression where `*` may stand for anything."""
    policy, tuples = posed.policy, posed.tuples
    weights = tuple(
        np.full(len(one.values), float(times)) for one, times in zip(posed.ladders.values(), posed.weights, strict=True)
    )
    progress = watch.progress
    stars = suppress_cells(
        tuples, policy.least_rows, weights, progress=progress and (lambda _, share: progress(share)), stop=watch.stop
    )
    columns = [
        _starred(ladder, tuples.rows, codes, star)
        for ladder, codes, star in zip(posed.ladders.values(), tuples.codes, stars, strict=True)
    ]
    recoding = Recoding(tuple(columns), np.ones(len(tuples), dtype=np.bool_))
    starred = [(name, int(tuples.rows[star].sum())) for name, star in zip(posed.ladders, stars, strict=True)]
    return Answer(
        tuples=tuples,
        ladders=posed.ladders,
        recoding=recoding,
        value=claim(policy.goal, tuples, posed.ladders, recoding, policy.least_rows),
        suppressed=0,
        nodes=0,
        evaluated=0,
        steps=0,
        proven=False,
        whole=not (watch.stop and watch.stop()),
        causes=tuple(Cause(name, "k", "", rows) for name, rows in starred if rows),
    )


def _starred(ladder: Ladder, rows: Counts, codes: Codes, star: npt.NDArray[np.bool_]) -> ColumnRecoding:
    """Give back the column with `*` where `star` says so; where the table has the value `*`, that is the same label."""
    size = len(ladder.values)
    top = ladder.values.index(TOP) if TOP in ladder.values else size
    labels = ladder.values if top < size else (*ladder.values, TOP)
    covers, lowest = np.ones(len(labels), dtype=np.int64), np.zeros(len(labels), dtype=np.int64)
    under = np.bincount(codes, weights=rows, minlength=len(labels)).astype(np.int64)
    covers[top], under[top], lowest[top] = size, rows.sum(), min(1, size - 1)
    of_tuple = np.where(star, top, codes).astype(np.int32)
    return ColumnRecoding(ladder.column, labels, of_tuple, covers, under, lowest, None if star.any() else 0)
