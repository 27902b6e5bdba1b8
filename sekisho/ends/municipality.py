"""The municipality's end: an export becomes a sealed parcel, goes over the line, and its receipt is checked and kept.

Sealing needs no network (requirement B14). Numbers count up per municipality; none is used twice and none is left out.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast

from sekisho.digest import digest_of
from sekisho.ends.sealing import Content
from sekisho.errors import BadParcel, Malformed, Reason, SekishoError, SenderMustAct, Tampered, Unavailable
from sekisho.journey import PROCESSING_ID, case_id
from sekisho.lines.client import Line, upload
from sekisho.lines.tls import Credentials
from sekisho.parcel.draft import LabelDraft, LegalBasis, Tool
from sekisho.parcel.key import Recipient
from sekisho.parcel.label import Label, Sender, check_label
from sekisho.parcel.layout import HEAD_BYTES
from sekisho.parcel.payload import check_payload, check_same_head, check_size
from sekisho.parcel.seal import FileToSeal, seal
from sekisho.parcel.streams import Progress
from sekisho.release.roster import Roster
from sekisho.signing import Ed25519Verifier
from sekisho.statement import check_fields, check_statement
from sekisho.storage.files import (
    PART,
    make_folder,
    on_disk,
    open_existing,
    open_new,
    publish,
    remove,
    sync_file,
    write_durably,
)
from sekisho.storage.hashing import HashingOnce
from sekisho.storage.keys import read_signing_key
from sekisho.storage.lock import lock_folder
from sekisho.storage.rosters import open_roster
from sekisho.storage.settings import MunicipalitySettings, read_settings

RECEIPT_TYPE = "application/vnd.sekisho.receipt.v1+json"
LARGEST_RECEIPT_BYTES = 65_536
CLOCK_SLACK = timedelta(minutes=5)
_PARCEL = re.compile(r"(\d{6,})\.parcel")


@dataclass(frozen=True)
class Export:
    """What a clerk hands over: what goes into the parcel, on which basis, and how long the parcel may be opened."""

    content: Content
    basis: LegalBasis
    valid_for: timedelta


@dataclass(frozen=True)
class Sent:
    """A parcel that receiving has, and where its receipt lies."""

    number: int
    case: str
    receipt: Path
    ledger_index: int


@dataclass(frozen=True)
class TurnedBack:
    """A parcel that was refused, and why; it stays in the outbox."""

    number: int
    error: SenderMustAct


@dataclass(frozen=True)
class Unsendable:
    """A parcel that does not hold any more, and why: damaged on our own disk, or out of date before it travels."""

    number: int
    error: SekishoError


@dataclass(frozen=True)
class Municipality:
    """One municipality's tool, on its own computer."""

    settings: MunicipalitySettings
    roster: Roster
    clock: Callable[[], datetime]

    def seal(
        self, export: Export, entropy: Callable[[int], bytes], progress: Progress | None = None
    ) -> tuple[Label, Path]:
        """Give back the label and the file of a new parcel in the outbox, under the next number.

        Whether the table fits its schema and holds no forbidden number, `prepare` has said before.
        """
        outbox = make_folder(self.settings.folders.outbox)
        with lock_folder(outbox, wait_seconds=10):
            _sweep(outbox)
            number = self._next_number()
            final = outbox / f"{number:06d}.parcel"
            temporary = final.with_name(final.name + PART)
            draft = self._draft(export, number)
            try:
                label = self._seal_to(temporary, export, draft, entropy, progress)
                publish(temporary, final)
            except BaseException:
                with suppress(OSError):
                    temporary.unlink(missing_ok=True)
                raise
        return label, final

    def send(self, progress: Progress | None = None) -> Iterator[Sent | TurnedBack | Unsendable]:
        """Send every parcel of the outbox that has no receipt, in the order of the numbers; yield what came of each.

        A parcel that is refused or damaged does not keep the ones behind it back; what stands in the way of all ends it.
        """
        receipts = make_folder(self.settings.folders.receipts)
        own = read_signing_key(self.settings.keys.label).verifier
        with suppress(Unavailable), lock_folder(make_folder(self.settings.folders.outbox)):  # unless somebody seals now
            _sweep(self.settings.folders.outbox)
        for number, path in self._outbox():
            receipt = receipts / f"{number:06d}.json"
            if receipt.exists():
                continue
            try:
                label = self._check_own(path, own)
            except SekishoError as error:
                yield Unsendable(number, error)
                continue
            try:
                yield self._send(path, label, receipt, progress)
            except SenderMustAct as error:
                yield TurnedBack(number, error)
            except SekishoError as error:
                if (damage := _damage(path, label)) is not None:
                    yield Unsendable(number, damage)
                    continue
                error.facts.setdefault("number", number)
                raise

    def gaps(self) -> tuple[int, ...]:
        """Give back the numbers that were given and of which there is neither parcel nor receipt."""
        used = self._used()
        return tuple(number for number in range(1, max(used, default=0)) if number not in used)

    def _check_own(self, path: Path, own: Ed25519Verifier) -> Label:
        """Give back the label of a parcel that has still the head and the size of the one that was sealed.

        Receiving compares every byte with the label; here they are read once, while they are sent.
        """
        with on_disk(), open_existing(path) as stream:
            label = check_label(stream.read(HEAD_BYTES), {own.key_id: Sender(self.settings.id, own)}, self.clock())
            stream.seek(0)
            check_same_head(stream, label)
            check_size(os.fstat(stream.fileno()).st_size, label)
        return label

    def _send(self, path: Path, label: Label, receipt: Path, progress: Progress | None) -> Sent:
        """Send one parcel, and keep a receipt that says what was sent."""
        peer, tls = self.settings.peers.receiving, self.settings.tls
        line = Line(peer.host, peer.port, peer.name, Credentials(tls.certificate, tls.key, tls.authority))
        with open_existing(path) as stream:
            sent, head = HashingOnce(stream), stream.read(HEAD_BYTES)
            try:
                raw = upload(line, head, cast("BinaryIO", sent), label.parcel_bytes, progress)
            finally:
                line.close()
            index = self._check_receipt(raw, label, sent.whole(label.parcel_bytes))
        write_durably(receipt, raw)
        return Sent(label.number, case_id(label.sender, label.number), receipt, index)

    def _check_receipt(self, raw: bytes, label: Label, sha256: str) -> int:
        """Give back the place in receiving's ledger; refuses a receipt that is not receiving's or not of this parcel."""
        key = self.roster.receiving.receipt_key
        try:
            value = check_statement(raw, RECEIPT_TYPE, {key.key_id: key})
            ledger = check_fields(value["ledger"], index=int, origin=str)
        except (Tampered, Malformed, KeyError) as error:
            raise Tampered(Reason.RECEIPT_SIGNATURE) from error
        said = (value.get("sender"), value.get("number"), value.get("sha256"), value.get("size_bytes"))
        if said != (label.sender, label.number, sha256, label.parcel_bytes) or value.get("site") != self.roster.site.id:
            raise Tampered(Reason.RECEIPT_MISMATCH)
        if ledger["origin"] != self.roster.receiving.ledger.origin:
            raise Tampered(Reason.RECEIPT_MISMATCH)
        return int(ledger["index"])

    def _seal_to(
        self,
        temporary: Path,
        export: Export,
        draft: LabelDraft,
        entropy: Callable[[int], bytes],
        progress: Progress | None,
    ) -> Label:
        content, recipient = export.content, Recipient(PROCESSING_ID, self.roster.processing.parcel_key)
        signer = read_signing_key(self.settings.keys.label)
        with (
            on_disk(),  # around the files too: closing one writes
            content.open_table() as table,
            open_new(temporary) as out,
        ):
            files = [
                FileToSeal("table.csv", "text/csv", content.size_bytes, table),
                FileToSeal("schema.toml", "application/toml", len(content.schema_raw), BytesIO(content.schema_raw)),
            ]
            label = seal(files, draft, [recipient], signer, out, entropy, progress)
            sync_file(out)
        return label

    def _draft(self, export: Export, number: int) -> LabelDraft:
        now = self.clock()
        return LabelDraft(
            sender=self.settings.id,
            number=number,
            made_at=now,
            valid_from=now - CLOCK_SLACK,
            valid_until=now + export.valid_for,
            legal_basis=export.basis,
            schema_digest=digest_of(export.content.schema_raw),
            rows=export.content.rows,
            tool=Tool("sekisho", version("sekisho")),
        )

    def _outbox(self) -> list[tuple[int, Path]]:
        named = ((_PARCEL.fullmatch(path.name), path) for path in self.settings.folders.outbox.glob("*.parcel"))
        return sorted((int(match[1]), path) for match, path in named if match)

    def _next_number(self) -> int:
        """Give back one more than the highest number that was ever sealed or receipted here."""
        return max(self._used(), default=0) + 1

    def _used(self) -> set[int]:
        """Give back the numbers of which there is a parcel or a receipt."""
        receipts = make_folder(self.settings.folders.receipts)
        sealed = {number for number, _ in self._outbox()}
        return sealed | {int(path.stem) for path in receipts.glob("*.json") if path.stem.isdigit()}


def _damage(path: Path, label: Label) -> SekishoError | None:
    """Give back what is wrong with a parcel on our own disk, once the other end would not have it."""
    try:
        with on_disk(), open_existing(path) as stream:
            check_payload(stream, label)
    except SekishoError as error:
        return error
    return None


def _sweep(outbox: Path) -> None:
    """Remove what a seal that was cut off left: half a parcel, or the second name of a whole one."""
    for path in sorted(outbox.glob(f"*.parcel{PART}")):
        remove(path)


def open_municipality(settings_file: Path, clock: Callable[[], datetime]) -> Municipality:
    """Give back the tool with checked settings and roster."""
    settings = read_settings(settings_file, MunicipalitySettings)
    roster = open_roster(settings.site, clock())
    if settings.id not in {one.id for one in roster.municipalities}:
        raise BadParcel(Reason.SENDER_UNKNOWN)
    return Municipality(settings, roster, clock)
