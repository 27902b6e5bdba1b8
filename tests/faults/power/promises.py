"""What somebody was promised, kept where no system call and no cut can reach it: memory shared with the child."""

import mmap
import struct

SLOTS, SLOT_BYTES = 64, 8192


class Promises:
    """At most 64 answers of at most 8 KiB, by number; written by a child, read by its parent."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, SLOTS * SLOT_BYTES)

    def keep(self, number: int, answer: bytes) -> None:
        assert 0 < len(answer) <= SLOT_BYTES - 4
        start = number * SLOT_BYTES
        self._memory[start + 4 : start + 4 + len(answer)] = answer
        self._memory[start : start + 4] = struct.pack("I", len(answer))

    def kept(self) -> dict[int, bytes]:
        found = {}
        for number in range(SLOTS):
            start = number * SLOT_BYTES
            (size,) = struct.unpack("I", self._memory[start : start + 4])
            if size:
                found[number] = self._memory[start + 4 : start + 4 + size]
        return found

    def forget(self) -> None:
        self._memory[:] = bytes(len(self._memory))

    def take(self, number: int) -> bytes:
        """Give back one answer, b"" where there is none, and forget it."""
        found = self.kept().get(number, b"")
        self._memory[number * SLOT_BYTES : number * SLOT_BYTES + 4] = bytes(4)
        return found
