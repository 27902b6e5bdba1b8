"""What a process gives up of its own: user, capabilities, limits, and being looked into."""

import errno
import os
import pwd
import resource
from dataclasses import dataclass
from pathlib import Path

from sekisho.locks.calls import this_machine
from sekisho.locks.kernel import (
    CLONE_NEWNET,
    CLONE_NEWUSER,
    PR_CAP_AMBIENT,
    PR_CAP_AMBIENT_CLEAR_ALL,
    PR_CAPBSET_DROP,
    PR_CAPBSET_READ,
    PR_SET_DUMPABLE,
    PR_SET_NO_NEW_PRIVS,
    give_up_capabilities,
    prctl,
    unshare,
)

_TUNNELS = frozenset({"tunl0", "sit0", "gre0", "gretap0", "erspan0", "ip_vti0", "ip6_vti0", "ip6tnl0", "ip6gre0"})
"""Interfaces that some kernels put, down, into every new network namespace."""


@dataclass(frozen=True)
class Limits:
    """What a process may use at most; None leaves a limit as it is. Core files are never written."""

    memory_bytes: int | None = None
    cpu_seconds: int | None = None
    file_bytes: int | None = None
    open_files: int | None = None
    processes: int | None = None


def set_limits(limits: Limits) -> None:
    """Lower this process's limits; one that is lower already stays."""
    wanted = {
        resource.RLIMIT_AS: limits.memory_bytes,
        resource.RLIMIT_CPU: limits.cpu_seconds,
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_NPROC: limits.processes,
        resource.RLIMIT_CORE: 0,
    }
    for kind, value in wanted.items():
        if value is not None:
            most = resource.getrlimit(kind)[1]
            lowered = value if most == resource.RLIM_INFINITY else min(value, most)
            after = lowered + 1 if kind == resource.RLIMIT_CPU and lowered != most else lowered
            resource.setrlimit(kind, (lowered, after))  # a second of grace tells SIGXCPU from a kill


def leave_network() -> bool:
    """Move into an empty network namespace and say whether this process is in one now.

    Needs root, or a system that lets anybody make user namespaces; one that was started in an empty namespace stays.
    """
    try:
        unshare(CLONE_NEWNET)
    except PermissionError:
        return _leave_as_anybody() or _is_alone()
    return True


def _leave_as_anybody() -> bool:
    user, group = os.getuid(), os.getgid()
    try:
        unshare(CLONE_NEWUSER | CLONE_NEWNET)
    except OSError:
        return False
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        Path(f"/proc/self/{name}").write_text(text, encoding="ascii")
    return True


def _is_alone() -> bool:
    lines = Path("/proc/self/net/dev").read_text(encoding="ascii").splitlines()[2:]
    return {line.partition(":")[0].strip() for line in lines} - _TUNNELS <= {"lo"}


def account_of(user: str) -> tuple[int, int] | None:
    """Give back a user's number and group, or None where this machine has no such user."""
    try:
        account = pwd.getpwnam(user)
    except KeyError:
        return None
    return account.pw_uid, account.pw_gid


def become(account: tuple[int, int] | None) -> bool:
    """Change to a user and its group alone, and say whether this process is that user now."""
    if account is None:
        return False
    user, group = account
    if os.geteuid() == 0:
        _drop_bounding()  # while it still may
        os.setgroups([])
        os.setresgid(group, group, group)
        os.setresuid(user, user, user)
    return os.getresuid() == (user,) * 3


def drop_capabilities() -> bool:
    """Leave this process no capability, in any set, and say whether it could."""
    machine = this_machine()
    if machine is None:
        return False
    _drop_bounding()
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    give_up_capabilities(machine.name)
    return True


def _drop_bounding() -> None:
    capability = 0
    try:
        while prctl(PR_CAPBSET_READ, capability) >= 0:
            prctl(PR_CAPBSET_DROP, capability)
            capability += 1
    except OSError as error:  # EINVAL: there are no more. EPERM: another user's, and no_new_privs lets it gain none
        if error.errno not in {errno.EINVAL, errno.EPERM}:
            raise


def gain_nothing() -> None:
    """Let no program that is run give this process more than it has: what every other layer stands on."""
    prctl(PR_SET_NO_NEW_PRIVS, 1)


def hide_memory() -> None:
    """Let no other process of the same user read this one's memory or leave it in a core file."""
    prctl(PR_SET_DUMPABLE, 0)
