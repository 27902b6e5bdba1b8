"""Stop 3: processing fetches, checks, opens and disarms; each step is refused, held or recorded (requirements C08, B15)."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sekisho.digest import read_digest
from sekisho.errors import (
    BadParcel,
    Fact,
    Held,
    Malformed,
    Reason,
    SekishoError,
    SenderMustAct,
    Tampered,
    Unavailable,
)
from sekisho.journey import PROCESSING_ID, Event, State, case_id
from sekisho.ledger.entry import Entry
from sekisho.lines.client import Line
from sekisho.parcel.contents import Contents
from sekisho.parcel.key import Addressee
from sekisho.parcel.label import Label, Sender, check_label
from sekisho.parcel.layout import HEAD_BYTES
from sekisho.parcel.private_key import RecipientKey, read_private_key
from sekisho.parcel.unseal import unseal
from sekisho.statement import check_fields
from sekisho.storage.files import (
    make_folder,
    on_disk,
    open_existing,
    open_new,
    publish,
    remove,
    sync_file,
    why_failed,
    workroom,
)
from sekisho.storage.hashing import file_digest
from sekisho.storage.keys import read_private_file
from sekisho.storage.parts import HeldPart
from sekisho.storage.rooms import settle
from sekisho.tables.label_texts import check_basis
from sekisho.zones.processing.desk import Desk
from sekisho.zones.processing.neighbour import Mirror
from sekisho.zones.processing.parsing import disarm_alone


@dataclass(frozen=True)
class Outcome:
    """What became of one case in this pull; `error` where it was refused or held."""

    case: str
    state: State
    error: SekishoError | None = None


def pull(desk: Desk) -> Iterator[Outcome]:
    """Give back, one by one, what became of every parcel that waited at receiving or here."""
    line = desk.line(desk.settings.peers.receiving)
    try:
        with desk.denying("", "fetch"):
            mirror = Mirror(desk.settings.folders.shelf / "neighbours" / "receiving", desk.roster.receiving.ledger)
            mirror.read_on(line, "/parcels")
        for index, entry in enumerate(mirror.entries):
            if entry.event == Event.RECEIVED.value:
                desk.check_running()
                yield from _bring(desk, line, mirror, index)
    finally:
        line.close()
    yield from _hold_or_resume(desk)
    for case in list(desk.waiting(State.FETCHED, State.OPENED)):
        desk.check_running()
        yield _take_in(desk, case)


def reopen(desk: Desk, case: str) -> Outcome:
    """Open a returned or half-worked case anew, from the sealed parcel on the shelf."""
    with desk.denying(case, "open"):
        desk.case(case).after(Event.OPENED, {})
    return _take_in(desk, case)


@dataclass(frozen=True)
class _Promised:
    """What receiving's ledger says of a parcel."""

    case: str
    sender: str
    number: int
    sha256: str
    label_sha256: str
    size_bytes: int


def _bring(desk: Desk, line: Line, mirror: Mirror, index: int) -> Iterator[Outcome]:
    """Fetch one parcel that is not here yet; what keeps it away is told, and the next one is looked at."""
    case = mirror.entries[index].case
    try:
        known = desk.cases.get(case)
        if known is None:
            with desk.denying("", "fetch", receiving_index=index):
                _fetch(desk, line, mirror, index)
        elif known.state is State.LOST:
            desk.record(case, Event.REFUSED, reason=Reason.NUMBER_LOST.value, receiving_index=index)
            raise BadParcel(Reason.NUMBER_LOST, case=case)
    except SekishoError as error:
        yield Outcome(case, desk.cases[case].state if case in desk.cases else State.RECEIVED, error)


def _promised(desk: Desk, entry: Entry, index: int) -> _Promised:
    """Give back what the entry says; receiving is another machine, so nothing in it is believed by its form alone."""
    try:
        facts = check_fields(dict(entry.facts), label_sha256=str, number=int, sender=str, sha256=str, size_bytes=int)
        sha256, label = read_digest(facts["sha256"]), read_digest(facts["label_sha256"])
    except Malformed as error:
        raise Tampered(Reason.LEDGER_MALFORMED, index=index) from error
    sender = desk.roster.municipality(facts["sender"]).id
    if entry.case != case_id(sender, facts["number"]) or facts["number"] < 1:
        raise Tampered(Reason.LEDGER_MALFORMED, index=index)
    if not HEAD_BYTES < facts["size_bytes"] <= desk.settings.limits.largest_parcel_bytes:
        raise Tampered(Reason.PARCEL_TOO_LARGE, largest_bytes=desk.settings.limits.largest_parcel_bytes)
    return _Promised(entry.case, sender, facts["number"], str(sha256), str(label), facts["size_bytes"])


