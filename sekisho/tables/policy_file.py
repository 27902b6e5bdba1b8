"""A policy from its file, with the files that its ladders name beside it."""

import tomllib
from pathlib import Path

from sekisho.deid.policy import Policy
from sekisho.deid.written.policy import read_policy
from sekisho.errors import BadSettings, Malformed, Reason

LARGEST_FILE_BYTES = 64 * 1024 * 1024
OUTSIDE = "outside-folder"  # the rule that a ladder file outside the policy's folder breaks (spec/policy.md 4)


def open_policy(path: Path) -> Policy:
    """Give back the policy at `path`; ladders are named relative to it and may not lie outside its folder."""
    raw = _read(path, path.name)
    ladders = {name: _read(_inside(path.parent, name), name) for name in _named(raw)}
    try:
        return read_policy(raw, ladders)
    except Malformed as error:
        raise BadSettings(error.reason, findings=(), **{"file": path.name, **error.facts}) from error


def _named(raw: bytes) -> list[str]:
    """Give back the files that the policy's ladders name, as far as it can be read; how it is written `read_policy` judges."""
    try:
        tree = tomllib.loads(raw.decode())
    except (ValueError, RecursionError):
        return []
    ladders, bounds = tree.get("ladder"), tree.get("bound")
    parts = list(ladders.values()) if isinstance(ladders, dict) else []
    if isinstance(bounds, list):
        parts += [one.get("ladder") for one in bounds if isinstance(one, dict)]
    named = [part.get(key) for part in parts if isinstance(part, dict) for key in ("file", "merged")]
    return [one for one in named if isinstance(one, str)]


def _inside(folder: Path, name: str) -> Path:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise BadSettings(Reason.POLICY_MALFORMED, file=name, rule=OUTSIDE)
    return path


def _read(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as stream:
            raw = stream.read(LARGEST_FILE_BYTES + 1)
    except OSError as error:
        raise BadSettings(Reason.FILE_MISSING, file=name) from error
    if len(raw) > LARGEST_FILE_BYTES:
        raise BadSettings(Reason.POLICY_MALFORMED, file=name)
    return raw
