"""Reading a table of any layout by its schema (spec/disarm.md): texts in, typed values out, every misfit counted.

PyArrow takes texts apart; rules run in plain Python, once for each distinct value of a block, and for text and numbers
that are nothing but letters and digits in Arrow's own loops. The obvious way to the same result is `oracle/`, and
tests/laws/test_tables_agree.py holds both together.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO, assert_never

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sekisho.deid.declared.layout import Csv, Fixed, Uke
from sekisho.deid.schema import TEXTS, ColumnSchema, Kind, Role, Schema
from sekisho.deid.table import Value
from sekisho.tables.error_list import ErrorList
from sekisho.tables.records.batch import Batch
from sekisho.tables.records.csv_fields import CsvRows
from sekisho.tables.records.decoding import LIMITS, Limits
from sekisho.tables.records.fixed import FixedRows
from sekisho.tables.records.tally import Tally
from sekisho.tables.records.uke import UkeRows
from sekisho.tables.rules import CALM_TEXT, PRIVATE_USE, CellReader, Rule, cell_reader, write_cell

MOST_REMEMBERED = 2**18  # cells over all columns of days and the like, some 60 MB
FEW_REMEMBERED = 2**11  # cells of each other column
_CHEAP = frozenset({Kind.TEXT, Kind.CODE, Kind.FREE_TEXT, Kind.INTEGER})
TYPES = {**dict.fromkeys(TEXTS, pa.string()), Kind.INTEGER: pa.int64(), Kind.DATE: pa.date32()}

_RESPELLED, _HIDDEN, _BROKEN = 1, 2, 4
_RULES: tuple[Rule | None, ...] = (None, *Rule)
"""A cell's mark: 1 and 2 are added where it was respelled and where characters were hidden; a rule broken is its place times 4."""

Watch = Callable[[str, Sequence[str], npt.NDArray[np.int64]], None]
"""Is told of each block and column: its name, distinct texts as they stand in the file, and how many cells have each."""
_CALM_WHOLE = rf"\A{CALM_TEXT}\z"
_CALM_CODE = _CALM_WHOLE.replace("０-９", "")


