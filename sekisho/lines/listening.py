"""Sockets that listen: opened here, or handed over by the unit that started this process (systemd's LISTEN_FDS)."""

import os
import socket
import struct
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sekisho.errors import BadSettings, Reason, Unavailable

FIRST_GIVEN = 3
_VARIABLES = ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES")
WAITING = 512  # calls that the kernel keeps until they are accepted
MOST_FROM_ONE, MOST = 64, 512  # connections at a time, from one address and in all


@dataclass(frozen=True)
class Address:
    """Where to listen, under the name of the door; port 0 takes any free one."""

    name: str
    host: str
    port: int


class Accepted(socket.socket):
    """A connection that is counted as long as it is open."""

    _counted: tuple[Counter[str], str] | None = None

    def count(self, held: Counter[str], host: str) -> None:
        held[host] += 1
        self._counted = (held, host)

    def close(self) -> None:
        if self._counted is not None:
            held, host = self._counted
            held[host] -= 1
            if not held[host]:
                del held[host]
            self._counted = None
        super().close()


class Listening(socket.socket):
    """A socket that listens already. The event loop asks it to listen once more, which a locked process may not.

    It holds so many connections from one address, and so many in all (spec/line.md 6); one more is closed before a byte
    of it is read, so that one caller cannot take the places of the others.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._held: Counter[str] = Counter()

    def listen(self, backlog: int = WAITING, /) -> None: ...

    def accept(self) -> tuple[socket.socket, Any]:
        while True:
            place, address = self._accept()  # type: ignore[attr-defined]  # what socket.accept is made of
            made, host = Accepted(fileno=place), str(address[0])
            if self._held[host] < MOST_FROM_ONE and self._held.total() < MOST:
                made.count(self._held, host)
                return made, address
            made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # nothing of it stays
            made.close()


def listen_on(addresses: Sequence[Address]) -> list[Listening]:
    """Give back a listening socket for each address, in their order.

    Where a unit handed sockets over, each must bear the name of a door and its address, and there must be no other:
    else PORT_NOT_GIVEN with the names that are missing or too many. Where none were, they are opened.
    """
    given = _given()
    if not given:
        return _opened(addresses)
    wanted = {one.name: one for one in addresses}
    wrong = [name for name, one in wanted.items() if name not in given or not _is_at(given[name], one)]
    wrong += [name for name in given if name not in wanted]
    if wrong:
        for one in given.values():
            one.close()
        raise BadSettings(Reason.PORT_NOT_GIVEN, doors=", ".join(sorted(wrong)))
    return [given[one.name] for one in addresses]


def _given() -> dict[str, Listening]:
    """Give back the sockets that were handed to this very process, by name, and forget that they were."""
    owner, many, names = (os.environ.pop(name, "") for name in _VARIABLES)
    if owner != str(os.getpid()) or not many.isdecimal():
        return {}
    held = [Listening(fileno=FIRST_GIVEN + place) for place in range(int(many))]
    for one in held:
        one.set_inheritable(False)
        one.setblocking(False)
    called = names.split(":") if names else []
    return dict(zip([*called, *map(str, range(len(called), len(held)))], held, strict=True))


def _is_at(held: Listening, address: Address) -> bool:
    if held.family not in {socket.AF_INET, socket.AF_INET6} or not held.getsockopt(
        socket.SOL_SOCKET, socket.SO_ACCEPTCONN
    ):
        return False
    host, port = held.getsockname()[:2]
    return (host, port) == (address.host, address.port or port)


def _opened(addresses: Sequence[Address]) -> list[Listening]:
    held: list[Listening] = []
    try:
        held.extend(map(_open, addresses))  # one by one: what was opened before one that fails is closed
    except Unavailable:
        for other in held:
            other.close()
        raise
    return held


def _open(address: Address) -> Listening:
    held = Listening(socket.AF_INET6 if ":" in address.host else socket.AF_INET, socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind((address.host, address.port))
    except OSError as error:
        held.close()
        raise Unavailable(Reason.PORT_TAKEN, host=address.host, port=address.port) from error
    socket.socket.listen(held, WAITING)
    held.setblocking(False)
    return held
