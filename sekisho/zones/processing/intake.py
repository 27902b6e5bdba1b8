"""Stop 3: processing fetches, checks, opens and disarms; each step is refused, held or recorded (requirements C08, B15)."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sekisho.deid.schema import read_schema
from sekisho.errors import (
    BadParcel,
    BadTable,
    Held,
    Reason,
    SekishoError,
    SenderMustAct,
    Tampered,
    Unavailable,
)
from sekisho.journey import PROCESSING_ID, Event, State, case_id
from sekisho.lines.client import Line
from sekisho.parcel.contents import Contents
from sekisho.parcel.key import Addressee
from sekisho.parcel.label import Label, Sender, check_label
from sekisho.parcel.layout import HEAD_BYTES
from sekisho.parcel.private_key import RecipientKey, read_private_key
from sekisho.parcel.unseal import unseal
from sekisho.storage.files import make_folder, open_existing, open_new, publish, read_file, sync_file, workroom
from sekisho.storage.hashing import file_digest
from sekisho.storage.keys import read_private_file
from sekisho.storage.parts import HeldPart, Parts
from sekisho.storage.rooms import settle
from sekisho.tables.disarm import Disarmed, disarm
from sekisho.zones.processing.desk import Desk
from sekisho.zones.processing.neighbour import Mirror

LARGEST_SCHEMA_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Outcome:
    """What became of one case in this pull; `error` where it was refused or held."""

    case: str
    state: State
    error: SekishoError | None = None


def pull(desk: Desk) -> Iterator[Outcome]:
    """Give back, one by one, what became of every parcel that waited at receiving or here."""
    line = desk.line(desk.settings.peers.receiving)
    mirror = Mirror(desk.settings.folders.shelf / "neighbours" / "receiving", desk.roster.receiving.ledger)
    mirror.read_on(line, "/parcels")
    for index, entry in enumerate(mirror.entries):
        if entry.event == Event.RECEIVED.value and entry.case not in desk.cases:
            try:
                _fetch(desk, line, mirror, index)
            except SekishoError as error:
                yield Outcome(entry.case, State.RECEIVED, error)
    line.close()
    yield from _hold_or_resume(desk)
    for case in list(desk.waiting(State.FETCHED, State.OPENED)):
        yield _take_in(desk, case)


def reopen(desk: Desk, case: str) -> Outcome:
    """Open a returned or half-worked case anew, from the sealed parcel on the shelf."""
    desk.check(case, Event.OPENED)
    return _take_in(desk, case)


def _fetch(desk: Desk, line: Line, mirror: Mirror, index: int) -> None:
    """Fetch one parcel to the shelf, whole and compared with what receiving's ledger says of it."""
    entry = mirror.entries[index]
    size_bytes = int(entry.facts["size_bytes"])
    parts = Parts(desk.settings.folders.shelf / "parts")
    name = str(entry.facts["label_sha256"]).removeprefix("sha256:")
    offset = parts.begin(name, b"{}")
    held = parts.hold(name, offset)
    try:
        if offset < size_bytes:
            _pour(line, entry.case, held, size_bytes)
    finally:
        held.close()
    with parts.read(name) as stream:
        digest = file_digest(stream)
        sync_file(stream)
    if digest != entry.facts["sha256"]:
        parts.forget(name)
        raise Tampered(Reason.PARCEL_TAMPERED, part="file")
    checkpoint = mirror.checkpoint
    if checkpoint is None:
        raise Tampered(Reason.LEDGER_PROOF)
    if not desk.fetched(entry.case).is_file():
        publish(parts.path(name), desk.fetched(entry.case))
    desk.record(
        entry.case,
        Event.FETCHED,
        sender=str(entry.facts["sender"]),
        number=int(entry.facts["number"]),
        sha256=digest,
        size_bytes=size_bytes,
        label_sha256=str(entry.facts["label_sha256"]),
        receiving_index=index,
        receiving_root=str(checkpoint.root),
        receiving_size=checkpoint.size,
    )
    parts.forget(name)


def _pour(line: Line, case: str, held: HeldPart, size_bytes: int) -> None:
    for chunk in line.fetch(f"/parcels/{case}", held.offset):
        if held.offset + len(chunk) > size_bytes:
            raise Tampered(Reason.PARCEL_SIZE, expected_bytes=size_bytes)
        held.write(chunk)
    if held.offset < size_bytes:
        raise Unavailable(Reason.LINE_UNREACHABLE, case=case)


