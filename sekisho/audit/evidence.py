"""What an auditor has in hand, and what an audit gives back (spec/audit.md 1, 4)."""

from collections.abc import Mapping
from dataclasses import dataclass

from sekisho.errors import Reason
from sekisho.journey import State, Zone
from sekisho.signing import Ed25519Verifier


@dataclass(frozen=True)
class LedgerFiles:
    """A ledger's two files, as lines with their newlines."""

    entries: tuple[bytes, ...]
    checkpoints: tuple[bytes, ...]


@dataclass(frozen=True)
class Evidence:
    """What the zones and municipalities exported. What is not in hand is not in the mapping; nothing stands for it.

    `asked` are the zones to be audited. `statements` are each zone's signed statements by the digest of their bytes,
    `receipts` each municipality's; `unlike` names files whose bytes are not what their names say, with their zone. `unstarted` are zones
    whose folder is in hand and holds no ledger at all.
    """

    roster: bytes
    founders: tuple[Ed25519Verifier, ...]
    ledgers: Mapping[Zone, LedgerFiles]
    statements: Mapping[Zone, Mapping[str, bytes]]
    receipts: Mapping[str, tuple[bytes, ...]]
    unlike: tuple[tuple[str, str], ...] = ()
    asked: tuple[Zone, ...] = tuple(Zone)
    unstarted: tuple[Zone, ...] = ()


@dataclass(frozen=True)
class AuditFinding:
    """One thing that does not hold: why, in which ledger at which entry, of which case. `index` is -1 for no entry.

    `name` says what is meant where that is no entry: a file, or whose receipt. `seen_by` are the zones that saw the
    ledger otherwise.
    """

    reason: Reason
    zone: str
    index: int = -1
    case: str = ""
    name: str = ""
    seen_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Story:
    """One case from end to end: where it stands and why, who approved it, and how many entries tell of it.

    `reason` is the code of why it was refused, returned or held, "" otherwise.
    """

    case: str
    state: State
    reason: str
    approvals: tuple[tuple[str, str], ...]
    entries: int


@dataclass(frozen=True)
class Stopped:
    """How often a zone turned somebody back or denied a move, for one reason."""

    zone: str
    event: str
    reason: str
    count: int


@dataclass(frozen=True)
class Audit:
    """What was found; without findings every story is lawful, whether it is at its end or on its way.

    `sizes` are the ledgers that were replayed, `left_out` the zones that were not asked for: nothing is said of them.
    `unstarted` are zones without a ledger, in which nobody else says that anything happened.
    """

    site: str
    trial: bool
    sizes: tuple[tuple[str, int], ...]
    left_out: tuple[str, ...]
    unstarted: tuple[str, ...]
    statements: int
    stories: tuple[Story, ...]
    stopped: tuple[Stopped, ...]
    findings: tuple[AuditFinding, ...]
