"""Columns of Arrow as coded columns: what Polars, pandas, DuckDB and Parquet hand over (spec/disarm.md 3.3).

What is slow is done once for each distinct value; rows are only ever whole numbers.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sekisho.deid.table import Codes, Column
from sekisho.errors import BadTable, Finding, Reason

OTHER_KIND = "other-kind"
NOT_WHOLE = "not-whole"
MOMENT = "moment"

Hold = Callable[[Any], Any]
Part = tuple[int, int, Codes]
"""The codes of one chunk: indices into the distinct values from `begin` to below `end`, their number for a null."""


def column_from_arrow(name: str, cells: Any) -> Column:
    """Give back a `pyarrow.ChunkedArray` as a coded column; values stand in sorted order, blank first.

    Text, whole numbers of every width, days, and dictionaries of these. True and false become the texts `true` and
    `false`; fractions that are all whole (what pandas makes of whole numbers with gaps) whole numbers; moments that are
    all midnights of no time zone days. Null, NaN and the empty text are blank cells. Refuses whatever else there is
    with TABLE_COLUMN_KIND.
    """
    # not at the top: compiled loops take half a second to load, and whoever only disarms needs none
    from sekisho.deid.passes.gathering import count_codes, translate

    rule, hold = check_type(name, cells.type, len(cells))
    distinct, parts = _encode(cells)
    try:
        held = hold(distinct)
    except pa.ArrowInvalid:  # the text repeats a value: it goes no further
        raise _refused(name, rule, _count_unfit(distinct, rule, parts)) from None
    values, numbers = _in_order(held)
    words = [np.append(numbers[begin:end], np.int32(0)) for begin, end, _ in parts]
    occurs = np.zeros(len(values), np.bool_)
    for word, (_, _, part) in zip(words, parts, strict=True):
        occurs[word[count_codes(part, word.size) > 0]] = True
    place = (np.cumsum(occurs) - 1).astype(np.int32)
    codes = [translate(part, place[word]) for word, (_, _, part) in zip(words, parts, strict=True)]
    kept = tuple(value for value, there in zip(values, occurs.tolist(), strict=True) if there)
    return Column(name, kept, np.concatenate([np.empty(0, np.int32), *codes]))


def check_type(name: str, type_: Any, rows: int) -> tuple[str, Hold]:
    """Give back how values of an Arrow type are held, and the rule that those break which cannot be.

    Refuses a type of which no value can be held: with TABLE_COLUMN_KIND.
    """
    held_as = _holder(type_.value_type if pa.types.is_dictionary(type_) else type_)
    if held_as is None:
        raise _refused(name, OTHER_KIND, rows)
    return held_as


def _holder(type_: Any) -> tuple[str, Hold] | None:
    kinds = pa.types
    if kinds.is_string(type_) or kinds.is_large_string(type_) or kinds.is_string_view(type_) or kinds.is_null(type_):
        return OTHER_KIND, _hold_text
    if kinds.is_boolean(type_):
        return OTHER_KIND, _hold_text
    if kinds.is_integer(type_) or kinds.is_decimal(type_):
        return NOT_WHOLE, _hold_number
    if kinds.is_floating(type_):
        return NOT_WHOLE, _hold_fraction
    if kinds.is_date(type_) or (kinds.is_timestamp(type_) and type_.tz is None):
        return MOMENT, _hold_day
    return None


def _hold_text(values: Any) -> Any:
    text = values.cast(pa.large_string())
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.large_string()), text)


def _hold_number(values: Any) -> Any:
    return values.cast(pa.int64())


def _hold_fraction(values: Any) -> Any:
    wide = values.cast(pa.float64())
    return pc.if_else(pc.is_nan(wide), pa.scalar(None, pa.float64()), wide).cast(pa.int64())


def _hold_day(values: Any) -> Any:
    days = values.cast(pa.date32())
    if not days.cast(values.type).equals(values):
        raise pa.ArrowInvalid(MOMENT)
    return days


def _encode(cells: Any) -> tuple[Any, list[Part]]:
    """Give back the distinct values of all chunks, one dictionary behind the other, and each chunk's codes."""
    coded = [one if pa.types.is_dictionary(one.type) else one.dictionary_encode() for one in cells.chunks]
    plain = cells.type.value_type if pa.types.is_dictionary(cells.type) else cells.type
    dictionaries: list[Any] = [pa.array([], plain)]
    parts: list[Part] = []
    begin = end = 0
    for one in coded:
        if not one.dictionary.equals(dictionaries[-1]):  # chunks of one frame often share theirs
            dictionaries.append(one.dictionary)
            begin, end = end, end + len(one.dictionary)
        parts.append((begin, end, _codes(one.indices, end - begin)))
    wide = pa.large_string() if pa.types.is_string(plain) or pa.types.is_string_view(plain) else plain
    return pa.concat_arrays([one.cast(wide) for one in dictionaries]), parts


def _codes(indices: Any, null: int) -> Codes:
    known = indices.cast(pa.int32())
    return np.asarray(pc.fill_null(known, null) if known.null_count else known)


def _in_order(held: Any) -> tuple[Sequence[Any], Codes]:
    """Give back the blank and the different values in rising order, and for each of `held` its number there."""
    met = held.dictionary_encode()
    order = pc.array_sort_indices(met.dictionary)
    number = np.zeros(len(order) + 1, np.int32)
    number[order.to_numpy()] = np.arange(1, len(order) + 1, dtype=np.int32)
    return [None, *met.dictionary.take(order).to_pylist()], number[_codes(met.indices, len(order))]


def _count_unfit(distinct: Any, rule: str, parts: Sequence[Part]) -> int:
    """Give back how many rows have a value that breaks the rule."""
    if rule == MOMENT:
        wrong = pc.not_equal(distinct.cast(pa.date32()).cast(distinct.type), distinct).fill_null(False).to_pylist()
    else:
        wrong = [one is not None and not _is_whole(one) for one in distinct.to_pylist()]
    unfit = np.array(wrong, np.int64)
    return sum(
        int(unfit[begin:end] @ np.bincount(part, minlength=end - begin + 1)[: end - begin])
        for begin, end, part in parts
    )


def _is_whole(number: float | Decimal) -> bool:
    """Tell whether 64 bits hold the number; NaN is a blank cell, so it counts as held."""
    return number != number or (number % 1 == 0 and -(2**63) <= number < 2**63)  # noqa: PLR0124 - true of NaN alone


def _refused(name: str, rule: str, count: int) -> BadTable:
    return BadTable(Reason.TABLE_COLUMN_KIND, findings=(Finding(name, rule, count),))
