"""Whether a zone that is called may go on: no mark stops it, and processing was heard of lately (spec/stop.md 2, 3)."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sekisho.errors import BadParcel, Reason, SekishoError
from sekisho.journey import Zone
from sekisho.lines.server import HEARTBEAT
from sekisho.lines.upload import refusing
from sekisho.lines.web import Request, Response, Route
from sekisho.release.stop import LARGEST_MARK_BYTES, Cause
from sekisho.stopping.mark import check_running, is_stopped, stop_by_rule, take_mark, told_mark
from sekisho.stopping.recording import record_stop
from sekisho.storage.book import Book

HOLD_SECONDS = 0.3  # how long a heartbeat waits for its answer, so that a stop is told the moment it happens
LOOK_SECONDS = 0.05


@dataclass
class Pulse:
    """One zone's word on whether it may go on. `silence_seconds`: how long nothing may be heard, None for ever."""

    shelf: Path
    zone: Zone
    site: str
    clock: Callable[[], datetime]
    silence_seconds: int | None = None
    _heard: float = field(default_factory=time.monotonic)
    _failure: SekishoError | None = None

    def over(self) -> bool:
        """Say whether the zone is stopped; it stops itself when nothing was heard for too long.

        A zone that should stop and cannot write so stops all the same, for as long as this process lives.
        """
        if self.silence_seconds is not None and time.monotonic() - self._heard > self.silence_seconds:
            self._heard = time.monotonic()
            self._stopping(lambda: stop_by_rule(self.shelf, self.clock(), self.site, self.zone, Cause.SILENCE))
        return self._failure is not None or is_stopped(self.shelf)

    def hear(self) -> None:
        """Note that the neighbour is there."""
        self._heard = time.monotonic()

    def take(self, mark: bytes) -> None:
        """Stop this zone by the mark of a neighbour."""
        self._stopping(lambda: take_mark(self.shelf, mark, self.clock(), self.site, self.zone))

    def _stopping(self, put: Callable[[], None]) -> None:
        try:
            put()
        except SekishoError as error:
            self._failure = error

    def settle(self, book: Book) -> None:
        """Write down that the zone was stopped, if it was, and refuse to go on."""
        if is_stopped(self.shelf):
            record_stop(book, self.shelf, self.zone, self.clock())
            check_running(self.shelf)
        if self._failure is not None:
            raise self._failure


def heartbeat(pulse: Pulse, check_caller: Callable[[Request], Awaitable[None]]) -> Route:
    """Give back the call by which processing says whether it has stopped, and hears whether this zone has."""

    async def beat(request: Request) -> Response:
        await check_caller(request)
        mark = b""
        async for chunk in request.stream():
            mark += chunk
            if len(mark) > LARGEST_MARK_BYTES:
                raise BadParcel(Reason.PARCEL_TOO_LARGE, mark_bytes=LARGEST_MARK_BYTES)
        pulse.hear()
        if mark:
            await asyncio.to_thread(pulse.take, mark)
        limit = time.monotonic() + HOLD_SECONDS
        while not pulse.over() and time.monotonic() < limit:  # noqa: ASYNC110 - a file says so, not an event
            await asyncio.sleep(LOOK_SECONDS)
        return Response(told_mark(pulse.shelf))

    return Route("POST", HEARTBEAT, refusing(beat))
