"""A schema, a policy and a table on which every change can be done."""

from datetime import date

from sekisho.deid.policy import Policy
from sekisho.deid.schema import Schema, read_schema
from sekisho.deid.table import Table, table_of
from sekisho.deid.written.policy import read_policy

ENTROPY = bytes(range(32))

SCHEMA = """
format = "sekisho-schema-v1"
name = "made"
encoding = "utf-8"
[[column]]
name = "person"
type = "text"
role = "identifier"
[[column]]
name = "age"
type = "integer"
role = "quasi-identifier"
[[column]]
name = "town"
type = "code"
role = "quasi-identifier"
[[column]]
name = "moved"
type = "date"
role = "plain"
blank = true
[[column]]
name = "income"
type = "integer"
role = "sensitive"
minimum = 0
maximum = 10000
[[column]]
name = "illness"
type = "code"
role = "sensitive"
blank = true
"""

HEAD = """
format = "sekisho-policy-v1"
k = 3
[ladder]
age = { bands = [10, 20] }
town = { file = "towns.csv" }
"""

FILES = {"towns.csv": b"A;north;*\nB;north;*\nC;south;*\nD;south;*\n"}

EVERY = """
[[change]]
do = "delete-cells"
column = "illness"
values = ["rare"]
[[change]]
do = "delete-rows"
column = "age"
above = 95
[[change]]
do = "delete-subjects"
subject = "person"
more_rows_than = 4
[[change]]
do = "sample"
share = 0.9
subject = "person"
[[change]]
do = "round"
columns = ["income"]
to = 10
[[change]]
do = "microaggregate"
columns = ["income", "age"]
group = 3
[[change]]
do = "noise"
columns = ["income"]
scale = 0.1
[[change]]
do = "swap"
columns = ["illness"]
within = ["town"]
share = 0.2
[[change]]
do = "pram"
column = "town"
keep = 0.8
[[change]]
do = "shift-dates"
columns = ["moved"]
most_days = 10
subject = "person"
[[change]]
do = "pseudonym"
column = "person"
[[change]]
do = "add-synthetic"
share = 0.1
"""


def schema_of(text: str = SCHEMA) -> Schema:
    return read_schema(text.encode())


def policy_of(text: str) -> Policy:
    return read_policy(text.encode(), FILES)


def people(rows: int = 400) -> Table:
    """Give back as many rows of half as many persons; nothing in it is drawn."""
    return table_of(
        person=[f"person {row // 2}" for row in range(rows)],
        age=[20 + (row * 37) % 60 for row in range(rows)],
        town=["ABCD"[(row * 7) % 4] for row in range(rows)],
        moved=[None if row % 11 == 0 else date(2001 + row % 20, 1 + row % 12, 1 + row % 28) for row in range(rows)],
        income=[(row * 7919) % 10_000 for row in range(rows)],
        illness=[["flu", "cold", "rare", None][(row * row + row // 3) % 4] for row in range(rows)],
    )
