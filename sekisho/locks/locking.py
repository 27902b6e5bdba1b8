"""Locking this process: one layer after the other, in the order in which each still can be had (spec/locks.md 3)."""

import errno
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sekisho.locks.calls import this_machine
from sekisho.locks.descriptors import check_descriptors
from sekisho.locks.kernel import install_filter
from sekisho.locks.landlock import ABI_FILES, ABI_PORTS, Reach, confine, landlock_version
from sekisho.locks.lock import Layer, Lock, Role
from sekisho.locks.privileges import (
    Limits,
    account_of,
    become,
    drop_capabilities,
    gain_nothing,
    hide_memory,
    leave_network,
    set_limits,
)
from sekisho.locks.program import write_program, written

ALL_LAYERS = frozenset(Layer)
_SYSTEM = (
    "/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/share/zoneinfo", "/etc/localtime", "/etc/ld.so.cache", "/etc/hosts",
    "/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf", "/dev/null", "/dev/urandom",
)  # fmt: skip


@dataclass(frozen=True)
class Surroundings:
    """What a role needs of the machine: files to read and folders to write, ports to call, its limits, its user."""

    readable: tuple[Path, ...] = ()
    writable: tuple[Path, ...] = ()
    ports: tuple[int, ...] = ()
    limits: Limits = field(default_factory=Limits)
    user: str | None = None


def lock_process(lock: Lock, around: Surroundings, layers: frozenset[Layer] = ALL_LAYERS) -> frozenset[Layer]:
    """Give back the layers that hold this process from now on, of those that `layers` names; nothing takes one off again.

    Refuses with LOCK_SOCKET what already holds a socket that could reach somebody. To be called before threads are
    started: two layers hold a thread and its children only.
    """
    check_descriptors(listening=lock.role is Role.HEARING)
    wanted = layers & needed_layers(lock, around)
    account = account_of(around.user) if around.user else None  # afterwards it could not be looked up
    steps: tuple[Callable[[frozenset[Layer]], frozenset[Layer]], ...] = (
        partial(_only, Layer.NAMESPACE, leave_network),
        partial(_confine, around),
        partial(_only, Layer.USER, partial(become, account)),
        partial(_only, Layer.CAPABILITIES, drop_capabilities),
        partial(_only, Layer.CALLS, partial(_filter_calls, lock)),
    )
    set_limits(around.limits)
    gain_nothing()
    return frozenset(layer for step in steps for layer in step(wanted))


def needed_layers(lock: Lock, around: Surroundings) -> frozenset[Layer]:
    """Give back the layers that hold a role where nothing is missing: a user of its own only where one is named."""
    return lock.layers | ({Layer.USER} if around.user else frozenset())


def _only(layer: Layer, step: Callable[[], bool], wanted: frozenset[Layer]) -> frozenset[Layer]:
    """Take the step of a layer that is wanted, and give the layer back if it holds now.

    What somebody else's filter or mode forbids is not to be had.
    """
    try:
        return frozenset({layer}) if layer in wanted and step() else frozenset()
    except PermissionError:
        return frozenset()


def files_of_python() -> tuple[Path, ...]:
    """Give back where the interpreter, its packages and the system's libraries lie: what an import may still read."""
    own = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    package = Path(__file__).parents[1]
    return (package, *(Path(one) for one in (*sorted(own), *_SYSTEM)))


def _confine(around: Surroundings, wanted: frozenset[Layer]) -> frozenset[Layer]:
    """Confine files and ports, as far as this kernel can."""
    version = landlock_version()
    firsts = {Layer.FILES: ABI_FILES, Layer.PORTS: ABI_PORTS}
    had = frozenset(layer for layer, first in firsts.items() if layer in wanted and version >= first)
    files = (around.readable, around.writable) if Layer.FILES in had else None
    reach = Reach(files, around.ports if Layer.PORTS in had else None)
    try:
        if had:
            confine(reach)
    except PermissionError:
        return frozenset()
    return had


def _filter_calls(lock: Lock) -> bool:
    """Install the filter, last of all, since it refuses what the other layers need."""
    machine = this_machine()
    if machine is None:
        return False
    program = written(write_program(lock, machine))
    hide_memory()
    try:
        install_filter(machine.name, program)
    except OSError as error:
        if error.errno in {errno.EINVAL, errno.ENOSYS}:  # a kernel without filters
            return False
        raise
    return True
