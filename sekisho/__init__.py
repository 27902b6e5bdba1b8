"""The checkpoint for residents' data, and a library that de-identifies tables.

From a CSV file to a de-identified table and its report:

>>> import sekisho
>>> folder = "examples/adult"
>>> made = sekisho.deidentify(f"{folder}/adult.csv", f"{folder}/policy.toml", f"{folder}/schema.toml")
>>> int(made.report.number("k")) >= 5, made.table.rows > 28_000
(True, True)
>>> page = sekisho.report_page(made.report, "en")
>>> frame = sekisho.arrow_from_table(made.table)  # polars.from_arrow(frame), frame.to_pandas(), duckdb.from_arrow(frame)
>>> "age" in frame.column_names
True

The first page for data scientists is docs/library.md. This is their face. It loads what is asked for when it is asked
for; inside the package everybody imports from the module that defines a name.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sekisho.deid.bounds import (
        AlphaK,
        AverageRisk,
        BetaLikeness,
        DeltaDisclosure,
        Distance,
        DistinctL,
        EntropyL,
        HighestRisk,
        KMap,
        KSubjects,
        Presence,
        RecursiveL,
        TCloseness,
    )
    from sekisho.deid.changes.change import (
        AddSynthetic,
        DeleteCells,
        DeleteRows,
        DeleteSubjects,
        Mask,
        Microaggregate,
        Noise,
        Pram,
        Pseudonym,
        Round,
        Sample,
        ShiftDates,
        Swap,
        Where,
    )
    from sekisho.deid.deidentify import Outcome
    from sekisho.deid.exam import Also, Exam
    from sekisho.deid.ladders.bands import Bands
    from sekisho.deid.ladders.builtin.known import BuiltIn, Known
    from sekisho.deid.ladders.calendar import Calendar, Step
    from sekisho.deid.ladders.cuts import Cuts
    from sekisho.deid.ladders.parts import Cutting, Parts
    from sekisho.deid.ladders.prefix import Prefix
    from sekisho.deid.measure import Measure
    from sekisho.deid.policy import Climb, Coding, Policy
    from sekisho.deid.report.profile import Profile, profile_table
    from sekisho.deid.report.report import MeasurePair, Report, write_report
    from sekisho.deid.schema import Schema, read_schema
    from sekisho.deid.table import Table
    from sekisho.deid.written.policy import read_policy
    from sekisho.errors import SekishoError
    from sekisho.library.comparing import compare_tables
    from sekisho.library.deidentify import deidentify
    from sekisho.library.measuring import measure_table
    from sekisho.library.models import compare_models
    from sekisho.library.policies import make_policy, open_ladder, open_policy
    from sekisho.library.results import measures_text, report_page, write_table
    from sekisho.library.sources import make_schema, open_table
    from sekisho.library.workshop import inspect_ladder, propose_ladder
    from sekisho.tables.arrow import arrow_from_table, table_from_arrow, write_parquet
    from sekisho.tables.disarm import read_csv
    from sekisho.tables.outgoing import write_csv

__all__ = [
    "AddSynthetic",
    "AlphaK",
    "Also",
    "AverageRisk",
    "Bands",
    "BetaLikeness",
    "BuiltIn",
    "Calendar",
    "Climb",
    "Coding",
    "Cuts",
    "Cutting",
    "DeleteCells",
    "DeleteRows",
    "DeleteSubjects",
    "DeltaDisclosure",
    "Distance",
    "DistinctL",
    "EntropyL",
    "Exam",
    "HighestRisk",
    "KMap",
    "KSubjects",
    "Known",
    "Mask",
    "Measure",
    "MeasurePair",
    "Microaggregate",
    "Noise",
    "Outcome",
    "Parts",
    "Policy",
    "Pram",
    "Prefix",
    "Presence",
    "Profile",
    "Pseudonym",
    "RecursiveL",
    "Report",
    "Round",
    "Sample",
    "Schema",
    "SekishoError",
    "ShiftDates",
    "Step",
    "Swap",
    "TCloseness",
    "Table",
    "Where",
    "arrow_from_table",
    "compare_models",
    "compare_tables",
    "deidentify",
    "inspect_ladder",
    "make_policy",
    "make_schema",
    "measure_table",
    "measures_text",
    "open_ladder",
    "open_policy",
    "open_table",
    "profile_table",
    "propose_ladder",
    "read_csv",
    "read_policy",
    "read_schema",
    "report_page",
    "table_from_arrow",
    "write_csv",
    "write_parquet",
    "write_report",
    "write_table",
]

_HOME = {
    "AddSynthetic": "deid.changes.change",
    "AlphaK": "deid.bounds",
    "Also": "deid.exam",
    "AverageRisk": "deid.bounds",
    "Bands": "deid.ladders.bands",
    "BetaLikeness": "deid.bounds",
    "BuiltIn": "deid.ladders.builtin.known",
    "Calendar": "deid.ladders.calendar",
    "Climb": "deid.policy",
    "Coding": "deid.policy",
    "Cuts": "deid.ladders.cuts",
    "Cutting": "deid.ladders.parts",
    "DeleteCells": "deid.changes.change",
    "DeleteRows": "deid.changes.change",
    "DeleteSubjects": "deid.changes.change",
    "DeltaDisclosure": "deid.bounds",
    "Distance": "deid.bounds",
    "DistinctL": "deid.bounds",
    "EntropyL": "deid.bounds",
    "Exam": "deid.exam",
    "HighestRisk": "deid.bounds",
    "KMap": "deid.bounds",
    "KSubjects": "deid.bounds",
    "Known": "deid.ladders.builtin.known",
    "Measure": "deid.measure",
    "MeasurePair": "deid.report.report",
    "Microaggregate": "deid.changes.change",
    "Noise": "deid.changes.change",
    "Outcome": "deid.deidentify",
    "Parts": "deid.ladders.parts",
    "Policy": "deid.policy",
    "Pram": "deid.changes.change",
    "Prefix": "deid.ladders.prefix",
    "Presence": "deid.bounds",
    "Profile": "deid.report.profile",
    "Pseudonym": "deid.changes.change",
    "RecursiveL": "deid.bounds",
    "Report": "deid.report.report",
    "Mask": "deid.changes.change",
    "Round": "deid.changes.change",
    "Sample": "deid.changes.change",
    "Schema": "deid.schema",
    "SekishoError": "errors",
    "ShiftDates": "deid.changes.change",
    "Step": "deid.ladders.calendar",
    "Swap": "deid.changes.change",
    "TCloseness": "deid.bounds",
    "Table": "deid.table",
    "Where": "deid.changes.change",
    "arrow_from_table": "tables.arrow",
    "compare_models": "library.models",
    "compare_tables": "library.comparing",
    "deidentify": "library.deidentify",
    "inspect_ladder": "library.workshop",
    "make_policy": "library.policies",
    "make_schema": "library.sources",
    "measure_table": "library.measuring",
    "measures_text": "library.results",
    "open_ladder": "library.policies",
    "open_policy": "library.policies",
    "open_table": "library.sources",
    "profile_table": "deid.report.profile",
    "propose_ladder": "library.workshop",
    "read_csv": "tables.disarm",
    "read_policy": "deid.written.policy",
    "read_schema": "deid.schema",
    "report_page": "library.results",
    "table_from_arrow": "tables.arrow",
    "write_csv": "tables.outgoing",
    "write_parquet": "tables.arrow",
    "write_report": "deid.report.report",
    "write_table": "library.results",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(name)
    return getattr(import_module(f"sekisho.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
