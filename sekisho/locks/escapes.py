"""Ways out of a lock, each really tried; `held_by` says which layers stop it, each of them alone (spec/locks.md 4).

An attempt that is stopped raises `OSError` with one of `STOPPED`; any other end means that the kernel let it through.
None does harm where it succeeds: lines go to this host alone, programs end at once, files are only looked at.
"""

import ctypes
import encodings.idna  # noqa: F401 - names of hosts are spelled by it, and after the lock it might not be readable
import errno
import os
import socket
import struct
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sekisho.locks.kernel import CLONE_NEWUSER, call_by_name, unshare
from sekisho.locks.lock import AF_INET, MSG_FASTOPEN, Layer, Role

STOPPED = frozenset(
    {
        errno.EPERM, errno.EACCES, errno.ENOSYS,  # a lock
        errno.ENETUNREACH, errno.ENETDOWN, errno.ENODEV,  # a namespace without a network
        errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT, errno.ESOCKTNOSUPPORT,  # a kernel that has no such thing
    }
)  # fmt: skip
LOCALHOST, ANYWHERE = "127.0.0.1", "0.0.0.0"  # noqa: S104 - what an attacker would bind
TCP_FASTOPEN_CONNECT, IPPROTO_MPTCP, MS_MOVE, PTRACE_PEEKDATA = 30, 262, 8192, 2
NAMESPACE, USER, CAPABILITIES = Layer.NAMESPACE, Layer.USER, Layer.CAPABILITIES
FILES, PORTS, CALLS = Layer.FILES, Layer.PORTS, Layer.CALLS


@dataclass(frozen=True)
class Target:
    """What attempts aim at: a port of this host that the role may not call, and a file that it may not read."""

    port: int
    file: Path = Path("/etc/passwd")

    @property
    def address(self) -> tuple[str, int]:
        return (LOCALHOST, self.port)


@dataclass(frozen=True)
class Attempt:
    """One way out: who must not have it, and which layers alone stop it."""

    name: str
    run: Callable[[Target], None]
    roles: frozenset[Role]
    held_by: frozenset[Layer]


def tcp_connect(target: Target) -> None:
    with socket.create_connection(target.address, 2):
        pass


def tcp_in_thread(target: Target) -> None:
    """Connect from a thread that is started now: a lock must hold those too."""
    found: list[OSError] = []

    def connect() -> None:
        try:
            tcp_connect(target)
        except OSError as error:
            found.append(error)

    thread = threading.Thread(target=connect)
    thread.start()
    thread.join()
    if found:
        raise found[0]


def raw_call(target: Target) -> None:
    """Connect by the numbers of the calls alone, past everything that Python or the C library could hold back."""
    held = call_by_name("socket", AF_INET, socket.SOCK_STREAM, 0)
    try:
        address = struct.pack("<H", AF_INET) + struct.pack(">H", target.port) + socket.inet_aton(LOCALHOST) + bytes(8)
        call_by_name("connect", held, ctypes.create_string_buffer(address, 16), 16)
    finally:
        os.close(held)


def fastopen_sendto(target: Target) -> None:
    with socket.socket() as held:
        held.sendto(b"x", MSG_FASTOPEN, target.address)


def fastopen_sendmsg(target: Target) -> None:
    with socket.socket() as held:
        held.sendmsg([b"x"], [], MSG_FASTOPEN, target.address)


def fastopen_option(target: Target) -> None:
    with socket.socket() as held:
        held.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1)
        held.connect(target.address)
        held.send(b"x")


def mptcp_connect(target: Target) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, IPPROTO_MPTCP) as held:
        held.connect(target.address)


def udp_sendto(target: Target) -> None:
    with _datagrams() as held:
        held.sendto(b"x", target.address)


def udp_sendmsg(target: Target) -> None:
    with _datagrams() as held:
        held.sendmsg([b"x"], [], 0, target.address)


def udp_connect(target: Target) -> None:
    with _datagrams() as held:
        held.connect(target.address)
        held.send(b"x")


def udp_bind(_target: Target) -> None:
    with _datagrams() as held:
        held.bind((ANYWHERE, 0))


def raw_icmp(_target: Target) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as held:
        held.sendto(b"\x08\x00\xf7\xff\x00\x00\x00\x00", (LOCALHOST, 0))


