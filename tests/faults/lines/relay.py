"""A wire between two parties that breaks: after so many bytes it is cut, rests, or falls silent without a word."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

READ_BYTES, ENDLESS = 16_384, 2**60
SETTLING_SECONDS = 0.05  # a connection that is closed with bytes unread is reset, and these are lost


@dataclass
class Relay:
    """Hands bytes on to `target`; each connection ends in its way (`end`) once `after_bytes` came from the caller."""

    target: tuple[str, int]
    after_bytes: int
    end: str  # "cut", "silence" or "rest"
    stall_seconds: float = 0.0
    carried: int = 0  # bytes from callers, all connections together
    broken: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def run(self, server: socket.socket) -> None:
        server.settimeout(0.05)
        while not self.over.is_set():
            with contextlib.suppress(TimeoutError):
                caller, _ = server.accept()
                threading.Thread(target=self._carry, args=(caller,), daemon=True).start()

    def _carry(self, caller: socket.socket) -> None:
        with contextlib.suppress(OSError), caller, socket.create_connection(self.target) as called:
            back = threading.Thread(target=_pour, args=(called, caller), daemon=True)
            back.start()
            left = self.after_bytes
            while left > 0 and (raw := caller.recv(min(READ_BYTES, left))):
                called.sendall(raw)
                left -= len(raw)
                self.carried += len(raw)
            if left <= 0:
                self.broken += 1
                self._break(caller, called)
            if left > 0 or self.end == "rest":
                _pour(caller, called, self._count)

    def _count(self, size: int) -> None:
        self.carried += size

    def _break(self, caller: socket.socket, called: socket.socket) -> None:
        match self.end:
            case "cut":  # what was carried still arrives, and then the end
                for one, how in ((called, socket.SHUT_WR), (caller, socket.SHUT_RDWR)):
                    with contextlib.suppress(OSError):
                        one.shutdown(how)
                time.sleep(SETTLING_SECONDS)
            case "silence":
                self.after_bytes = ENDLESS  # the next connection holds
                _pour(caller, None)
            case _:
                time.sleep(self.stall_seconds)


def _pour(source: socket.socket, sink: socket.socket | None, count: Callable[[int], None] = lambda _size: None) -> None:
    """Hand on until the source ends; without a sink, take it and say nothing."""
    with contextlib.suppress(OSError):
        while raw := source.recv(READ_BYTES):
            count(len(raw))
            if sink is not None:
                sink.sendall(raw)
        if sink is not None:
            sink.shutdown(socket.SHUT_WR)


@contextmanager
def relay(
    target: tuple[str, int], after_bytes: int, end: str, stall_seconds: float = 0.0
) -> Iterator[tuple[Relay, int]]:
    """Give the wire, and the port to call it at."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        made = Relay(target, after_bytes, end, stall_seconds)
        thread = threading.Thread(target=made.run, args=(server,))
        thread.start()
        try:
            yield made, server.getsockname()[1]
        finally:
            made.over.set()
            thread.join()