def _fetch(desk: Desk, line: Line, mirror: Mirror, index: int) -> None:
    """Fetch one parcel to the shelf, whole and compared with what receiving's ledger says of it."""
    promised = _promised(desk, mirror.entries[index], index)
    parts = desk.parts
    name = promised.label_sha256.removeprefix("sha256:")
    resumed = parts.size(name) > 0
    digest = _bring_bytes(desk, line, promised, name)
    if digest != promised.sha256 and resumed:  # what was here before may be other bytes than came, after a power cut
        parts.forget(name)
        digest = _bring_bytes(desk, line, promised, name)
    if digest != promised.sha256:
        parts.forget(name)
        raise Tampered(Reason.PARCEL_TAMPERED, part="file")
    checkpoint = mirror.checkpoint
    if checkpoint is None:
        raise Tampered(Reason.LEDGER_PROOF)
    remove(desk.fetched(promised.case))  # what a cut may have left there was never written down
    publish(parts.path(name), desk.fetched(promised.case))
    desk.record(
        promised.case,
        Event.FETCHED,
        sender=promised.sender,
        number=promised.number,
        sha256=digest,
        size_bytes=promised.size_bytes,
        label_sha256=promised.label_sha256,
        receiving_index=index,
        receiving_root=str(checkpoint.root),
        receiving_size=checkpoint.size,
    )
    parts.forget(name)


def _bring_bytes(desk: Desk, line: Line, promised: _Promised, name: str) -> str:
    """Give back the digest of the part, once it is as large as promised and durable."""
    parts = desk.parts
    held = parts.hold(name, parts.begin(name, b"{}"))
    try:
        if held.offset < promised.size_bytes:
            _pour(line, promised.case, held, promised.size_bytes)
    finally:
        held.close()
    with parts.read(name) as stream:
        digest = file_digest(stream)
        try:
            sync_file(stream)
        except Unavailable:  # the kernel may have dropped what it could not write: a second sync would prove nothing
            parts.forget(name)
            raise
    return digest


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
            with on_disk():
                read = disarm_alone(room, desk.settings, contents.rows)
            (room / "table.csv").unlink()
            final = make_folder(room / "work")
            for name in ("table.parquet", "schema.toml"):
                (room / name).rename(final / name)
            settle(final, desk.work(case))  # before the entry: a cut in between leaves the case to be opened again
            desk.record(case, Event.DISARMED, rows=read.rows, columns=read.columns)
    except (SenderMustAct, Tampered) as error:
        if not error.findings and _is_damaged(desk, case):
            return Outcome(case, desk.case(case).state, Unavailable(Reason.DISK_FAILED, file=desk.fetched(case).name))
        _refuse(desk, case, error)
        return Outcome(case, desk.case(case).state, error)
    except SekishoError as error:
        return Outcome(case, desk.case(case).state, error)
    except OSError as error:
        return Outcome(case, desk.case(case).state, why_failed(error))
    except Exception as error:  # noqa: BLE001 - one parcel that we cannot read must not keep the others waiting
        fault = SekishoError(Reason.OUR_FAULT, kind=type(error).__name__, case=case)
        return Outcome(case, desk.case(case).state, fault)
    return Outcome(case, desk.case(case).state)


def _is_damaged(desk: Desk, case: str) -> bool:
    """Say whether the parcel on our own shelf is no longer the one that was fetched: no fault of its sender's."""
    with on_disk(), open_existing(desk.fetched(case)) as stream:
        return file_digest(stream) != desk.latest(case, Event.FETCHED)["sha256"]


def _refuse(desk: Desk, case: str, error: SekishoError) -> None:
    """Write down why a parcel is not taken in; one that was already worked on stays where it was."""
    if error.findings:
        desk.keep_findings(case, error.findings)
    facts: dict[str, Fact] = {"reason": error.reason.value, "findings": len(error.findings)}
    if desk.case(case).state in {State.FETCHED, State.OPENED}:
        desk.record(case, Event.REFUSED, **facts)
    else:
        desk.record(case, Event.DENIED, move="open", **facts)


def _open(desk: Desk, case: str, room: Path) -> Contents:
    """Give back what the parcel held, now lying in `room` under its own names."""
    key = read_private_key(read_private_file(desk.settings.keys.parcel))
    with open_existing(desk.fetched(case)) as stream, ExitStack() as opened:
        label = _label(desk, case, stream.read(HEAD_BYTES), key)
        stream.seek(0)

        def open_file(name: str, _size_bytes: int) -> BinaryIO:
            return opened.enter_context(open_new(room / name))

        with on_disk():
            contents = unseal(stream, label, key, open_file)
    if {"table.csv", "schema.toml"} != {one.name for one in contents.files}:
        raise BadParcel(Reason.PARCEL_CONTENTS, field="files")
    return contents


def _label(desk: Desk, case: str, head: bytes, key: RecipientKey) -> Label:
    sender = desk.roster.municipality(str(desk.latest(case, Event.FETCHED)["sender"]))
    senders = {sender.label_key.key_id: Sender(sender.id, sender.label_key)}
    label = check_label(head, senders, desk.clock(), Addressee(PROCESSING_ID, key.key_id))
    if case_id(label.sender, label.number) != case:
        raise Tampered(Reason.PARCEL_TAMPERED, part="number")
    check_basis(label.legal_basis)
    return label
