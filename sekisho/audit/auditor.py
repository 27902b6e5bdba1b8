"""One audit on its way: what is at hand, and what was found so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sekisho.audit.evidence import AuditFinding, Evidence
from sekisho.digest import Digest, digest_of, read_digest
from sekisho.errors import Malformed, Reason
from sekisho.journey import Zone
from sekisho.ledger.entry import Entry
from sekisho.release.roster import Roster


@dataclass
class Auditor:
    """Collects findings instead of stopping at the first. `entries` are what could be read, each with its index."""

    evidence: Evidence
    roster: Roster
    entries: dict[Zone, tuple[tuple[int, Entry], ...]] = field(default_factory=dict)
    findings: list[AuditFinding] = field(default_factory=list)
    checked: set[str] = field(default_factory=set)
    unstarted: list[Zone] = field(default_factory=list)

    def find(
        self,
        reason: Reason,
        zone: str,
        index: int = -1,
        case: str = "",
        name: str = "",
        seen_by: tuple[str, ...] = (),
    ) -> None:
        self.findings.append(AuditFinding(reason, zone, index, case, name, seen_by))

    def statement(self, zone: Zone, named: str) -> bytes:
        """Give back the zone's own copy of a statement, whose bytes have the digest that the ledger names."""
        raw = self.evidence.statements.get(zone, {}).get(named)
        if raw is None or str(digest_of(raw)) != named:
            raise Malformed(Reason.STATEMENT_MISSING)
        self.checked.add(named)
        return raw


def text_of(entry: Entry, name: str) -> str:
    """Give back a fact that must be text."""
    fact = entry.facts.get(name)
    if not isinstance(fact, str):
        raise Malformed(Reason.STORY_BROKEN, field=name)
    return fact


def count_of(entry: Entry, name: str) -> int:
    """Give back a fact that must be a whole number."""
    fact = entry.facts.get(name)
    if not isinstance(fact, int):
        raise Malformed(Reason.STORY_BROKEN, field=name)
    return fact


def digest_in(entry: Entry, name: str) -> Digest:
    """Give back a fact that must be a digest."""
    try:
        return read_digest(text_of(entry, name))
    except Malformed as error:
        raise Malformed(Reason.STORY_BROKEN, field=name) from error


def same(one: Entry, other: Entry | None, names: Mapping[str, str] | tuple[str, ...]) -> bool:
    """Say whether two entries agree on all the facts named; nothing agrees with an entry that is not there."""
    return other is not None and all(one.facts.get(name) == other.facts.get(name) is not None for name in names)
