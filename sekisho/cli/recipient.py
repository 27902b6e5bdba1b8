"""`sekisho recipient`: for the business that receives."""

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click

from sekisho.cli.clock import now
from sekisho.cli.machines import voice_of
from sekisho.cli.progress import bar
from sekisho.cli.speaking import GivenPath, SpeakingGroup, Telling, argument, home
from sekisho.errors import Fact
from sekisho.pages.refusal_text import refusal_text
from sekisho.pages.words import Words

FOLDER_THERE = GivenPath(exists=True, file_okay=False, path_type=Path)


def recipient_group(words: Words) -> click.Group:
    group = SpeakingGroup("recipient", words)

    def serve(*, home: Path) -> Sequence[Telling]:
        from sekisho.ends.recipient import serve_recipient

        serve_recipient(home / "settings.toml", now, voice_of(words, "recipient"))
        return []

    def open_cases(*, home: Path, case: str | None) -> Sequence[Telling]:
        """Verify and open one delivery, or all that are not open yet."""
        from sekisho.ends.unsealing import open_delivery, waiting

        settings = home / "settings.toml"
        told: list[Telling] = []
        for name in [case] if case else waiting(settings):
            with bar(words.say("cli.progress.open")) as progress:
                opened = open_delivery(settings, name, now, progress)
            approved = words.say("refusal.between_facts").join(
                words.say("audit.person", person=one.person, role=words.say(f"audit.role.{one.role.value}"))
                for one in sorted(opened.permit.approvals, key=lambda one: one.role.value)  # privacy, then safety
            )
            facts: dict[str, Fact] = {
                "case": opened.case,
                "rows": opened.contents.rows,
                "folder": str(opened.folder),
                "files": ", ".join(one.name for one in opened.contents.files),
                "approved": approved,
                "site": opened.roster.site.name,
            }
            told.append(("cli.done.open", facts))
            if opened.roster.trial:
                told.append(("cli.done.open_trial", {}))
        return told or [("cli.done.nothing_to_open", {})]

    group.add("serve", serve, home(group))
    group.add("acknowledge", partial(acknowledge, words=words), home(group), argument("arrived", type=FOLDER_THERE))
    group.add("open", open_cases, home(group), argument("case", required=False))
    return group


def acknowledge(*, home: Path, arrived: Path, words: Words) -> Sequence[Telling]:
    """Take in what lies in a folder; what is refused is told, and the worst of it is the exit code."""
    from sekisho.ends.taking import take_put

    code, told = 0, list[Telling]()
    for one in take_put(home / "settings.toml", arrived, now):
        if one.error is None:
            told.append(("cli.done.acknowledge", {"file": one.file, "acknowledgement": str(one.acknowledgement)}))
            continue
        click.echo(words.say("cli.done.acknowledge_refused", file=one.file), err=True)
        click.echo(refusal_text(words, one.error), err=True, nl=False)
        code = max(code, one.error.who.value)
    for key, facts in told if code else ():
        click.echo(words.say(key, **facts))
    if code:
        sys.exit(code)
    return told or [("cli.done.nothing_to_acknowledge", {})]
