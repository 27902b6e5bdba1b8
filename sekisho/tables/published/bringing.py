"""A table of codes that were given up, from a published list and the built-in table (spec/policy.md 4.4)."""

from dataclasses import dataclass

from sekisho.deid.ladders.builtin.given_up import Change, Fault, Merged, join, sort_out
from sekisho.deid.ladders.builtin.merged import Resolved, builtin_merged, resolve
from sekisho.tables.published.found import Published
from sekisho.tables.published.reading import read_published


@dataclass(frozen=True)
class Untaken:
    """A change of the list that the table cannot have, its record, and why."""

    row: int
    change: Change
    fault: Fault


@dataclass(frozen=True)
class Brought:
    """The list, the table of both, how far each goes, and what did not go together.

    `at_odds` are the changes of the list, each with its record, of codes that the built-in table says ended otherwise; the
    list is followed. `left` counts changes of the built-in table that do not go with the list and are left out.
    """

    published: Published
    merged: Merged
    before: Resolved
    now: Resolved
    untaken: tuple[Untaken, ...]
    at_odds: tuple[tuple[int, Change], ...]
    left: int


def bring(raw: bytes) -> Brought:
    """Give back what the list brings; LADDER_CODES_LAYOUT where it is of no layout that is known."""
    published = read_published(raw)
    rows: dict[Change, int] = {}
    for change, row in published.changes:
        rows.setdefault(change, row)
    own, others = sort_out(rows)
    base = builtin_merged()
    merged, left = sort_out(join(own, base))
    untaken = [Untaken(rows[change], change, fault) for change, fault in (*others, *left) if change in rows]
    at_odds = [
        (rows[one], one)
        for one in own.changes
        if one.before in base.ends and base.ends[one.before] != own.ends[one.before]
    ]
    return Brought(
        published,
        merged,
        resolve(base),
        resolve(merged),
        tuple(sorted(untaken, key=lambda one: (one.row, one.change))),
        tuple(sorted(at_odds)),
        sum(change not in rows for change, _ in left),
    )
