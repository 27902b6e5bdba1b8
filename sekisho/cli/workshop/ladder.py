"""`sekisho deid ladder`: a ladder proposed for a column, or a given one looked through."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sekisho.cli.speaking import FILE, GivenPath, SpeakingGroup, Telling, argument
from sekisho.errors import BadSettings, CannotMeet, Fact, Reason, WrongUsage
from sekisho.pages.words import Words

if TYPE_CHECKING:  # at run time the command line imports late
    from sekisho.deid.workshop.inspecting import Inspection
    from sekisho.pages.workshop.telling import Shown

NEW_FILE = GivenPath(dir_okay=False, path_type=Path)
DEFAULT_K = 5


def add_ladder(group: SpeakingGroup, words: Words) -> None:
    """Add the command to the group of the data scientist."""
    own = {name: words.say(f"cli.deid.ladder.{name}") for name in ("out", "policy")}
    group.add(
        "ladder",
        partial(ladder, words=words),
        argument("table", type=FILE),
        group.option("--column", required=True),
        group.option("--schema", type=FILE),
        group.option("--k", type=click.IntRange(min=2), default=DEFAULT_K, show_default=True),
        group.option("--choose", type=click.IntRange(min=1)),
        click.Option(["--out"], type=NEW_FILE, help=own["out"]),
        group.option("--check", type=FILE),
        click.Option(["--policy"], type=FILE, help=own["policy"]),
        group.option("--page", type=NEW_FILE),
    )


def ladder(  # noqa: PLR0913 - one keyword for each option
    *,
    table: Path,
    column: str,
    schema: Path | None,
    k: int,
    choose: int | None,
    out: Path | None,
    check: Path | None,
    policy: Path | None,
    page: Path | None,
    words: Words,
) -> Sequence[Telling]:
    """Say what ladder fits, or what is wrong with the given one; a ladder that cannot be used is refused at the end."""
    from sekisho.ends.inspecting import open_schema
    from sekisho.library.workshop import pick_column
    from sekisho.pages.workshop.telling import Shown

    _check_together(choose, out, check, policy)
    declared = open_schema(schema)[0] if schema else None
    found, kind = pick_column(table, column, declared)
    shown = Shown(found, k)
    if check is None and policy is None:
        return _propose(shown, (choose or 1) - 1, out, page, words)
    inspection, file = _inspect(shown, kind.value, check, policy)
    told = _told(shown, inspection, page, words)
    for key, facts in told:
        click.echo(words.say(key, **facts))
    _check_usable(inspection, column, file)
    return []


def _check_together(choose: int | None, out: Path | None, check: Path | None, policy: Path | None) -> None:
    """Refuse options of which only one can be meant: what is checked is not proposed."""
    if check is not None and policy is not None:
        raise WrongUsage(Reason.USAGE, option="--check, --policy", rule="not-together")
    for name, given in (("--choose", choose), ("--out", out)):
        if given is not None and (check is not None or policy is not None):
            raise WrongUsage(Reason.USAGE, option=f"{name}, {'--check' if check else '--policy'}", rule="not-together")


def _propose(shown: "Shown", place: int, out: Path | None, page: Path | None, words: Words) -> Sequence[Telling]:
    from sekisho.deid.workshop.propose import propose
    from sekisho.pages.workshop.page import proposals_page
    from sekisho.pages.workshop.telling import Offer
    from sekisho.pages.workshop.text import proposals_text

    proposals = propose(shown.column, shown.k, words.say("workshop.others"))
    if place >= len(proposals):
        raise WrongUsage(Reason.USAGE, option="--choose", proposals=len(proposals), rule="no-such-proposal")
    offer = Offer(proposals, place, out.name if out else "")
    told: list[Telling] = [("cli.done.ladder", {"text": proposals_text(words, shown, offer)})]
    if out is not None:
        _write(out, offer.shown.hierarchy())
        told.append(("cli.done.ladder_written", {"file": str(out)}))
    if page is not None:
        _write(page, proposals_page(words, shown, offer))
        told.append(("cli.done.ladder_page", {"page": str(page)}))
    return told


def _inspect(shown: "Shown", kind: str, check: Path | None, policy: Path | None) -> tuple["Inspection", Path]:
    """Give back what is to be said of the ladder, and the file that is to be mended."""
    from sekisho.deid.schema import Kind
    from sekisho.deid.workshop.inspecting import inspect_file, inspect_rule
    from sekisho.library.workshop import ladder_of_policy
    from sekisho.storage.files import read_file
    from sekisho.tables.policy_file import LARGEST_FILE_BYTES

    given = check if policy is None else ladder_of_policy(policy, shown.column.name)
    match given:
        case Path():
            return inspect_file(read_file(given, LARGEST_FILE_BYTES), shown.column, shown.k), given
        case None:
            raise ValueError("nothing to check")
        case _:
            return inspect_rule(given, Kind(kind), shown.column, shown.k), policy or Path()


def _told(shown: "Shown", inspection: "Inspection", page: Path | None, words: Words) -> Sequence[Telling]:
    from sekisho.pages.workshop.page import inspection_page
    from sekisho.pages.workshop.text import inspection_text

    told: list[Telling] = [("cli.done.ladder", {"text": inspection_text(words, shown, inspection)})]
    if page is not None:
        _write(page, inspection_page(words, shown, inspection))
        told.append(("cli.done.ladder_page", {"page": str(page)}))
    return told


def _check_usable(inspection: "Inspection", column: str, file: Path) -> None:
    """Refuse as de-identifying would: for its form, or for values that it lacks."""
    from sekisho.deid.workshop.remark import Fault

    grave = [one for one in inspection.remarks if one.grave]
    facts: dict[str, Fact] = {"file": file.name, "column": column, "faults": len(grave)}
    if any(one.fault is not Fault.MISSING_VALUE for one in grave):
        raise BadSettings(Reason.LADDER_MALFORMED, findings=(), rule="ladder-faults", **facts)
    if grave:
        raise CannotMeet(Reason.LADDER_MISSING_VALUE, findings=(), count=grave[0].count, **facts)


def _write(path: Path, raw: bytes) -> None:
    """Put `raw` at `path`, where nothing may stand; FILE_EXISTS if something does."""
    from sekisho.storage.files import on_disk, open_new, sync_file

    with on_disk(), open_new(path) as sink:  # closing writes too
        sink.write(raw)
        sync_file(sink)
