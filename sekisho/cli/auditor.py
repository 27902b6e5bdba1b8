"""`sekisho audit`: for whoever wants proof without trusting us."""

from collections.abc import Sequence
from pathlib import Path

import click

from sekisho.cli.clock import now
from sekisho.cli.speaking import FOLDER, SpeakingGroup, Telling, argument
from sekisho.errors import Tampered
from sekisho.pages.words import Words


def auditor_group(words: Words) -> click.Group:
    group = SpeakingGroup("audit", words)

    def run(*, site: Path) -> Sequence[Telling]:
        from sekisho.audit import audit
        from sekisho.pages.audit_text import audit_text
        from sekisho.storage.evidence import collect_evidence

        found = audit(collect_evidence(site), now())
        click.echo(audit_text(words, found), nl=False)
        if found.findings:
            raise Tampered(found.findings[0].reason, findings_in_all=len(found.findings))
        return []

    group.add("run", run, argument("site", type=FOLDER))
    return group
