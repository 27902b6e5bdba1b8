"""What an auditor reads: the exported files of a site's roles, from one folder (spec/audit.md 1)."""

from pathlib import Path

from sekisho.audit import Evidence, LedgerFiles
from sekisho.digest import digest_of
from sekisho.errors import BadSettings, Malformed, Reason
from sekisho.journey import Zone
from sekisho.signing import Ed25519Verifier, read_public_key
from sekisho.storage.files import on_disk, read_file

LARGEST_STATEMENT_BYTES = 1024 * 1024
LARGEST_LEDGER_BYTES = 2**34


def collect_evidence(site: Path) -> Evidence:
    """Give back the evidence in `site`: `auditor/` with roster and founders' keys, and a folder per role beside it."""
    auditor = site / "auditor"
    if not auditor.is_dir():
        raise BadSettings(Reason.FILE_MISSING, file="auditor")
    statements = {
        str(digest_of(raw)): raw
        for pattern in (
            "processing/shelf/statements/*.json",
            "delivery/shelf/*/permit.json",
            "delivery/shelf/*/acknowledgement.json",
        )
        for raw in _read_all(site, pattern)
    }
    return Evidence(
        roster=read_file(auditor / "roster.json", LARGEST_STATEMENT_BYTES),
        founders=_founders(auditor / "founders.txt"),
        ledgers={zone: _ledger(site / zone.value / "ledger") for zone in Zone},
        statements=statements,
        receipts=tuple(_read_all(site, "municipality-*/receipts/*.json")),
    )


def _ledger(folder: Path) -> LedgerFiles:
    return LedgerFiles(_lines(folder / "entries"), _lines(folder / "checkpoints"))


def _lines(path: Path) -> tuple[bytes, ...]:
    """Give back the lines of a file, newlines kept; a zone that has not begun yet has none."""
    if not path.exists():
        return ()
    return tuple(read_file(path, LARGEST_LEDGER_BYTES).splitlines(keepends=True))


def _read_all(site: Path, pattern: str) -> list[bytes]:
    with on_disk():
        found = sorted(site.glob(pattern))
    return [read_file(path, LARGEST_STATEMENT_BYTES) for path in found]


def _founders(path: Path) -> tuple[Ed25519Verifier, ...]:
    try:
        return tuple(read_public_key(line) for line in read_file(path, 4096).decode().splitlines())
    except (Malformed, UnicodeDecodeError) as error:
        raise BadSettings(Reason.SETTINGS_MALFORMED, file=path.name) from error