class Reading:
    """One pass over one file."""

    def __init__(
        self, schema: Schema, limits: Limits = LIMITS, watch: Watch | None = None, errors: ErrorList | None = None
    ) -> None:
        self.tally = Tally(schema, errors)
        costly = sum(one.kind not in _CHEAP for one in schema.columns)
        self.columns = tuple(
            _Column(one, FEW_REMEMBERED if one.kind in _CHEAP else MOST_REMEMBERED // costly, self.tally)
            for one in schema.columns
        )
        self.withheld = 0  # rows that whoever writes the table anew left out
        self._watch = watch
        self._layout = layout_rows(schema, limits, self.tally)

    @property
    def rows(self) -> int:
        return self._layout.rows

    def look(self, stream: BinaryIO) -> None:
        """Read to the end and keep nothing; refuse with `BadTable` what does not fit."""
        for batch in self._layout.batches(stream):
            self._read(batch)
        self.tally.check(self.rows)

    def parts(self, stream: BinaryIO) -> Iterator[list[Any]]:
        """Give back the columns, block by block, dictionary-coded and typed, as long as all fit; refuse at the end."""
        for batch in self._layout.batches(stream):
            read = self._read(batch)
            if not self.tally:
                yield [
                    pa.DictionaryArray.from_arrays(cells.indices, values)
                    for cells, values in zip(batch.cells, read, strict=True)
                ]
        self.tally.check(self.rows)

    def _read(self, batch: Batch) -> list[Any]:
        if self._watch is not None:
            for column, cells in zip(self.columns, batch.cells, strict=True):
                if column.role is not Role.STRIPPED:
                    counts = np.bincount(_indices(cells), minlength=len(cells.dictionary) + 1)[:-1]
                    self._watch(column.name, cells.dictionary.to_pylist(), counts)
        return [column.read(cells, batch) for column, cells in zip(self.columns, batch.cells, strict=True)]


def layout_rows(schema: Schema, limits: Limits, tally: Tally) -> CsvRows | FixedRows | UkeRows:
    """Give back what takes a file of this layout apart into rows of texts."""
    match schema.layout:
        case Csv():
            return CsvRows(schema, schema.layout, limits, tally)
        case Fixed():
            return FixedRows(schema, schema.layout, limits, tally)
        case Uke():
            return UkeRows(schema, schema.layout, limits, tally)
    assert_never(schema.layout)


class _Column:
    """One column being read; how many of its cells were respelled, and how many had private-use characters hidden."""

    def __init__(self, column: ColumnSchema, remembered: int, tally: Tally) -> None:
        self.name, self.role = column.name, column.role
        self.respelled = self.hidden = 0
        self._column, self._tally = column, tally
        self._type = TYPES[column.kind]
        self._read: CellReader = cell_reader(column)
        self._remembered = remembered
        self._known: dict[str, tuple[Value, int]] = {}  # spellings come again in every block

    def read(self, cells: Any, batch: Batch) -> Any:
        """Give back the typed values of a block's distinct texts; those that break a rule are null."""
        texts = cells.dictionary
        plain = _plain(texts, self._column)
        if cells.indices.null_count:
            self._read_gaps(cells, batch)
        if plain is None:
            values, odd = texts.cast(self._type), np.empty(0, np.int64)
        else:
            odd = np.flatnonzero(~plain)
            values = self._read_odd(cells, odd, batch)
        return values

    def _read_odd(self, cells: Any, odd: npt.NDArray[np.int64], batch: Batch) -> Any:
        texts = cells.dictionary
        written = (texts if odd.size == len(texts) else texts.take(pa.array(odd))).to_pylist()
        known, look = self._known, self._look
        if len(known) > self._remembered:
            known.clear()
        seen = [known.get(text) or look(text) for text in written]
        marks = np.fromiter((mark for _, mark in seen), np.int64, len(seen))
        if (marks >= _BROKEN).any():
            self._count_broken(odd, marks // _BROKEN, cells, batch)
        elif marks.any():
            self.respelled += _count_cells(cells, odd[marks & _RESPELLED > 0])
            self.hidden += _count_cells(cells, odd[marks & _HIDDEN > 0])
        found = pa.array([value for value, _ in seen], self._type)
        if odd.size == len(texts):
            return found
        mask = np.zeros(len(texts), np.bool_)
        mask[odd] = True
        calm = texts if self._type == pa.string() else pc.if_else(pa.array(mask), "0", texts).cast(self._type)
        return pc.replace_with_mask(calm, pa.array(mask), found)

    def _read_gaps(self, cells: Any, batch: Batch) -> None:
        """Judge the cells of lines that are not there, as blank ones."""
        rule = self._read("")
        if isinstance(rule, Rule):
            self._note(rule, np.flatnonzero(cells.indices.is_null().to_numpy(zero_copy_only=False)), "", batch)

    def _look(self, text: str) -> tuple[Value, int]:
        """Give back a text's value and what is to be counted of it, and remember both."""
        read = self._read(text)
        if isinstance(read, Rule):
            seen: tuple[Value, int] = (None, _RULES.index(read) * _BROKEN)
        else:
            is_hidden = self.role is not Role.IDENTIFIER and PRIVATE_USE.search(text) is not None
            seen = (read, _RESPELLED * (text != write_cell(read)) + _HIDDEN * is_hidden)
        self._known[text] = seen
        return seen

    def _count_broken(
        self, odd: npt.NDArray[np.int64], places: npt.NDArray[np.int64], cells: Any, batch: Batch
    ) -> None:
        by_code = np.zeros(len(cells.dictionary) + 1, np.int64)
        by_code[odd] = places
        by_row = by_code[_indices(cells)]
        for place, rule in enumerate(Rule, 1):
            if (places == place).any():
                self._note(rule, np.flatnonzero(by_row == place), cells, batch)

    def _note(self, rule: Rule, found: npt.NDArray[np.int64], cells: Any, batch: Batch) -> None:
        if not found.size:
            return
        self._tally.add(self.name, rule, int(found.size), int(batch.rows[found[0]]))
        errors = self._tally.errors
        if errors is None:
            return
        shown = found[: max(0, errors.most - len(errors))]
        lines = batch.lines()
        for one in shown.tolist():
            text = "" if isinstance(cells, str) else cells.dictionary[cells.indices[one].as_py()].as_py()
            errors.add(int(batch.rows[one]), int(lines[one]), self.name, rule, text)
        errors.skip(int(found.size - shown.size))


def _plain(texts: Any, column: ColumnSchema) -> npt.NDArray[np.bool_] | None:
    """Give back which texts are their own value as they stand, without a look at each; None where all are."""
    if column.values or column.pattern is not None:
        return np.zeros(len(texts), np.bool_)
    match column.kind:
        case Kind.TEXT | Kind.FREE_TEXT | Kind.CODE:
            found = pc.and_(
                pc.match_substring_regex(texts, _CALM_CODE if column.kind is Kind.CODE else _CALM_WHOLE),
                pc.less_equal(pc.utf8_length(texts), column.longest),
            )
        case Kind.POSTAL_CODE:
            found = pc.match_substring_regex(texts, r"\A[0-9]{7}\z")
        case Kind.INTEGER if column.minimum in {None, 0} and column.maximum is None:
            found = pc.match_substring_regex(texts, r"\A(?:0|[1-9][0-9]{0,14})\z")
        case _:
            return np.zeros(len(texts), np.bool_)
    plain: npt.NDArray[np.bool_] = found.to_numpy(zero_copy_only=False)
    return None if plain.all() else plain


def _indices(cells: Any) -> npt.NDArray[np.int64]:
    """Give back each row's place in the dictionary; its size for a gap."""
    indices = pc.fill_null(cells.indices, len(cells.dictionary)) if cells.indices.null_count else cells.indices
    found: npt.NDArray[np.int64] = indices.to_numpy()
    return found


def _count_cells(cells: Any, codes: npt.NDArray[np.int64]) -> int:
    wanted = np.zeros(len(cells.dictionary) + 1, np.bool_)
    wanted[codes] = True
    return int(np.count_nonzero(wanted[_indices(cells)]))
