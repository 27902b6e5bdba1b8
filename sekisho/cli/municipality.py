"""`sekisho municipality`: for the data officer of a municipality."""

import os
import sys
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sekisho.cli.clock import entropy, now
from sekisho.cli.progress import bar
from sekisho.cli.speaking import FILE, GivenPath, SpeakingGroup, Telling, WrongPath, argument, home
from sekisho.cli.workshop.codes import add_codes
from sekisho.errors import BadTable, Who
from sekisho.pages.refusal_text import refusal_text
from sekisho.pages.words import Words

if TYPE_CHECKING:
    from sekisho.deid.schema import Schema
    from sekisho.ends.inspecting import Checked
    from sekisho.tables.error_list import ErrorWords

BASES = ("entrustment", "law", "next-generation-medical")


class NewFile(GivenPath):
    """A file that is not there yet: said before the long work, not after it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path = super().convert(value, param, ctx)
        _check_new(path)
        return path


class NewSchemaFile(NewFile):
    """A schema's file that is not there yet, nor the page that is written beside it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path = super().convert(value, param, ctx)
        if page_beside(path) == path:
            raise WrongPath("page_of_itself", str(value))
        _check_new(page_beside(path))
        return path


def page_beside(schema: Path) -> Path:
    """Give back where the grounds of a proposed schema go."""
    return schema.with_suffix(".html")


def _check_new(path: Path) -> None:
    folder = path.absolute().parent
    if os.path.lexists(path):  # a link to nothing takes the name too
        raise WrongPath("taken", str(path))
    if not folder.is_dir():
        raise WrongPath("no_parent", str(path))
    if not os.access(folder, os.W_OK | os.X_OK):
        raise WrongPath("unwritable", str(path))


class SchemaFile(GivenPath):
    """A schema's file, or the name of a ready-made dataset."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from sekisho.datasets.ready import SCHEMA, ready_folder, ready_ids

        if value in ready_ids():
            return ready_folder(value) / SCHEMA
        return super().convert(value, param, ctx)

    def _wrong(self, path: Path) -> str:
        wrong = super()._wrong(path)
        return "no_schema" if wrong == "no_file" else wrong


NEW_FILE = NewFile(dir_okay=False, path_type=Path)


def municipality_group(words: Words) -> click.Group:
    group = SpeakingGroup("municipality", words)
    schema = SchemaFile(exists=True, dir_okay=False, path_type=Path)
    errors = group.option("--errors", type=NEW_FILE)
    group.add("datasets", partial(datasets, words=words))
    group.add(
        "inspect",
        partial(inspect, words=words),
        argument("table", type=FILE),
        group.option("--schema", said="schema_or_name", type=schema),
        errors,
        group.option("--out", said="out_schema", type=NewSchemaFile(dir_okay=False, path_type=Path)),
    )
    group.add(
        "seal",
        partial(seal, words=words),
        home(group),
        argument("table", type=FILE),
        group.option("--schema", said="schema_or_name", type=schema, required=True),
        group.option("--basis", type=click.Choice(BASES), required=True),
        group.option("--reference", required=True),
        group.option("--days", type=click.IntRange(1, 365), default=30, show_default=True),
        errors,
    )
    group.add("send", partial(send, words=words), home(group))
    add_codes(group, words, NEW_FILE)
    return group


def datasets(*, words: Words) -> Sequence[Telling]:
    """List the ready-made datasets: what `--schema` takes by name."""
    from sekisho.datasets.ready import ready_ids

    for one in ready_ids():
        click.echo(words.say("cli.done.dataset", id=f"{one:18}", name=words.say(f"dataset.{one}")))
    return []


def inspect(
    *, table: Path, schema: Path | None, errors: Path | None, out: Path | None, words: Words
) -> Sequence[Telling]:
    """Check a table against its schema before it is sealed, as processing will; without one, propose a schema."""
    if schema is None:
        return _propose(table, out, words)
    from sekisho.ends.inspecting import check_table, open_searched_schema

    declared, _ = open_searched_schema(schema)
    with bar(words.say("cli.progress.inspect")) as progress:
        checked = _listing_errors(words, errors, lambda clerk: check_table(table, declared, progress, clerk))
    return [
        ("cli.done.inspect", {"rows": f"{checked.rows:,}", "columns": len(declared.columns)}),
        *_staying(words, declared),
        *_told(words, checked),
    ]


def seal(
    *,
    home: Path,
    table: Path,
    schema: Path,
    basis: str,
    reference: str,
    days: int,
    errors: Path | None,
    words: Words,
) -> Sequence[Telling]:
    from sekisho.ends.municipality import Export, open_municipality
    from sekisho.ends.sealing import basis_of, prepare

    stated = basis_of(basis, reference)  # before the table, which may take long
    tool = open_municipality(home / "settings.toml", now)
    with bar(words.say("cli.progress.inspect")) as progress:
        content = _listing_errors(words, errors, lambda clerk: prepare(table, schema, progress, clerk))
    export = Export(content, stated, timedelta(days=days))
    with bar(words.say("cli.progress.seal")) as progress:
        label, parcel = tool.seal(export, entropy, progress)
    told: list[Telling] = [
        (
            "cli.done.seal",
            {
                "number": label.number,
                "rows": f"{label.rows:,}",
                "file": str(parcel),
                "size": f"{label.parcel_bytes:,}",
                "until": label.valid_until.date().isoformat(),
            },
        )
    ]
    if content.left_out:
        told.append(("cli.done.left_out", {"columns": words.say("cli.between").join(content.left_out)}))
    return [*told, *_told(words, content.checked)]


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


def _propose(table: Path, out: Path | None, words: Words) -> Sequence[Telling]:
    from sekisho.ends.proposing import propose
    from sekisho.pages.workshop.proposal_page import proposal_page
    from sekisho.pages.workshop.proposal_text import proposal_text
    from sekisho.pages.workshop.proposal_toml import proposal_toml
    from sekisho.storage.files import open_new

    with bar(words.say("cli.progress.inspect")) as progress:
        proposal = propose(table, progress)
    click.echo(proposal_text(words, table.name, proposal), nl=False)
    if proposal.schema is None:  # the text says why, and what to do
        sys.exit(Who.SENDER.value)
    if out is None:
        return [("cli.done.propose_out", {})]
    page = page_beside(out)
    for file, raw in (
        (out, proposal_toml(words, table.name, proposal)),
        (page, proposal_page(words, table.name, proposal)),
    ):
        with open_new(file) as stream:
            stream.write(raw)
    return [("cli.done.proposed", {"schema": str(out), "page": str(page)})]


def _listing_errors(words: Words, file: Path | None, check: Any) -> Any:
    """Give back what `check` gives; where it refuses, the clerk's list is written, or told how to get it."""
    from sekisho.storage.files import open_new
    from sekisho.tables.error_list import ErrorList, write_error_list

    written = False

    def keep(errors: ErrorList) -> None:
        nonlocal written
        if file is None:
            return
        with open_new(file) as stream:
            write_error_list(errors, _error_words(words), stream)
        written = True

    try:
        return check(keep)
    except BadTable as error:
        if written:
            click.echo(words.say("cli.done.errors_written", file=str(file)), err=True)
        elif file is None and error.findings:
            click.echo(words.say("cli.done.errors_hint"), err=True)
        raise


