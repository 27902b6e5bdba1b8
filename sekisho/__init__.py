"""The checkpoint for residents' data, and a library that de-identifies tables.

From a CSV file to a de-identified table and its report:

>>> import secrets, sekisho
>>> from pathlib import Path
>>> adult = Path("examples/adult")
>>> schema = sekisho.read_schema((adult / "schema.toml").read_bytes())
>>> policy = sekisho.open_policy(adult / "policy.toml")
>>> with (adult / "adult.csv").open("rb") as stream:
...     table = sekisho.read_csv(stream, schema)
>>> made = sekisho.deidentify(table, schema, policy, entropy=secrets.token_bytes(32))
>>> made.table.rows, int(made.report.number("k")), made.report.number("suppressed-share") <= policy.suppression_limit
(28779, 5, True)

This is the face for data scientists. It loads what is asked for when it is asked for; inside the package everybody
imports from the module that defines a name.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sekisho.deid.deidentify import Outcome, deidentify
    from sekisho.deid.policy import Policy, read_policy
    from sekisho.deid.profile import Profile, profile_table
    from sekisho.deid.report import Report, write_report
    from sekisho.deid.schema import Schema, read_schema
    from sekisho.deid.table import Table
    from sekisho.errors import SekishoError
    from sekisho.tables.arrow import read_table, table_from_arrow, write_parquet
    from sekisho.tables.disarm import read_csv
    from sekisho.tables.outgoing import write_csv
    from sekisho.tables.policy_file import open_policy

__all__ = [
    "Outcome",
    "Policy",
    "Profile",
    "Report",
    "Schema",
    "SekishoError",
    "Table",
    "deidentify",
    "open_policy",
    "profile_table",
    "read_csv",
    "read_policy",
    "read_schema",
    "read_table",
    "table_from_arrow",
    "write_csv",
    "write_parquet",
    "write_report",
]

_HOME = {
    "Outcome": "deid.deidentify",
    "Policy": "deid.policy",
    "Profile": "deid.profile",
    "Report": "deid.report",
    "Schema": "deid.schema",
    "SekishoError": "errors",
    "Table": "deid.table",
    "deidentify": "deid.deidentify",
    "open_policy": "tables.policy_file",
    "profile_table": "deid.profile",
    "read_csv": "tables.disarm",
    "read_policy": "deid.policy",
    "read_schema": "deid.schema",
    "read_table": "tables.arrow",
    "table_from_arrow": "tables.arrow",
    "write_csv": "tables.outgoing",
    "write_parquet": "tables.arrow",
    "write_report": "deid.report",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(name)
    return getattr(import_module(f"sekisho.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
