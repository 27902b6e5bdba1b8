"""The calling side of a line (spec/line.md). Receiving and delivery's intake cannot import this module."""

import http.client
import json
import socket
import ssl
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import BinaryIO, cast
from weakref import WeakSet

from sekisho.errors import BadParcel, Malformed, Reason, SekishoError, Tampered, Unavailable
from sekisho.lines.patience import PatientSocket
from sekisho.lines.refusals import read_refusal
from sekisho.lines.tls import Credentials, client_context, peer_name

PIECE_BYTES = 16 * 1024 * 1024  # spec/line.md 2.2
READ_BYTES = 1024 * 1024
LARGEST_ANSWER_BYTES = 1024 * 1024  # spec/line.md 4
ATTEMPTS = 6
PAUSE_SECONDS = 0.2
SLOWEST_DISK_BYTES = 50_000_000  # a second: the called party reads the whole back before it answers (spec/line.md 2.3)

_NOTHING_STAYS = struct.pack("ii", 1, 0)  # SO_LINGER: what was not sent yet is dropped, the other side sees a reset
_OPEN: WeakSet[ssl.SSLSocket] = WeakSet()

Progress = Callable[[int, int], None]
"""Called with bytes done and bytes in all."""


@dataclass
class Line:
    """A connection to one neighbour, opened when first needed and again after a cut."""

    host: str
    port: int
    name: str
    credentials: Credentials
    timeout_seconds: float = 60.0
    _open: http.client.HTTPSConnection | None = field(default=None, repr=False)

    def call(
        self, method: str, path: str, body: bytes = b"", *, more_seconds: float = 0.0, **headers: str
    ) -> tuple[int, bytes, dict[str, str]]:
        """Give back status, body and headers of one short call; refusals are raised as the neighbour's reason.

        `more_seconds` is how much longer than usual the neighbour may need for its answer.
        """
        answer, _ = self._ask(method, path, body, headers, more_seconds)
        raw = self._read_all(answer)
        if answer.status >= 400:
            raise read_refusal(raw)
        return answer.status, raw, {name.lower(): text for name, text in answer.getheaders()}

    def fetch(self, path: str, offset: int) -> Iterator[bytes]:
        """Yield the bytes of a long answer from `offset` on."""
        answer, patient = self._ask("GET", path, b"", {"Range": f"bytes={offset}-"})
        if answer.status >= 400:
            raise read_refusal(self._read_all(answer))
        if answer.status != (206 if offset else 200):
            raise Tampered(Reason.LINE_ANSWER, status=answer.status)
        try:
            while chunk := answer.read(READ_BYTES):
                patient.expect(len(chunk))
                yield chunk
        except (OSError, http.client.HTTPException) as error:
            raise self._lost() from error
        finally:
            self.close()

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    def _ask(
        self, method: str, path: str, body: bytes, headers: dict[str, str], more_seconds: float = 0.0
    ) -> tuple[http.client.HTTPResponse, PatientSocket]:
        """Give back the answer as far as its headers, and the socket that the rest of it comes by."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        try:
            connection = self._connection()
            patient = cast("PatientSocket", connection.sock)
            patient.wait(self.timeout_seconds + more_seconds, len(body) + LARGEST_ANSWER_BYTES)
            connection.request(method, path, body, named)
            return connection.getresponse(), patient
        except ssl.SSLError as error:
            raise self._not_verified(error) from error
        except (OSError, http.client.HTTPException) as error:
            raise self._lost() from error

    def _connection(self) -> http.client.HTTPSConnection:
        if self._open is None:
            made = _NamedServer(self)
            made.connect()
            try:
                peer_name(made.sock)
            except Tampered:
                made.close()
                raise
            self._open = made
        return self._open

    def _read_all(self, answer: http.client.HTTPResponse) -> bytes:
        """Give back a whole answer, which says beforehand how long it is."""
        expected = answer.length
        if expected is None or expected > LARGEST_ANSWER_BYTES:
            self.close()
            raise Tampered(Reason.LINE_ANSWER, largest_bytes=LARGEST_ANSWER_BYTES)
        try:
            raw = answer.read(expected)
        except (OSError, http.client.HTTPException) as error:
            raise self._lost() from error
        if len(raw) < expected:
            raise self._lost()
        return raw

    def _not_verified(self, error: ssl.SSLError) -> SekishoError:
        """Give back `line.tls` where one side did not accept the other; a cut shows as an SSL error too."""
        if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError | ssl.SSLSyscallError):
            return self._lost()
        self.close()
        return Tampered(Reason.LINE_TLS, host=self.host, port=self.port)

    def _lost(self) -> Unavailable:
        self.close()
        return Unavailable(Reason.LINE_UNREACHABLE, host=self.host, port=self.port)


class _NamedServer(http.client.HTTPSConnection):
    """Connects to an address and expects there the certificate of a name."""

    def __init__(self, line: Line) -> None:
        self._expected = line.name
        self._tls = client_context(line.credentials)
        self._tls.sslsocket_class = PatientSocket
        super().__init__(line.host, line.port, timeout=line.timeout_seconds, context=self._tls)

    def connect(self) -> None:
        http.client.HTTPConnection.connect(self)
        self.sock = self._tls.wrap_socket(self.sock, server_hostname=self._expected)
        _OPEN.add(self.sock)


def cut_lines() -> None:
    """Cut every line of this process, whichever thread has it: what was not sent is dropped when it is closed."""
    for one in list(_OPEN):
        with suppress(OSError):  # it is closed already
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NOTHING_STAYS)
            socket.socket.shutdown(one, socket.SHUT_RDWR)  # not TLS's own: the other thread may be in the middle of it


def upload(
    line: Line,
    opening: bytes,
    stream: BinaryIO,
    size_bytes: int,
    progress: Progress | None = None,
    *,
    attempts: int = ATTEMPTS,
) -> bytes:
    """Give back the final answer to an upload, resumed after every cut, at most `attempts` times in a row without headway.

    `stream` must be seekable; it is read from wherever the called party says.
    """
    idle, reached = 0, -1
    while True:
        try:
            status, raw, _ = line.call("POST", "/uploads", opening, Content_Type="application/octet-stream")
            if status == 200:
                return raw
            name, offset = _read_begun(raw, size_bytes)
            idle, reached = (0 if offset > reached else idle), max(offset, reached)
            _send_pieces(line, name, stream, offset, size_bytes, progress)
            return line.call("POST", f"/uploads/{name}/finish", more_seconds=size_bytes / SLOWEST_DISK_BYTES)[1]
        except SekishoError as error:
            if error.reason not in {Reason.LINE_UNREACHABLE, Reason.LINE_OFFSET}:
                raise
            idle += 1
            if idle >= attempts:
                raise
            time.sleep(PAUSE_SECONDS * 2**idle)


def _send_pieces(
    line: Line, name: str, stream: BinaryIO, offset: int, size_bytes: int, progress: Progress | None
) -> None:
    while offset < size_bytes:
        stream.seek(offset)
        piece = stream.read(min(PIECE_BYTES, size_bytes - offset))
        if not piece:
            raise BadParcel(Reason.PARCEL_TRUNCATED, offset=offset)
        _, _, headers = line.call("PATCH", f"/uploads/{name}", piece, Upload_Offset=str(offset))
        if headers.get("upload-offset") != str(offset + len(piece)):
            raise Tampered(Reason.LINE_ANSWER)
        offset += len(piece)
        if progress is not None:
            progress(offset, size_bytes)


def _read_begun(raw: bytes, size_bytes: int) -> tuple[str, int]:
    try:
        value = json.loads(raw)
        name, offset = value["upload"], value["offset"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Tampered(Reason.LINE_ANSWER) from error
    if not (isinstance(name, str) and len(name) == 64 and name.isalnum() and name.isascii()):
        raise Tampered(Reason.LINE_ANSWER)
    if not (isinstance(offset, int) and 0 <= offset <= size_bytes):
        raise Malformed(Reason.LINE_OFFSET)
    return name, offset
