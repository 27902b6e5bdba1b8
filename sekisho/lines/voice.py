"""What a server says while it runs: one line at a time, and never at the cost of its work.

Whoever started it waits for the first line, which says that it is ready, and may read no further. So nothing is written
before that line, a thread of its own writes the rest, and lines that find no room are dropped.
"""

import os
import queue
import threading
from collections.abc import Callable
from typing import Protocol

from sekisho.errors import Fact

MOST_LINES = 1_000
LAST_SECONDS = 1.0  # how long the end waits for what is not written yet


class Say(Protocol):
    """Gives the text under a key, with its facts put in."""

    def __call__(self, key: str, /, **facts: Fact) -> str: ...


class Tell(Protocol):
    """Says what became of a case; a reason where it was refused."""

    def __call__(self, what: str, case: str = "", reason: str = "") -> None: ...


class Voice:
    """The words of one server, `role` as in `cli.ready`; to be closed at its end."""

    def __init__(self, say: Say, knows: Callable[[str], bool], role: str, out: int) -> None:
        self._say, self._knows, self._role, self._out = say, knows, role, out
        self._lines: queue.Queue[str | None] = queue.Queue(MOST_LINES)
        self._writer = threading.Thread(target=self._write, daemon=True)

    def ready(self, addresses: str) -> None:
        """Say that all ports listen, and where: the line that starters wait for. What was told before follows it."""
        os.write(self._out, f"{self._say(f'cli.ready.{self._role}', addresses=addresses)}\n".encode())
        self.start()

    def start(self) -> None:
        """Begin to write what is told: at once for a process that has no port."""
        self._writer.start()

    def tell(self, what: str, case: str = "", reason: str = "") -> None:
        """Say `serve.<what>`: a case, and the reason in words with its code."""
        known = f"reason.{reason}.what"
        told = f"{self._say(known)} [{reason}]" if self._knows(known) else f"[{reason}]"
        self._put(self._say(f"serve.{what}", case=case or "–", reason=told if reason else ""))

    def close(self) -> None:
        """Say that it has stopped, if it ever was ready; what nobody reads within a second stays unsaid."""
        if not self._writer.is_alive():
            return
        self._put(self._say(f"serve.stopped.{self._role}"))
        self._put(None)
        self._writer.join(LAST_SECONDS)

    def _put(self, line: str | None) -> None:
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            return

    def _write(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                os.write(
                    self._out, f"{line}\n".encode()
                )  # not print: its lock would be held for as long as nobody reads
            except OSError:  # nobody listens any more
                return


def silent(what: str, case: str = "", reason: str = "") -> None:
    """Say nothing: for a door that stands in no server."""
