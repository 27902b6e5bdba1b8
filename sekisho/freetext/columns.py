"""A column of free texts, masked: every distinct text is read once, however many rows have it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sekisho.deid.changes.perform import Masking
from sekisho.deid.policy import Policy
from sekisho.deid.table import Column, Value, column_of
from sekisho.freetext.masking import mask
from sekisho.freetext.spans import Kind


@dataclass(frozen=True)
class Counts:
    """What was masked in a column: `cells` rows had at least one span, `spans` counts spans of each kind over all rows."""

    cells: int
    spans: Mapping[Kind, int]


def mask_column(column: Column) -> tuple[Column, Counts]:
    """Give back the column masked, and what was masked; a blank stays a blank. Texts that become alike become one value.

    Values that are no text are our fault (TypeError). Costs one reading for each distinct text that some row uses.
    """
    used = column.used()
    spans: Counter[Kind] = Counter()
    cells = 0
    masked: list[Value] = []
    for value, rows in zip(used.values, used.counts.tolist(), strict=True):
        if value is None:
            masked.append(None)
            continue
        if not isinstance(value, str):
            raise TypeError("only a column of texts is masked")
        one = mask(value)
        masked.append(one.text)
        cells += rows if one.counts else 0
        for kind, count in one.counts.items():
            spans[kind] += count * rows
    return _with_values(used, masked), Counts(cells, spans)


def _with_values(column: Column, masked: list[Value]) -> Column:
    """Give back the column with other values in the old ones' places; alike ones become one."""
    merged = column_of(column.name, masked)
    return Column(column.name, merged.values, merged.codes[column.codes])


def masking_for(policy: Policy) -> Masking | None:
    """Give back what masks the free text that the policy keeps; None where it keeps none."""
    return (lambda column: mask_column(column)[0]) if policy.masked else None
