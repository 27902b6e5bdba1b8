"""The self-test of a locked process: it tries every way out and goes on only where none is open (spec/locks.md 4)."""

import errno
from collections.abc import Iterator

from sekisho.errors import BadSettings, Reason, Tampered
from sekisho.locks.calls import this_machine
from sekisho.locks.escapes import ATTEMPTS, STOPPED, Attempt, Target
from sekisho.locks.kernel import call_by_name
from sekisho.locks.lock import Layer, Lock
from sekisho.locks.locking import Surroundings, lock_process, needed_layers

NOT_TRIED = frozenset({"fork", "vfork"})
"""They have no argument that could be wrong, so they would be done; `fork` and `child` in escapes.py try them."""
_WRONG = (-1,) * 6


DISCARD_PORT = 9  # nobody listens there: RFC 863


def lock_and_check(lock: Lock, around: Surroundings, without: frozenset[Layer], *, trial: bool) -> frozenset[Layer]:
    """Give back the layers that are missing here, once this process is locked by all others and every way out is shut.

    LOCK_MISSING where no trial lacks a layer that the settings do not do without; LOCK_OPEN where an attempt succeeds.
    """
    layers = lock_process(lock, around)
    needed = needed_layers(lock, around)
    check_layers(needed, layers, without, trial=trial)
    port = next(one for one in range(DISCARD_PORT, 2**16) if one not in around.ports)
    check_locked(lock, layers, Target(port))
    return needed - layers


def check_locked(lock: Lock, layers: frozenset[Layer], target: Target) -> None:
    """Refuse to go on with LOCK_OPEN, and which attempt, where one succeeds that a layer of `layers` should stop."""
    for attempt in ATTEMPTS:
        if lock.role in attempt.roles and attempt.held_by & layers and is_open(attempt, target):
            raise Tampered(Reason.LOCK_OPEN, attempt=attempt.name)
    if Layer.CALLS in layers:
        for name in open_calls(lock):
            raise Tampered(Reason.LOCK_OPEN, attempt=name)


def check_layers(needed: frozenset[Layer], layers: frozenset[Layer], without: frozenset[Layer], *, trial: bool) -> None:
    """Refuse to go on with LOCK_MISSING where a layer is not had that is neither done without nor missed in a trial."""
    for layer in sorted(needed - layers - without, key=lambda one: one.value):
        if not trial:
            raise BadSettings(Reason.LOCK_MISSING, layer=layer.value)


def open_calls(lock: Lock) -> Iterator[str]:
    """Yield the refused calls that the kernel looks into: with arguments that are all wrong it refuses them otherwise."""
    machine = this_machine()
    names = lock.refused & set(machine.numbers) if machine else frozenset()
    for name in sorted(names - NOT_TRIED):
        try:
            call_by_name(name, *_WRONG)
        except OSError as error:
            if error.errno == errno.EPERM:
                continue
        yield name


def is_open(attempt: Attempt, target: Target) -> bool:
    return why_stopped(attempt, target) is None


def why_stopped(attempt: Attempt, target: Target) -> str | None:
    """Give back the name of the error that stopped an attempt, or None where the kernel let it through."""
    try:
        attempt.run(target)
    except OSError as error:
        return errno.errorcode[error.errno or 0] if error.errno in STOPPED else None
    return None
