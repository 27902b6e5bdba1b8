"""The local search: cut top down, refine, block by block (spec/plan.md 2.1)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from sekisho.deid.ladders.ladder import Ladder
from sekisho.deid.passes.tuples import Tuples
from sekisho.deid.policy import Goal, Wording
from sekisho.deid.search.demands import Demands, judge
from sekisho.deid.search.local.costs import Costs, costs_of
from sekisho.deid.search.local.fragments import Counts, Persons, cut_all
from sekisho.deid.search.local.refine import WINDOWS, refine

BLOCK = 32_768  # tuples that are refined together: what fits a core's cache, and enough for two cores to share

Progress = Callable[[float], None]
Stop = Callable[[], bool]
Work = Callable[["_Block"], "_Done"]
Spreading = Callable[[Work, Iterable["_Block"]], Iterable["_Done"]]


@dataclass(frozen=True, eq=False)
class Question:
    """Partition `tuples` into classes that keep `demands`, for the least `goal`.

    `limits`: the highest level that each column's labels may have. `steps`: the budget of refinement per tuple. `guide`: what
    the cuts from the top look at; refinement looks at the goal itself.
    """

    tuples: Tuples
    ladders: tuple[Ladder, ...]
    limits: tuple[int, ...]
    demands: Demands
    goal: Goal
    wording: Wording
    steps: int
    guide: Goal = Goal.LOSS
    weights: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Partition:
    """Classes of tuples: `class_of[tuple]`, −1 where it is left out; `ranges` of shape (classes, columns, 2).

    `ranges` are the lowest and highest code of a class by column. `whole` is False where the search was interrupted:
    the classes keep the demands all the same, but some were refined less than the budget allows.
    """

    class_of: npt.NDArray[np.int32]
    ranges: Counts
    steps: int
    whole: bool


@dataclass(frozen=True, eq=False)
class _Block:
    """Neighbouring fragments: the tuples `members`, and where in them each fragment begins."""

    members: Counts
    begins: Counts


@dataclass(frozen=True, eq=False)
class _Done:
    """A block's classes by member, numbered from 0, and the steps that they took."""

    members: Counts
    classes: Counts
    steps: int
    whole: bool


def find_partition(
    question: Question, *, spread: Spreading = map, progress: Progress | None = None, stop: Stop | None = None
) -> Partition:
    """Give back the partition; the same question gives the same one, however `spread` shares out the blocks.

    `spread` is `map`, or a pool's, which gives the results in order too; `progress` is told the share of tuples done.
    Where `stop` answers True, no further round of refinement begins.
    """
    persons = persons_of(question.tuples)
    costs = costs_of(
        question.tuples, question.ladders, question.goal, question.wording, question.limits, question.weights
    )
    guide = costs_of(
        question.tuples, question.ladders, question.guide, question.wording, question.limits, question.weights
    )
    class_of = np.full(len(question.tuples), -1, dtype=np.int32)
    blocks = list(_blocks(question, persons, guide))
    work = partial(_work, persons, guide, costs, question.demands, question.steps, stop)
    found = steps = tuples = 0
    whole = True
    for done in spread(work, blocks):
        class_of[done.members] = done.classes + found
        found += int(done.classes.max()) + 1
        steps += done.steps
        whole &= done.whole
        tuples += done.members.size
        if progress:
            progress(tuples / class_of.size)
    return Partition(class_of, ranges_of(persons.codes, class_of, found), steps, whole)


def persons_of(tuples: Tuples) -> Persons:
    """Give back the tuples as compiled loops read them, the sensitive columns' histograms laid end to end."""
    codes = np.ascontiguousarray(np.stack(tuples.codes, axis=1))
    places, amounts, owners, width = [], [], [], 0
    for one in tuples.spreads:
        owners.append(np.repeat(np.arange(len(tuples)), np.diff(one.begins)))
        places.append(one.codes.astype(np.int64) + width)
        amounts.append(one.rows)
        width += one.width
    nothing = np.zeros(0, dtype=np.int64)
    owner = np.concatenate([nothing, *owners])
    order = np.argsort(owner, kind="stable")
    begins = np.searchsorted(owner[order], np.arange(len(tuples) + 1)).astype(np.int64)
    place, amount = np.concatenate([nothing, *places])[order], np.concatenate([nothing, *amounts])[order]
    return Persons(codes, tuples.rows, tuples.population, begins, place, amount, width)


