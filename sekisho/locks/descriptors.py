"""Which descriptors a process may hold when it is locked: a socket made before is not stopped by what is refused after."""

import os
import socket
from pathlib import Path

from sekisho.errors import BadSettings, Reason


def check_descriptors(*, listening: bool) -> None:
    """Refuse to go on with LOCK_SOCKET where this process holds a socket that could reach somebody new.

    A socket may listen over TCP, where `listening`, or be one end of a connected pair (AF_UNIX stream): so are the event
    loop's own, and a unit's standard output.
    """
    many = sum(not _is_harmless(held, listening=listening) for held in _sockets())
    if many:
        raise BadSettings(Reason.LOCK_SOCKET, sockets=many)


def _sockets() -> list[int]:
    found = []
    for link in Path("/proc/self/fd").iterdir():
        try:
            if str(link.readlink()).startswith("socket:"):
                found.append(int(link.name))
        except FileNotFoundError:  # the descriptor of the listing itself
            continue
    return found


def _is_harmless(descriptor: int, *, listening: bool) -> bool:
    held = socket.socket(fileno=os.dup(descriptor))
    try:
        if held.type != socket.SOCK_STREAM:
            return False
        if held.family == socket.AF_UNIX:
            return _is_connected(held)
        of_tcp = held.family in {socket.AF_INET, socket.AF_INET6} and held.proto == socket.IPPROTO_TCP
        return listening and of_tcp and bool(held.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
    finally:
        held.close()


def _is_connected(held: socket.socket) -> bool:
    try:
        held.getpeername()
    except OSError:
        return False
    return True
