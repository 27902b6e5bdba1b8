"""What was done to a table beside recoding, change by change, in sentences."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sekisho.deid.schema import Kind
from sekisho.errors import Malformed, Reason
from sekisho.pages.report.numbers import percent
from sekisho.pages.report.parts import Changed, Condition, ReadReport
from sekisho.pages.words import Words

_AFTERWARDS = frozenset({"pseudonym", "add-synthetic"})  # they follow the search (spec/policy.md 7)


@dataclass(frozen=True)
class ChangesView:
    """Sentences on the changes before the recoding and on those after it."""

    before: tuple[str, ...]
    after: tuple[str, ...]


def view_changes(words: Words, report: ReadReport) -> ChangesView:
    """Give back a sentence for each change, in the order of the policy."""
    told = [(one.do in _AFTERWARDS, _sentence(words, one, report)) for one in report.changes]
    return ChangesView(
        before=tuple(says for late, says in told if not late),
        after=tuple(says for late, says in told if late),
    )


def changes_of(words: Words, name: str, report: ReadReport) -> str:
    """Give back the names of the changes that made other cells of a column before the recoding, or ""."""
    found = [one.do for one in report.changes if name in one.columns and one.do not in _AFTERWARDS]
    return words.say("report.comma").join(words.say(f"report.change.{do}.name") for do in dict.fromkeys(found))


def _sentence(words: Words, one: Changed, report: ReadReport) -> str:
    """Give back what was done and, where it was bound to other columns or ranks, how."""
    return words.say(
        f"report.change.{one.do}.{_way(one)}",
        columns=_names(words, one.columns),
        within=_names(words, one.within),
        subject=_names(words, (one.subject,)),
        column=_names(words, (one.where.column,)) if one.where else "",
        condition=_condition(words, one.where, report) if one.where else "",
        amount="" if one.amount is None else percent(one.amount),
        count="" if one.count is None else f"{one.count:,}",
        ranks="" if one.ranks is None else percent(one.ranks),
    )


def _way(one: Changed) -> str:
    """Give back which of its sentences a change needs."""
    ways = {
        "both": one.do == "delete-subjects" and one.where is not None and one.count is not None,
        "more": one.do == "delete-subjects" and one.where is None,
        "subjects": one.do in {"sample", "shift-dates"} and bool(one.subject),
        "correlated": one.correlated,
        "near_within": one.ranks is not None and bool(one.within),
        "near": one.ranks is not None,
        "within": bool(one.within),
    }
    return next((way for way, needed in ways.items() if needed), "says")


def _condition(words: Words, where: Condition, report: ReadReport) -> str:
    """Give back which cells are meant, for the middle of a sentence; of named values only how many they are."""
    limits = {"above": where.above, "below": where.below}
    parts = [
        *_named(words, where),
        *(
            words.say(f"report.where.{name}", number=_limit(limit, where.column, report))
            for name, limit in limits.items()
            if limit is not None
        ),
    ]
    return words.say("report.where.or").join(parts)


def _named(words: Words, where: Condition) -> Iterator[str]:
    if where.values:
        yield words.say(f"report.where.{'value' if where.values == 1 else 'values'}", number=f"{where.values:,}")
    if where.fewer_than is not None:
        yield words.say("report.where.fewer_than", number=f"{where.fewer_than:,}")


def _limit(limit: int, column: str, report: ReadReport) -> str:
    """Give back a limit as it is read: that of a day is its ordinal."""
    kind = next((one.kind for one in report.columns if one.name == column), None)
    if kind is not Kind.DATE:
        return f"{limit:,}"
    if not 1 <= limit <= date.max.toordinal():
        raise Malformed(Reason.STATEMENT_MALFORMED, field="changes")
    return date.fromordinal(limit).isoformat()


def _names(words: Words, names: tuple[str, ...]) -> str:
    return words.say("report.change.and").join(words.say("report.change.column", name=one) for one in names)
