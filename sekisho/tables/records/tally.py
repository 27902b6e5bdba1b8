"""The tally of what does not fit, and the refusal it ends in (spec/disarm.md 4)."""

import numpy as np

from sekisho.deid.schema import Schema
from sekisho.errors import BadTable, Fact, Finding, Reason
from sekisho.tables.error_list import ErrorList
from sekisho.tables.records.cutting import Places
from sekisho.tables.rules import Rule

MOST_FINDINGS = 100
WHOLE_FILE = ""


class Tally:
    """Counts of misfits by column and rule; grows while a file is read, holds no value. A clerk's list holds them all."""

    def __init__(self, schema: Schema, errors: ErrorList | None = None) -> None:
        self.errors = errors
        self.dropped: dict[str, int] = {}
        self._columns = {name: place for place, name in enumerate((WHOLE_FILE, *schema.names))}
        self._rules = {rule: place for place, rule in enumerate(Rule)}
        self._found: dict[tuple[str, Rule], tuple[int, int]] = {}
        self._facts: dict[str, Fact] = {}

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, column: str, rule: Rule, count: int, first_row: int) -> None:
        """Take in `count` misfits, the first in `first_row`; rows come in the order of the file."""
        before, first = self._found.get((column, rule), (0, first_row))
        self._found[column, rule] = before + count, first

    def add_rows(self, rule: Rule, rows: Places, lines: Places) -> None:
        """Take in rows that break a rule as a whole, none or more."""
        if not rows.size:
            return
        self.add(WHOLE_FILE, rule, int(rows.size), int(rows[0]))
        if self.errors is not None:
            for row, line in zip(rows[: self.errors.most].tolist(), lines[: self.errors.most].tolist(), strict=True):
                self.errors.add(row, line, WHOLE_FILE, rule, "")

    def add_row(self, rule: Rule, row: int, line: int) -> None:
        """Take in one place of the file, row 0 for the header or the whole."""
        self.add_rows(rule, np.array([row]), np.array([line]))

    def drop(self, kind: str, lines: int = 1) -> None:
        """Count lines of a kind that are not read."""
        self.dropped[kind] = self.dropped.get(kind, 0) + lines

    def explain(self, **facts: Fact) -> None:
        self._facts |= facts

    def check(self, rows: int) -> None:
        """Return if a file with `rows` data rows fits; refuse with `BadTable` otherwise."""
        if self._found:
            findings = self._findings()
            shown = findings[:MOST_FINDINGS]
            raise BadTable(Reason.TABLE_DOES_NOT_FIT, findings=shown, kinds=len(findings), rows=rows, **self._facts)
        if rows == 0:
            raise BadTable(Reason.TABLE_EMPTY)

    def _findings(self) -> tuple[Finding, ...]:
        ordered = sorted(self._found.items(), key=lambda one: (self._columns[one[0][0]], self._rules[one[0][1]]))
        return tuple(Finding(column, rule.value, *found) for (column, rule), found in ordered)
