"""`sekisho deid`: for a data scientist with a file, far from any zone."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sekisho.cli.clock import entropy
from sekisho.cli.progress import share_bar, stopping
from sekisho.cli.proposal.feasibility import add_feasibility
from sekisho.cli.speaking import FILE, FOLDER, SpeakingGroup, Telling, argument, refuse
from sekisho.cli.workshop.ladder import add_ladder
from sekisho.cli.workshop.measure import add_measure
from sekisho.errors import BadSettings, Fact, Malformed, SekishoError
from sekisho.pages.words import Language, Words, words_at_the_desk, words_in

if TYPE_CHECKING:  # at run time the command line imports late
    from sekisho.deid.deidentify import Outcome
    from sekisho.deid.policy import Policy
    from sekisho.deid.report.report import Report
    from sekisho.deid.schema import Schema
    from sekisho.deid.table import Table


class DeskGroup(SpeakingGroup):
    """A group whose refusals speak to whoever sits there: sender, staff and operator are one person."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except SekishoError as error:
            refuse(words_at_the_desk(self.words.language), error)


def deid_group(words: Words) -> click.Group:
    group = DeskGroup("deid", words)
    group.add(
        "run",
        partial(run, words=words),
        argument("table", type=FILE),
        group.option("--schema", type=FILE, required=True),
        group.option("--policy", type=FILE, required=True),
        group.option("--population", type=FILE),
        group.option("--out", type=FOLDER, required=True),
    )
    add_ladder(group, words)
    add_measure(group, words)
    add_feasibility(group, words)
    return group


def run(
    *, table: Path, schema: Path, policy: Path, population: Path | None, out: Path, words: Words
) -> Sequence[Telling]:
    """De-identify a table; all results stand in `out` at the end, or none.

    The first Ctrl-C ends the search with the best so far, a second one ends all and leaves nothing.
    """
    from sekisho.ends.inspecting import open_schema
    from sekisho.storage.files import check_new, new_folder
    from sekisho.tables.policy_file import open_policy

    check_new(out)
    declared, _ = open_schema(schema)
    wanted = open_policy(policy)
    typed, withheld = _read(table, declared)
    persons = None if population is None else _read(population, _only_quasi_identifiers(declared, wanted))[0]
    try:
        outcome = _deidentify(typed, declared, wanted, persons, words)
    except Malformed as error:  # the policy does not go with the schema, or a ladder not with the table
        raise BadSettings(error.reason, findings=(), file=policy.name, **error.facts) from error
    with new_folder(out) as room:
        _write(outcome, room, declared.name)
    left_out: list[Telling] = [("cli.done.deid_withheld", {"count": f"{withheld:,}"})] if withheld else []
    return [*left_out, *_told(outcome.report), ("cli.done.deid_folder", {"folder": str(out)})]


def _only_quasi_identifiers(schema: "Schema", policy: "Policy") -> "Schema":
    """Give back the schema of a population: what hides a person is all that has to be known of the others."""
    from sekisho.deid.policy import quasi_identifiers

    names = quasi_identifiers(policy, schema)
    return replace(schema, columns=tuple(one for one in schema.columns if one.name in names))


def _read(table: Path, schema: "Schema") -> "tuple[Table, int]":
    """Give back the table without withheld rows, and how many those were; refuses numbers of persons as processing does."""
    from sekisho.deid.changes.leaving_out.withheld import leave_out_withheld
    from sekisho.deid.numbers.refusing import check_numbers
    from sekisho.deid.numbers.scan import scan_table
    from sekisho.storage.files import on_disk, open_existing
    from sekisho.tables.disarm import read_every_row

    with on_disk(), open_existing(table) as stream:
        every = read_every_row(stream, schema)
    check_numbers(scan_table(every), schema)
    stays = leave_out_withheld(every, schema)
    return stays, every.rows - stays.rows


def _deidentify(
    table: "Table", schema: "Schema", policy: "Policy", population: "Table | None", words: Words
) -> "Outcome":
    """Give back the outcome; only the search can be stopped half way, what follows it is quick."""
    from sekisho.cores import spread
    from sekisho.deid.deidentify import plan_table, release_table
    from sekisho.freetext.columns import masking_for

    secret = entropy(32)
    if sys.stderr.isatty() and _never_compiled():
        click.echo(words.say("cli.compiling"), err=True)
    with stopping(words.say("cli.stopping")) as stop, share_bar(words.say("cli.progress.deid")) as progress:
        planned = plan_table(
            table,
            schema,
            policy,
            entropy=secret,
            population=population,
            progress=progress,
            stop=stop,
            spread=spread,
            masking=masking_for(policy),
        )
    return release_table(table, schema, planned, entropy=secret, population=population, spread=spread)


def _never_compiled() -> bool:
    """Say whether no machine code of the search is kept from an earlier run."""
    from sekisho.deid.search.local.refine import refine

    stats = getattr(refine, "stats", None)
    return stats is not None and not any(Path(stats.cache_path).glob("*.nbi"))


def _told(report: "Report") -> Sequence[Telling]:
    """Give back what came of it, how it was done, and whether that is the best way."""
    from sekisho.deid.policy import Mode, Star

    strict, wildcard = int(report.number("k")), int(report.number("k-wildcard"))
    facts: dict[str, Fact] = {
        "k": wildcard if report.star is Star.ANYTHING else strict,
        "asked": report.k,
        "suppressed": report.rows_changed - report.rows_after,
        "share": f"{float(report.number('suppressed-share')):.2%}",
        "loss": f"{float(report.number('loss')):.1%}",
    }
    steps = [step for one in report.columns for step in one.levels]
    exact = sum(one.rows for one in steps if one.level == 0) / max(sum(one.rows for one in steps), 1)
    ways: dict[Mode, dict[str, Fact]] = {
        Mode.LOCAL: {"kept": f"{exact:.1%}"},
        Mode.GLOBAL: {"nodes": f"{report.nodes:,}", "evaluated": f"{report.evaluated:,}"},
        Mode.CELLS: {"wildcard": wildcard, "strict": strict},
    }
    found = "interrupted" if not report.whole else "proven" if report.proven else "found"
    return [
        ("cli.done.deid", facts),
        (f"cli.done.deid_{report.mode.value}", ways[report.mode]),
        (f"cli.done.deid_{found}", {}),
    ]


def _write(outcome: "Outcome", room: Path, name: str) -> None:
    """Put table, plan, report and the report's pages into `room`."""
    from sekisho.deid.plan import write_plan
    from sekisho.deid.report.report import write_report
    from sekisho.pages.report.page import write_report_page
    from sekisho.storage.files import on_disk, open_new, sync_file, write_durably
    from sekisho.tables.outgoing import write_csv

    with on_disk(), open_new(room / "table.csv") as sink:  # closing writes too
        write_csv(outcome.table, sink)
        sync_file(sink)
    report = write_report(outcome.report)
    write_durably(room / "plan.json", write_plan(outcome.plan))
    write_durably(room / "report.json", report)
    for language in Language:
        write_durably(room / f"report.{language.value}.html", write_report_page(report, words_in(language), name))
