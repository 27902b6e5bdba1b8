"""What a clerk needs to mend a file: every cell that does not fit, with its text. It stays with the clerk.

Nothing here goes into an error, a log or a page: a caller hands a list in and writes it to a file of the clerk's own.
"""

import csv
import io
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from sekisho.deid.numbers.codes import Code
from sekisho.tables.rules import FORMULA_STARTS, SPACES, Rule

MOST_ERRORS = 10_000
LONGEST_SHOWN = 200
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})


@dataclass(frozen=True)
class Misfit:
    """One place that does not fit: row from 1 (0: the header or the file), the file's line, `column` empty for a row."""

    row: int
    line: int
    column: str
    rule: Rule | Code
    text: str

    def __repr__(self) -> str:
        return f"Misfit(row={self.row}, rule={self.rule.value})"  # a value never gets into a traceback


class ErrorList:
    """At most `most` misfits; `left_out` counts those beyond."""

    def __init__(self, most: int = MOST_ERRORS) -> None:
        self.most = most
        self.left_out = 0
        self._found: list[Misfit] = []

    def __len__(self) -> int:
        return len(self._found)

    def add(self, row: int, line: int, column: str, rule: Rule | Code, text: str) -> None:
        if len(self._found) < self.most:
            self._found.append(Misfit(row, line, column, rule, text))
        else:
            self.left_out += 1

    def skip(self, count: int) -> None:
        """Count misfits that there is no room for."""
        self.left_out += count

    def misfits(self) -> list[Misfit]:
        """Give back the misfits in the order of the file."""
        return sorted(self._found, key=lambda one: (one.row, one.line))


@dataclass(frozen=True)
class ErrorWords:
    """The reader's words: for the five heads (row, line, column, rule, value), by rule, and for what was left out.

    `more` has a place `{count}`.
    """

    heads: tuple[str, str, str, str, str]
    rules: Mapping[Rule | Code, str]
    more: str


def write_error_list(errors: ErrorList, words: ErrorWords, stream: BinaryIO) -> None:
    """Write the list as CSV that a spreadsheet opens: UTF-8 with mark, CR LF, no cell that it takes for a formula."""
    sink = io.StringIO(newline="")
    rows = csv.writer(sink)
    rows.writerow(words.heads)
    for one in errors.misfits():
        rows.writerow((one.row, one.line, _calm(one.column), words.rules[one.rule], _calm(one.text)))
    if errors.left_out:
        rows.writerow(("", "", "", words.more.format(count=errors.left_out), ""))
    stream.write(sink.getvalue().encode("utf-8-sig"))


def _calm(text: str) -> str:
    """Give back the text so that it can be seen and does nothing: an apostrophe before what would start a formula."""
    shown = "".join(f"<U+{ord(one):04X}>" if _is_unseen(one) else one for one in text[:LONGEST_SHOWN])
    if len(text) > LONGEST_SHOWN:
        shown += "…"
    return "'" + shown if shown.lstrip(SPACES)[:1] in FORMULA_STARTS and shown.strip(SPACES) else shown


def _is_unseen(one: str) -> bool:
    return one != "\n" and unicodedata.category(one) in _UNSEEN
