"""A judgement in words: what both the page and the printed sheet say of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sekisho.deid.ladders.eras import era_of, year_in
from sekisho.deid.standard.judgement import Check, Count, Decision, ItemVerdict, Judgement, Outcome, Verdict
from sekisho.deid.standard.written import read_judgement
from sekisho.digest import Digest, digest_of
from sekisho.errors import Malformed, Reason
from sekisho.pages.report.measures import measure_name
from sekisho.pages.standard.facts import CaseFacts
from sekisho.pages.words import Words


@dataclass(frozen=True)
class CheckView:
    """A check, or several of one kind that found nothing; the sizes of what was looked at and found stand apart."""

    outcome: str
    outcome_says: str
    what: str
    columns: str
    looked: str
    found: str
    counts: str
    done: tuple[str, ...]


@dataclass(frozen=True)
class DecisionView:
    """What a person decided of one check."""

    about: str
    says: str
    by: str
    on: str
    reason: str


@dataclass(frozen=True)
class ItemView:
    """One of the five items; `decided_by` names the people, or says why there are none."""

    number: str
    article: str
    title: str
    text: str
    verdict: str
    verdict_says: str
    checked: str
    decided_by: str
    checks: tuple[CheckView, ...]
    decisions: tuple[DecisionView, ...]


@dataclass(frozen=True)
class StandardView:
    """The whole verdict; `digests` are names and SHA-256 in hex, the judgement's own first."""

    verdict: str
    verdict_says: str
    lead: str
    case: tuple[tuple[str, str], ...]
    items: tuple[ItemView, ...]
    digest: Digest
    digests: tuple[tuple[str, Digest], ...]


def view_standard(raw: bytes, facts: CaseFacts, words: Words) -> StandardView:
    """Give back what is said of a judgement's canonical JSON; refuses with STANDARD_MALFORMED what is none."""
    judgement = read_judgement(raw)
    verdict = _whole(judgement)
    digest = digest_of(raw)
    digests = (("judgement", digest), ("table", facts.table), ("plan", facts.plan), ("report", facts.report))
    return StandardView(
        verdict=verdict.value,
        verdict_says=words.say(f"standard.verdict.{verdict.value}"),
        lead=words.say(f"standard_page.lead.{verdict.value}", items=_numbers(words, judgement)),
        case=tuple((words.say(f"standard_page.case.{name}"), says) for name, says in _case(words, facts, judgement)),
        items=tuple(_item(words, one) for one in judgement.items),
        digest=digest,
        digests=tuple((words.say(f"standard_page.digest.{name}"), one) for name, one in digests),
    )


def day_text(words: Words, day: date) -> str:
    """Give back a day as people write it, with the year of its era."""
    era = era_of(day)
    wareki = year_in(era, day) if era else ""
    return words.say("standard_page.day", month=day.month, day=day.day, iso=day.isoformat(), era=wareki)


def _whole(judgement: Judgement) -> Verdict:
    """Give back the worst verdict of the five."""
    found = {one.verdict for one in judgement.items}
    return next(one for one in (Verdict.NOT_MET, Verdict.NEEDS_DECISION, Verdict.MET) if one in found)


def _numbers(words: Words, judgement: Judgement) -> str:
    names = (words.say("standard_page.number", number=one.value) for one in judgement.failed)
    return words.say("standard_page.comma").join(names)


