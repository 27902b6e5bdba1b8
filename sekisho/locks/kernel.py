"""The kernel's calls that Python has no name for, through the C library; a failure is an `OSError`."""

import ctypes
import errno
import os

from sekisho.locks.calls import this_machine

PR_SET_DUMPABLE, PR_CAPBSET_READ, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 4, 23, 24, 38
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
CLONE_NEWUSER, CLONE_NEWNET = 0x1000_0000, 0x4000_0000
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446  # the same on every machine
SECCOMP = {"x86_64": 317, "aarch64": 277}
SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC = 1, 1
CAPSET = {"x86_64": 126, "aarch64": 91}
CAPABILITY_VERSION_3 = 0x2008_0522

_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.syscall.restype = ctypes.c_long


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_char_p)]


def call(number: int, *arguments: int | bytes | ctypes.Array[ctypes.c_char] | None) -> int:
    """Give back what the system call gives back; whole numbers go out as 64 bits."""
    given = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    done: int = _LIBC.syscall(ctypes.c_long(number), *given)
    return _checked(done)


def call_by_name(name: str, *arguments: int | bytes | ctypes.Array[ctypes.c_char] | None) -> int:
    """Give back what the call of that name gives back; ENOSYS where this machine has none."""
    machine = this_machine()
    if machine is None or name not in machine.numbers:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    return call(machine.numbers[name], *arguments)


def prctl(option: int, *arguments: int) -> int:
    whole = [ctypes.c_ulong(one) for one in (*arguments, 0, 0, 0, 0)[:4]]
    done: int = _LIBC.prctl(ctypes.c_int(option), *whole)
    return _checked(done)


def unshare(flags: int) -> None:
    _checked(_LIBC.unshare(ctypes.c_int(flags)))  # os.unshare is there from Python 3.12 on


def install_filter(machine: str, program: bytes) -> None:
    """Lay a filter on every thread of this process, for ever; `steps` of 8 bytes each."""
    held = _Program(len(program) // 8, program)
    flags = SECCOMP_FILTER_FLAG_TSYNC
    done: int = _LIBC.syscall(
        ctypes.c_long(SECCOMP[machine]),
        ctypes.c_long(SECCOMP_SET_MODE_FILTER),
        ctypes.c_long(flags),
        ctypes.byref(held),
    )
    if _checked(done):
        raise OSError(done, "a thread could not be locked")  # done is that thread's id


def give_up_capabilities(machine: str) -> None:
    """Leave this thread no capability: effective, permitted and inheritable."""
    header = CAPABILITY_VERSION_3.to_bytes(4, "little") + bytes(4)
    call(CAPSET[machine], ctypes.create_string_buffer(header, 8), ctypes.create_string_buffer(24))


def _checked(done: int) -> int:
    if done == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return done
