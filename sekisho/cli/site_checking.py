"""`sekisho site check`: on a machine of a site, for its administrator and for the unit that watches it."""

import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click

from sekisho.cli.speaking import FILE, FilledText, SpeakingGroup, Telling, argument
from sekisho.errors import Who
from sekisho.pages.words import Words

WATCH_SECONDS = 10.0  # between two looks, each of which takes about one


def add_check(group: SpeakingGroup, words: Words) -> None:
    told = {"help": words.say("cli.option.as"), "required": True, "type": FilledText()}
    group.add(
        "check",
        partial(check_machine, words=words),
        argument("site_file", type=FILE),
        click.Option(["--as", "host"], metavar="HOST", **told),
        group.option("--watch", is_flag=True),
        group.option("--json", is_flag=True),
    )


def check_machine(*, site_file: Path, host: str, watch: bool, json: bool, words: Words) -> Sequence[Telling]:
    """Compare once, or until something differs; leave with OPERATOR's code if it does."""
    from sekisho.pages.refusal_text import steps_text
    from sekisho.site.checking.check import check_of, reasons_of
    from sekisho.site.checking.telling import check_json, check_text
    from sekisho.site.plan.file import site_in

    check = check_of(site_in(site_file), host)
    found = check.drifts()
    if watch and not found:
        _say(check_json(check, found) if json else check_text(words, check, found))
        if not json:
            _say(words.say("check.watching", seconds=int(WATCH_SECONDS)) + "\n")
    while watch and not found:
        time.sleep(WATCH_SECONDS)
        found = check.drifts()
    _say(check_json(check, found) if json else check_text(words, check, found))
    if found:
        if not json:
            click.echo(steps_text(words, Who.OPERATOR, reasons_of(found)), err=True, nl=False)
        sys.exit(Who.OPERATOR.value)
    return []


def _say(text: str) -> None:
    click.echo(text, nl=False)
    sys.stdout.flush()
