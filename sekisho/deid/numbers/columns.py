"""Which columns hold a number that names a person: a tally of one column, block by block (spec/numbers.md 5)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from sekisho.deid.numbers.check_digits import MY_NUMBER, count_passes
from sekisho.deid.numbers.codes import INDIVIDUAL_CODES, Code
from sekisho.deid.numbers.digits import fold, lone_number, numbers_in
from sekisho.deid.numbers.evidence import FALSE_ALARM, LENGTHS, TRIALS, Numbers, fewest_alike, weigh
from sekisho.deid.numbers.headers import code_of_name
from sekisho.deid.numbers.shapes import SHAPES, count_fitting
from sekisho.deid.numbers.text import Find, find_in_text

MOST_KEPT = 16_384  # distinct numbers of one length that a tally keeps: 128 KiB
ENOUGH = 0.3  # share of the filled cells from which a name's word is taken
_EDGES = ("first", "last")  # twelve digits of a number that is longer: padded, or with a branch behind it
FEWEST_CARDS = 3  # distinct cells of the shape of a residence card: a shape so rare needs no name


class Ground(Enum):
    """Why a column is told; the earlier, the stronger."""

    CHECK_DIGITS = "check-digits"  # far more numbers pass than chance lets
    HEADER = "header"  # the column's name says so and its cells look so
    TEXT = "text"  # words around the numbers say so
    SHAPE = "shape"  # the shape is so rare that it says enough
    HEADER_ONLY = "header-only"  # the name says so; the cells are blank or look otherwise


@dataclass(frozen=True)
class Sighting:
    """A code in a column: `cells` look like it, `share` of the filled cells; `probability` of as many passes by chance.

    The probability is 1 where nothing was weighed.
    """

    column: str
    code: Code
    ground: Ground
    cells: int
    share: float
    probability: float = 1.0

    @property
    def is_certain(self) -> bool:
        """Whether the number itself was seen, not only a column's name."""
        return self.ground is not Ground.HEADER_ONLY


