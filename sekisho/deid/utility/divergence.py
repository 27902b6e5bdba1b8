"""A measure of use that compares whole rows: how far the table that a recipient can rebuild lies from the one before."""

from collections.abc import Sequence
from math import fsum, log

import numpy as np
import numpy.typing as npt

from sekisho.deid.measure import Better, Kind, Measure, Unit, twelve_decimals
from sekisho.deid.passes.tuples import collapse
from sekisho.deid.utility.boxes import Boxes, logs_of_shares
from sekisho.deid.utility.queries import Asked

Floats = npt.NDArray[np.float64]

DIVERGENCE = Kind(
    "kl-divergence",
    Unit.NATS,
    Better.LOWER,
    "sum over the distinct tuples t before of p(t) · ln(p(t) / q(t)); p: share of the rows before; q: sum over E that cover "
    "t of (share of E in the rows) / (tuples that E covers), rows left out spread over all tuples; unbounded where q = 0",
    "",
    "Kifer and Gehrke 2006, SIGMOD (Injecting utility); Machanavajjhala et al. 2007, ACM TKDD 1(1)",
)


def divergence(columns: Sequence[Asked]) -> Measure:
    """Give back how many nats of surprise a row before brings, on average, to whoever believes the release, to twelve decimals.

    Each class is spread evenly over all tuples of values that its labels cover, also tuples that nobody has; rows left out
    are spread over all tuples. Where every row is covered by its own label this is finite; a change that can take a value
    away altogether (noise, a swap) leaves tuples that nothing covers, and then it is unbounded. Rows that were added
    count as what they look like.

    ARX's number of this name differs on three points: its logarithm is of base 2, it sums over rows (a tuple of three
    rows counts three times), and a class gives mass to the tuples that were recoded into it only, where here each class
    does that covers the tuple: a recipient cannot tell them apart. For a table of different rows in the global mode with
    nothing left out it is ours / ln 2.

    Costs a search of each class among the distinct tuples.

    >>> from sekisho.deid.ladders.bands import Bands
    >>> from sekisho.deid.ladders.rule import bind
    >>> from sekisho.deid.table import column_of
    >>> from sekisho.deid.utility.covering import read_labels
    >>> from sekisho.deid.utility.queries import asked_of
    >>> before = column_of("age", [31, 31, 32, 41, 41, 51])
    >>> after = column_of("age", ["30-39", "30-39", "30-39", 41, 41])  # the sixth row was left out
    >>> read = read_labels(after, bind(Bands((10,)), before))
    >>> divergence([asked_of(before, read)]).text  # q: 7/24, 7/24, 9/24, 1/24 of 31, 32, 41, 51
    '0.143029'
    """
    if not columns or not columns[0].before.size:
        return Measure(DIVERGENCE, twelve_decimals(0.0))
    tuples = collapse([one.before for one in columns], [one.width for one in columns])
    rows, released = columns[0].before.size, columns[0].after.size
    every = max(rows, released)
    spread = np.full(len(tuples), -np.inf)
    if released:
        classes = collapse([one.after for one in columns], [one.covers.begins.size - 1 for one in columns])
        boxes = Boxes(classes.codes, np.log(classes.rows / every), tuple(one.covers for one in columns))
        spread = logs_of_shares(tuples.codes, [one.width for one in columns], boxes)
    if released < rows:
        spread = np.logaddexp(spread, log((rows - released) / every) - sum(log(one.width) for one in columns))
    if np.isneginf(spread).any():
        return Measure(DIVERGENCE, None)
    shares = tuples.rows / rows
    return Measure(DIVERGENCE, twelve_decimals(max(fsum((shares * (np.log(shares) - spread)).tolist()), 0.0)))
