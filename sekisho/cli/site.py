"""`sekisho site`: for whoever sets a site up."""

import re
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sekisho.cli.clock import now
from sekisho.cli.speaking import FILE, FOLDER, FilledText, GivenPath, SpeakingGroup, Telling, argument, home
from sekisho.errors import Fact, Malformed, Reason, Who, WrongUsage
from sekisho.instant import write_instant
from sekisho.journey import PROCESSING_ID
from sekisho.pages.words import Words

if TYPE_CHECKING:
    from sekisho.release.stop import StopMark

WATCH_SECONDS = 10.0  # between two looks, each of which takes about one
SITE = "trial.sekisho.example"
_MUNICIPALITY = re.compile(r"[0-9]{6}")
_BUSINESS = re.compile(r"[a-z0-9]([a-z0-9-]{0,46}[a-z0-9])?")  # becomes part of a DNS name and of a contract's id


def site_group(words: Words) -> click.Group:
    group = SpeakingGroup("site", words)

    def init(
        *, folder: Path, trial: bool, municipality: tuple[str, ...], business: str, purpose: str
    ) -> Sequence[Telling]:
        """Make a trial site; a production site's keys are made on each host (a later issue)."""
        from sekisho.site.trial import PEOPLE, Party, TrialPlan, make_trial

        if not trial:
            raise WrongUsage(Reason.USAGE, option="--trial")
        towns = tuple(_pair(words, one, "municipality", _MUNICIPALITY) for one in municipality or ("132993=関所市",))
        if len({code for code, _ in towns}) < len(towns):
            raise _wrong(words, "municipality", "municipality_once")
        recipient = _pair(words, business, "business", _BUSINESS)
        if recipient[0] == PROCESSING_ID:
            raise _wrong(words, "business", "business")
        plan = TrialPlan(
            site=Party(SITE, "関所 試行サイト"),
            municipalities=tuple(Party(*one) for one in towns),
            recipient=Party(*recipient),
            purpose=_line(words, purpose, "purpose"),
            people=PEOPLE,
        )
        made = make_trial(folder, plan, now())
        roles = sorted(one.name for one in made.iterdir())
        return [("cli.done.site_init", {"folder": str(made), "roles": ", ".join(roles)})]

    group.add(
        "init",
        init,
        argument("folder", type=FOLDER),
        group.option("--trial", is_flag=True),
        group.option("--municipality", multiple=True, metavar="CODE=NAME"),
        group.option("--business", default="riyou=利活用株式会社", metavar="ID=NAME"),
        group.option("--purpose", default="地域の健康づくりに関する研究"),
    )
    _add_machines(group, words)
    _add_stop(group)
    return group


def _add_machines(group: SpeakingGroup, words: Words) -> None:
    group.add(
        "render",
        render,
        argument("site_file", type=FILE),
        group.option("--out", type=FOLDER, required=True),
        group.option("--trial-keys", is_flag=True),
    )
    group.add("prove", partial(prove, words=words), argument("site_file", type=FILE))
    group.add(
        "check",
        partial(check_machine, words=words),
        argument("site_file", type=FILE),
        click.Option(
            ["--as", "host"], metavar="HOST", help=words.say("cli.option.as"), required=True, type=FilledText()
        ),
        group.option("--watch", is_flag=True),
        group.option("--json", is_flag=True),
    )


def _add_stop(group: SpeakingGroup) -> None:
    why = group.option("--reason", required=True)
    group.add("stop", stop, home(group), why)
    group.add(
        "consent",
        consent,
        home(group),
        why,
        group.option("--person", required=True),
        group.option("--key", type=FILE, required=True),
        group.option("--out", said="out-consent", type=GivenPath(dir_okay=False, path_type=Path), required=True),
    )
    group.add("restart", restart, home(group), argument("consent", type=FILE, nargs=-1, required=True))


