"""The most general partition that the limits allow, and which bound it breaks: what a refusal of the local mode names."""

from fractions import Fraction

import numpy as np

from sekisho.deid.search.demands import judge
from sekisho.deid.search.local.fragments import Counts, Persons
from sekisho.deid.search.local.partition import Partition, Question, gather, parts_of, persons_of, ranges_of, sums_of
from sekisho.deid.search.obstacle import AVERAGE, SHARE, Judged, Obstacle, first_obstacle, refusal, written
from sekisho.errors import CannotMeet


def coarsest_partition(question: Question) -> Partition:
    """Give back the partition that parts no more than the limits do; what breaks a demand is left out."""
    persons = persons_of(question.tuples)
    class_of = np.full(len(question.tuples), -1, dtype=np.int32)
    found = 0
    for members in parts_of(question):
        if judge(question.demands, *sums_of(gather(persons, members))) < 0:
            class_of[members] = found
            found += 1
    return Partition(class_of, ranges_of(persons.codes, class_of, found), 0, whole=True)


def average_risk(partition: Partition, rows: Counts) -> Fraction:
    """Give back classes / rows that stay, 0 where none does; `rows` by tuple."""
    kept = partition.class_of >= 0
    sizes = np.bincount(partition.class_of[kept], weights=rows[kept])
    return Fraction(int((sizes > 0).sum()), max(int(sizes.sum()), 1))


def left_out(partition: Partition, rows: Counts) -> int:
    """Give back how many rows are in no class; `rows` by tuple."""
    return int(rows[partition.class_of < 0].sum())


def leaves_too_much(question: Question, partition: Partition, allowed: int) -> bool:
    """Say whether more than `allowed` rows are in no class, or with a least presence, anybody of the population."""
    exposed = question.demands.least_presence > 0 and bool((partition.class_of < 0).any())
    return exposed or left_out(partition, question.tuples.rows) > allowed


def refusal_of(question: Question, asked_risk: Fraction | None, allowed: int) -> CannotMeet:
    """Give back the refusal that names the first obstacle of the coarsest partition; `allowed` rows may be left out."""
    partition, weights = coarsest_partition(question), question.tuples.rows
    rows, suppressed = int(weights.sum()), left_out(partition, weights)
    names = [one.name for one in question.tuples.spreads]
    found = first_obstacle(_judged(question, persons_of(question.tuples)), question.demands, names, allowed)
    if found is None and suppressed > allowed:
        found = Obstacle(SHARE, "", written(allowed / rows, up=False), written(suppressed / rows, up=True))
    if found is None:
        reached = written(float(average_risk(partition, weights)), up=True)
        found = Obstacle(AVERAGE, "", written(float(asked_risk or 0), up=False), reached)
    return refusal(found, suppressed=suppressed, allowed=allowed, rows=rows)


def _judged(question: Question, persons: Persons) -> Judged:
    """Give back the parts at the limits, each as one class."""
    sums = [sums_of(gather(persons, members)) for members in parts_of(question)]
    spots = [np.flatnonzero(histogram) for histogram, _, _ in sums]
    return Judged(
        rows=np.array([rows for _, rows, _ in sums], dtype=np.int64),
        population=np.array([people for _, _, people in sums], dtype=np.int64),
        begins=np.cumsum([0, *(one.size for one in spots)], dtype=np.int64),
        spots=np.concatenate(spots).astype(np.int32),
        held=np.concatenate([histogram[one] for (histogram, _, _), one in zip(sums, spots, strict=True)]),
    )
