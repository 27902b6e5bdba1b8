"""How a parcel is taken in, the same at all three doors: receiving, delivery, recipient (spec/line.md 2).

A door says who may bring what and what it answers; the reception keeps bytes, resumes, compares and locks. It can read
labels and open nothing.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Generic, Protocol, TypeVar, cast

from sekisho.errors import BadParcel, Reason, SekishoError, SenderMustAct, StaffMustAct, Tampered, Unavailable
from sekisho.lines.upload import Begun, Settled
from sekisho.parcel.label import Label
from sekisho.parcel.payload import check_payload
from sekisho.storage.files import PART, open_existing, remove, sync_file
from sekisho.storage.hashing import Hashing
from sekisho.storage.parts import HeldPart, Parts

Claim = TypeVar("Claim")
ABANDONED_AFTER = timedelta(days=7)  # spec/line.md 2.2


class Door(Protocol[Claim]):
    """One zone's rules for what comes in. A claim is an opening that passed `check`."""

    def check(self, peer: str, opening: bytes) -> Claim:
        """Give back the claim, or refuse: everything that can be known before a byte of payload travels."""

    def label_of(self, claim: Claim) -> Label: ...

    def known(self, claim: Claim) -> bytes | None:
        """Give back the answer if the parcel is here already; refuses another parcel under the same number or permit."""

    def take_in(self, claim: Claim, part: Path, sha256: str) -> bytes:
        """Write the ledger, give `part` its final name, give back the signed answer."""

    def record(self, peer: str, claim: Claim | None, reason: Reason) -> None:
        """Write down that somebody was turned back."""


@dataclass
class BoundedPart:
    """A part that cannot grow past what its label says; what stops it is recorded."""

    held: HeldPart
    parcel_bytes: int
    record: Callable[[Reason], None]

    def write(self, raw: bytes) -> None:
        try:
            if self.held.offset + len(raw) > self.parcel_bytes:
                raise BadParcel(Reason.PARCEL_SIZE, expected_bytes=self.parcel_bytes)
            self.held.write(raw)
        except SekishoError as error:
            self.record(error.reason)
            raise

    def close(self) -> int:
        return self.held.close()


