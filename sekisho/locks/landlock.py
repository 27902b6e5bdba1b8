"""Landlock: which files may be read and written below which folders, and which TCP ports be used (landlock(7))."""

import os
import struct
from dataclasses import dataclass
from pathlib import Path

from sekisho.locks.kernel import LANDLOCK_ADD, LANDLOCK_CREATE, LANDLOCK_RESTRICT, call

ABI_FILES, ABI_TRUNCATE, ABI_PORTS, ABI_DEVICES, ABI_SCOPES = 2, 3, 4, 5, 6
"""The first of each: with less than `ABI_FILES` nothing could be moved from one folder to another."""

WRITE_FILE, READ_FILE, READ_DIR = 1 << 1, 1 << 2, 1 << 3
REMOVE_DIR, REMOVE_FILE, MAKE_DIR, MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
REFER, TRUNCATE, DEVICES = 1 << 13, 1 << 14, 1 << 15
_FIRST_13 = (1 << 13) - 1
READ = READ_FILE | READ_DIR
WRITE = READ | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | REFER | TRUNCATE
OF_A_FILE = WRITE_FILE | READ_FILE | TRUNCATE
BIND_TCP, CONNECT_TCP = 1, 2
SCOPE_UNIX, SCOPE_SIGNAL = 1, 2
_VERSION, _BENEATH, _PORT = 1, 1, 2


def landlock_version() -> int:
    """Give back the kernel's ABI of Landlock, 0 where it has none."""
    try:
        return call(LANDLOCK_CREATE, None, 0, _VERSION)
    except OSError:
        return 0


@dataclass(frozen=True)
class Reach:
    """What may still be opened: what lies below `readable` and `writable`; None leaves files as they are.

    And to which TCP ports a line may still be begun; None leaves ports as they are. Nothing of one kind lets none through.
    """

    files: tuple[tuple[Path, ...], tuple[Path, ...]] | None
    ports: tuple[int, ...] | None


def confine(reach: Reach) -> None:
    """Let this thread, and those that it starts, reach what `reach` names and nothing else; what is open stays open.

    Devices and links may not be made and programs not be run anywhere; no port may be bound. Where the kernel knows scopes, no
    process outside can be signalled. One rule set for both: a second one would forbid to move files between folders.
    """
    version = landlock_version()
    handled = 0 if reach.files is None else _files_handled(version)
    scopes = SCOPE_UNIX | SCOPE_SIGNAL if handled and version >= ABI_SCOPES else 0
    ruleset = _ruleset(version, handled, 0 if reach.ports is None else BIND_TCP | CONNECT_TCP, scopes)
    try:
        readable, writable = reach.files or ((), ())
        for paths, rights in ((readable, READ), (writable, WRITE)):
            for path in paths:
                _allow_below(ruleset, path, rights & handled)
        for port in reach.ports or ():
            call(LANDLOCK_ADD, ruleset, _PORT, struct.pack("<QQ", CONNECT_TCP, port), 0)
        call(LANDLOCK_RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)


def _files_handled(version: int) -> int:
    more = (TRUNCATE if version >= ABI_TRUNCATE else 0) | (DEVICES if version >= ABI_DEVICES else 0)
    return _FIRST_13 | REFER | more


def _ruleset(version: int, files: int, ports: int, scopes: int) -> int:
    words = [files, *([ports] if version >= ABI_PORTS else []), *([scopes] if version >= ABI_SCOPES else [])]
    attributes = struct.pack(f"<{len(words)}Q", *words)
    return call(LANDLOCK_CREATE, attributes, len(attributes), 0)


def _allow_below(ruleset: int, path: Path, rights: int) -> None:
    try:
        held = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:  # what is not there can be left out: nobody gets more by it
        return
    try:
        fitting = rights if path.is_dir() else rights & OF_A_FILE
        call(LANDLOCK_ADD, ruleset, _BENEATH, struct.pack("<Qi", fitting, held), 0)
    finally:
        os.close(held)
