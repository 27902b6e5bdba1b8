"""In which rows the numbers stand that may not come in: a second pass over a table that was refused for them."""

from collections.abc import Mapping
from functools import lru_cache
from typing import BinaryIO

from sekisho.deid.numbers.check_digits import count_passes
from sekisho.deid.numbers.codes import Code
from sekisho.deid.numbers.digits import fold, numbers_in
from sekisho.deid.numbers.evidence import TRIALS
from sekisho.deid.numbers.headers import code_of_name
from sekisho.deid.numbers.shapes import SHAPES, count_fitting
from sekisho.deid.numbers.text import find_in_text
from sekisho.deid.schema import Schema
from sekisho.tables.error_list import ErrorList
from sekisho.tables.reading import layout_rows
from sekisho.tables.records.decoding import LIMITS
from sekisho.tables.records.tally import Tally

MOST_REMEMBERED = 2**16  # cells


def list_numbers(stream: BinaryIO, schema: Schema, wanted: Mapping[str, Code], errors: ErrorList) -> dict[str, int]:
    """Give back the first row of each column of `wanted` with such a number; every cell that shows one is listed.

    What was weighed over a whole column is shown by the cells whose check digit is right: some of them may be by chance.
    Where the column's name says what it holds, by every cell of that shape, as it was counted.
    """
    place = {name: schema.names.index(name) for name in wanted}
    shows = lru_cache(MOST_REMEMBERED)(_shows)
    first: dict[str, int] = {}
    for batch in layout_rows(schema, LIMITS, Tally(schema)).batches(stream):
        lines = batch.lines()
        for name, code in wanted.items():
            cells = batch.cells[place[name]]
            texts = cells.dictionary.to_pylist()
            named = code_of_name(name) is code
            shown = {at for at, text in enumerate(texts) if shows(code, text) or (named and _is_shaped(code, text))}
            if not shown:
                continue
            for row, at in enumerate(cells.indices.to_pylist()):
                if at in shown:
                    first.setdefault(name, int(batch.rows[row]))
                    errors.add(int(batch.rows[row]), int(lines[row]), name, code, texts[at])
    return first


def _is_shaped(code: Code, text: str) -> bool:
    return bool(text.strip()) and code in SHAPES and count_fitting(SHAPES[code], text) == 1


def _shows(code: Code, text: str) -> bool:
    if any(hit.code is code for hit in find_in_text(text)):
        return True
    schemes = [one.scheme for one in TRIALS if one.code is code]
    if not schemes:
        return _is_shaped(code, text)
    runs = [run for run in numbers_in(fold(text)) if run.isascii()]
    edges = [(scheme, run) for scheme in schemes for run in runs if len(run) >= scheme.length]
    return any(
        count_passes(scheme, end) for scheme, run in edges for end in (run[: scheme.length], run[-scheme.length :])
    )