def _error_words(words: Words) -> "ErrorWords":
    """Give back the list's heads, rules and last line in the reader's language."""
    from sekisho.deid.numbers.codes import INDIVIDUAL_CODES, Code
    from sekisho.tables.error_list import ErrorWords
    from sekisho.tables.rules import Rule

    row, line, column, rule, value = (words.say(f"clerk.{one}") for one in ("row", "line", "column", "rule", "value"))
    rules: dict[Rule | Code, str] = {one: words.say(f"rule.{one.value}") for one in (*Rule, *INDIVIDUAL_CODES)}
    return ErrorWords((row, line, column, rule, value), rules, words.texts["clerk.more"])


def _staying(words: Words, schema: "Schema") -> list[Telling]:
    """Give back which columns will stay behind when the table is sealed."""
    from sekisho.deid.schema import Role

    names = [one.name for one in schema.columns if one.role is Role.STRIPPED]
    return [("cli.done.staying", {"columns": words.say("cli.between").join(names)})] if names else []


def _told(words: Words, checked: "Checked | None") -> list[Telling]:
    """Give back what a clerk should know of a table that fits."""
    if checked is None:
        return []
    told: list[Telling] = [
        ("cli.done.named", {"column": column, "code": words.say(f"numbers.code.{code}")})
        for column, code in checked.named
    ]
    if checked.withheld:
        told.append(("cli.done.withheld", {"count": f"{checked.withheld:,}"}))
    told += [("cli.done.dropped", {"kind": kind, "count": f"{count:,}"}) for kind, count in checked.dropped]
    if checked.totals:
        told.append(("cli.done.totals", {"count": checked.totals}))
    told += [("cli.done.gaiji", {"column": column, "count": f"{count:,}"}) for column, count in checked.gaiji]
    return told
