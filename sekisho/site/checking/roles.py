"""One machine, one role: marks in the roles' folders, and units (requirement B06; spec/site.md 7.3).

A mark keeps an administrator from a mistake: a role started beside another, or a folder copied to another machine. It is
no lock against root. On a trial site all roles stand on one machine, and nothing here is asked.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sekisho.digest import digest_of
from sekisho.errors import BadSettings, Reason, Unavailable
from sekisho.site.checking.drifts import Drift, DriftKind, drift
from sekisho.site.plan.hosts import Kind
from sekisho.storage.files import open_existing, read_file, write_durably

FORMAT = "sekisho-role-mark-v1"
MARK = "machine.json"
LARGEST_MARK_BYTES = 4096
STATE = Path("var/lib/sekisho")
UNITS = tuple(Path(one) for one in ("etc/systemd/system", "run/systemd/system", "usr/lib/systemd/system"))
UNIT_NAMES = {
    Kind.RECEIVING: "sekisho-receiving*",
    Kind.PROCESSING: "sekisho-processing*",
    Kind.DELIVERY: "sekisho-deliver*",
}
_PURPOSE = b"sekisho role mark v1\n"  # machine-id(5) is not to be shown as it is


@dataclass(frozen=True)
class Machine:
    """The machine below `root`: `/`, or a folder that stands for it."""

    root: Path = Path("/")

    @property
    def id(self) -> str:
        """The machine's own number, under another name that is the same each time."""
        file = self.root / "etc" / "machine-id"
        try:
            with open_existing(file) as stream:
                raw = stream.read(64).strip()
        except Unavailable as error:
            raise Unavailable(Reason.HOST_UNREADABLE, source=str(file)) from error
        if len(raw) != 32:
            raise Unavailable(Reason.HOST_UNREADABLE, source=str(file))
        return digest_of(_PURPOSE + raw).hex

    def text(self, path: str) -> str:
        """Give back a file of the machine, empty if it is not there."""
        try:
            return (self.root / path).read_text(errors="replace")
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise Unavailable(Reason.HOST_UNREADABLE, source=f"/{path}") from error


def claim_role(home: Path, role: Kind, machine: Machine) -> None:
    """Mark a role's folder as this machine's at its first start; later refuse one that is another role's or machine's.

    Refuses too where another role's folder lies beside it (ROLE_SECOND, ROLE_MOVED; both name the folder).
    """
    home = home.absolute()
    own = _read_mark(home)
    for folder, mark in _marks(home.parent):
        if folder != home and mark["machine"] == machine.id and mark["role"] != role.value:
            raise BadSettings(Reason.ROLE_SECOND, folder=str(folder), role=mark["role"], needed_role=role.value)
    if own is None:
        made = {"format": FORMAT, "machine": machine.id, "role": role.value}
        write_durably(home / MARK, (json.dumps(made) + "\n").encode())
        return
    if own["role"] != role.value:
        raise BadSettings(Reason.ROLE_SECOND, folder=str(home), role=own["role"], needed_role=role.value)
    if own["machine"] != machine.id:
        raise BadSettings(Reason.ROLE_MOVED, folder=str(home), role=role.value)


def check_roles(kind: Kind, machine: Machine) -> Iterator[Drift]:
    """Give what is there of another role than the machine's, and folders that were copied from another machine."""
    state = machine.root / STATE
    for folder, mark in (*_marks(state.parent, state.name), *_marks(state)):
        if mark["role"] != kind.value:
            yield drift(DriftKind.ROLE_SECOND, folder, mark["role"])
        elif mark["machine"] != machine.id:
            yield drift(DriftKind.ROLE_MOVED, folder, mark["role"])
    for role, pattern in UNIT_NAMES.items():
        for folder in () if role is kind else UNITS:
            for unit in sorted((machine.root / folder).glob(pattern)):
                yield drift(DriftKind.ROLE_SECOND, unit, role.value)


def _marks(folder: Path, name: str = "*") -> Iterator[tuple[Path, dict[str, str]]]:
    for file in sorted(folder.glob(f"{name}/{MARK}")):
        if (mark := _read_mark(file.parent)) is not None:
            yield file.parent, mark


def _read_mark(home: Path) -> dict[str, str] | None:
    try:
        mark: Any = json.loads(read_file(home / MARK, LARGEST_MARK_BYTES))
    except Unavailable as error:
        if error.reason is Reason.FILE_MISSING:
            return None
        raise
    except ValueError:
        mark = None
    if not isinstance(mark, dict) or mark.keys() != {"format", "machine", "role"} or mark["format"] != FORMAT:
        raise BadSettings(Reason.SETTINGS_MALFORMED, file=str(home / MARK))
    return {name: str(told) for name, told in mark.items()}
