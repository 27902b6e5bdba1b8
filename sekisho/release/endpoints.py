"""Where a recipient takes parcels, and how it is known there (spec/roster.md 3)."""

import re
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_ssh_public_key

from sekisho.errors import Malformed, Reason
from sekisho.release.machines import read_host
from sekisho.statement import check_fields

SFTP = "sftp"
KEY_KINDS = ("ssh-ed25519", "ecdsa-sha2-nistp384")
_USER = re.compile(r"[a-z_][a-z0-9_.-]{0,31}")
_STEP = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
_MOST_STEPS = 8
LONGEST_KEY = 300


@dataclass(frozen=True)
class Sftp:
    """The account that may put, the folder that it puts into, and the one key that the server must show."""

    user: str
    folder: str
    host_key: str

    @property
    def key_kind(self) -> str:
        return self.host_key.partition(" ")[0]


@dataclass(frozen=True)
class Endpoint:
    """A host and a TCP port. Over HTTPS, to a receiver of ours, where there is no `sftp`."""

    host: str
    port: int
    sftp: Sftp | None = None


def read_endpoint(value: Any) -> Endpoint:
    if not isinstance(value, dict) or "way" not in value:
        fields = check_fields(value, host=str, port=int)
        return Endpoint(read_host(fields["host"]), _read_port(fields["port"]))
    fields = check_fields(value, way=str, host=str, port=int, user=str, folder=str, host_key=str)
    if fields["way"] != SFTP:  # HTTPS is what stands without a way: each has one spelling
        raise _bad("way")
    sftp = Sftp(read_user(fields["user"]), read_folder(fields["folder"]), read_host_key(fields["host_key"]))
    return Endpoint(read_host(fields["host"]), _read_port(fields["port"]), sftp)


def write_endpoint(one: Endpoint) -> dict[str, Any]:
    value: dict[str, Any] = {"host": one.host, "port": one.port}
    if one.sftp is None:
        return value
    sftp = one.sftp
    return value | {"way": SFTP, "user": sftp.user, "folder": sftp.folder, "host_key": sftp.host_key}


def read_user(text: str) -> str:
    """Give back the name of an account on the recipient's server."""
    if not _USER.fullmatch(text):
        raise _bad("user")
    return text


def read_folder(text: str) -> str:
    """Give back a folder on the recipient's server; `.` is the one where a session begins.

    At most eight steps of plain names, one spelling each: no `..`, no empty step, nothing at the end.
    """
    steps = text.removeprefix("/").split("/")
    if text != "." and (len(steps) > _MOST_STEPS or not all(_STEP.fullmatch(one) for one in steps)):
        raise _bad("folder")
    return text


def read_host_key(text: str) -> str:
    """Give back an SSH public key as `ssh-keygen` writes it, without its comment: Ed25519, or ECDSA on P-384."""
    kind, _, body = text.partition(" ")
    if kind not in KEY_KINDS or not body.isascii() or len(text) > LONGEST_KEY:
        raise _bad("host_key")
    try:
        written = load_ssh_public_key(text.encode()).public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _bad("host_key") from error
    if written != text.encode():
        raise _bad("host_key")
    return text


def _read_port(port: int) -> int:
    if not 1 <= port <= 65_535:
        raise _bad("port")
    return port


def _bad(field: str) -> Malformed:
    return Malformed(Reason.ROSTER_MALFORMED, field=field)
