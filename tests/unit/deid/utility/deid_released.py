"""Small tables released in made-up ways, for the measures of use."""

from hypothesis import strategies as some

from sekisho.deid.ladders.ladder import Ladder, grow
from sekisho.deid.table import column_of
from sekisho.deid.utility.covering import read_cells, read_labels
from sekisho.deid.utility.queries import asked_of

TREE = {"a": ("a", "ab", "*"), "b": ("b", "ab", "*"), "c": ("c", "cd", "*"), "d": ("d", "cd", "*")}


def tree(column: str, values) -> Ladder:
    return grow(column, values, TREE.__getitem__)


@some.composite
def released(draw, most_columns=3):
    """Draw columns of up to eight rows, each cell climbed to a level of its own, and how many rows are let out."""
    rows = draw(some.integers(1, 8))
    columns = draw(some.integers(1, most_columns))
    kept = draw(some.integers(0, rows))
    before = [draw(some.lists(some.sampled_from("abcd"), min_size=rows, max_size=rows)) for _ in range(columns)]
    after = [[TREE[one][draw(some.integers(0, 2))] for one in cells[:kept]] for cells in before]
    return before, after


def asked(before, after):
    """Give back the columns as the measures take them."""
    columns = [column_of(f"c{place}", list(cells)) for place, cells in enumerate(before)]
    return [
        asked_of(column, read_labels(column_of(column.name, list(cells)), tree(column.name, column.values)))
        for column, cells in zip(columns, after, strict=True)
    ]


def asked_plainly(before, after):
    """Give back columns without ladders as the measures take them."""
    pairs = [
        (column_of(f"c{place}", list(was)), column_of(f"c{place}", list(now)))
        for place, (was, now) in enumerate(zip(before, after, strict=True))
    ]
    return [asked_of(was, read_cells(was, now)) for was, now in pairs]


def covered(label, values):
    """Give back those of `values` that a label of the tree stands for."""
    return [one for one in sorted(set(values)) if label in TREE[one]]
