"""`sekisho municipality codes`: a published list of changed codes becomes a table that a policy can name."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sekisho.cli.speaking import FILE, GivenPath, SpeakingGroup, Telling, argument
from sekisho.errors import BadTable
from sekisho.pages.words import Words

if TYPE_CHECKING:  # at run time the command line imports late
    from sekisho.deid.ladders.builtin.given_up import Change
    from sekisho.tables.published.bringing import Brought

MOST_SHOWN = 20
LONGEST_SHOWN = 200  # characters


def add_codes(group: SpeakingGroup, words: Words, new_file: GivenPath) -> None:
    """Add the command to the group of the municipality."""
    group.add(
        "codes",
        partial(codes, words=words),
        argument("published", type=FILE),
        group.option("--out", said="out_codes", type=new_file, required=True),
    )


def codes(*, published: Path, out: Path, words: Words) -> Sequence[Telling]:
    """Write the table, and say how far it goes and which records of the list are not in it; codes are public."""
    from sekisho.deid.ladders.builtin.given_up import write_merged
    from sekisho.storage.files import on_disk, open_new, read_file, sync_file
    from sekisho.tables.published.bringing import bring
    from sekisho.tables.published.reading import LARGEST_LIST_BYTES

    try:
        brought = bring(read_file(published, LARGEST_LIST_BYTES))
    except BadTable as error:
        raise BadTable(error.reason, findings=(), **{"file": published.name, **error.facts}) from error
    for key, facts in _doubts(brought, words):
        click.echo(words.say(key, **facts))
    remarks = [words.say(f"codes.remark.{brought.published.source.value}")]
    with on_disk(), open_new(out) as sink:  # closing writes too
        sink.write(write_merged(brought.merged, remarks))
        sync_file(sink)
    return _told(brought, out)


def _told(brought: "Brought", out: Path) -> Sequence[Telling]:
    now, before = brought.now, brought.before
    ended = now.one + now.parted + now.lost
    told: list[Telling] = [
        (f"codes.read.{brought.published.source.value}", {"rows": f"{brought.published.rows:,}"}),
        ("codes.resolved", {"ended": f"{ended:,}", "one": f"{now.one:,}", "parted": now.parted}),
    ]
    if now.lost:
        told.append(("codes.lost", {"lost": f"{now.lost:,}"}))
    return [
        *told,
        ("codes.before", {"before": f"{before.one + before.parted:,}"}),
        ("codes.written", {"file": str(out), "name": out.name}),
    ]


def _doubts(brought: "Brought", words: Words) -> Sequence[Telling]:
    """Give back what a person should look at: records by their numbers, at most so many of each kind."""
    unread: list[Telling] = [
        ("codes.row", {"row": one.row, "text": _shown(one.text)}) for one in brought.published.unread
    ]
    untaken: list[Telling] = [
        ("codes.row", {"row": one.row, "text": f"{_change(one.change)}: {words.say(f'rule.{one.fault.value}')}"})
        for one in brought.untaken
    ]
    at_odds: list[Telling] = [("codes.row", {"row": row, "text": _change(one)}) for row, one in brought.at_odds]
    told: list[Telling] = []
    for key, lines in (("unread", unread), ("untaken", untaken), ("at_odds", at_odds)):
        if lines:
            told += [(f"codes.{key}", {"count": f"{len(lines):,}"}), *lines[:MOST_SHOWN]]
        if len(lines) > MOST_SHOWN:
            told.append(("codes.more", {"count": f"{len(lines) - MOST_SHOWN:,}"}))
    if brought.left:
        told.append(("codes.left", {"count": brought.left}))
    return told


def _shown(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text[:LONGEST_SHOWN])


def _change(one: "Change") -> str:
    return f"{one.day} {one.before} → {one.after}"