def stop(*, home: Path, reason: str) -> Sequence[Telling]:
    """Stop this machine's zone now; whoever may write into its folders may do so."""
    from sekisho.site.shutting import shut_network
    from sekisho.stopping.restart import stop_site

    mark = stop_site(home / "settings.toml", reason, now())
    told: list[Telling] = [("cli.done.site_stop", _told_of(mark))]
    return [*told, ("cli.done.site_shut", {})] if shut_network(home) else told


def _told_of(mark: "StopMark") -> dict[str, Fact]:
    return {"since": write_instant(mark.at), "zone": mark.zone.value, "who": mark.who, "reason": mark.why}


def consent(*, home: Path, reason: str, person: str, key: Path, out: Path) -> Sequence[Telling]:
    """Say what stopped the zone, and sign that it may start again."""
    from sekisho.stopping.restart import consent as sign
    from sekisho.storage.files import open_new, sync_file

    mark, raw = sign(home / "settings.toml", reason, person, key, now())
    with open_new(out) as stream:
        stream.write(raw)
        sync_file(stream)
    return [("cli.done.site_consent", {**_told_of(mark), "person": person, "file": str(out)})]


def restart(*, home: Path, consent: tuple[Path, ...]) -> Sequence[Telling]:
    """Let the zone start again, by two people's consents."""
    from sekisho.stopping.restart import restart_site

    restarted = restart_site(home / "settings.toml", consent, now)
    return [("cli.done.site_restart", {"persons": ", ".join(one.person for one in restarted.approvals)})]


def render(*, site_file: Path, out: Path, trial_keys: bool) -> Sequence[Telling]:
    """Write what each machine needs, all of it or nothing; for a trial also keys, certificates and roster."""
    from sekisho.site.furnishing import furnish
    from sekisho.site.plan.file import LARGEST_SITE_BYTES, site_in
    from sekisho.site.rendering.files import files_of
    from sekisho.storage.files import make_folder, new_folder, read_file, write_durably

    site, raw = site_in(site_file), read_file(site_file, LARGEST_SITE_BYTES)
    with new_folder(out) as room:
        for host in site.hosts:
            for path, content in files_of(site, host, raw).items():
                file = room / host.name / path
                make_folder(file.parent)
                write_durably(file, content)
            _open_what_all_may_read(room / host.name)
        if trial_keys:
            furnish(room, site, now())
    return [("cli.done.site_render", {"folder": str(out), "hosts": ", ".join(one.name for one in site.hosts)})]


def _open_what_all_may_read(folder: Path) -> None:
    """Let every program of a machine read its own system's files; a role's folder stays its own."""
    for path in (folder, *folder.rglob("*")):
        if "sekisho" not in path.relative_to(folder).parts:
            path.chmod(0o755 if path.is_dir() else 0o644)


def prove(*, site_file: Path, words: Words) -> Sequence[Telling]:
    """Say what is open between the machines of a site, and what the rules keep shut."""
    from sekisho.site.plan.file import site_in
    from sekisho.site.proving.proof import prove as prove_site
    from sekisho.site.proving.telling import proof_text

    site = site_in(site_file)
    proof = prove_site(site)
    click.echo(proof_text(words, proof), nl=False)
    if not proof.proven:
        sys.exit(Who.OPERATOR.value)
    return []


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


def _pair(words: Words, text: str, option: str, pattern: re.Pattern[str]) -> tuple[str, str]:
    """Give back id and name; wrong usage where the id is not of its form or the name is not one line."""
    left, _, right = text.partition("=")
    if not pattern.fullmatch(left):
        raise _wrong(words, option, option)
    return left, _line(words, right, option)


def _line(words: Words, text: str, option: str) -> str:
    from sekisho.release.people import read_name

    try:
        return read_name(text)
    except Malformed as error:
        raise _wrong(words, option, option) from error


def _wrong(words: Words, option: str, form: str) -> WrongUsage:
    return WrongUsage(Reason.USAGE, option=f"--{option}", expected=words.say(f"cli.expected.{form}"))
