"""Reports of one small town in every mode, as their canonical JSON."""

from functools import cache

from sekisho.deid.deidentify import deidentify
from sekisho.deid.report.report import write_report
from sekisho.deid.schema import read_schema
from sekisho.deid.table import Table, table_of
from sekisho.deid.written.policy import read_policy

SCHEMA = b"""
format = "sekisho-schema-v1"
name = "town"
encoding = "utf-8"
[[column]]
name = "age"
type = "integer"
role = "quasi-identifier"
[[column]]
name = "place"
type = "text"
role = "quasi-identifier"
[[column]]
name = "care"
type = "text"
role = "sensitive"
"""
LADDERS = """
[ladder]
age = { bands = [10, 20] }
place = { file = "place.csv" }
"""
FILES = {"place.csv": b"north;far;*\nsouth;far;*\neast;near;*\nwest;near;*\n"}
PLACES, CARE = ("north", "south", "east", "west"), ("none", "1", "2", "3", "4")
ROWS = 60

LOCAL = 'mode = "local"\nk = 3\n'
SETS = 'mode = "local"\nlabels = "sets"\nk = 4\n'
GLOBAL = 'mode = "global"\nk = 3\nsuppression_limit = 0.1\n'
CELLS = 'mode = "cells"\nk = 3\n'
ANYTHING = 'mode = "cells"\nstar = "anything"\nk = 3\n'
K_MAP = '[[bound]]\nmeasure = "k-map"\nat_least = 3\n'
MODES = {"local": LOCAL, "sets": SETS, "global": GLOBAL, "cells": CELLS, "anything": ANYTHING, "k-map": K_MAP}


def bound(measure: str, **told: object) -> str:
    """Give back one bound of a policy's file."""
    spelled = {name: f'"{one}"' if isinstance(one, str) else str(one).lower() for name, one in told.items()}
    return f'[[bound]]\nmeasure = "{measure}"\n' + "".join(f"{name} = {one}\n" for name, one in spelled.items())


@cache
def town(rows: int = ROWS) -> Table:
    return table_of(
        age=[20 + one * one % 23 + one % 7 // 6 * 20 for one in range(rows)],
        place=[PLACES[one * 3 % 7 % 4] for one in range(rows)],
        care=[CARE[one % 5] for one in range(rows)],
    )


@cache
def report_of(policy: str, *, interrupted: bool = False) -> bytes:
    """Give back the report of the town under a policy; ladders are added where its mode has them."""
    ladders = "" if 'mode = "cells"' in policy else LADDERS
    read = read_policy(f'format = "sekisho-policy-v1"\n{policy}{ladders}'.encode(), FILES)
    population = town(5 * ROWS) if "k-map" in policy or "presence" in policy else None
    made = deidentify(
        town(), read_schema(SCHEMA), read, entropy=bytes(32), population=population, stop=lambda: interrupted
    )
    return write_report(made.report)
