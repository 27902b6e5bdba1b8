"""Small made schemas, policies and tables for the tests of deid."""

import csv
from pathlib import Path

import numpy as np

from sekisho.deid.bounds import AverageRisk, KMap
from sekisho.deid.ladders.rule import bind
from sekisho.deid.passes.tuples import collapse
from sekisho.deid.policy import Policy
from sekisho.deid.schema import Schema, read_schema
from sekisho.deid.search.demands import demand
from sekisho.deid.search.full_domain.problem import Problem, pose
from sekisho.deid.table import Table, column_of, table_of
from sekisho.deid.written.policy import read_policy

ADULT = Path(__file__).parents[3] / "examples" / "adult"
ENTROPY = bytes(range(32))

SCHEMA = """
format = "sekisho-schema-v1"
name = "made"
encoding = "utf-8"
[[column]]
name = "name"
type = "text"
role = "identifier"
[[column]]
name = "age"
type = "integer"
role = "quasi-identifier"
[[column]]
name = "sex"
type = "code"
role = "quasi-identifier"
values = ["F", "M"]
[[column]]
name = "care"
type = "code"
role = "sensitive"
[[column]]
name = "income"
type = "integer"
role = "sensitive"
blank = true
"""

POLICY = """
format = "sekisho-policy-v1"
k = 2
suppression_limit = 0.2
[ladder]
age = { bands = [10, 20], top = 90 }
sex = { file = "sex.csv" }
[code]
income = { top = 1000, bottom = 0 }
"""

FILES = {"sex.csv": b"F;*\nM;*\n"}


def schema_of(text: str = SCHEMA) -> Schema:
    return read_schema(text.encode())


def policy_of(text: str = POLICY) -> Policy:
    return read_policy(text.encode(), FILES)


def people() -> Table:
    """Ten rows: four pairs alike by tens of years, one pair alike only across sexes."""
    return table_of(
        name=[f"p{one}" for one in range(10)],
        age=[31, 32, 35, 38, 41, 45, 61, 66, 95, 103],
        sex=["F", "F", "M", "M", "F", "F", "M", "F", "M", "M"],
        care=["none", "1", "none", "2", "1", "1", "3", "none", "5", "5"],
        income=[500, 1200, None, -5, 900, 800, 1000, 0, 10, 20],
    )


def adult() -> tuple[Table, Policy]:
    """The Adult census table with all nine columns as quasi-identifiers, as in the figures to compare with."""
    with (ADULT / "adult.csv").open(encoding="utf-8") as stream:
        header, *rows = csv.reader(stream, delimiter=";")
    cells = zip(*rows, strict=True)
    table = Table(tuple(column_of(name, list(one)) for name, one in zip(header, cells, strict=True)))
    files = {f"{name}.csv": (ADULT / "ladders" / f"{name}.csv").read_bytes() for name in header}
    ladders = "\n".join(f'{name} = {{ file = "{name}.csv" }}' for name in header)
    raw = f'format = "sekisho-policy-v1"\nk = 5\nsuppression_limit = 0.05\n[ladder]\n{ladders}\n'
    return table, read_policy(raw.encode(), files)


def problem_of(table: Table, policy: Policy, population: Table | None = None) -> Problem:
    """The global search's question; sensitive columns of `policy`'s bounds have their values in sorted order."""
    ladders = tuple(bind(one.rule, (population or table).column(name)) for name, one in policy.ladders.items())
    sizes = [len(one.values) for one in ladders]
    trees = {one.column: bind(one.ladder, table.column(one.column)) for one in policy.sensitive_bounds if _tree(one)}
    names = dict.fromkeys(one.column for one in policy.sensitive_bounds)
    tuples = collapse(
        [one.codes_of(table.column(one.column)) for one in ladders],
        sizes,
        [(name, *_sensitive(table, name, trees)) for name in names],
        None if population is None else [one.codes_of(population.column(one.column)) for one in ladders],
    )
    persons = max([one.at_least for one in policy.bounds if isinstance(one, KMap)], default=0)
    risk = min([one.at_most for one in policy.bounds if isinstance(one, AverageRisk)], default=None)
    demands = demand(
        policy.sensitive_bounds, tuples.spreads, trees, least_rows=policy.least_rows, least_population=persons
    )
    highest = tuple(one.limit for one in policy.ladders.values())
    return pose(tuples, ladders, highest, demands, risk, policy.most_suppressed(table.rows), policy.goal, k=policy.k)


def _tree(bound):
    return getattr(bound, "ladder", None) is not None


def _sensitive(table: Table, name: str, trees):
    column = table.column(name)
    if name in trees:
        return trees[name].codes_of(column), len(trees[name].values)
    order = np.argsort(np.argsort(np.array(column.values))).astype(np.int32)
    return order[column.codes], len(column.values)
