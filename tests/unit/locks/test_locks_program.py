"""The filter says of every call what the lock says, and is read here by an interpreter of its own."""

import errno
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.locks.calls import LAST_KNOWN, MACHINES
from sekisho.locks.lock import CLONE_THREAD, LOCKS, MAKES_OR_WRITES, MSG_FASTOPEN, Role
from sekisho.locks.program import ALLOW, KILL, REFUSE, write_program, written

EPERM, ENOSYS = REFUSE | errno.EPERM, REFUSE | errno.ENOSYS
PROGRAMS = {
    (role, name): written(write_program(LOCKS[role], machine)) for role in Role for name, machine in MACHINES.items()
}


def run(program, number, machine, arguments):
    """Give back what the kernel would: each step as the page of BPF has it."""
    seen = struct.pack("<IIQ6Q", number, machine, 0, *arguments)
    steps, at, held = list(struct.iter_unpack("<HBBI", program)), 0, 0
    while True:
        code, then, other, value = steps[at]
        at += 1
        match code:
            case 0x20:
                held = struct.unpack_from("<I", seen, value)[0]
            case 0x54:
                held &= value
            case 0x05:
                at += value
            case 0x15:
                at += then if held == value else other
            case 0x35:
                at += then if held >= value else other
            case 0x06:
                return value


def judged(lock, machine, number, arguments):
    """Give back what the lock says of a call, read off its tables."""
    if machine.has_x32 and number >= 0x4000_0000:
        return EPERM
    if number > LAST_KNOWN:
        return ENOSYS
    name = next((one for one, known in machine.numbers.items() if known == number), "")
    if name in lock.refused:
        return EPERM
    if name in lock.absent:
        return ENOSYS
    rules = [one for one in lock.only if one.call == name]
    return ALLOW if all(arguments[one.argument] & one.mask in one.allowed for one in rules) else EPERM


VALUES = st.one_of(
    st.integers(0, 2**64 - 1),
    st.sampled_from([0, 1, 2, 6, 10, 262, CLONE_THREAD, MSG_FASTOPEN, MAKES_OR_WRITES, 0o2000001, 2**32, 2**32 + 2]),
)


@pytest.mark.requirement("B02", "B04")
@given(
    st.sampled_from(Role), st.sampled_from(sorted(MACHINES)), st.integers(0, 480) | st.integers(0, 2**32 - 1),
    st.lists(VALUES, min_size=6, max_size=6),
)  # fmt: skip
def test_the_program_answers_as_the_tables_say(role, name, number, arguments):
    machine = MACHINES[name]
    found = run(PROGRAMS[role, name], number, machine.audit_arch, arguments)
    assert found == judged(LOCKS[role], machine, number, arguments)


@pytest.mark.parametrize("name", sorted(MACHINES))
@pytest.mark.parametrize("role", Role)
def test_a_call_of_another_machine_ends_the_process(role, name):
    assert run(PROGRAMS[role, name], 1, 0x4000_0003, [0] * 6) == KILL


@pytest.mark.parametrize("role", Role)
def test_every_call_that_a_lock_names_has_a_number(role):
    lock = LOCKS[role]
    names = lock.refused | lock.absent | {one.call for one in lock.only}
    assert names <= set(MACHINES["x86_64"].numbers)
    assert not lock.refused & {one.call for one in lock.only}


def test_a_program_is_short_enough_for_the_kernel():
    assert max(len(one) // 8 for one in PROGRAMS.values()) <= 4096
