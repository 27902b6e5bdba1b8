"""`sekisho deid measure`: every measure of a table as it is, alone or beside the one that it was made from."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING

import click

from sekisho.cli.progress import share_bar
from sekisho.cli.speaking import FILE, GivenPath, SpeakingGroup, Telling, argument
from sekisho.errors import BadSettings, Malformed, Reason, WrongUsage
from sekisho.pages.words import Words

if TYPE_CHECKING:  # at run time the command line imports late
    from sekisho.deid.exam import Exam
    from sekisho.deid.policy import Policy
    from sekisho.deid.report.report import MeasurePair
    from sekisho.deid.schema import Schema
    from sekisho.deid.search.question import Progress
    from sekisho.deid.table import Table

NEW_FILE = GivenPath(dir_okay=False, path_type=Path)
ALSO = ("suda", "copula", "variation", "divergence", "queries", "all")
ALONE = {"suda", "copula", "all"}
NARROWEST, WIDEST = 60, 100


def add_measure(group: SpeakingGroup, words: Words) -> None:
    """Add the command to the group of the data scientist."""

    def option(name: str, **rest: object) -> click.Option:
        return click.Option([f"--{name}"], help=words.say(f"cli.deid.measure.{name}"), **rest)  # type: ignore[arg-type] # click's own keywords

    group.add(
        "measure",
        partial(measure, words=words),
        argument("table", type=FILE),
        group.option("--schema", type=FILE, required=True),
        option("compare", type=FILE),
        option("policy", type=FILE),
        option("population", type=FILE),
        option("persons", type=click.IntRange(min=1)),
        option("also", type=click.Choice(ALSO), multiple=True),
        option("json", type=NEW_FILE),
    )


def measure(  # noqa: PLR0913 - one keyword for each option
    *,
    table: Path,
    schema: Path,
    compare: Path | None,
    policy: Path | None,
    population: Path | None,
    persons: int | None,
    also: Sequence[str],
    json: Path | None,
    words: Words,
) -> Sequence[Telling]:
    """Say what each measure of the table is and means; with `json` its numbers and definitions stand in that file too."""
    from sekisho.deid.report.report import write_measures
    from sekisho.deid.schema import Role
    from sekisho.ends.inspecting import open_schema
    from sekisho.library.sources import open_table
    from sekisho.tables.policy_file import open_policy

    _check_together(compare, population, also)
    declared, _ = open_schema(schema)
    wanted = open_policy(policy) if policy else None
    exam = _exam(wanted, persons, also)
    typed = open_table(table)
    if exam.subject in declared.names and exam.subject not in typed.names:
        exam = replace(exam, subject="")  # deleted before the release: persons can be counted by who has it alone
    before = None if compare is None else open_table(compare, declared)
    try:
        with share_bar(words.say("cli.deid.measure.progress")) as progress:
            if before is None:
                pairs = _alone(typed, declared, population, exam, progress)
            else:
                pairs = _compared(before, typed, declared, wanted, exam, progress)
    except Malformed as error:  # the policy's exam or ladders do not go with the table
        if policy is None:
            raise
        raise BadSettings(error.reason, findings=(), file=policy.name, **error.facts) from error
    names = [one.name for one in declared.with_role(Role.QUASI_IDENTIFIER) if one.name in typed.names]
    rows = None if before is None else before.rows, typed.rows
    told = _told(pairs, names, rows, words)
    if json is None:
        return told
    _write(json, write_measures(pairs, exam, names, rows))
    return [*told, ("cli.deid.measure.written", {"file": str(json)})]


def _check_together(compare: Path | None, population: Path | None, also: Sequence[str]) -> None:
    """Refuse what would be passed over in silence: measures of use need two tables, and labels are no population's."""
    if compare is None and not ALONE.issuperset(also):
        raise WrongUsage(Reason.USAGE, option="--also, --compare", rule="also-needs-compare")
    if compare is not None and population is not None:
        raise WrongUsage(Reason.USAGE, option="--compare, --population", rule="not-together")


def _exam(policy: "Policy | None", persons: int | None, also: Sequence[str]) -> "Exam":
    """Give back the policy's exam, if there is one, with what the options add to it."""
    from sekisho.deid.exam import Also, Exam
    from sekisho.library.exact import ALL, exact_exam

    exam = policy.exam if policy else Exam()
    if persons is not None:
        exam = replace(exam, population=persons)
    if ALL in also:
        return exact_exam(replace(exam, also=ALL))  # type: ignore[arg-type] # as people write it
    wanted = replace(exam, also=tuple(one for one in Also if one in exam.also or one.value in also))
    if Also.COPULA in wanted.also and wanted.population is None:
        raise WrongUsage(Reason.USAGE, option="--also, --persons", rule="also-needs-persons")
    return wanted


def _alone(
    table: "Table", schema: "Schema", population: Path | None, exam: "Exam", progress: "Progress"
) -> Sequence["MeasurePair"]:
    from sekisho.deid.report.report import MeasurePair
    from sekisho.library.measuring import measure_table

    found = measure_table(table, schema, population=population, exam=exam, progress=progress)
    return [MeasurePair(None, one) for one in found]


def _compared(
    before: "Table",
    after: "Table",
    schema: "Schema",
    policy: "Policy | None",
    exam: "Exam",
    progress: "Progress",
) -> Sequence["MeasurePair"]:
    from sekisho.library.comparing import compare_tables

    k = policy.least_rows if policy else None
    return compare_tables(before, after, schema, ladders=policy, k=k, exam=exam, progress=progress)


def _told(
    pairs: Sequence["MeasurePair"], names: Sequence[str], rows: tuple[int | None, int], words: Words
) -> Sequence[Telling]:
    from sekisho.pages.columns import wrap
    from sekisho.pages.measures_text import measures_text

    width = min(max(get_terminal_size().columns, NARROWEST), WIDEST)
    key = "cli.deid.measure.rows" if rows[0] is None else "cli.deid.measure.rows_both"
    facts = {"rows": f"{rows[1]:,}", "names": words.say("report.comma").join(names)}
    if rows[0] is not None:
        facts["before"] = f"{rows[0]:,}"
    head = "\n".join(wrap(words.say(key, **facts), width))
    return [("cli.deid.measure.text", {"text": f"{head}\n\n{measures_text(words, pairs, width)}"})]


def _write(path: Path, raw: bytes) -> None:
    """Put `raw` at `path`, where nothing may stand; FILE_EXISTS if something does."""
    from sekisho.storage.files import on_disk, open_new, sync_file

    with on_disk(), open_new(path) as sink:  # closing writes too
        sink.write(raw)
        sync_file(sink)
