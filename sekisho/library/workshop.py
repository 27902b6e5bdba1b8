"""The ladder workshop: ladders proposed for a column, and a given one looked through."""

import os
import tomllib
from difflib import get_close_matches
from pathlib import Path

from sekisho.deid.ladders.builtin.known import Known
from sekisho.deid.ladders.rule import Rule
from sekisho.deid.policy import Mode
from sekisho.deid.schema import Kind, Schema, read_schema
from sekisho.deid.table import Column, Table, Value
from sekisho.deid.workshop.inspecting import Inspection, inspect_file, inspect_rule
from sekisho.deid.workshop.proposal import Proposal
from sekisho.deid.workshop.propose import propose
from sekisho.deid.workshop.texts import NEARLY_ALL, known_share
from sekisho.deid.written.ladders import check_rule
from sekisho.errors import BadSettings, BadTable, Fact, Reason, WrongUsage
from sekisho.library.exact import at_least
from sekisho.library.results import told_in_words
from sekisho.library.roles import kind_of
from sekisho.library.sources import Source, open_table
from sekisho.pages.words import choose_language, words_in
from sekisho.storage.files import read_file
from sekisho.tables.policy_file import LARGEST_FILE_BYTES, open_policy

DEFAULT_K = 5
MOST_NAMES = 30


@told_in_words()
def propose_ladder(
    source: Source,
    column: str,
    *,
    schema: Schema | str | Path | None = None,
    k: int = DEFAULT_K,
    language: str | None = None,
) -> tuple[Proposal, ...]:
    """Give back ladders for a column, the fittest first: each has a `rule` for `make_policy`, a line `toml()`, `levels`.

    `source` is what `open_table` takes. Without a schema the cells say what the column is; a column of numbers nearly
    all of which are codes of municipalities is taken as codes. `k`: no label that fewer rows have stands in the bars of
    `levels`; in a hierarchy file every value stands. `language` is that of the word for gathered values.

    Refuses with TABLE_COLUMN_UNKNOWN, with LADDER_NO_PROPOSAL, and what `open_table` refuses.
    """
    found, _ = pick_column(source, column, schema)
    others = words_in(choose_language(language, os.environ)).say("workshop.others")
    return propose(found, _check_k(k), others)


@told_in_words()
def inspect_ladder(
    source: Source,
    column: str,
    ladder: Rule | str | Path,
    *,
    schema: Schema | str | Path | None = None,
    k: int = DEFAULT_K,
) -> Inspection:
    """Give back all that is wrong with a ladder for this column, or could be better, and what its levels do.

    `ladder` is a rule, a hierarchy file, or a policy (`.toml`) that declares a ladder for the column. Values are named
    only where `k` rows have them. Refuses what cannot be read at all; what is wrong in the ladder is no refusal here.
    """
    found, kind = pick_column(source, column, schema)
    _check_k(k)
    given = ladder
    if isinstance(ladder, str | Path):
        path = Path(ladder)
        given = ladder_of_policy(path, column) if path.suffix == ".toml" else path
    match given:
        case Path() | str():
            return inspect_file(read_file(Path(given), LARGEST_FILE_BYTES), found, k)
        case _:
            return inspect_rule(check_rule(column, given), kind, found, k)


def ladder_of_policy(path: Path, column: str) -> Rule | Path:
    """Give back the ladder that a policy declares for a column, or the hierarchy file that it names.

    Refuses as `open_policy` does, but for what is wrong inside that file; where there is none with LADDER_NOT_NEEDED, if
    the policy deletes the column or has no ladders at all (the cells mode), else with POLICY_MALFORMED.
    """
    named = _named_file(path, column)
    if named is not None:
        return named
    policy = open_policy(path)
    needless = "ladder-of-deleted" if column in policy.delete else "cells-without-ladder"
    if column in policy.delete or policy.mode is Mode.CELLS:
        raise WrongUsage(Reason.LADDER_NOT_NEEDED, findings=(), file=path.name, column=column, rule=needless)
    if column not in policy.ladders:
        raise BadSettings(Reason.POLICY_MALFORMED, file=path.name, column=column, rule="missing-ladder")
    return policy.ladders[column].rule


def _named_file(path: Path, column: str) -> Path | None:
    """Give back the hierarchy file, beside or below the policy, that it names for `column`, as far as it can be read."""
    try:
        part = tomllib.loads(read_file(path, LARGEST_FILE_BYTES).decode())["ladder"][column]["file"]
        file = path.parent / part
        inside = file.resolve().is_relative_to(path.parent.resolve())
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return file if inside else None


def pick_column(source: Source, name: str, schema: Schema | str | Path | None) -> tuple[Column, Kind]:
    """Give back a column of the table and what it holds; TABLE_COLUMN_UNKNOWN names the one spelled most alike, else all that are declared."""
    declared = read_schema(read_file(Path(schema), LARGEST_FILE_BYTES)) if isinstance(schema, str | Path) else schema
    table = open_table(source, declared)
    if name not in table.names:
        raise WrongUsage(Reason.TABLE_COLUMN_UNKNOWN, findings=(), **_nearest(table, name, declared))
    if table.rows == 0:
        raise BadTable(Reason.TABLE_EMPTY)
    column = table.column(name)
    if declared is not None:
        return column, declared.column(name).kind
    column = _as_codes(column)
    return column, kind_of(column)


def _nearest(table: Table, name: str, declared: Schema | None) -> dict[str, Fact]:
    """Give back what helps to find the column. Without a schema a file's first row may be a person's, so it is not listed."""
    near = get_close_matches(name, table.names, 1)
    if near:
        return {"column": name, "nearest": near[0]}
    if declared is None:
        return {"column": name}
    return {"column": name, "values": ", ".join(table.names[:MOST_NAMES])}


def _as_codes(column: Column) -> Column:
    """Give back a column of numbers as texts where nearly all of them are codes of municipalities.

    A file without a schema does not say that its codes are no numbers; those of other prefectures begin with 0.
    """
    used = column.used()
    numbers = {str(one): count for one, count in zip(used.values, used.counts.tolist(), strict=True) if one is not None}
    if kind_of(used) is not Kind.INTEGER or len(numbers) < 2:
        return column
    if known_share(Known.MUNICIPALITY, numbers) < NEARLY_ALL:
        return column
    spelled: tuple[Value, ...] = tuple(one if one is None else str(one) for one in used.values)
    return Column(used.name, spelled, used.codes)


def _check_k(k: int) -> int:
    return at_least("k", k, 2)  # below it every label would be shown
