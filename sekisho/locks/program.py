"""A lock as a classic BPF program for seccomp (Linux: Documentation/userspace-api/seccomp_filter.rst; spec/locks.md 2.1).

The program reads `struct seccomp_data`: the number of the call, the machine, and six arguments of 64 bits. Every test
jumps within its own block, so no offset grows with the number of calls.
"""

import errno
import struct
from typing import NamedTuple

from sekisho.locks.calls import LAST_KNOWN, Machine
from sekisho.locks.lock import Lock, OnlyIf

LOAD, AND, JUMP, JUMP_IF_EQUAL, JUMP_IF_AT_LEAST, RETURN = 0x20, 0x54, 0x05, 0x15, 0x35, 0x06
ALLOW, REFUSE, KILL = 0x7FFF_0000, 0x0005_0000, 0x8000_0000
EPERM, ENOSYS = REFUSE | errno.EPERM, REFUSE | errno.ENOSYS
NUMBER_AT, MACHINE_AT, ARGUMENTS_AT = 0, 4, 16
X32_BIT = 0x4000_0000
_LOWER = 2**32 - 1


class Step(NamedTuple):
    """One `struct sock_filter`; `then` and `other` are how many steps to leap over."""

    code: int
    value: int
    then: int = 0
    other: int = 0


def write_program(lock: Lock, machine: Machine) -> list[Step]:
    """Give back the steps: a foreign machine is killed, refused calls EPERM, unknown and absent ones ENOSYS, others run.

    Calls that this machine does not have are left out.
    """
    numbers = machine.numbers
    steps = [
        Step(LOAD, MACHINE_AT),
        Step(JUMP_IF_EQUAL, machine.audit_arch, 1, 0),
        Step(RETURN, KILL),
        Step(LOAD, NUMBER_AT),
    ]
    if machine.has_x32:
        steps += [Step(JUMP_IF_AT_LEAST, X32_BIT, 0, 1), Step(RETURN, EPERM)]
    steps += [Step(JUMP_IF_AT_LEAST, LAST_KNOWN + 1, 0, 1), Step(RETURN, ENOSYS)]
    for calls, answer in ((lock.refused, EPERM), (lock.absent, ENOSYS)):
        for number in sorted(numbers[name] for name in calls if name in numbers):
            steps += [Step(JUMP_IF_EQUAL, number, 0, 1), Step(RETURN, answer)]
    for rule in lock.only:
        if rule.call in numbers:
            steps += _judge(rule, numbers[rule.call])
    return [*steps, Step(RETURN, ALLOW)]


def written(steps: list[Step]) -> bytes:
    """Give back the array of `struct sock_filter` that the kernel takes."""
    return b"".join(struct.pack("<HBBI", one.code, one.then, one.other, one.value) for one in steps)


def _judge(rule: OnlyIf, number: int) -> list[Step]:
    """Give back steps that refuse a call whose argument is not allowed, and else go on with its number loaded again."""
    block = [Step(RETURN, EPERM), Step(LOAD, NUMBER_AT)]
    for value in reversed(rule.allowed):
        block = [*_is(rule, value, len(block) - 1), *block]
    return [Step(JUMP_IF_EQUAL, number, 0, len(block)), *block]


def _is(rule: OnlyIf, value: int, leap: int) -> list[Step]:
    """Give back steps that leap over `leap` more where the argument is `value`, and else go on behind themselves."""
    steps = [Step(JUMP, leap)]
    for place, half in ((4, 32), (0, 0)):  # both machines have the lower half first
        mask = rule.mask >> half & _LOWER
        if mask:
            where = ARGUMENTS_AT + 8 * rule.argument + place
            test = Step(JUMP_IF_EQUAL, value >> half & _LOWER, 0, len(steps))
            steps = [Step(LOAD, where), Step(AND, mask), test, *steps]
    return steps
