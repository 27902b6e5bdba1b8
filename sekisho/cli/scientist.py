"""`sekisho deid`: for a data scientist with a file, far from any zone."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sekisho.cli.clock import entropy
from sekisho.cli.speaking import FILE, FOLDER, SpeakingGroup, Telling, argument
from sekisho.errors import BadSettings, Fact, Malformed
from sekisho.pages.words import Language, Words, words_in

if TYPE_CHECKING:  # at run time the command line imports late
    from sekisho.deid.deidentify import Outcome


def deid_group(words: Words) -> click.Group:
    group = SpeakingGroup("deid", words)
    group.add(
        "run",
        run,
        argument("table", type=FILE),
        group.option("--schema", type=FILE, required=True),
        group.option("--policy", type=FILE, required=True),
        group.option("--out", type=FOLDER, required=True),
    )
    return group


def run(*, table: Path, schema: Path, policy: Path, out: Path) -> Sequence[Telling]:
    """De-identify a table; all results stand in `out` at the end, or none."""
    from sekisho.deid.deidentify import deidentify
    from sekisho.ends.inspecting import open_schema
    from sekisho.storage.files import check_new, new_folder, on_disk, open_existing
    from sekisho.tables.disarm import read_csv
    from sekisho.tables.policy_file import open_policy

    check_new(out)
    declared, _ = open_schema(schema)
    wanted = open_policy(policy)
    with on_disk(), open_existing(table) as stream:
        typed = read_csv(stream, declared)
    try:
        outcome = deidentify(typed, declared, wanted, entropy=entropy(32))
    except Malformed as error:  # the policy does not go with the schema, or a ladder not with the table
        raise BadSettings(error.reason, findings=(), file=policy.name, **error.facts) from error
    with new_folder(out) as room:
        _write(outcome, room, declared.name)
    report = outcome.report
    facts: dict[str, Fact] = {
        "k": int(report.number("k")),
        "asked": report.k,
        "suppressed": report.rows_before - report.rows_after,
        "share": f"{float(report.number('suppressed-share')):.2%}",
        "loss": f"{float(report.number('loss')):.1%}",
        "folder": str(out),
    }
    return [("cli.done.deid", facts)]


def _write(outcome: "Outcome", room: Path, name: str) -> None:
    """Put table, plan, report and the report's pages into `room`."""
    from sekisho.deid.plan import write_plan
    from sekisho.deid.report import write_report
    from sekisho.pages.report_page import write_report_page
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
