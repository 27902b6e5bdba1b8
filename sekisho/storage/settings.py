"""Each role's settings: one TOML file, read strictly; paths in it are relative to the file (spec/settings.md)."""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

from sekisho.errors import BadSettings, Malformed, Reason, Unavailable
from sekisho.signing import Ed25519Verifier, read_public_key
from sekisho.storage.files import read_file

LARGEST_SETTINGS_BYTES = 65_536
ROLES = ("receiving", "processing", "delivery", "municipality", "recipient")
LONGEST_POLL_SECONDS = 0.5  # the stop state travels with the polls
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def _read_path(text: object, info: ValidationInfo) -> Path:
    if not isinstance(text, str) or not text or "\0" in text:
        raise PydanticCustomError("path", "a path is needed")
    if info.context is None:
        raise ValueError("read_settings gives the folder")
    folder: Path = info.context["folder"]
    return folder / text


def _read_key(text: object) -> Ed25519Verifier:
    try:
        return read_public_key(text)
    except Malformed as error:
        raise PydanticCustomError("public_key", "32 bytes in base64 are needed") from error


def _check_two(founders: tuple[Ed25519Verifier, ...]) -> tuple[Ed25519Verifier, ...]:
    if len({one.key_id for one in founders}) != len(founders):
        raise PydanticCustomError("same_founder", "two different keys are needed")
    return founders


Place = Annotated[Path, BeforeValidator(_read_path)]
PublicKey = Annotated[Ed25519Verifier, BeforeValidator(_read_key)]
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")]
DnsName = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$")]
Host = Annotated[str, Field(pattern=r"^[A-Za-z0-9.:-]{1,253}$")]
PortNumber = Annotated[int, Field(ge=0, le=65_535)]  # 0: any free one, which is said when it listens


class Part(BaseModel):
    """Frozen, no unknown key, no number from text: what every table of a settings file is."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True)


class Site(Part):
    """The site, its roster and the two founders whose signatures make a roster.

    `file` and `host`: the site file, and as which of its machines this one is compared with it before a role starts.
    """

    id: DnsName
    trial: bool
    roster: Place
    founders: Annotated[tuple[PublicKey, PublicKey], Field(strict=False), AfterValidator(_check_two)]
    file: Place | None = None
    host: Identifier | None = None

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.file is None) != (self.host is None):
            raise PydanticCustomError("file_and_host", "both or neither are needed")
        return self


class Tls(Part):
    """PEM files: this party's certificate and key, and the site's authority."""

    certificate: Place
    key: Place
    authority: Place


class Listen(Part):
    """Where to listen."""

    host: Host
    port: PortNumber


class Peer(Part):
    """Whom to call: address, and the name that its certificate must bear."""

    host: Host
    port: Annotated[int, Field(ge=1, le=65_535)]
    name: DnsName


class Limits(Part):
    """What is taken in at most, how often neighbours are asked, how long things are kept."""

    largest_parcel_bytes: Annotated[int, Field(ge=65_536, le=2**46)] = 2**36
    poll_seconds: Annotated[float, Field(gt=0, le=LONGEST_POLL_SECONDS, strict=False)] = LONGEST_POLL_SECONDS
    retention_days: Annotated[int, Field(ge=1, le=36_500)] = 1_095


class ProcessLock(Part):
    """As whom to run, and which layers of the process lock this machine has to do without (spec/locks.md 3)."""

    user: Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_-]{0,31}$")] | None = None
    without: Annotated[tuple[Literal["namespace", "files", "ports"], ...], Field(strict=False)] = ()


class Stop(Part):
    """How long nothing may be heard of a neighbour before this zone stops by itself (spec/stop.md 3); None: for ever."""

    dead_man_seconds: Annotated[int, Field(ge=2, le=3_600)] | None = None


class ReceivingFolders(Part):
    ledger: Place
    shelf: Place
    parts: Place


class ReceivingKeys(Part):
    receipt: Place
    ledger: Place


class ReceivingListen(Part):
    senders: Listen
    processing: Listen


class ReceivingSettings(Part):
    role: Literal["receiving"]
    id: Identifier
    site: Site
    tls: Tls
    folders: ReceivingFolders
    keys: ReceivingKeys
    listen: ReceivingListen
    limits: Limits = Limits()
    lock: ProcessLock = ProcessLock()
    stop: Stop = Stop()


class ProcessingFolders(Part):
    ledger: Place
    shelf: Place
    work: Place


class ProcessingKeys(Part):
    label: Place
    parcel: Place
    ledger: Place


class ProcessingPeers(Part):
    receiving: Peer
    delivery: Peer


class ProcessingSettings(Part):
    role: Literal["processing"]
    id: Identifier
    site: Site
    tls: Tls
    folders: ProcessingFolders
    keys: ProcessingKeys
    peers: ProcessingPeers
    limits: Limits = Limits()
    lock: ProcessLock = ProcessLock()
    stop: Stop = Stop()


class DeliveryFolders(Part):
    ledger: Place
    shelf: Place
    parts: Place


class DeliveryKeys(Part):
    ledger: Place


class DeliveryListen(Part):
    processing: Listen


class DeliverySsh(Part):
    """The private key that recipients' SFTP servers know delivery by."""

    key: Place