@dataclass
class Reception(Generic[Claim]):
    """The gate in front of a door; safe for many threads in one process."""

    door: Door[Claim]
    folder: Path
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _inherited: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Note what was begun before this process: after a power cut such a part may hold other bytes than were sent."""
        self._inherited.update(path.stem for path in self.folder.glob("*.opening"))

    @property
    def parts(self) -> Parts:
        return Parts(self.folder)

    def begin(self, peer: str, opening: bytes) -> Begun | Settled:
        claim = None
        try:
            claim = self.door.check(peer, opening)
            upload = self.door.label_of(claim).digest.hex
            with self._lock:
                known = self.door.known(claim)
                return self._begun(upload, opening) if known is None else Settled(known)
        except SekishoError as error:
            if error.reason is not Reason.LINE_OFFSET:
                self.door.record(peer, claim, error.reason)
            raise

    def _begun(self, upload: str, opening: bytes) -> Begun:
        """Give back where to go on; while somebody else writes, LINE_OFFSET, so that nobody sends a piece for nothing."""
        offset = self.parts.begin(upload, opening)
        with self._alone(upload):
            return Begun(upload, offset)

    def resume(self, peer: str, upload: str, offset: int) -> BoundedPart:
        claim = self._claim(peer, upload)
        label = self.door.label_of(claim)
        with self._judging(peer, claim, upload), self._lock:
            if self.door.known(claim) is not None:
                raise BadParcel(Reason.LINE_OFFSET, offset=label.parcel_bytes)
            held = self.parts.hold(upload, offset)
        return BoundedPart(held, label.parcel_bytes, lambda reason: self.door.record(peer, claim, reason))

    def finish(self, peer: str, upload: str) -> bytes:
        """Give back the answer for a parcel that is whole, checked, durable and written down."""
        claim = self._claim(peer, upload)
        with self._judging(peer, claim, upload):
            with self._lock:
                known = self.door.known(claim)
                if known is not None:
                    return known
                held = self._hold_whole(claim, upload)
            try:
                sha256 = self._check_inherited(claim, upload)
                with self._lock:
                    return self.door.known(claim) or self.door.take_in(claim, self.parts.path(upload), sha256)
            finally:
                held.close()

    def record(self, peer: str, reason: Reason) -> None:
        self.door.record(peer, None, reason)

    def _claim(self, peer: str, upload: str) -> Claim:
        """Give back the claim of an upload under way, which may have run out since it was begun."""
        opening = self.parts.opening(upload)
        try:
            return self.door.check(peer, opening)
        except SekishoError as error:
            self.door.record(peer, None, error.reason)
            if error.reason is Reason.PARCEL_EXPIRED:
                self._forget_alone(upload)
            raise

    def _forget_alone(self, upload: str) -> None:
        """Remove a part that nobody holds; one that is being taken in right now is its holder's to judge."""
        with suppress(BadParcel), self._lock, self._alone(upload):
            self.parts.forget(upload)

    @contextmanager
    def _alone(self, upload: str) -> Iterator[None]:
        held = self.parts.hold(upload, self.parts.size(upload))
        try:
            yield
        finally:
            held.close()

    @contextmanager
    def _judging(self, peer: str, claim: Claim, upload: str) -> Iterator[None]:
        """Record what is refused inside; what can never be taken in is removed. Who is out of step just asks again."""
        try:
            yield
        except SekishoError as error:
            if error.reason is Reason.LINE_OFFSET:
                raise
            self.door.record(peer, claim, error.reason)
            if isinstance(error, SenderMustAct | StaffMustAct | Tampered):
                self.parts.forget(upload)
            raise

    def _hold_whole(self, claim: Claim, upload: str) -> HeldPart:
        """Give back the part, kept from other writers, if nothing is missing at its end."""
        size = self.parts.size(upload)
        if size < self.door.label_of(claim).parcel_bytes:
            raise BadParcel(Reason.LINE_OFFSET, offset=size)
        return self.parts.hold(upload, size)

    def _check_inherited(self, claim: Claim, upload: str) -> str:
        """Check the bytes; of an upload that this process did not see begin, ask for all of them before blaming anybody."""
        try:
            return self._check_bytes(claim, upload)
        except (SenderMustAct, Tampered) as error:
            if upload not in self._inherited:
                raise
            self._inherited.discard(upload)
            self.parts.forget(upload)
            raise BadParcel(Reason.LINE_OFFSET, offset=0) from error

    def _check_bytes(self, claim: Claim, upload: str) -> str:
        """Give back the whole parcel's SHA-256 as text, once disk and label agree to the bit and it is durable."""
        with open_existing(self.parts.path(upload)) as stream:
            hashing = Hashing(stream)
            check_payload(cast("BinaryIO", hashing), self.door.label_of(claim))
            try:
                sync_file(stream)
            except Unavailable:
                # The kernel may have dropped what it could not write: a second sync would prove nothing.
                self.parts.forget(upload)
                raise
        return hashing.text


def sweep(parts: Parts, keep: Callable[[str], bool], now: datetime) -> int:
    """Give back how many uploads were removed: whose parcel has its final name, as `keep` denies, and abandoned ones.

    Abandoned is what nobody went on with for a week. A cut may have left a part beside its final name, and an opening under a temporary one.
    """
    begun = [path.stem for path in sorted(parts.folder.glob("*.opening"))]
    swept = [one for one in begun if not keep(one) or parts.touched(one) < now - ABANDONED_AFTER]
    for upload in swept:
        parts.forget(upload)
    for path in sorted(parts.folder.glob(f"*.opening.*{PART}")):
        remove(path)
    return len(swept)