def _case(words: Words, facts: CaseFacts, judgement: Judgement) -> Iterator[tuple[str, str]]:
    case = "standard_page.case"
    yield "municipality", facts.municipality
    yield "dataset", facts.dataset
    yield "case", facts.case
    yield "rows", words.say(f"{case}.rows_says", before=f"{facts.rows_before:,}", after=f"{facts.rows_after:,}")
    texts = facts.free_text_columns
    yield "free_text", words.say(f"{case}.free_text_{'some' if texts else 'none'}", count=f"{texts:,}")
    yield "operator", facts.operator
    minutes = -(-facts.work_seconds // 60)  # a minute that was begun counts
    yield "work", words.say(f"{case}.work_says", hours=f"{minutes // 60:,}", minutes=minutes % 60)
    yield "ages", day_text(words, judgement.on)
    yield "on", day_text(words, facts.on)


def _item(words: Words, one: ItemVerdict) -> ItemView:
    key = f"standard.item.{one.item.value}"
    return ItemView(
        number=words.say("standard_page.number", number=one.item.value),
        article=words.say("standard_page.article", number=one.item.value),
        title=words.say(f"{key}.title"),
        text=words.say(f"{key}.text"),
        verdict=one.verdict.value,
        verdict_says=words.say(f"standard.verdict.{one.verdict.value}"),
        checked=_checked(words, one),
        decided_by=_decided_by(words, one),
        checks=tuple(_check(words, group) for group in _grouped(one.checks)),
        decisions=tuple(_decision(words, decision) for decision in one.decisions),
    )


def _checked(words: Words, one: ItemVerdict) -> str:
    """Give back how many things were looked for, and how many of them were objected to."""
    against = sum(check.outcome is not Outcome.CLEAR for check in one.checks)
    key = "some" if against else "none"
    return words.say(f"standard_page.checked.{key}", checks=f"{len(one.checks):,}", against=f"{against:,}")


def _decided_by(words: Words, one: ItemVerdict) -> str:
    if one.decisions:
        return words.say("standard_page.comma").join(dict.fromkeys(decision.by for decision in one.decisions))
    open_ = one.verdict is Verdict.NEEDS_DECISION
    return words.say(f"standard_page.decided_by.{'nobody_yet' if open_ else 'rules'}")


def _grouped(checks: Iterable[Check]) -> list[list[Check]]:
    """Give back the checks: first faults and what had to be decided, then the clear ones, together where they are alike."""
    worst = (Outcome.FAULT, Outcome.DECIDE, Outcome.CLEAR)
    groups: dict[tuple[int, str], list[Check]] = {}
    for place, one in enumerate(sorted(checks, key=lambda one: worst.index(one.outcome))):
        nothing = one.outcome is Outcome.CLEAR and one.column and not any(number for _, number in one.found)
        groups.setdefault((-1, one.look.value) if nothing else (place, ""), []).append(one)
    return list(groups.values())


def _check(words: Words, group: list[Check]) -> CheckView:
    one, alone = group[0], len(group) == 1
    clear = one.outcome is Outcome.CLEAR
    key = f"standard.check.{one.look.value}"
    what = words.say(f"{key}.what")
    about = _about(words, one.about) if alone or len({each.about for each in group}) == 1 else ""
    columns = words.say("standard_page.comma").join(dict.fromkeys(each.column for each in group if each.column))
    return CheckView(
        outcome=one.outcome.value,
        outcome_says=words.say(f"standard.outcome.{one.outcome.value}"),
        what=words.say("standard_page.about", what=what, about=about) if about else what,
        columns=columns or words.say("standard_page.whole"),
        looked=_counts(words, one.looked, "looked") if alone else "",
        found=words.say(f"{key}.{'clear' if clear else 'found'}"),
        counts=_counts(words, tuple(each for each in one.found if each[1] or not clear), "found") if alone else "",
        done=tuple(_done(words, group)),
    )


def _about(words: Words, about: str) -> str:
    """Give back the name of a number, of a dictionary's entry or of a measure; a municipality may have entries of its own."""
    keys = (f"numbers.code.{about}", f"standard.about.{about}")
    return next((words.say(key) for key in keys if about and words.knows(key)), measure_name(words, about))


def _counts(words: Words, counts: tuple[Count, ...], field: str) -> str:
    """Give back counts in words, or refuse one that has none."""
    if not all(words.knows(f"standard.count.{name}") for name, _ in counts):
        raise Malformed(Reason.STANDARD_MALFORMED, field=field)
    told = (words.say(f"standard.count.{name}", n=f"{number:,}") for name, number in counts)
    return words.say("standard_page.comma").join(told)


def _done(words: Words, group: list[Check]) -> Iterator[str]:
    """Give back what was done; of several columns each way once, with its columns."""
    ways = dict.fromkeys(one.done for one in group if one.done)
    if not all(words.knows(f"standard.done.{one}") for one in ways):
        raise Malformed(Reason.STANDARD_MALFORMED, field="done")
    for way in ways:
        says = words.say(f"standard.done.{way}")
        columns = words.say("standard_page.comma").join(one.column for one in group if one.done == way)
        yield says if len(ways) == 1 else words.say("standard_page.done", columns=columns, says=says)


def _decision(words: Words, one: Decision) -> DecisionView:
    return DecisionView(
        about=words.say(
            "standard_page.about",
            what=words.say(f"standard.check.{one.look.value}.what"),
            about=one.column or words.say("standard_page.whole"),
        ),
        says=words.say(f"standard.decided.{one.decided.value}"),
        by=one.by,
        on=day_text(words, one.on),
        reason=one.reason,
    )
