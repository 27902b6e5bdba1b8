"""`sekisho release`: for operator and approvers; two let it out, one can stop it."""

from collections.abc import Sequence
from pathlib import Path

import click

from sekisho.cli.clock import entropy, now
from sekisho.cli.speaking import FILE, SpeakingGroup, Telling, argument, home
from sekisho.errors import Reason, Unavailable, WrongUsage
from sekisho.pages.words import Words
from sekisho.release.rules import StaffMove


def release_group(words: Words) -> click.Group:
    group = SpeakingGroup("release", words)
    case = argument("case")
    one = (group.option("--person", required=True), group.option("--key", type=FILE, required=True))
    two = (
        group.option("--person", required=True, multiple=True),
        group.option("--key", type=FILE, required=True, multiple=True),
    )
    group.add("request", request, home(group), case, group.option("--operator", required=True))
    group.add("approve", approve, home(group), case, *one)
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


def request(*, home: Path, case: str, operator: str) -> Sequence[Telling]:
    from sekisho.zones.processing.counter import request as ask
    from sekisho.zones.processing.desk import open_desk

    with open_desk(home / "settings.toml", now) as desk:
        digest = ask(desk, case, operator, entropy)
    return [("cli.done.request", {"case": case, "digest": str(digest)})]


def approve(*, home: Path, case: str, person: str, key: Path) -> Sequence[Telling]:
    from sekisho.zones.processing.counter import approve as sign
    from sekisho.zones.processing.counter import identify
    from sekisho.zones.processing.desk import open_desk

    with open_desk(home / "settings.toml", now) as desk:
        state = sign(desk, case, identify(desk, case, StaffMove.APPROVE, person, key))
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

    with open_desk(home / "settings.toml", now) as desk:
        go_on(desk, case, [identify(desk, case, StaffMove.RESUME, who, file) for who, file in _pairs(person, key)])
    return [("cli.done.resume", {"case": case, "persons": ", ".join(person)})]


def lost(
    *, home: Path, municipality: str, number: int, why: str, person: tuple[str, ...], key: tuple[Path, ...]
) -> Sequence[Telling]:
    from sekisho.zones.processing.counter import declare_lost, identify
    from sekisho.zones.processing.desk import open_desk

    with open_desk(home / "settings.toml", now) as desk:
        present = [identify(desk, "", StaffMove.DECLARE_LOST, who, file) for who, file in _pairs(person, key)]
        case = declare_lost(desk, municipality, number, why, present)
    return [("cli.done.lost", {"case": case, "persons": ", ".join(person)})]


def _pairs(persons: tuple[str, ...], keys: tuple[Path, ...]) -> list[tuple[str, Path]]:
    if len(persons) != len(keys):
        raise WrongUsage(Reason.USAGE, option="--key")
    return list(zip(persons, keys, strict=True))
