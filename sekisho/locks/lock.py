"""What a locked process cannot do, as a value for each role (spec/locks.md 2).

The tables of the page are this file; tests hold both together.
"""

from dataclasses import dataclass
from enum import Enum

ALL_BITS = 2**64 - 1
INT_BITS = 2**32 - 1  # the kernel reads an int from the lower half of its register

AF_INET, SOCK_STREAM, IPPROTO_TCP = 2, 1, 6
SOCK_FLAGS = 0o2000000 | 0o4000  # SOCK_CLOEXEC, SOCK_NONBLOCK
MSG_FASTOPEN = 0x2000_0000
CLONE_THREAD = 0x0001_0000
MAKES_OR_WRITES = 0o3 | 0o100 | 0o1000 | 0o20000000  # O_WRONLY and O_RDWR, O_CREAT, O_TRUNC, O_TMPFILE
CLONE_NAMESPACES = 0x7E02_0080  # NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET and NEWTIME


class Role(Enum):
    """Which of three things a process is for."""

    HEARING = "hearing"
    CALLING = "calling"
    PARSING = "parsing"


class Layer(Enum):
    """One of the kernel's ways to hold a process; each holds some attempts alone, all of them together hold all."""

    NAMESPACE = "namespace"
    USER = "user"
    CAPABILITIES = "capabilities"
    FILES = "files"
    PORTS = "ports"
    CALLS = "calls"


@dataclass(frozen=True)
class OnlyIf:
    """A call that is let through only if `argument & mask` is one of `allowed`; `argument` counts from 0."""

    call: str
    argument: int
    mask: int
    allowed: tuple[int, ...]


@dataclass(frozen=True)
class Lock:
    """What one role is held from: `refused` calls answer EPERM, `absent` ones ENOSYS, `only` are judged by argument."""

    role: Role
    refused: frozenset[str]
    absent: frozenset[str]
    only: tuple[OnlyIf, ...]
    layers: frozenset[Layer]


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


RINGS = _names("io_uring_setup io_uring_enter io_uring_register")
"""They do what other calls do, and no filter sees it."""
PROGRAMS = _names("execve execveat fork vfork")
PROCESSES = _names("ptrace process_vm_readv process_vm_writev process_madvise pidfd_getfd kcmp")
SURROUNDINGS = _names(
    "setns unshare mount umount2 pivot_root chroot open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr"
)
KEYRINGS = _names("add_key request_key keyctl")
KERNEL = _names(
    "bpf perf_event_open userfaultfd kexec_load kexec_file_load init_module finit_module delete_module reboot swapon"
    " swapoff sethostname setdomainname syslog acct quotactl quotactl_fd settimeofday clock_settime clock_adjtime"
    " adjtimex iopl ioperm modify_ldt personality open_by_handle_at name_to_handle_at fanotify_init"
)
EVERYWHERE = RINGS | PROGRAMS | PROCESSES | SURROUNDINGS | KEYRINGS | KERNEL
"""What no role may do."""

BEGIN_LINES = _names("socket socketpair connect bind listen sendmmsg")
BE_CALLED = _names("socketpair bind listen accept accept4 sendmmsg")
NETWORK = BEGIN_LINES | _names("accept accept4 sendto sendmsg recvfrom recvmsg recvmmsg")
NEW_FILES = _names(
    "openat2 creat memfd_create memfd_secret mkdir mkdirat mknod mknodat link linkat symlink symlinkat"
    " rename renameat renameat2 unlink unlinkat rmdir truncate chmod fchmodat chown lchown fchownat"
)

_THREADS_ONLY = (
    OnlyIf("clone", 0, CLONE_THREAD, (CLONE_THREAD,)),
    OnlyIf("clone", 0, CLONE_NAMESPACES, (0,)),
    OnlyIf("prlimit64", 0, INT_BITS, (0,)),  # its own limits, nobody else's
)
_NO_FASTOPEN = (
    OnlyIf("sendto", 3, MSG_FASTOPEN, (0,)),
    OnlyIf("sendto", 4, ALL_BITS, (0,)),  # no address: what is sent goes where the socket is connected to
    OnlyIf("sendmsg", 2, MSG_FASTOPEN, (0,)),
)
_TCP_SOCKETS = (
    OnlyIf("socket", 0, INT_BITS, (AF_INET,)),
    OnlyIf("socket", 1, INT_BITS & ~SOCK_FLAGS, (SOCK_STREAM,)),
    OnlyIf("socket", 2, INT_BITS, (0, IPPROTO_TCP)),
)
_READ_ONLY = (
    OnlyIf("open", 1, MAKES_OR_WRITES, (0,)),
    OnlyIf("openat", 2, MAKES_OR_WRITES, (0,)),
)
_ABSENT = frozenset({"clone3"})  # its flags stand behind a pointer; the C library falls back on clone

HEARING = Lock(
    Role.HEARING,
    EVERYWHERE | BEGIN_LINES,
    _ABSENT,
    _THREADS_ONLY + _NO_FASTOPEN,
    frozenset({Layer.NAMESPACE, Layer.CAPABILITIES, Layer.FILES, Layer.PORTS, Layer.CALLS}),
)
"""Receiving, and delivery's intake: answers on sockets that listened before the lock, and begins nothing."""

CALLING = Lock(
    Role.CALLING,
    EVERYWHERE | BE_CALLED,
    _ABSENT,
    _THREADS_ONLY + _NO_FASTOPEN + _TCP_SOCKETS,
    frozenset({Layer.CAPABILITIES, Layer.FILES, Layer.PORTS, Layer.CALLS}),
)
"""The deliverer: calls the ports of recipients over TCP, and cannot be called."""

PARSING = Lock(
    Role.PARSING,
    EVERYWHERE | NETWORK | NEW_FILES,
    _ABSENT,
    _THREADS_ONLY + _READ_ONLY,
    frozenset({Layer.NAMESPACE, Layer.CAPABILITIES, Layer.FILES, Layer.PORTS, Layer.CALLS}),
)
"""The reader of files that came from outside: writes to the descriptors that it was given, and to nothing else.

It may open to read, since libraries load parts of themselves when they are first used; what, the layer of files decides.
"""

LOCKS = {one.role: one for one in (HEARING, CALLING, PARSING)}
