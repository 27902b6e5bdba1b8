"""`sekisho processing`: for the operator (加工担当)."""

import sys
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sekisho.cli.clock import entropy, now
from sekisho.cli.progress import bar, share_bar
from sekisho.cli.proposal.fee import add_fee
from sekisho.cli.speaking import FILE, SpeakingGroup, Telling, argument, home
from sekisho.journey import State
from sekisho.pages.refusal_text import refusal_text
from sekisho.pages.words import Language, Words, words_in
from sekisho.site.starting import check_processing

if TYPE_CHECKING:
    from sekisho.deid.report.report import Report
    from sekisho.zones.processing.judging import Judged
    from sekisho.zones.processing.listing import Listed

POLL_SECONDS = 0.3


def processing_group(words: Words) -> click.Group:
    group = SpeakingGroup("processing", words)
    case = argument("case")

    def pull(*, home: Path) -> Sequence[Telling]:
        """Fetch and open what waits; what is refused is told, and the worst of it is the exit code."""
        from sekisho.zones.processing.desk import open_desk
        from sekisho.zones.processing.intake import pull as fetch

        check_processing(home)
        code = 0
        told = 0
        with open_desk(home / "settings.toml", now) as desk:
            for outcome in fetch(desk):
                told += 1
                if outcome.error is None:
                    rows = desk.facts_of(outcome.case, "Disarmed")["rows"]
                    click.echo(words.say("cli.done.pull", case=outcome.case, rows=rows))
                    continue
                click.echo(words.say("cli.done.pull_refused", case=outcome.case), err=True)
                click.echo(refusal_text(words, outcome.error), err=True, nl=False)
                code = max(code, outcome.error.who.value)
        if code:
            sys.exit(code)
        return [] if told else [("cli.done.nothing_to_pull", {})]

    def push(*, home: Path, case: str, wait: int) -> Sequence[Telling]:
        from sekisho.zones.processing.desk import open_desk
        from sekisho.zones.processing.handout import outcome
        from sekisho.zones.processing.handout import push as hand_over

        check_processing(home)
        limit = time.monotonic() + wait
        with open_desk(home / "settings.toml", now) as desk, bar(words.say("cli.progress.push")) as progress:
            state = hand_over(desk, case, progress)
        while state is State.ADMITTED and time.monotonic() < limit:
            time.sleep(POLL_SECONDS)
            with open_desk(home / "settings.toml", now) as desk:
                state = outcome(desk, case)
        return [(f"cli.done.push.{state.name.lower()}", {"case": case})]

    def cases(*, home: Path) -> Sequence[Telling]:
        from sekisho.zones.processing.desk import open_desk
        from sekisho.zones.processing.listing import list_cases

        with open_desk(home / "settings.toml", now) as desk:
            listed = list(list_cases(desk))
        for one in listed:
            click.echo("\n    ".join(_case_lines(words, one)))
        return [] if listed else [("cli.done.no_cases", {})]

    group.add("pull", pull, home(group))
    group.add("cases", cases, home(group))
    group.add("reopen", reopen, home(group), case)
    group.add(
        "run",
        partial(run, language=words.language),
        home(group),
        case,
        group.option("--operator", required=True),
        group.option("--policy", type=FILE, required=True),
        group.option("--decisions", type=FILE),
        group.option("--dictionary", type=FILE),
    )
    group.add(
        "judge",
        judge,
        home(group),
        case,
        group.option("--operator", required=True),
        group.option("--decisions", type=FILE),
    )
    group.add("seal", seal, home(group), case, group.option("--recipient", required=True))
    group.add(
        "push",
        push,
        home(group),
        case,
        group.option("--wait", type=click.IntRange(0, 3600), default=30, show_default=True),
    )
    group.add("acknowledgement", acknowledgement, home(group), case, argument("acknowledged", type=FILE))
    group.add("watch", partial(watch, words=words), home(group))
    add_fee(group, words)
    return group


def watch(*, home: Path, words: Words) -> Sequence[Telling]:
    """Watch both neighbours, until the site is stopped."""
    from sekisho.lines.voice import Voice
    from sekisho.zones.processing.watching.watch import watch as watch_on

    check_processing(home)
    watch_on(home / "settings.toml", now, Voice(words.say, words.knows, "watching", sys.stdout.fileno()))
    return []


