"""`sekisho audit`: for whoever wants proof without trusting us."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from sekisho.cli.clock import now
from sekisho.cli.speaking import FOLDER, SpeakingGroup, Telling, argument
from sekisho.errors import Who
from sekisho.journey import Zone
from sekisho.pages.refusal_text import steps_text
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
            reasons = tuple(dict.fromkeys(one.reason for one in found.findings))  # said above, each in its place
            click.echo(steps_text(words, Who.OPERATOR, reasons), err=True, nl=False)
            sys.exit(Who.OPERATOR.value)
        return []

    names = click.Choice([one.value for one in Zone])
    group.add("run", run, argument("site", type=FOLDER), group.option("--zone", type=names, multiple=True))
    return group
