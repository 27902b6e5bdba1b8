"""`sekisho municipality`: for the data officer of a municipality."""

import sys
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

import click

from sekisho.cli.clock import entropy, now
from sekisho.cli.progress import bar
from sekisho.cli.speaking import FILE, SpeakingGroup, Telling, argument, home
from sekisho.pages.refusal_text import refusal_text
from sekisho.pages.words import Words

BASES = ("entrustment", "law", "next-generation-medical")


def municipality_group(words: Words) -> click.Group:
    group = SpeakingGroup("municipality", words)

    def inspect(*, table: Path, schema: Path) -> Sequence[Telling]:
        """Check a table against its schema before it is sealed, as processing will."""
        from sekisho.ends.inspecting import inspect_table, open_schema

        with bar(words.say("cli.progress.inspect")) as progress:
            rows = inspect_table(table, schema, progress)
        return [("cli.done.inspect", {"rows": rows, "columns": len(open_schema(schema)[0].columns)})]

    def seal(
        *, home: Path, table: Path, schema: Path, basis: str, reference: str, days: int, unchecked: bool
    ) -> Sequence[Telling]:
        from sekisho.ends.inspecting import inspect_table
        from sekisho.ends.municipality import Export, open_municipality
        from sekisho.parcel.draft import LegalBasis, LegalBasisKind

        tool = open_municipality(home / "settings.toml", now)
        if not unchecked:
            with bar(words.say("cli.progress.inspect")) as progress:
                inspect_table(table, schema, progress)
        export = Export(table, schema, LegalBasis(LegalBasisKind(basis), reference), timedelta(days=days))
        with bar(words.say("cli.progress.seal")) as progress:
            label, parcel = tool.seal(export, entropy, progress)
        return [
            (
                "cli.done.seal",
                {
                    "number": label.number,
                    "rows": label.rows,
                    "file": str(parcel),
                    "size": label.parcel_bytes,
                    "until": label.valid_until.date().isoformat(),
                },
            )
        ]

    group.add("inspect", inspect, argument("table", type=FILE), group.option("--schema", type=FILE, required=True))
    group.add(
        "seal",
        seal,
        home(group),
        argument("table", type=FILE),
        group.option("--schema", type=FILE, required=True),
        group.option("--basis", type=click.Choice(BASES), required=True),
        group.option("--reference", required=True),
        group.option("--days", type=click.IntRange(1, 365), default=30, show_default=True),
        group.option("--unchecked", is_flag=True),
    )
    group.add("send", partial(send, words=words), home(group))
    return group


def send(*, home: Path, words: Words) -> Sequence[Telling]:
    """Send what waits; what is refused or damaged is told, and the last of it is the exit code."""
    from sekisho.ends.municipality import Sent, Unsendable, open_municipality

    tool = open_municipality(home / "settings.toml", now)
    sender = tool.settings.id
    told = False
    code = 0
    with bar(words.say("cli.progress.send")) as progress:
        for one in tool.send(progress):
            told = True
            if isinstance(one, Sent):
                click.echo(words.say("cli.done.send", case=one.case, receipt=str(one.receipt), index=one.ledger_index))
                continue
            click.echo(words.say("cli.done.send_refused", number=one.number), err=True)
            click.echo(refusal_text(words, one.error), err=True, nl=False)
            if isinstance(one, Unsendable):
                click.echo(words.say("cli.done.send_unsendable", number=one.number, municipality=sender), err=True)
            code = one.error.who.value
    for number in tool.gaps():
        click.echo(words.say("cli.done.send_gap", number=number, municipality=sender), err=True)
    if code:
        sys.exit(code)
    return [] if told else [("cli.done.nothing_to_send", {})]
