"""`sekisho release`: for operator and approvers; two let it out, one can stop it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sekisho.cli.clock import entropy, now
from sekisho.cli.speaking import FILE, SpeakingCommand, SpeakingGroup, Telling, TwoPeopleNeeded, argument, home
from sekisho.errors import Reason, Refused, Unavailable
from sekisho.instant import write_instant
from sekisho.journey import State
from sekisho.pages.words import Words
from sekisho.release.rules import StaffMove

if TYPE_CHECKING:
    from sekisho.zones.processing.review import Asked


def release_group(words: Words) -> click.Group:
    group = SpeakingGroup("release", words)
    case = argument("case")
    one = (group.option("--person", required=True), group.option("--key", type=FILE, required=True))
    two = (
        group.option("--person", required=True, multiple=True),
        group.option("--key", type=FILE, required=True, multiple=True),
    )
    group.add("request", partial(request, words=words), home(group), case, group.option("--operator", required=True))
    group.add("show", show, home(group), case)
    group.add("approve", partial(approve, words=words), home(group), case, *one)
    group.add("refuse", refuse, home(group), case, *one)
    group.add("hold", hold, home(group), case, *one)
    group.add("resume", resume, home(group), case, *two)
    group.add(
        "lost",
        lost,
        home(group),
        argument("municipality"),
        argument("number", type=click.IntRange(1)),
        group.option("--why", required=True),
        *two,
    )
    return group


def show(*, home: Path, case: str) -> Sequence[Telling]:
    """Say what the approvers are asked about; changes nothing."""
    from sekisho.zones.processing.desk import open_desk
    from sekisho.zones.processing.review import asked_of

    with open_desk(home / "settings.toml", now) as desk:
        return [_summary(asked_of(desk, case))]


def _summary(asked: "Asked") -> Telling:
    draft = asked.dossier
    return (
        "cli.done.show",
        {
            "case": draft.case,
            "municipality": f"{asked.municipality} ({draft.source.sender})",
            "recipient": f"{asked.recipient} ({draft.recipient.id})",
            "contract": draft.contract,
            "purpose": draft.purpose,
            "before": f"{asked.rows[0]:,}",
            "after": f"{asked.rows[1]:,}",
            "k": asked.k,
            "share": f"{asked.suppressed_share:.2%}",
            "loss": f"{asked.loss:.1%}",
            "operator": f"{asked.operator} ({draft.operator})",
            "not_before": write_instant(asked.not_before),
            "not_after": write_instant(asked.not_after),
            "file": str(asked.file),
            "pages": "\n  ".join(str(one) for one in asked.pages),
        },
    )


def _tell(words: Words, asked: "Asked") -> None:
    """Say on stderr, beside the command's own word, what is decided."""
    key, facts = _summary(asked)
    click.echo(words.say(key, **facts), err=True)


def request(*, home: Path, case: str, operator: str, words: Words) -> Sequence[Telling]:
    from sekisho.zones.processing.counter import request as ask
    from sekisho.zones.processing.desk import open_desk
    from sekisho.zones.processing.review import asked_of

    with open_desk(home / "settings.toml", now) as desk:
        digest = ask(desk, case, operator, entropy)
        _tell(words, asked_of(desk, case))
    return [("cli.done.request", {"case": case, "digest": str(digest)})]


def approve(*, home: Path, case: str, person: str, key: Path, words: Words) -> Sequence[Telling]:
    from sekisho.zones.processing.counter import approve as sign
    from sekisho.zones.processing.counter import identify
    from sekisho.zones.processing.desk import open_desk
    from sekisho.zones.processing.review import asked_of

    with open_desk(home / "settings.toml", now) as desk:
        present = identify(desk, case, StaffMove.APPROVE, person, key)
        known = desk.cases.get(case)
        if known and known.state in {State.REQUESTED, State.HALF_APPROVED}:  # else `sign` refuses, and says why
            with desk.denying(case, StaffMove.APPROVE.value, person):
                _tell(words, asked_of(desk, case))
        state = sign(desk, case, present)
    return [(f"cli.done.approve.{state.name.lower()}", {"case": case, "person": person})]


def refuse(*, home: Path, case: str, person: str, key: Path) -> Sequence[Telling]:
    from sekisho.zones.processing.counter import identify, send_back
    from sekisho.zones.processing.desk import open_desk

    with open_desk(home / "settings.toml", now) as desk:
        send_back(desk, case, identify(desk, case, StaffMove.RETURN, person, key))
    return [("cli.done.refuse", {"case": case, "person": person})]


def hold(*, home: Path, case: str, person: str, key: Path) -> Sequence[Telling]:
    from sekisho.zones.processing.counter import hold as stop
    from sekisho.zones.processing.counter import identify
    from sekisho.zones.processing.desk import open_desk
    from sekisho.zones.processing.stops import ask_hold

    try:
        with open_desk(home / "settings.toml", now, wait_seconds=1) as desk:
            stop(desk, case, identify(desk, case, StaffMove.HOLD, person, key))
    except Unavailable as error:
        if error.reason is not Reason.FOLDER_LOCKED:
            raise
        ask_hold(home / "settings.toml", case, person, key, now)
        return [("cli.done.hold_asked", {"case": case, "person": person})]
    return [("cli.done.hold", {"case": case, "person": person})]


def resume(*, home: Path, case: str, person: tuple[str, ...], key: tuple[Path, ...]) -> Sequence[Telling]:
    from sekisho.zones.processing.counter import identify
    from sekisho.zones.processing.counter import resume as go_on
    from sekisho.zones.processing.desk import open_desk

    pairs = _pairs(person, key)
    with _told_by_two(), open_desk(home / "settings.toml", now) as desk:
        go_on(desk, case, [identify(desk, case, StaffMove.RESUME, who, file) for who, file in pairs])
    return [("cli.done.resume", {"case": case, "persons": ", ".join(person)})]


def lost(
    *, home: Path, municipality: str, number: int, why: str, person: tuple[str, ...], key: tuple[Path, ...]
) -> Sequence[Telling]:
    from sekisho.zones.processing.counter import declare_lost, identify
    from sekisho.zones.processing.desk import open_desk

    pairs = _pairs(person, key)
    with _told_by_two(), open_desk(home / "settings.toml", now) as desk:
        present = [identify(desk, "", StaffMove.DECLARE_LOST, who, file) for who, file in pairs]
        case = declare_lost(desk, municipality, number, why, present)
    return [("cli.done.lost", {"case": case, "persons": ", ".join(person)})]


@contextmanager
def _told_by_two() -> Iterator[None]:
    """Say how two people are named where only one was; the zone's refusal, and its entry in the ledger, stay."""
    try:
        yield
    except Refused as error:
        called = click.get_current_context().command
        if error.reason is Reason.PERMIT_TOO_FEW and isinstance(called, SpeakingCommand):
            click.echo(called.words.say("cli.mistake.two_people"), err=True)
        raise


def _pairs(persons: tuple[str, ...], keys: tuple[Path, ...]) -> list[tuple[str, Path]]:
    if len(persons) != len(keys):
        raise TwoPeopleNeeded("", ctx=click.get_current_context(silent=True))
    return list(zip(persons, keys, strict=True))
