"""The audit in words, for a terminal (spec/audit.md 4)."""

from collections.abc import Iterator

from sekisho.audit.evidence import Audit, AuditFinding
from sekisho.errors import Reason
from sekisho.pages.columns import in_columns, width_of
from sekisho.pages.words import Words


def audit_text(words: Words, audit: Audit) -> str:
    """Give back what was replayed, one line a story, what was turned back, then every finding, then the verdict."""
    lines = [words.say("audit.head", site=audit.site)]
    if audit.trial:
        lines.append(words.say("audit.trial"))
    lines += ["", words.say("audit.ledgers"), *_ledgers(words, audit)]
    lines.append(words.say("audit.statements", count=audit.statements))
    if audit.stories:
        lines += ["", words.say("audit.stories"), *_stories(words, audit)]
    if audit.stopped:
        lines += ["", words.say("audit.stopped"), *_stopped(words, audit)]
    if audit.findings:
        lines += ["", words.say("audit.findings"), *_findings(words, audit)]
    lines += ["", *_verdict(words, audit)]
    return "\n".join(lines) + "\n"


def _ledgers(words: Words, audit: Audit) -> list[str]:
    rows = []
    for zone, size in audit.sizes:
        faults = sum(1 for one in audit.findings if one.zone == zone)
        told = words.say("audit.ledger.faults", count=faults) if faults else words.say("audit.ledger.whole")
        rows.append([words.say(f"audit.zone.{zone}"), _size(words, size), told])
    rows += [[words.say(f"audit.zone.{zone}"), "–", words.say("audit.ledger.unstarted")] for zone in audit.unstarted]
    return in_columns(rows, right=frozenset({1}))


def _size(words: Words, entries: int) -> str:
    return words.say("audit.size_one") if entries == 1 else words.say("audit.size", entries=entries)


def _stories(words: Words, audit: Audit) -> Iterator[str]:
    lines = in_columns([[one.case, words.say(f"state.{one.state.name.lower()}")] for one in audit.stories])
    beside = " " * (4 + max(width_of(one.case) for one in audit.stories))
    for line, story in zip(lines, audit.stories, strict=True):
        yield line
        if story.reason:
            yield f"{beside}{_reason(words, story.reason)}"
        if story.approvals:
            people = (words.say("audit.person", person=who, role=_role(words, role)) for who, role in story.approvals)
            yield beside + words.say("audit.approved", by=words.say("refusal.between_facts").join(people))


def _stopped(words: Words, audit: Audit) -> list[str]:
    rows = [
        [
            words.say(f"audit.zone.{one.zone}"),
            words.say("audit.times", count=one.count),
            words.say(f"audit.event.{one.event}"),
            _reason(words, one.reason),
        ]
        for one in audit.stopped
    ]
    return in_columns(rows, right=frozenset({1}))


def _findings(words: Words, audit: Audit) -> Iterator[str]:
    for number, one in enumerate(audit.findings, start=1):
        yield f"  {number}. {_place(words, one)}"
        code = one.reason.value
        yield f"     {words.say(f'reason.{code}.what')} [{code}]"


def _place(words: Words, one: AuditFinding) -> str:
    zone = words.say(f"audit.zone.{one.zone}")
    parts = [words.say("audit.place", zone=zone, index=one.index) if one.index >= 0 else zone]
    if one.case:
        parts.append(words.say("audit.case", case=one.case))
    if one.name:
        parts.append(one.name)
    if one.seen_by:
        by = words.say("refusal.between_facts").join(words.say(f"audit.zone.{other}") for other in one.seen_by)
        parts.append(words.say("audit.seen_by", zones=by))
    return words.say("refusal.between_facts").join(parts)


def _verdict(words: Words, audit: Audit) -> Iterator[str]:
    if audit.left_out:
        zones = words.say("refusal.between_facts").join(words.say(f"audit.zone.{zone}") for zone in audit.left_out)
        yield words.say("audit.left_out", zones=zones)
    if audit.findings:
        yield words.say("audit.broken", count=len(audit.findings))
    else:
        yield words.say("audit.whole_part") if audit.left_out else words.say("audit.whole")


def _reason(words: Words, code: str) -> str:
    """Give back a reason in words with its code; a code that is none of ours is shown as it stands in the ledger."""
    known = {reason.value for reason in Reason}
    return f"{words.say(f'reason.{code}.what')} [{code}]" if code in known else f"[{code}]"


def _role(words: Words, role: str) -> str:
    return words.say(f"audit.role.{role}") if words.knows(f"audit.role.{role}") else role
