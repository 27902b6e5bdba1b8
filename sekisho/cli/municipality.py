"""`sekisho municipality`: for the data officer of a municipality."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import click

from sekisho.cli.clock import entropy, now
from sekisho.cli.progress import bar
from sekisho.cli.speaking import FILE, SpeakingGroup, Telling, argument, home
from sekisho.errors import SenderMustAct
from sekisho.pages.refusal_text import refusal_text
from sekisho.pages.words import Words

BASES = ("entrustment", "law", "next-generation-medical")


def municipality_group(words: Words) -> click.Group:
    group = SpeakingGroup("municipality", words)

    def seal(*, home: Path, table: Path, schema: Path, basis: str, reference: str, days: int) -> Sequence[Telling]:
        from sekisho.ends.municipality import Export, open_municipality
        from sekisho.parcel.draft import LegalBasis, LegalBasisKind

        tool = open_municipality(home / "settings.toml", now)
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

    def send(*, home: Path) -> Sequence[Telling]:
        """Send what waits; what is refused is told, and the last of it is the exit code."""
        from sekisho.ends.municipality import Sent, open_municipality

        tool = open_municipality(home / "settings.toml", now)
        refused: SenderMustAct | None = None
        told = False
        with bar(words.say("cli.progress.send")) as progress:
            for one in tool.send(progress):
                told = True
                if isinstance(one, Sent):
                    click.echo(
                        words.say("cli.done.send", case=one.case, receipt=str(one.receipt), index=one.ledger_index)
                    )
                    continue
                if refused is not None:
                    click.echo(refusal_text(words, refused), err=True, nl=False)
                click.echo(words.say("cli.done.send_refused", number=one.number), err=True)
                refused = one.error
        if refused is not None:
            raise refused
        return [] if told else [("cli.done.nothing_to_send", {})]

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
    )
    group.add("send", send, home(group))
    return group


def inspect(*, table: Path, schema: Path) -> Sequence[Telling]:
    """Check a table against its schema before it is sealed, as processing will."""
    import tempfile

    from sekisho.deid.schema import read_schema
    from sekisho.ends.municipality import LARGEST_SCHEMA_BYTES
    from sekisho.storage.files import open_existing, read_file
    from sekisho.tables.disarm import disarm

    declared = read_schema(read_file(schema, LARGEST_SCHEMA_BYTES))
    with tempfile.TemporaryDirectory(prefix="sekisho-") as room, open_existing(table) as stream:
        read = disarm(stream, declared, Path(room) / "table.parquet")
    return [("cli.done.inspect", {"rows": read.rows, "columns": len(read.respelled)})]