def _case_lines(words: Words, one: "Listed") -> Iterator[str]:
    """Give back what is said of a case: where it stands, whose it is, why it stands there, and the next command."""
    yield words.say("cli.done.case", case=one.case, state=words.say(f"state.{one.state.name.lower()}"))
    key = "cli.done.case_to" if one.recipient else "cli.done.case_from"
    yield words.say(key, municipality=one.municipality, recipient=one.recipient)
    if one.reason:
        known = f"reason.{one.reason}.what"
        yield f"{words.say(known)} [{one.reason}]" if words.knows(known) else f"[{one.reason}]"
    if words.knows(f"next.{one.step}"):
        sender = one.case.rpartition("-")[0]
        command = words.say(f"next.{one.step}", case=one.case, municipality=sender, number=one.missing)
        yield words.say("refusal.next", next=command)


def acknowledgement(*, home: Path, case: str, acknowledged: Path) -> Sequence[Telling]:
    from sekisho.zones.processing.desk import open_desk
    from sekisho.zones.processing.handout import acknowledge, read_acknowledgement

    check_processing(home)
    with open_desk(home / "settings.toml", now) as desk:
        acknowledge(desk, case, read_acknowledgement(acknowledged))
    return [("cli.done.acknowledgement", {"case": case})]


def reopen(*, home: Path, case: str) -> Sequence[Telling]:
    from sekisho.zones.processing.desk import open_desk
    from sekisho.zones.processing.intake import reopen as open_anew

    with open_desk(home / "settings.toml", now) as desk:
        outcome = open_anew(desk, case)
        if outcome.error is not None:
            raise outcome.error
        return [("cli.done.pull", {"case": case, "rows": desk.facts_of(case, "Disarmed")["rows"]})]


def run(
    *,
    language: Language,
    home: Path,
    case: str,
    operator: str,
    policy: Path,
    decisions: Path | None,
    dictionary: Path | None,
) -> Sequence[Telling]:
    """De-identify, measure and judge; what was measured is told before a judgement that refuses."""
    from sekisho.zones.processing.desk import open_desk
    from sekisho.zones.processing.judging import conclude, open_decisions
    from sekisho.zones.processing.workbench import run as work

    check_processing(home)
    words = words_in(language)
    with open_desk(home / "settings.toml", now) as desk:
        decided = open_decisions(desk, case, operator, decisions)
        with share_bar(words.say("cli.progress.deid")) as progress:
            report = work(desk, case, operator, policy, entropy, progress, dictionary)
        page = desk.report(case, f"{language.value}.html")
        key, facts = _worked(case, report, page)
        click.echo(words.say(key, **facts))
        return _judged(case, conclude(desk, case, operator, decided))


def judge(*, home: Path, case: str, operator: str, decisions: Path | None) -> Sequence[Telling]:
    from sekisho.zones.processing.desk import open_desk
    from sekisho.zones.processing.judging import conclude, open_decisions

    with open_desk(home / "settings.toml", now) as desk:
        return _judged(case, conclude(desk, case, operator, open_decisions(desk, case, operator, decisions)))


def _judged(case: str, judged: "Judged") -> Sequence[Telling]:
    decisions = sum(len(one.decisions) for one in judged.judgement.items)
    told: list[Telling] = [
        (
            "cli.done.judged",
            {"case": case, "decisions": decisions, "page": str(judged.page), "paper": str(judged.paper)},
        )
    ]
    return [*told, ("cli.done.judged_unused", {"unused": judged.unused})] if judged.unused else told


def _worked(case: str, report: "Report", page: Path) -> Telling:
    return (
        "cli.done.run",
        {
            "case": case,
            "k": int(report.number("k")),
            "asked": report.k,
            "suppressed": report.rows_changed - report.rows_after,
            "share": f"{float(report.number('suppressed-share')):.2%}",
            "loss": f"{float(report.number('loss')):.1%}",
            "page": str(page),
        },
    )


def seal(*, home: Path, case: str, recipient: str) -> Sequence[Telling]:
    from sekisho.zones.processing.desk import open_desk
    from sekisho.zones.processing.handout import seal_case

    with open_desk(home / "settings.toml", now) as desk:
        parcel = seal_case(desk, case, recipient, entropy)
    return [("cli.done.sealed", {"case": case, "recipient": recipient, "file": str(parcel)})]
