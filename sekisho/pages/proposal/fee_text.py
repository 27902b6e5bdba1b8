"""A fee and how it was computed, as text for a terminal."""

from collections.abc import Sequence

from sekisho.deid.proposal.fee import Fee, Made
from sekisho.pages.columns import in_columns
from sekisho.pages.proposal.telling import printable
from sekisho.pages.words import Words


def fee_text(words: Words, fee: Fee, metered: int) -> str:
    """Give back the fee as lines: what was worked, then the sum; the first `metered` jobs are those of the ledger."""
    head = words.say("fee.head", ordinance=printable(fee.ordinance), on=fee.on.isoformat())
    parts = [head, *in_columns(_sums(words, fee), right=frozenset({1}))]
    if fee.made is Made.NEW:
        jobs = [
            (words.say("fee.run") if place < metered else printable(one.name), _time(words, one.seconds))
            for place, one in enumerate(fee.jobs)
        ]
        jobs.append((words.say("fee.started_hours"), words.say("fee.hours", hours=fee.hours)))
        parts += ["", words.say("fee.work"), *in_columns(jobs, right=frozenset({1}))]
    return "\n".join(parts)


def _sums(words: Words, fee: Fee) -> Sequence[tuple[str, str]]:
    if fee.made is Made.AGAIN:
        told = [("again", fee.base_yen)]
    else:
        told = [("base", fee.base_yen), ("for_hours", fee.hours_yen), ("contractor", fee.contractor_yen)]
    rows = [
        (words.say(f"fee.{name}", hours=fee.hours, yen=f"{fee.per_started_hour_yen:,}"), _yen(words, yen))
        for name, yen in told
    ]
    before = sum(yen for _, yen in told)
    if before != fee.total_yen:
        rows.append((words.say("fee.rounding"), _yen(words, fee.total_yen - before)))
    return [*rows, (words.say("fee.total"), _yen(words, fee.total_yen))]


def _yen(words: Words, yen: int) -> str:
    return words.say("fee.yen", yen=f"{yen:,}")


def _time(words: Words, seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return words.say("fee.time", hours=minutes // 60, minutes=f"{minutes % 60:02}", seconds=f"{rest:02}")