class DeliverySettings(Part):
    """Whom delivery may call stands in the roster, not here."""

    role: Literal["delivery"]
    id: Identifier
    site: Site
    tls: Tls
    folders: DeliveryFolders
    keys: DeliveryKeys
    listen: DeliveryListen
    ssh: DeliverySsh | None = None
    limits: Limits = Limits()
    lock: ProcessLock = ProcessLock()
    stop: Stop = Stop()


class MunicipalityFolders(Part):
    outbox: Place
    receipts: Place


class MunicipalityKeys(Part):
    label: Place


class MunicipalityPeers(Part):
    receiving: Peer


class MunicipalitySettings(Part):
    role: Literal["municipality"]
    id: Identifier
    site: Site
    tls: Tls
    folders: MunicipalityFolders
    keys: MunicipalityKeys
    peers: MunicipalityPeers


class RecipientFolders(Part):
    inbox: Place
    opened: Place
    parts: Place


class RecipientKeys(Part):
    parcel: Place
    acknowledgement: Place


class RecipientListen(Part):
    delivery: Listen


class RecipientSettings(Part):
    """`listen` is left out where parcels come by SFTP, to a server that is not ours."""

    role: Literal["recipient"]
    id: Identifier
    site: Site
    tls: Tls
    folders: RecipientFolders
    keys: RecipientKeys
    listen: RecipientListen | None = None
    limits: Limits = Limits()


Settings = TypeVar("Settings", bound=Part)


def files_named(settings: ReceivingSettings | DeliverySettings) -> tuple[Path, ...]:
    """Give back the files that a role reads while it runs: roster, certificate and keys."""
    tls, keys = settings.tls, settings.keys
    return (settings.site.roster, tls.certificate, tls.key, tls.authority, *(path for _, path in keys))


def read_settings(path: Path, kind: type[Settings]) -> Settings:
    """Give back the settings of one role.

    Refuses with `BadSettings`: the file's name, how many problems there are, and of the first one the key and what
    is wrong with it; never what stands there, since that may be a secret put in the wrong place. A file that is not
    there is SETTINGS_MISSING with the folder, one of another role SETTINGS_OTHER_ROLE with both roles.
    """
    try:
        raw = read_file(path, LARGEST_SETTINGS_BYTES)
    except Unavailable as error:
        if error.reason is not Reason.FILE_MISSING:
            raise
        raise BadSettings(Reason.SETTINGS_MISSING, file=path.name, folder=str(path.parent.absolute())) from error
    try:
        written = tomllib.loads(raw.decode())
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(Reason.SETTINGS_MALFORMED, file=path.name, line=_line(error)) from None
    except UnicodeDecodeError as error:
        raise BadSettings(Reason.SETTINGS_MALFORMED, file=path.name, byte=error.start) from None
    _check_role(written.get("role"), path, kind)
    return _check_written(written, path, kind)


def _check_role(role: object, path: Path, kind: type[Part]) -> None:
    """Refuse the settings of another role of ours; anything else that stands there is for the model to judge."""
    (needed,) = get_args(kind.model_fields["role"].annotation)
    if role in ROLES and role != needed:
        folder = str(path.parent.absolute())
        raise BadSettings(Reason.SETTINGS_OTHER_ROLE, folder=folder, role=str(role), needed_role=needed)


def _check_written(written: dict[str, Any], path: Path, kind: type[Settings]) -> Settings:
    try:
        return kind.model_validate(written, context={"folder": path.parent})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        key = ".".join(_tell(part) for part in first["loc"])
        raise BadSettings(
            Reason.SETTINGS_MALFORMED, file=path.name, key=key, problem=first["type"], problems=error.error_count()
        ) from None


def _tell(part: int | str) -> str:
    """Give back a key as it may stand in an error: our own, or one that looks like a key."""
    return str(part) if _NAME.fullmatch(str(part)) else "?"


def _line(error: tomllib.TOMLDecodeError) -> int:
    """Give back the 1-based line of a TOML error, 0 for the end of the file; its text may quote what stands there."""
    found = re.search(r"at line (\d+), column \d+\)$", str(error))
    return int(found[1]) if found else 0