def _hold_or_resume(desk: Desk) -> Iterator[Outcome]:
    """Hold what came out of turn, and let go what the gap held once it is filled (design 8)."""
    for case in list(desk.waiting(State.FETCHED, State.HELD)):
        missing = _first_missing(desk, case)
        match desk.case(case).state:
            case State.FETCHED if missing:
                desk.record(case, Event.HELD, reason=Reason.NUMBER_GAP.value, missing=missing)
                yield Outcome(case, State.HELD, Held(Reason.NUMBER_GAP, missing=missing))
            case State.HELD if missing and _is_gap(desk, case):
                yield Outcome(case, State.HELD, Held(Reason.NUMBER_GAP, missing=missing))
            case State.HELD if not missing and _is_gap(desk, case):
                desk.record(case, Event.RESUMED, reason="number.filled")
            case _:
                continue


def _first_missing(desk: Desk, case: str) -> int:
    """Give back the lowest number before this case's that never came, 0 if there is none."""
    sender, _, number = case.rpartition("-")
    known = {int(one.rpartition("-")[2]) for one in desk.cases if one.rpartition("-")[0] == sender}
    missing = next(candidate for candidate in range(1, len(known) + 2) if candidate not in known)
    return missing if missing < int(number) else 0


def _is_gap(desk: Desk, case: str) -> bool:
    return desk.latest(case, Event.HELD).get("reason") == Reason.NUMBER_GAP.value


def _take_in(desk: Desk, case: str) -> Outcome:
    """Open and disarm one parcel; a refusal is the case's end, a fault of this machine leaves it where it was."""
    try:
        with workroom(make_folder(desk.settings.folders.work)) as room:
            contents = _open(desk, case, room)
            desk.record(case, Event.OPENED, rows=contents.rows, files=len(contents.files))
            read = _disarm(room)
            if read.rows != contents.rows:
                raise BadParcel(Reason.PARCEL_CONTENTS, field="rows", rows=read.rows, expected=contents.rows)
            (room / "table.csv").unlink()
            desk.record(case, Event.DISARMED, rows=read.rows, columns=len(read.respelled))
            final = make_folder(room / "work")
            for name in ("table.parquet", "schema.toml"):
                (room / name).rename(final / name)
            settle(final, desk.work(case))
    except (SenderMustAct, Tampered) as error:
        if error.findings:
            desk.keep_findings(case, error.findings)
        desk.record(case, Event.REFUSED, reason=error.reason.value, findings=len(error.findings))
        return Outcome(case, State.REFUSED, error)
    except SekishoError as error:
        return Outcome(case, desk.case(case).state, error)
    return Outcome(case, desk.case(case).state)


def _open(desk: Desk, case: str, room: Path) -> Contents:
    """Give back what the parcel held, now lying in `room` under its own names."""
    key = read_private_key(read_private_file(desk.settings.keys.parcel))
    with open_existing(desk.fetched(case)) as stream, ExitStack() as opened:
        label = _label(desk, case, stream.read(HEAD_BYTES), key)
        stream.seek(0)

        def open_file(name: str, _size_bytes: int) -> BinaryIO:
            return opened.enter_context(open_new(room / name))

        contents = unseal(stream, label, key, open_file)
    if {"table.csv", "schema.toml"} - {one.name for one in contents.files}:
        raise BadParcel(Reason.PARCEL_CONTENTS, field="files")
    return contents


def _label(desk: Desk, case: str, head: bytes, key: RecipientKey) -> Label:
    sender = desk.roster.municipality(str(desk.latest(case, Event.FETCHED)["sender"]))
    senders = {sender.label_key.key_id: Sender(sender.id, sender.label_key)}
    label = check_label(head, senders, desk.clock(), Addressee(PROCESSING_ID, key.key_id))
    if case_id(label.sender, label.number) != case:
        raise Tampered(Reason.PARCEL_TAMPERED, part="number")
    return label


def _disarm(room: Path) -> Disarmed:
    raw = read_file(room / "schema.toml", LARGEST_SCHEMA_BYTES)
    try:
        schema = read_schema(raw)
    except SekishoError as error:
        raise BadTable(Reason.SCHEMA_MALFORMED, key=error.facts.get("key", "")) from error
    with open_existing(room / "table.csv") as stream:
        return disarm(stream, schema, room / "table.parquet")
