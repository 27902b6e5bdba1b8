"""A proposed schema as a file to be finished by hand: every column with its grounds, and TODO where a person decides."""

import json
import unicodedata
from collections.abc import Iterator

from sekisho.deid.declared.layout import Csv, Ends, Fixed, Uke
from sekisho.deid.schema import FORMAT, LONGEST_NAME, WITH_LENGTH, ColumnSchema, Kind, Schema
from sekisho.deid.workshop.proposing.evidence import K
from sekisho.deid.workshop.proposing.proposal import Proposal
from sekisho.pages.words import Words
from sekisho.pages.workshop.proposal_telling import column_told, notices
from sekisho.pages.workshop.telling import printable


def proposal_toml(words: Words, file: str, proposal: Proposal) -> bytes:
    """Give back the schema's file, UTF-8, which `read_schema` takes; ValueError where no schema is proposed.

    `file` is the table's name: it becomes the schema's.
    """
    schema = proposal.schema
    if schema is None:
        raise ValueError("no schema is proposed")
    shown = printable(file)
    lines = [*_comment(words.say("inspect.toml.head", file=shown)), *_comment(words.say("inspect.toml.rule_of_k", k=K))]
    lines += [line for one in notices(words, proposal.found) for line in _comment(one)]
    lines += [f"format = {_text(FORMAT)}", f"name = {_text(_name(words.say('inspect.toml.name', file=shown)))}"]
    lines += [f"encoding = {_text(schema.encoding.value)}", *_layout(words, schema)]
    for declared, column in zip(schema.columns, proposal.columns, strict=True):
        told = column_told(words, column)
        lines += ["", *_comment(told.line)]
        because = (words.say("inspect.type_by"), told.type_by), (words.say("inspect.role_by"), told.role_by)
        lines += [line for term, why in because if why for line in _comment(f"{term}: {why}")]
        lines += _comment(words.say("inspect.toml.todo")) if told.asks else []
        lines += ["[[column]]", *_keys(declared)]
    return ("\n".join(lines) + "\n").encode()


def _layout(words: Words, schema: Schema) -> Iterator[str]:
    match schema.layout:
        case Csv(delimiter=delimiter, header=header, totals=totals):
            yield f"delimiter = {_text(delimiter)}"
            if not header:
                yield from _comment(words.say("inspect.toml.todo_name"))
                yield "header = false"
            if totals:
                yield f"totals = {totals}"
        case Fixed() as fixed:
            yield from ("", *_comment(words.say("inspect.toml.todo_fixed")), "[fixed]")
            yield from _fixed(fixed)
        case Uke(row=row):
            yield from ("", "[uke]", f"row = {_text(row)}")


def _fixed(fixed: Fixed) -> Iterator[str]:
    yield f"record_bytes = {fixed.record_bytes}"
    if fixed.ends is not Ends.CRLF:
        yield f"ends = {_text(fixed.ends.value)}"
    for key, mark in (("header", fixed.header), ("data", fixed.data_mark), ("trailer", fixed.trailer)):
        if mark:
            yield f"{key} = {_text(mark)}"
    if fixed.count_at:
        yield f"count_at = {fixed.count_at}"
        yield f"count_bytes = {fixed.count_bytes}"


def _keys(column: ColumnSchema) -> Iterator[str]:
    yield f"name = {_text(column.name)}"
    yield f"type = {_text(column.kind.value)}"
    yield f"role = {_text(column.role.value)}"
    if column.holds is not None:
        yield f"holds = {_text(column.holds.value)}"
    if column.blank:
        yield "blank = true"
    if column.values:
        yield f"values = [{', '.join(map(_text, column.values))}]"
    usual = 2_000 if column.kind is Kind.FREE_TEXT else 200
    if column.kind in WITH_LENGTH and column.longest != usual:
        yield f"longest = {column.longest}"
    if column.at is not None:
        yield f"at = {column.at}"
        yield f"bytes = {column.width_bytes}"
    if column.source is not None:
        yield f"from = {_text(column.source)}"


def _comment(text: str) -> list[str]:
    return [f"# {printable(line)}" for line in text.splitlines()]


def _name(file: str) -> str:
    """Give back a name that a schema may have (spec/schema.md 2)."""
    plain = unicodedata.normalize("NFC", file)[:LONGEST_NAME].strip()
    return plain or "-"


def _text(text: str) -> str:
    """Give back a basic string of TOML: JSON's escapes are among its own, but for U+007F, which it wants escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
