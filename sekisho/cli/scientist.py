"""`sekisho deid`: for a data scientist with a file, far from any zone."""

from collections.abc import Sequence
from pathlib import Path

import click

from sekisho.cli.clock import entropy
from sekisho.cli.speaking import FILE, FOLDER, SpeakingGroup, Telling, argument
from sekisho.errors import BadSettings, Fact, Reason
from sekisho.pages.words import Language, Words, words_in


def deid_group(words: Words) -> click.Group:
    group = SpeakingGroup("deid", words)

    def run(*, table: Path, schema: Path, policy: Path, out: Path) -> Sequence[Telling]:
        from sekisho.deid.deidentify import deidentify
        from sekisho.deid.plan import write_plan
        from sekisho.deid.report import write_report
        from sekisho.deid.schema import read_schema
        from sekisho.pages.report_page import write_report_page
        from sekisho.storage.files import make_folder, open_existing, open_new, read_file, write_durably
        from sekisho.tables.disarm import read_csv
        from sekisho.tables.outgoing import write_csv
        from sekisho.tables.policy_file import open_policy

        if out.exists() and any(out.iterdir()):
            raise BadSettings(Reason.FOLDER_NOT_EMPTY, folder=out.name)
        declared = read_schema(read_file(schema, 1024 * 1024))
        with open_existing(table) as stream:
            typed = read_csv(stream, declared)
        outcome = deidentify(typed, declared, open_policy(policy), entropy=entropy(32))
        make_folder(out)
        with open_new(out / "table.csv") as sink:
            write_csv(outcome.table, sink)
        write_durably(out / "plan.json", write_plan(outcome.plan))
        write_durably(out / "report.json", write_report(outcome.report))
        for language in Language:
            page = write_report_page(write_report(outcome.report), words_in(language), declared.name)
            write_durably(out / f"report.{language.value}.html", page)
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

    group.add(
        "run",
        run,
        argument("table", type=FILE),
        group.option("--schema", type=FILE, required=True),
        group.option("--policy", type=FILE, required=True),
        group.option("--out", type=FOLDER, required=True),
    )
    return group