def packet(_target: Target) -> None:
    """Put a frame on the loopback by hand: no rule of a firewall for IP sees it."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as held:
        held.bind(("lo", 0))
        held.send(bytes(12) + b"\x88\xb5" + bytes(46))  # an EtherType for experiments


def vsock(_target: Target) -> None:
    socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM).close()


def netlink(_target: Target) -> None:
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close()


def unix(_target: Target) -> None:
    socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).close()


def rings(_target: Target) -> None:
    os.close(call_by_name("io_uring_setup", 1, ctypes.create_string_buffer(120)))


def bind(_target: Target) -> None:
    with socket.socket() as held:
        held.bind((ANYWHERE, 0))


def bind_and_listen(_target: Target) -> None:
    with socket.socket() as held:
        held.bind((ANYWHERE, 0))
        held.listen(1)


def listen_unbound(_target: Target) -> None:
    """Listen without an address: the kernel takes a free port, and asks no right to bind."""
    with socket.socket() as held:
        held.listen(1)


def bind_v6(_target: Target) -> None:
    with socket.socket(socket.AF_INET6) as held:
        held.bind(("::", 0))


def mptcp_listen(_target: Target) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, IPPROTO_MPTCP) as held:
        held.bind((ANYWHERE, 0))
        held.listen(1)


def accept(_target: Target) -> None:
    with socket.socket() as held:
        held.setblocking(False)
        held.accept()


def fork(_target: Target) -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def child(_target: Target) -> None:
    started = os.posix_spawn(sys.executable, [sys.executable, "-I", "-S", "-c", ""], {})
    os.waitpid(started, 0)


def execute(_target: Target) -> None:
    """Run a program without a name: a kernel that looks for it at all would have run another."""
    os.execv("", ["x"])  # noqa: S606, S607 - an attempt


def other_network(_target: Target) -> None:
    """Go back to the network of whoever started this process, or of the first process of all."""
    try:
        held = os.open(f"/proc/{os.getppid() or 1}/ns/net", os.O_RDONLY)
    except FileNotFoundError as error:  # a unit may hide the processes of others
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES)) from error
    try:
        call_by_name("setns", held, 0)
    finally:
        os.close(held)


def trace(_target: Target) -> None:
    call_by_name("ptrace", PTRACE_PEEKDATA, os.getppid(), 0, 0)


def mount(_target: Target) -> None:
    """Move a mount from nowhere: whoever may mount is told that this is nothing to move."""
    call_by_name("mount", None, b"/\0", None, MS_MOVE, None)


def user_namespace(_target: Target) -> None:
    unshare(CLONE_NEWUSER)


def read_outside(target: Target) -> None:
    os.close(os.open(target.file, os.O_RDONLY))


def list_outside(_target: Target) -> None:
    list(Path("/").iterdir())


def write_outside(_target: Target) -> None:
    """Make a file that has no name and goes when it is closed."""
    os.close(os.open("/dev/shm", os.O_TMPFILE | os.O_WRONLY, 0o600))  # noqa: S108 - an attempt


def _datagrams() -> socket.socket:
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


def _every(*roles: Role) -> frozenset[Role]:
    return frozenset(roles or Role)


H, C, P = Role.HEARING, Role.CALLING, Role.PARSING
ATTEMPTS = (
    Attempt("tcp-connect", tcp_connect, _every(H, P), frozenset({NAMESPACE, PORTS, CALLS})),
    Attempt("tcp-connect", tcp_connect, _every(C), frozenset({NAMESPACE, PORTS})),
    Attempt("tcp-connect-in-thread", tcp_in_thread, _every(H, P), frozenset({NAMESPACE, PORTS, CALLS})),
    Attempt("tcp-connect-in-thread", tcp_in_thread, _every(C), frozenset({NAMESPACE, PORTS})),
    Attempt("tcp-connect-by-number", raw_call, _every(H, P), frozenset({NAMESPACE, PORTS, CALLS})),
    Attempt("tcp-connect-by-number", raw_call, _every(C), frozenset({NAMESPACE, PORTS})),
    Attempt("tcp-fastopen-sendto", fastopen_sendto, _every(), frozenset({NAMESPACE, CALLS})),
    Attempt("tcp-fastopen-sendmsg", fastopen_sendmsg, _every(), frozenset({NAMESPACE, CALLS})),
    Attempt("tcp-fastopen-option", fastopen_option, _every(H, P), frozenset({NAMESPACE, PORTS, CALLS})),
    Attempt("tcp-fastopen-option", fastopen_option, _every(C), frozenset({NAMESPACE, PORTS})),
    Attempt("mptcp-connect", mptcp_connect, _every(), frozenset({NAMESPACE, CALLS})),
    Attempt("udp-sendto", udp_sendto, _every(), frozenset({NAMESPACE, CALLS})),
    Attempt("udp-sendmsg", udp_sendmsg, _every(), frozenset({NAMESPACE, CALLS})),
    Attempt("udp-connect", udp_connect, _every(), frozenset({NAMESPACE, CALLS})),
    Attempt("udp-bind", udp_bind, _every(), frozenset({CALLS})),
    Attempt("raw-icmp", raw_icmp, _every(), frozenset({NAMESPACE, USER, CAPABILITIES, CALLS})),
    Attempt("packet", packet, _every(), frozenset({NAMESPACE, USER, CAPABILITIES, CALLS})),
    Attempt("vsock", vsock, _every(), frozenset({CALLS})),
    Attempt("netlink", netlink, _every(), frozenset({CALLS})),
    Attempt("unix", unix, _every(), frozenset({CALLS})),
    Attempt("io-uring", rings, _every(), frozenset({CALLS})),
    Attempt("bind", bind, _every(), frozenset({PORTS, CALLS})),
    Attempt("bind-and-listen", bind_and_listen, _every(), frozenset({PORTS, CALLS})),
    Attempt("bind-v6", bind_v6, _every(), frozenset({PORTS, CALLS})),
    Attempt("listen-unbound", listen_unbound, _every(), frozenset({CALLS})),
    Attempt("mptcp-listen", mptcp_listen, _every(), frozenset({CALLS})),
    Attempt("accept", accept, _every(C, P), frozenset({CALLS})),
    Attempt("fork", fork, _every(), frozenset({CALLS})),
    Attempt("child", child, _every(), frozenset({FILES, CALLS})),
    Attempt("execute", execute, _every(), frozenset({CALLS})),
    Attempt("other-network", other_network, _every(), frozenset({USER, CAPABILITIES, FILES, PORTS, CALLS})),
    Attempt("trace", trace, _every(), frozenset({CALLS})),
    Attempt("mount", mount, _every(), frozenset({USER, CAPABILITIES, FILES, CALLS})),
    Attempt("read-outside", read_outside, _every(), frozenset({FILES})),
    Attempt("list-outside", list_outside, _every(), frozenset({FILES})),
    Attempt("write-outside", write_outside, _every(H, C), frozenset({FILES})),
    Attempt("write-outside", write_outside, _every(P), frozenset({FILES, CALLS})),
    Attempt("user-namespace", user_namespace, _every(), frozenset({CALLS})),
)
"""The last one changes the process where it succeeds, so it comes last."""
