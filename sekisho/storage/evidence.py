"""What an auditor reads: the exported files of a site's roles, from one folder (spec/audit.md 1)."""

import io
from collections.abc import Iterator
from pathlib import Path

from sekisho.audit.evidence import Evidence, LedgerFiles
from sekisho.digest import digest_of
from sekisho.errors import BadSettings, Malformed, Reason, SekishoError
from sekisho.journey import Zone
from sekisho.release.permit import PERMIT_TYPE
from sekisho.signing import Ed25519Verifier, read_public_key
from sekisho.statement import read_envelope
from sekisho.storage.book import CHECKPOINTS, ENTRIES
from sekisho.storage.files import on_disk, read_file
from sekisho.storage.recovery import copy_ledger

LARGEST_STATEMENT_BYTES = 1024 * 1024
MOST_ROUNDS = 10
MUNICIPALITY = "municipality-"
ROSTER, FOUNDERS = "roster.json", "founders.txt"


def collect_evidence(site: Path, zones: tuple[Zone, ...] = tuple(Zone)) -> Evidence:
    """Give back the evidence in `site`: `auditor/` with roster and founders' keys, and a folder per role beside it.

    Works on a site that is running. What is not there is left out of the evidence, for the audit to say so.
    """
    auditor = site / "auditor"
    if not auditor.is_dir():
        raise BadSettings(Reason.FILE_MISSING, folder=str(auditor.absolute()))
    for name in (ROSTER, FOUNDERS):
        if not (auditor / name).is_file():
            raise BadSettings(Reason.FILE_MISSING, file=str((auditor / name).absolute()))
    receipts = {
        folder.name.removeprefix(MUNICIPALITY): tuple(raw for _, raw in _read_all(folder, "receipts/*.json"))
        for folder in sorted(site.glob(f"{MUNICIPALITY}*"))
    }
    ledgers = _ledgers(site, zones)
    unlike: list[tuple[str, str]] = []
    statements = {zone: dict(_statements(site, zone, unlike)) for zone in zones}
    return Evidence(
        roster=read_file(auditor / ROSTER, LARGEST_STATEMENT_BYTES),
        founders=_founders(auditor / FOUNDERS),
        ledgers=ledgers,
        statements=statements,
        receipts=receipts,
        unlike=tuple(unlike),
        asked=zones,
        unstarted=tuple(zone for zone in zones if _is_unstarted(site / zone.value)),
    )


def _is_unstarted(zone: Path) -> bool:
    """Say whether a zone's folder is here and nothing of a ledger in it; a folder that is not here says nothing."""
    return zone.is_dir() and not (zone / "ledger").exists()


def _ledgers(site: Path, zones: tuple[Zone, ...]) -> dict[Zone, LedgerFiles]:
    """Give back the ledgers as of one moment: they name each other's sizes, so they are copied until none grew."""
    folders = {zone: site / zone.value / "ledger" for zone in zones}
    here = {zone: one for zone, one in folders.items() if (one / ENTRIES).is_file() and (one / CHECKPOINTS).is_file()}
    copied: dict[Zone, LedgerFiles] = {}
    for _ in range(MOST_ROUNDS):
        before = _sizes(here)
        copied = {zone: _copy(folder) for zone, folder in here.items()}
        if _sizes(here) == before:
            break
    return copied


def _sizes(folders: dict[Zone, Path]) -> list[int]:
    with on_disk():
        return [(folder / name).stat().st_size for folder in folders.values() for name in (ENTRIES, CHECKPOINTS)]


def _copy(folder: Path) -> LedgerFiles:
    copy = copy_ledger(folder / ENTRIES, folder / CHECKPOINTS)
    return LedgerFiles(tuple(io.BytesIO(copy.entries)), tuple(io.BytesIO(copy.checkpoints)))


def _statements(site: Path, zone: Zone, unlike: list[tuple[str, str]]) -> Iterator[tuple[str, bytes]]:
    """Give a zone's signed statements by digest; files that are not what their names say go to `unlike`."""
    patterns = {
        Zone.RECEIVING: (),
        Zone.PROCESSING: ("processing/shelf/statements/*.json",),
        Zone.DELIVERY: ("delivery/shelf/*/permit.json", "delivery/shelf/*/acknowledgement.json"),
    }
    for pattern in (*patterns[zone], f"{zone.value}/shelf/stops/*.json"):
        for path, raw in _read_all(site, pattern):
            if not _is_like(path, raw):
                unlike.append((zone.value, path.relative_to(site).as_posix()))
            yield str(digest_of(raw)), raw


def _is_like(path: Path, raw: bytes) -> bool:
    """Say whether a statement is what its name says: its digest, or its folder the digest of the permit in it."""
    match path.name:
        case "acknowledgement.json":
            return True
        case "permit.json":
            try:
                return read_envelope(raw, PERMIT_TYPE).digest.hex == path.parent.name
            except Malformed:
                return False
        case _:
            return digest_of(raw).hex == path.stem


def _read_all(folder: Path, pattern: str) -> list[tuple[Path, bytes]]:
    with on_disk():
        found = sorted(folder.glob(pattern))
    return [(path, _read(path)) for path in found]


def _read(path: Path) -> bytes:
    """Give back the file, or nothing of one that is too large or no file: it cannot be what a ledger names."""
    try:
        return read_file(path, LARGEST_STATEMENT_BYTES)
    except SekishoError as error:
        if error.reason in {Reason.SETTINGS_MALFORMED, Reason.FILE_MISSING}:
            return b""
        raise


def _founders(path: Path) -> tuple[Ed25519Verifier, ...]:
    try:
        return tuple(read_public_key(line) for line in read_file(path, 4096).decode().splitlines())
    except (Malformed, UnicodeDecodeError) as error:
        raise BadSettings(Reason.SETTINGS_MALFORMED, file=path.name) from error
