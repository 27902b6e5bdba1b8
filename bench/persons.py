"""What a bound on persons costs beside one on rows: the made register, 1,000,000 rows of 250,000 persons.

A person has one to seven rows with the same quasi-identifiers but for the insurance, which changes from row to row: so a
class of many rows can be few persons. Compiled loops are warm. `python -m bench.persons [ROWS]`.
"""

import sys
import time
from fractions import Fraction

import numpy as np

from bench.search import register
from sekisho.deid.bounds import KSubjects
from sekisho.deid.declared.layout import Csv
from sekisho.deid.deidentify import Outcome, deidentify
from sekisho.deid.exam import Exam
from sekisho.deid.policy import Mode, Policy
from sekisho.deid.schema import ColumnSchema, Encoding, Kind, Role, Schema
from sekisho.deid.table import Column, Table

ROWS, WARM_ROWS = 1_000_000, 20_000
K, PERSONS = 20, 5
NUMBER, MOVING, SEED = "number", "insurance", 20_261_123
SCHEMA = Schema(
    "made claims",
    Encoding.UTF_8,
    Csv(),
    (*register.schema().columns, ColumnSchema(NUMBER, Kind.INTEGER, Role.IDENTIFIER)),
)
MODES = {"local": Mode.LOCAL, "global": Mode.GLOBAL}


def claims(rows: int) -> Table:
    """Give back so many rows: those of one person side by side, four each on average, at most seven."""
    several = np.repeat(np.arange(rows), np.random.default_rng(SEED).integers(1, 8, rows))[:rows]
    persons = int(several[-1]) + 1
    codes = register.draw(persons, 0)
    columns = []
    for name, ladder in register.ladders().items():
        own = codes[name][several].astype(np.int64)
        moving = np.arange(rows) % 3 if name == MOVING else 0
        columns.append(Column(name, tuple(line[0] for line in ladder), ((own + moving) % len(ladder)).astype(np.int32)))
    return Table((*columns, Column(NUMBER, tuple(range(persons)), several.astype(np.int32))))


def released(table: Table, mode: Mode, *, persons: bool) -> Outcome:
    policy = Policy(
        k=K,
        mode=mode,
        suppression_limit=Fraction(1, 20),
        ladders=register.climbs(),
        bounds=(KSubjects(PERSONS),) if persons else (),
        exam=Exam(subject=NUMBER),
    )
    return deidentify(table, SCHEMA, policy, entropy=bytes(32))


def main(rows: int) -> None:
    small, table = claims(WARM_ROWS), claims(rows)
    for name, mode in MODES.items():
        for persons in (False, True):
            released(small, mode, persons=persons)
            began = time.perf_counter()
            report = released(table, mode, persons=persons).report
            took = time.perf_counter() - began
            told = "  ".join(f"{one} {float(report.number(one)):.6g}" for one in ("k", "k-subjects", "loss"))
            print(f"{name:6}  {'persons' if persons else 'rows':7}  {took:7.1f} s  {told}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
