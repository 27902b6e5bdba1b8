"""The audit in words, for a terminal (spec/audit.md)."""

from sekisho.audit import Audit
from sekisho.pages.words import Words


def audit_text(words: Words, audit: Audit) -> str:
    """Give back what was replayed, one line a story, and then every finding or that there is none."""
    sizes = ", ".join(
        words.say("audit.size", zone=words.say(f"audit.zone.{zone}"), entries=size) for zone, size in audit.sizes
    )
    lines = [
        words.say("audit.head", site=audit.site),
        words.say("audit.replayed", sizes=sizes, statements=audit.statements),
    ]
    if audit.trial:
        lines.append(words.say("audit.trial"))
    lines.append("")
    for story in audit.stories:
        by = ", ".join(f"{person} ({role})" for person, role in story.approvals)
        state = words.say(f"state.{story.state.name.lower()}")
        lines.append(words.say("audit.story", case=story.case, state=state, entries=story.entries))
        if by:
            lines.append(words.say("audit.approved", by=by))
    lines.append("")
    for one in audit.findings:
        place = words.say("audit.place", zone=words.say(f"audit.zone.{one.zone or 'none'}"), index=one.index)
        lines.append(
            words.say(
                "audit.finding",
                what=words.say(f"reason.{one.reason.value}.what"),
                code=one.reason.value,
                place=place if one.index >= 0 else words.say(f"audit.zone.{one.zone or 'none'}"),
                case=one.case or "–",
            )
        )
    lines.append(
        words.say("audit.whole") if not audit.findings else words.say("audit.broken", count=len(audit.findings))
    )
    return "\n".join(lines) + "\n"
