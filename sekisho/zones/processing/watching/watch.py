"""The watch: says to both neighbours whether the site is stopped, hears whether they are, and is locked (spec/stop.md 3)."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sekisho.errors import SekishoError
from sekisho.journey import Zone
from sekisho.lines.client import Line
from sekisho.lines.tls import Credentials
from sekisho.lines.voice import Voice
from sekisho.locks.checking import lock_and_check
from sekisho.locks.lock import CALLING, Layer
from sekisho.locks.locking import Surroundings, files_of_python
from sekisho.locks.privileges import Limits
from sekisho.release.stop import Cause
from sekisho.stopping.mark import check_running, is_stopped, stop_by_rule, take_mark, told_mark
from sekisho.storage.files import make_folder
from sekisho.storage.settings import Peer, ProcessingSettings, read_settings

PATIENCE_SECONDS = 2.0  # for one heartbeat, which is answered after 0.3 s
PAUSE_SECONDS = 0.1
LAST_SECONDS = 1.5  # for telling the neighbours that this zone is stopped
LARGEST_WRITTEN_BYTES = 1024 * 1024


@dataclass
class Watched:
    """One neighbour: calls it, as long as this zone is not stopped and once more after that."""

    line: Line
    shelf: Path
    site: str
    clock: Callable[[], datetime]
    silence_seconds: int | None
    told: threading.Event = field(default_factory=threading.Event)
    failure: SekishoError | None = None  # of a disk on which no mark can be put: the watch ends, and says why
    _heard: float = field(default_factory=time.monotonic)

    def run(self) -> None:
        while not self.told.is_set():
            try:
                self.beat()
            except SekishoError:
                self._endure()

    def beat(self) -> None:
        """Call once; a mark on either side is then on both."""
        mark = told_mark(self.shelf)
        _, answer, _ = self.line.call("POST", "/heartbeat", mark)
        self._heard = time.monotonic()
        if answer and not mark:
            self._stopping(lambda: take_mark(self.shelf, answer, self.clock(), self.site, Zone.PROCESSING))
        if answer or mark:
            self.told.set()

    def _endure(self) -> None:
        """Wait a little, and stop this zone once the neighbour was silent for too long."""
        if self.silence_seconds is not None and time.monotonic() - self._heard > self.silence_seconds:
            self._stopping(lambda: stop_by_rule(self.shelf, self.clock(), self.site, Zone.PROCESSING, Cause.SILENCE))
        time.sleep(PAUSE_SECONDS)

    def _stopping(self, put: Callable[[], None]) -> None:
        try:
            put()
        except SekishoError as error:
            self.failure = error


def watch(settings_file: Path, clock: Callable[[], datetime], voice: Voice) -> None:
    """Watch both neighbours until this zone is stopped, which is raised once both were told, or cannot be."""
    settings = read_settings(settings_file, ProcessingSettings)
    shelf = make_folder(settings.folders.shelf)
    check_running(shelf)
    missing = _lock(settings, shelf)
    peers = (settings.peers.receiving, settings.peers.delivery)
    watched = [
        Watched(_line(settings, one), shelf, settings.site.id, clock, settings.stop.dead_man_seconds) for one in peers
    ]
    for each in watched:
        threading.Thread(target=each.run, daemon=True).start()
    voice.ready(", ".join(f"{one.host}:{one.port}" for one in peers))
    if missing:
        voice.tell("unlocked", ", ".join(sorted(one.value for one in missing)))
    while not is_stopped(shelf) and not any(one.failure for one in watched):
        time.sleep(PAUSE_SECONDS)
    limit = time.monotonic() + LAST_SECONDS
    for each in watched:
        each.told.wait(max(limit - time.monotonic(), 0.0))
    voice.close()
    check_running(shelf)
    for each in watched:
        if each.failure is not None:
            raise each.failure


def _line(settings: ProcessingSettings, peer: Peer) -> Line:
    tls = settings.tls
    credentials = Credentials(tls.certificate, tls.key, tls.authority)
    return Line(peer.host, peer.port, peer.name, credentials, timeout_seconds=PATIENCE_SECONDS)


def _lock(settings: ProcessingSettings, shelf: Path) -> frozenset[Layer]:
    """Lock this process: it may call two ports, and read no key but that of its lines."""
    tls = settings.tls
    around = Surroundings(
        readable=(*files_of_python(), tls.certificate, tls.key, tls.authority),
        writable=(shelf,),
        ports=tuple(sorted({settings.peers.receiving.port, settings.peers.delivery.port})),
        limits=Limits(file_bytes=LARGEST_WRITTEN_BYTES),
        user=settings.lock.user,
    )
    without = frozenset(Layer(one) for one in settings.lock.without)
    return lock_and_check(CALLING, around, without, trial=settings.site.trial)
