"""How long a caller waits: for the next byte, and for all of them (spec/line.md 5).

A called party that was taken over may answer a byte now and then for ever; the usual timeout begins anew with each.
"""

import math
import ssl
import time
from typing import Any

SLOWEST_BYTES = 20_000  # a second; what is slower in the long run is a line that is cut


class PatientSocket(ssl.SSLSocket):
    """A TLS socket that gives up (`TimeoutError`) when nothing moves for a while, or when it has gone on for too long."""

    _rest_seconds: float | None = None
    _until = math.inf

    def wait(self, seconds: float, expected_bytes: int) -> None:
        """Wait from now on at most so long for the next byte, and for all that is expected as long as its number allows."""
        self._rest_seconds = seconds
        self._until = time.monotonic() + seconds + expected_bytes / SLOWEST_BYTES

    def expect(self, more_bytes: int) -> None:
        """Put the end off by what so many more bytes may need."""
        self._until += more_bytes / SLOWEST_BYTES

    def recv_into(self, *arguments: Any, **named: Any) -> int:
        self._set_timeout()
        return super().recv_into(*arguments, **named)

    def send(self, *arguments: Any, **named: Any) -> int:
        self._set_timeout()
        return super().send(*arguments, **named)

    def _set_timeout(self) -> None:
        if self._rest_seconds is None:
            return
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("it goes on for too long")
        self.settimeout(min(self._rest_seconds, left))
