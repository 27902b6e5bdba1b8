"""The labels of a partition's classes: the narrowest that the policy allows (spec/plan.md 2.2)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sekisho.deid.ladders.ladder import Ladder
from sekisho.deid.ladders.spelling import written
from sekisho.deid.passes.tuples import Codes, Counts, Tuples
from sekisho.deid.policy import Wording
from sekisho.deid.recoding import ColumnRecoding, Recoding
from sekisho.deid.search.local.partition import Partition
from sekisho.deid.search.local.ranges import plain_codes, write_interval
from sekisho.deid.table import Value

BETWEEN = " | "  # between the values of a set


@dataclass(frozen=True)
class _Word:
    """A label, the codes that it may stand for (rising), and its ladder level; None for an interval or a set inside one."""

    label: Value
    codes: tuple[int, ...] | range
    level: int | None


def word(partition: Partition, tuples: Tuples, ladders: Sequence[Ladder], wording: Wording) -> Recoding:
    """Give back what each tuple becomes."""
    columns = []
    for column, ladder in enumerate(ladders):
        words, of_class = _words(partition, tuples, column, ladder, wording)
        rows = np.bincount(tuples.codes[column], weights=tuples.rows, minlength=len(ladder.values)).astype(np.int64)
        columns.append(_recode(ladder, words, of_class, partition.class_of, rows))
    return Recoding(tuple(columns), partition.class_of >= 0)


def _recode(ladder: Ladder, words: list[_Word], of_class: Codes, class_of: Codes, rows: Counts) -> ColumnRecoding:
    """Give back the column with each label once: different ranges may have one label, that stands for all of them."""
    place: dict[Value, int] = {}
    codes = np.array([place.setdefault(one.label, len(place)) for one in words] or [0], dtype=np.int32)
    of_tuple = np.zeros(class_of.size, dtype=np.int32)
    kept = class_of >= 0
    of_tuple[kept] = codes[of_class[class_of[kept]]]
    by_label = {one.label: one for one in words}
    until = np.concatenate([[0], np.cumsum(rows)])
    levels = {one.level for one in words}
    return ColumnRecoding(
        name=ladder.column,
        labels=tuple(by_label) or (None,),
        of_tuple=of_tuple,
        covers=np.array([len(one.codes) for one in by_label.values()] or [0], dtype=np.int64),
        under=np.array([_rows_under(one.codes, rows, until) for one in by_label.values()] or [0], dtype=np.int64),
        lowest=np.array(
            [_level(ladder, one.codes[0], one.codes[-1]) for one in by_label.values()] or [0], dtype=np.int64
        ),
        level=levels.pop() if len(levels) == 1 else None,
    )


def _rows_under(codes: tuple[int, ...] | range, rows: Counts, until: Counts) -> int:
    if isinstance(codes, range):
        return int(until[codes.stop] - until[codes.start])
    return int(rows[list(codes)].sum())


def _level(ladder: Ladder, low: int, high: int) -> int:
    return next(level for level, nodes in enumerate(ladder.nodes) if nodes[low] == nodes[high])


def _words(
    partition: Partition, tuples: Tuples, column: int, ladder: Ladder, wording: Wording
) -> tuple[list[_Word], Codes]:
    """Give back the different words of a column, and which of them each class has."""
    ranges = partition.ranges[:, column, :]
    size = len(ladder.values)
    keys, of_class = np.unique(ranges[:, 0] * size + ranges[:, 1], return_inverse=True)
    spell = _speller(ladder, wording)
    words = [spell(int(key // size), int(key % size)) for key in keys]
    of_class = of_class.reshape(-1).astype(np.int32)
    if wording is Wording.SETS and plain_codes(ladder) == (0, 0):
        return _set_words(partition, tuples, column, ladder, words, of_class)
    return words, of_class


def _speller(ladder: Ladder, wording: Wording) -> Callable[[int, int], _Word]:
    """Give back how a range of codes is spelled without sets."""
    first, behind = (0, 0) if wording is Wording.LADDER else plain_codes(ladder)
    standing = ladder.standing

    def spell(low: int, high: int) -> _Word:
        level = _level(ladder, low, high)
        node = int(ladder.nodes[level][low])
        if low < high and first <= low and high < behind and high - low + 1 < ladder.covered[level][node]:
            interval = write_interval(ladder.values[low], ladder.values[high])
            if interval not in standing:
                return _Word(interval, range(low, high + 1), None)
        label = ladder.labels[level][node]
        return _Word(label, standing[label], level)

    return spell


def _set_words(
    partition: Partition, tuples: Tuples, column: int, ladder: Ladder, words: list[_Word], of_class: Codes
) -> tuple[list[_Word], Codes]:
    """Give back the words with sets in place of the labels that cover more values than the class has."""
    begins, codes = _values_of_classes(partition.class_of, tuples.codes[column], len(ladder.values), of_class.size)
    place: dict[tuple[int, ...], int] = {}
    sets: list[_Word] = list(words)
    chosen = of_class.copy()
    for one in np.flatnonzero(partition.ranges[:, column, 0] < partition.ranges[:, column, 1]).tolist():
        members = tuple(codes[begins[one] : begins[one + 1]].tolist())
        if members not in place:
            label = _write_set(ladder, members, words[of_class[one]])
            place[members] = int(of_class[one]) if label is None else len(sets)
            if label is not None:
                sets.append(_Word(label, members, None))
        chosen[one] = place[members]
    used, numbered = np.unique(chosen, return_inverse=True)
    return [sets[one] for one in used.tolist()], numbered.reshape(-1).astype(np.int32)


def _write_set(ladder: Ladder, members: Sequence[int], instead: _Word) -> str | None:
    """Give back the set's label; None where the ladder's covers no more, or where it could be read otherwise."""
    values = [ladder.values[one] for one in members]
    if len(values) >= len(instead.codes) or any(
        one is None or ladder.labels[0][ladder.nodes[0][code]] != one for code, one in zip(members, values, strict=True)
    ):
        return None
    texts = [written(one) for one in values]
    label = BETWEEN.join(texts)
    return None if label in ladder.standing or any(BETWEEN in one for one in texts) else label


def _values_of_classes(class_of: Codes, codes: Codes, size: int, classes: int) -> tuple[Counts, Counts]:
    """Give back where each class's different codes begin, and the codes, rising within a class."""
    kept = class_of >= 0
    pairs = np.unique(class_of[kept].astype(np.int64) * size + codes[kept])
    return np.searchsorted(pairs, np.arange(classes + 1) * size), pairs % size
