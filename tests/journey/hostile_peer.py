"""A machine of the site that was taken over: it has its own certificate and keys, and answers as it likes, byte by byte."""

import contextlib
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socket import create_server, socket

from sekisho.lines.tls import Credentials, server_context

Play = Callable[[ssl.SSLSocket, bytes], None]
"""What is done with one call: the connection, and the first bytes of what was asked."""
LONGEST_SECONDS = 20.0


@dataclass
class HostilePeer:
    """Listens in the place of a machine of ours and plays the same to every caller."""

    server: socket
    context: ssl.SSLContext
    play: Play
    over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        self.server.settimeout(0.05)
        while not self.over.is_set():
            with contextlib.suppress(OSError):
                plain, _ = self.server.accept()
                threading.Thread(target=self._speak, args=(plain,), daemon=True).start()

    def _speak(self, plain: socket) -> None:
        with contextlib.suppress(OSError), plain:
            plain.settimeout(LONGEST_SECONDS)
            with self.context.wrap_socket(plain, server_side=True) as line:
                while asked := line.recv(65_536):
                    self.play(line, asked)


@contextmanager
def hostile(trial, role: str, port: int, play: Play) -> Iterator[HostilePeer]:
    """Let a taken-over `role` listen on a port of this host."""
    tls = trial.home(role) / "tls"
    context = server_context(Credentials(tls / "certificate.pem", tls / "key.pem", tls / "authority.pem"))
    with create_server(("127.0.0.1", port), backlog=64) as server:
        peer = HostilePeer(server, context, play)
        thread = threading.Thread(target=peer.run)
        thread.start()
        try:
            yield peer
        finally:
            peer.over.set()
            thread.join()


def answer(body: bytes, status: bytes = b"200 OK", length: int | None = None, *headers: bytes) -> bytes:
    """Give back an answer as bytes; `length` is what it claims."""
    size = len(body) if length is None else length
    lines = [b"HTTP/1.1 " + status, b"Content-Length: %d" % size, *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def until_it_hangs_up(line: ssl.SSLSocket, raw: bytes, pause_seconds: float = 0.0) -> None:
    """Send the same again and again, as long as the caller takes it; at most LONGEST_SECONDS."""
    limit = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < limit:
        line.sendall(raw)
        time.sleep(pause_seconds)
    raise AssertionError("the caller never hung up")
