"""`sekisho audit`: for whoever wants proof without trusting us."""

from collections.abc import Sequence
from pathlib import Path

import click

from sekisho.cli.clock import now
from sekisho.cli.speaking import FOLDER, SpeakingGroup, Telling, argument
from sekisho.errors import Tampered
from sekisho.journey import Zone
from sekisho.pages.words import Words


def auditor_group(words: Words) -> click.Group:
    group = SpeakingGroup("audit", words)

    def run(*, site: Path, zone: tuple[str, ...]) -> Sequence[Telling]:
        from sekisho.audit.audit import audit
        from sekisho.pages.audit_text import audit_text
        from sekisho.storage.evidence import collect_evidence

        zones = tuple(one for one in Zone if not zone or one.value in zone)
        found = audit(collect_evidence(site, zones), now())
        click.echo(audit_text(words, found), nl=False)
        if found.findings:
            first = found.findings[0]
            raise Tampered(first.reason, origin=first.zone, count=len(found.findings))
        return []

    names = click.Choice([one.value for one in Zone])
    group.add("run", run, argument("site", type=FOLDER), group.option("--zone", type=names, multiple=True))
    return group
