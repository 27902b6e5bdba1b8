"""How a parcel is taken in, the same at all three doors: receiving, delivery, recipient (spec/line.md 2).

A door says who may bring what and what it answers; the reception keeps bytes, resumes, compares and locks. It can read
labels and open nothing.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Generic, Protocol, TypeVar, cast

from sekisho.errors import BadParcel, Reason, SekishoError, Tampered
from sekisho.lines.upload import Begun, Settled
from sekisho.parcel.label import Label
from sekisho.parcel.payload import check_payload
from sekisho.storage.files import open_existing, remove, sync_file
from sekisho.storage.hashing import Hashing
from sekisho.storage.parts import HeldPart, Parts

Claim = TypeVar("Claim")


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

    @property
    def parts(self) -> Parts:
        return Parts(self.folder)

    def begin(self, peer: str, opening: bytes) -> Begun | Settled:
        claim = None
        try:
            claim = self.door.check(peer, opening)
            with self._lock:
                known = self.door.known(claim)
            if known is not None:
                return Settled(known)
            upload = self.door.label_of(claim).digest.hex
            return Begun(upload, self.parts.begin(upload, opening))
        except SekishoError as error:
            self.door.record(peer, claim, error.reason)
            raise

    def resume(self, peer: str, upload: str, offset: int) -> BoundedPart:
        claim = self.door.check(peer, self.parts.opening(upload))
        held = self.parts.hold(upload, offset)
        parcel_bytes = self.door.label_of(claim).parcel_bytes
        return BoundedPart(held, parcel_bytes, lambda reason: self.door.record(peer, claim, reason))

    def finish(self, peer: str, upload: str) -> bytes:
        """Give back the answer for a parcel that is whole, checked, durable and written down."""
        claim = self.door.check(peer, self.parts.opening(upload))
        with self._lock:
            known = self.door.known(claim)
        if known is not None:
            return known
        label = self.door.label_of(claim)
        size = self.parts.size(upload)
        if size < label.parcel_bytes:
            raise BadParcel(Reason.LINE_OFFSET, offset=size)
        with self._alone(upload, size):
            try:
                sha256 = self._check_bytes(label, upload)
                with self._lock:
                    return self.door.known(claim) or self.door.take_in(claim, self.parts.path(upload), sha256)
            except SekishoError as error:
                self.door.record(peer, claim, error.reason)
                raise

    @contextmanager
    def _alone(self, upload: str, size: int) -> Iterator[None]:
        held = self.parts.hold(upload, size)
        try:
            yield
        finally:
            held.close()

    def _check_bytes(self, label: Label, upload: str) -> str:
        """Give back the whole parcel's SHA-256 as text, once disk and label agree to the bit; else the part goes."""
        with open_existing(self.parts.path(upload)) as stream:
            hashing = Hashing(stream)
            try:
                check_payload(cast("BinaryIO", hashing), label)
            except (BadParcel, Tampered):
                self.parts.forget(upload)
                raise
            sync_file(stream)
        return hashing.text


def sweep(parts: Parts, keep: Callable[[str], bool]) -> int:
    """Give back how many openings were removed: those whose parcel has its final name, as `keep` denies."""
    swept = 0
    for path in sorted(parts.folder.glob("*.opening")):
        if not keep(path.stem):
            remove(path)
            swept += 1
    return swept
