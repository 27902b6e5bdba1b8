"""`sekisho processing fee`: hours and fee of a case, by the ledger and the municipality's formula."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click

from sekisho.cli.clock import now
from sekisho.cli.speaking import FILE, GivenPath, SpeakingGroup, Telling, argument, home
from sekisho.errors import BadSettings, Malformed
from sekisho.pages.words import Words

NEW_FILE = GivenPath(dir_okay=False, path_type=Path)
MOST_YEN = 1_000_000_000


def add_fee(group: SpeakingGroup, words: Words) -> None:
    """Add the command to the group of the operator."""
    own = {name: words.say(f"cli.processing.fee.{name}") for name in ("formula", "hours", "contractor", "again", "out")}
    group.add(
        "fee",
        partial(fee, words=words),
        home(group),
        argument("case"),
        click.Option(["--formula"], type=FILE, required=True, help=own["formula"]),
        click.Option(["--hours"], type=FILE, help=own["hours"]),
        click.Option(["--contractor-yen"], type=click.IntRange(0, MOST_YEN), default=0, help=own["contractor"]),
        click.Option(["--again"], is_flag=True, help=own["again"]),
        click.Option(["--out"], type=NEW_FILE, help=own["out"]),
    )


def fee(
    *,
    home: Path,
    case: str,
    formula: Path,
    hours: Path | None,
    contractor_yen: int,
    again: bool,
    out: Path | None,
    words: Words,
) -> Sequence[Telling]:
    """Say the fee of a case and how it came about; `out` gets it as JSON. The ledger is only read."""
    from sekisho.deid.proposal.fee import Made, fee_of, read_formula, read_hours, write_fee
    from sekisho.pages.proposal.fee_text import fee_text
    from sekisho.storage.files import on_disk, open_new, read_file, sync_file
    from sekisho.tables.policy_file import LARGEST_FILE_BYTES
    from sekisho.zones.processing.desk import open_desk
    from sekisho.zones.processing.metering import metered

    with open_desk(home / "settings.toml", now) as desk:
        runs = metered(desk, case)
    file = formula
    try:
        set_by = read_formula(read_file(formula, LARGEST_FILE_BYTES))
        made = Made.AGAIN if again else Made.NEW
        file = hours or formula
        staff = () if hours is None else read_hours(read_file(hours, LARGEST_FILE_BYTES))
        file = formula
        found = fee_of(set_by, (*runs, *staff), on=now().date(), contractor_yen=contractor_yen, made=made)
    except Malformed as error:
        raise BadSettings(error.reason, findings=(), **{"file": file.name, **error.facts}) from error
    if out is not None:
        with on_disk(), open_new(out) as sink:
            sink.write(write_fee(found, case))
            sync_file(sink)
    return [("cli.done.fee", {"text": fee_text(words, found, len(runs))})]
