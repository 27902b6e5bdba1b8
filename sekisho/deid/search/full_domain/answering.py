"""The global search: from a question to an answer."""

import numpy as np

from sekisho.deid.ladders.ladder import Ladder
from sekisho.deid.passes.tuples import Codes, Counts
from sekisho.deid.recoding import Cause, ColumnRecoding, Recoding
from sekisho.deid.search.answer import Answer, claim
from sekisho.deid.search.full_domain.best_first import find_best
from sekisho.deid.search.full_domain.problem import Found, Problem, pose
from sekisho.deid.search.full_domain.reasons import causes
from sekisho.deid.search.judging import kept_tuples
from sekisho.deid.search.local.partition import persons_of
from sekisho.deid.search.question import Posed, Watch


def answer_global(posed: Posed, watch: Watch) -> Answer:
    """Give back the proven optimum, or the best found where the lattice is too large to prove one."""
    policy = posed.policy
    problem = pose(
        posed.tuples,
        tuple(posed.ladders.values()),
        posed.limits,
        posed.demands,
        posed.average_risk,
        policy.most_suppressed(posed.rows),
        policy.goal,
        k=policy.least_rows,
        weights=posed.weights,
    )
    found, whole = _search(problem, watch)
    recoding = _recode(posed, found)
    rows = posed.rows - found.suppressed
    return Answer(
        tuples=posed.tuples,
        ladders=posed.ladders,
        recoding=recoding,
        value=claim(policy.goal, posed.tuples, posed.ladders, recoding, policy.least_rows)
        if policy.weights
        else found.value,
        suppressed=found.suppressed,
        nodes=found.nodes,
        evaluated=found.evaluated,
        steps=0,
        proven=found.proven and posed.exact,
        whole=whole,
        causes=tuple(Cause(one.column, one.bound, one.sensitive, rows) for one in causes(problem, found.levels)),
    )


def _search(problem: Problem, watch: Watch) -> tuple[Found, bool]:
    """Give back what was found, and whether nobody stopped the search."""
    stopped = False

    def stop() -> bool:
        nonlocal stopped
        stopped = stopped or bool(watch.stop and watch.stop())
        return stopped

    def tell(decided: int, _: float) -> None:
        if watch.progress:
            watch.progress(min(decided / problem.nodes, 1.0))

    found = find_best(problem, progress=tell, stop=stop)
    return found, not stopped


def _recode(posed: Posed, found: Found) -> Recoding:
    columns = tuple(
        _column(ladder, level, codes, posed.tuples.rows)
        for ladder, level, codes in zip(posed.ladders.values(), found.levels, posed.tuples.codes, strict=True)
    )
    every = Recoding(columns, np.ones(len(posed.tuples), dtype=np.bool_))
    return Recoding(columns, kept_tuples(persons_of(posed.tuples), posed.demands, every.class_of))


def _column(ladder: Ladder, level: int, codes: Codes, rows: Counts) -> ColumnRecoding:
    size = len(ladder.labels[level])
    labels = ladder.nodes[level][codes]
    return ColumnRecoding(
        name=ladder.column,
        labels=ladder.labels[level],
        of_tuple=labels,
        covers=ladder.covered[level],
        under=np.bincount(labels, weights=rows, minlength=size).astype(np.int64),
        lowest=np.full(size, level, dtype=np.int64),
        level=level,
    )
