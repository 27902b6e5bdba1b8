"""`sekisho recipient`: for the business that receives."""

from collections.abc import Sequence
from pathlib import Path

import click

from sekisho.cli.clock import now
from sekisho.cli.machines import voice_of
from sekisho.cli.progress import bar
from sekisho.cli.speaking import SpeakingGroup, Telling, argument, home
from sekisho.errors import Fact
from sekisho.pages.words import Words


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
    group.add("open", open_cases, home(group), argument("case", required=False))
    return group
