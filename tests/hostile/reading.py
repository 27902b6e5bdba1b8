"""Has one hostile file read as processing reads it: by a locked process of its own, with its limits."""

import resource
import time
from dataclasses import dataclass
from pathlib import Path

from sekisho.errors import BadTable, SekishoError
from sekisho.storage.settings import ProcessingSettings
from sekisho.zones.processing.parsing import disarm_alone
from tests.hostile.corpus import SCHEMA, Hostile, good

GOOD_ROWS = 3


@dataclass(frozen=True)
class Ended:
    """How it ended: rules, a code or `read`; how long it took, and what the largest reader so far needed."""

    outcome: frozenset[str]
    seconds: float
    peak_bytes: int
    left: tuple[str, ...]


def read(one: Hostile, folder: Path, settings: ProcessingSettings) -> Ended:
    """Give back how reading ended; `left` is what lies in the room beside what was put there."""
    room = folder / "room"
    room.mkdir()
    (room / "schema.toml").write_text(SCHEMA.format(encoding=one.encoding), encoding="utf-8")
    one.write(room / "table.csv")
    began = time.monotonic()
    try:
        disarm_alone(room, settings, GOOD_ROWS + 1)
        outcome = frozenset({"read"})
    except BadTable as error:
        rules = {finding.rule for finding in error.findings}
        outcome = frozenset(rules or {error.reason.value})
    except SekishoError as error:
        outcome = frozenset({error.reason.value})
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    left = tuple(sorted(path.name for path in room.iterdir()))
    for path in room.iterdir():
        path.unlink()
    room.rmdir()
    return Ended(outcome, time.monotonic() - began, peak, left)


def reads_a_good_one(folder: Path, settings: ProcessingSettings) -> bool:
    room = folder / "next"
    room.mkdir()
    (room / "schema.toml").write_text(SCHEMA.format(encoding="utf-8"), encoding="utf-8")
    (room / "table.csv").write_text(good(GOOD_ROWS), encoding="utf-8")
    return disarm_alone(room, settings, GOOD_ROWS).rows == GOOD_ROWS