def breaks(question: Question, members: Counts) -> bool:
    """Say whether these tuples, as one class, break a demand."""
    some = gather(persons_of(question.tuples), members)
    return bool(judge(question.demands, *sums_of(some)) >= 0)


def sums_of(persons: Persons) -> tuple[Counts, int, int]:
    histogram = np.bincount(persons.place, weights=persons.amount, minlength=persons.width).astype(np.int64)
    return histogram, int(persons.rows.sum()), int(persons.population.sum())


def _blocks(question: Question, persons: Persons, costs: Costs) -> Iterable[_Block]:
    """Give back the blocks: what the limits part, cut until nothing is larger than a block, neighbours put together."""
    parts: list[Counts] = []
    size = 0
    for members in parts_of(question):
        some = gather(persons, members)
        if judge(question.demands, *sums_of(some)) >= 0:
            continue
        order = np.arange(members.size)
        begins = cut_all(some, costs, question.demands, BLOCK, order)
        for begin, end in zip(begins, [*begins[1:], order.size], strict=True):
            if size and size + end - begin > BLOCK:
                yield _block(parts)
                parts, size = [], 0
            parts.append(members[order[begin:end]])
            size += int(end - begin)
    if parts:
        yield _block(parts)


def _block(parts: Sequence[Counts]) -> _Block:
    return _Block(np.concatenate(parts), np.cumsum([0, *(one.size for one in parts)])[:-1])


def parts_of(question: Question) -> Iterable[Counts]:
    """Give back the tuples by their nodes at the limits: no label may stand above them."""
    columns = [
        ladder.nodes[limit][codes]
        for ladder, limit, codes in zip(question.ladders, question.limits, question.tuples.codes, strict=True)
        if limit < ladder.height
    ]
    if not columns:
        return [np.arange(len(question.tuples))]
    _, place = np.unique(np.stack(columns), axis=1, return_inverse=True)
    order = np.argsort(place, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(place[order])) + 1)


def _work(
    persons: Persons, guide: Costs, costs: Costs, demands: Demands, steps: int, stop: Stop | None, block: _Block
) -> _Done:
    """Give back the classes of one block: its fragments cut to the end, then refined together, round by round."""
    some = gather(persons, block.members)
    order, parts = np.arange(block.members.size), []
    for begin, end in zip(block.begins, [*block.begins[1:], order.size], strict=True):
        parts.append(cut_all(some, guide, demands, 0, order[begin:end]) + begin)
    begins = np.concatenate(parts)
    classes = np.empty(order.size, dtype=np.int64)
    classes[order] = np.repeat(np.arange(begins.size), np.diff(np.append(begins, order.size)))
    budget, taken = steps * order.size, 0
    for window in WINDOWS:
        if taken >= budget:
            break
        if stop and stop():
            return _Done(block.members, classes, taken, whole=False)
        classes, more = refine(some, costs, demands, order, begins, budget - taken, window)
        taken += int(more)
        if window > 2 * begins.size:
            break
        order = np.argsort(classes, kind="stable")
        begins = np.searchsorted(classes[order], np.arange(int(classes.max()) + 1)).astype(np.int64)
    return _Done(block.members, classes, taken, whole=True)


def gather(persons: Persons, members: Counts) -> Persons:
    """Give back these tuples alone, side by side in memory."""
    counts = np.diff(persons.begins)[members]
    begins = np.concatenate([[0], np.cumsum(counts)])
    entries = np.repeat(persons.begins[members] - begins[:-1], counts) + np.arange(begins[-1])
    return Persons(
        persons.codes[members],
        persons.rows[members],
        persons.population[members],
        begins.astype(np.int64),
        persons.place[entries],
        persons.amount[entries],
        persons.width,
    )


def ranges_of(codes: npt.NDArray[np.int32], class_of: npt.NDArray[np.int32], classes: int) -> Counts:
    """Give back the lowest and highest code of each class by column; shape (classes, columns, 2)."""
    kept = np.flatnonzero(class_of >= 0)
    order = kept[np.argsort(class_of[kept], kind="stable")]
    begins = np.searchsorted(class_of[order], np.arange(classes))
    ranges = np.empty((classes, codes.shape[1], 2), dtype=np.int64)
    for column in range(codes.shape[1]):
        here = codes[order, column]
        ranges[:, column, 0] = np.minimum.reduceat(here, begins)
        ranges[:, column, 1] = np.maximum.reduceat(here, begins)
    return ranges