class Watch:
    """What a column has shown so far; it is fed and then asked. Memory does not grow with the rows.

    Of each length at most MOST_KEPT distinct numbers are kept: those with the smallest of a fixed mixing of their bits,
    which is a sample of the distinct numbers of the whole column, wherever they stand and however often. Where numbers that
    begin alike do not count, two of them are kept.
    """

    def __init__(self, column: str, find: Find = find_in_text) -> None:
        self.column = column
        self._find = find
        self._said = code_of_name(column)
        self._shape = SHAPES.get(self._said) if self._said is not None else None
        self._filled = 0
        self._fitting = 0
        self._told: Counter[Code] = Counter()
        self._of_length: Counter[int] = Counter()
        self._of_edges = 0
        self._checked = 0
        self._kept: dict[int | str, Numbers] = {}
        self._cards: Counter[str] = Counter()

    def feed(self, texts: Sequence[str | None], counts: Sequence[int] | npt.NDArray[np.int64]) -> None:
        """Take in a block: distinct texts (None, empty or spaces: a blank cell) and how many cells have each."""
        cells = np.asarray(counts, dtype=np.int64).tolist()
        lone: list[tuple[str, int]] = []
        written: list[tuple[str, int]] = []
        for text, times in zip(texts, cells, strict=True):
            if not text or not times or text.isspace():
                continue
            self._filled += times
            number = lone_number(text)
            if number is None:
                written.append((text, times))
            else:
                lone.append((number, times))
        self._feed_lone(lone)
        self._feed_written(written)

    def sightings(self) -> tuple[Sighting, ...]:
        """Give back what was seen, each code once by its strongest ground, in the order of the codes."""
        found = [*self._by_check_digits(), *self._by_name(), *self._by_text(), *self._by_shape()]
        strongest: dict[Code, Sighting] = {}
        for one in sorted(found, key=lambda one: (list(Ground).index(one.ground), one.probability)):
            strongest.setdefault(one.code, one)
        return tuple(strongest[code] for code in Code if code in strongest)

    def _feed_lone(self, cells: list[tuple[str, int]]) -> None:
        """Cells that are one number and nothing else: all of one length at once."""
        lengths = np.fromiter((len(one) for one, _ in cells), np.int64, len(cells))
        numbers = np.fromiter((int(one) for one, _ in cells), np.uint64, len(cells))
        times = np.fromiter((times for _, times in cells), np.int64, len(cells))
        for length in np.unique(lengths).tolist():
            alike = lengths == length
            self._of_length[length] += int(times[alike].sum())
            self._keep(length, numbers[alike])
            if length > MY_NUMBER.length:
                self._keep_edges(numbers[alike], length, int(times[alike].sum()))
            if self._shape is not None and length in self._shape.lengths:
                self._fitting += int(times[alike].sum())
        if self._shape is not None and self._shape.pattern is not None:
            self._fitting += sum(count_fitting(self._shape, one) * times for one, times in cells)
        if self._said is Code.MY_NUMBER:
            self._checked += sum(_count_checked([one]) * times for one, times in cells)

    def _feed_written(self, cells: list[tuple[str, int]]) -> None:
        """Cells with anything beside digits: a number within counts like one that stands alone."""
        within: dict[int, list[int]] = {}
        long: list[str] = []
        for one, times in cells:
            every = list(numbers_in(fold(one)))
            runs = [run for run in every if len(run) in LENGTHS]
            longer = [run for run in every if len(run) > MY_NUMBER.length]
            long += longer
            self._of_edges += times if longer else 0
            if self._said is Code.MY_NUMBER:
                self._checked += _count_checked(runs) * times
            for run in runs:
                within.setdefault(len(run), []).append(int(run))
            for length in {len(run) for run in runs}:
                self._of_length[length] += times
            codes = {hit.code for hit in self._find(one)} & INDIVIDUAL_CODES
            for code in codes:
                self._told[code] += times
            if Code.RESIDENCE_CARD in codes and len(self._cards) < FEWEST_CARDS:
                self._cards[one] += 1
            if self._shape is not None:
                self._fitting += count_fitting(self._shape, one) * times
        for length, numbers in within.items():
            self._keep(length, np.array(numbers, dtype=np.uint64))
        self._keep_ends(long)

    def _keep_ends(self, runs: list[str]) -> None:
        """Keep what runs of any length begin and end with, as strings: they may not fit 64 bits."""
        size = MY_NUMBER.length
        for edge, ends in zip(_EDGES, ([one[:size] for one in runs], [one[-size:] for one in runs]), strict=True):
            self._keep(size, np.array([int(one) for one in ends], dtype=np.uint64), edge)

    def _keep_edges(self, numbers: Numbers, length: int, cells: int) -> None:
        first, last = numbers // np.uint64(10 ** (length - MY_NUMBER.length)), numbers % np.uint64(10**MY_NUMBER.length)
        for edge, ends in zip(_EDGES, (first, last), strict=True):
            self._keep(MY_NUMBER.length, ends, edge)
        self._of_edges += cells

    def _keep(self, length: int, numbers: Numbers, edge: str = "") -> None:
        if length not in LENGTHS:
            return
        before = self._kept.get(edge or length, np.empty(0, dtype=np.uint64))
        together = np.unique(np.concatenate((before, numbers)))
        mixed = _mixed(together)
        few = fewest_alike(together, mixed, length)
        together, mixed = together[few], mixed[few]
        if len(together) > MOST_KEPT:
            together = np.sort(together[np.argpartition(mixed, MOST_KEPT)[:MOST_KEPT]])
        self._kept[edge or length] = together

    def _by_check_digits(self) -> Iterator[Sighting]:
        for trial in TRIALS:
            length = trial.scheme.length
            weighed = weigh(trial, self._kept.get(length, np.empty(0, dtype=np.uint64)))
            if weighed.probability < FALSE_ALARM:
                yield self._sighting(trial.code, Ground.CHECK_DIGITS, self._of_length[length], weighed.probability)
        for edge in _EDGES:
            weighed = weigh(TRIALS[0], self._kept.get(edge, np.empty(0, dtype=np.uint64)))
            if weighed.probability < FALSE_ALARM:
                yield self._sighting(TRIALS[0].code, Ground.CHECK_DIGITS, self._of_edges, weighed.probability)

    def _by_name(self) -> Iterator[Sighting]:
        if self._said is None or self._shape is None:
            return
        looks_so = self._checked > 0 or (self._fitting > 0 and self._fitting >= ENOUGH * self._filled)
        yield self._sighting(self._said, Ground.HEADER if looks_so else Ground.HEADER_ONLY, self._fitting)

    def _by_text(self) -> Iterator[Sighting]:
        for code, cells in self._told.items():
            if code is not Code.RESIDENCE_CARD:
                yield self._sighting(code, Ground.TEXT, cells)

    def _by_shape(self) -> Iterator[Sighting]:
        if len(self._cards) >= FEWEST_CARDS:
            yield self._sighting(Code.RESIDENCE_CARD, Ground.SHAPE, self._told[Code.RESIDENCE_CARD])

    def _sighting(self, code: Code, ground: Ground, cells: int, probability: float = 1.0) -> Sighting:
        share = cells / self._filled if self._filled else 0.0
        return Sighting(self.column, code, ground, cells, share, probability)


def _count_checked(numbers: Sequence[str]) -> int:
    """Give back 1 if one of the numbers has the length and the check digit of a My Number and is not all noughts, else 0."""
    twelve = [int(one) for one in numbers if len(one) == MY_NUMBER.length]  # of any script's digits
    return int(any(one and count_passes(MY_NUMBER, f"{one:012}") for one in twelve))


def _mixed(numbers: Numbers) -> Numbers:
    """Mix as SplitMix64 ends (Steele, Lea, Flood 2014): equal numbers alike, others as if drawn; wraps at 64 bits."""
    mixed = numbers.copy()
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
