"""The measures of a report in groups: what each means in a sentence, its numbers, and its definition behind them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from sekisho.deid.measure import Better
from sekisho.pages.report.numbers import number_text, percent
from sekisho.pages.report.parts import Measured, ReadReport
from sekisho.pages.words import Words

SCALE_WIDTH, _EDGE = 160, 7  # of a scale's drawing, and the room for a dot at either end


class Group(Enum):
    """What a measure tells, in the order of the page."""

    KNOWN = "known"  # the attacker knows that the person is in the table
    SOUGHT = "sought"  # the attacker does not, or looks at everybody
    LEARNED = "learned"
    DETAIL = "detail"
    ANSWERS = "answers"


GROUPS = {
    Group.KNOWN: """
        k k-wildcard k-subjects unique-rows sample-uniqueness highest-risk average-risk prosecutor-at-risk
        suda-rows suda-highest-dis suda-mean-dis suda-column
    """,
    Group.SOUGHT: """
        k-map presence-least presence-greatest journalist-highest journalist-average journalist-at-risk marketer
        population-uniqueness-zayatz population-uniqueness-pitman population-uniqueness-snb
        population-uniqueness-dankar copula-uniqueness copula-correctness copula-correctness-highest
        individual-highest individual-mean individual-expected individual-at-risk household-highest
        household-mean
    """,
    Group.LEARNED: """
        alpha-k distinct-l entropy-l recursive-l t-closeness-equal t-closeness-ordered t-closeness-hierarchical
        delta-disclosure beta-likeness beta-likeness-enhanced
    """,
    Group.DETAIL: """
        classes suppressed-share suppressed-cells blank-cells loss precision-loss entropy-loss discernibility
        average-class class-of-a-record
    """,
    Group.ANSWERS: """
        column-variation marginal-variation marginal-variation-most pair-variation pair-variation-most kl-divergence query-error
        query-error-p90 model-accuracy model-accuracy-relative model-auc
    """,
}
OF_COLUMNS = frozenset({"column-variation", "suda-column"})  # told beside their column, in no group
_GROUP_OF = {name: group for group, names in GROUPS.items() for name in names.split()}


@dataclass(frozen=True)
class Scale:
    """Dots on a line from 0% to 100%, as places in the drawing; `before` is None where there is no number before."""

    before: float | None
    after: float


@dataclass(frozen=True)
class MeasureView:
    """A measure as the page tells it; `before` is "" where it means nothing, `says` where there are no words for it."""

    name: str
    before: str
    after: str
    says: str
    scale: Scale | None
    definition: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class GroupView:
    """Measures that answer one question."""

    name: str
    says: str
    measures: tuple[MeasureView, ...]


def view_groups(words: Words, report: ReadReport) -> tuple[GroupView, ...]:
    """Give back the groups that have a measure; those of single columns are told there."""
    told = [one for one in report.measures if one.name not in OF_COLUMNS]
    measures = {group: [one for one in told if group_of(one) is group] for group in Group}
    return tuple(
        GroupView(
            name=words.say(f"report.group.{group.value}.name"),
            says=words.say(f"report.group.{group.value}.says"),
            measures=tuple(view_measure(words, one) for one in found),
        )
        for group, found in measures.items()
        if found
    )


def view_assumed(words: Words, report: ReadReport) -> Iterator[str]:
    """Give back what measures of this report assume, a sentence each, where one of them does."""
    names = {one.name for one in report.measures}
    if any(one.endswith("-at-risk") for one in names):
        yield words.say("report.assumed.threshold", threshold=percent(report.exam.threshold))
    if report.exam.population is not None:
        yield words.say("report.assumed.population", population=f"{report.exam.population:,}")


def view_measures_of(words: Words, report: ReadReport, column: str) -> tuple[MeasureView, ...]:
    """Give back the measures that are told beside a column."""
    told = [one for one in report.measures if one.name in OF_COLUMNS]
    return tuple(view_measure(words, one, sentence_of(words, one, told)) for one in told if one.column == column)


def sentence_of(words: Words, one: Measured, told: Iterable[Measured]) -> str:
    """Give back the key of a sentence: `none` where there are words for it and the measure is 0 in every column."""
    none = words.knows(f"report.measure.{one.name}.none") and not any(
        other.after for other in told if other.name == one.name
    )
    return "none" if none else "says"


def measure_name(words: Words, name: str) -> str:
    return words.say(f"report.measure.{name}.name") if words.knows(f"report.measure.{name}.name") else name


def group_of(one: Measured) -> Group:
    """Give back the group; of a measure that is not known, by whether it has a column and an attacker."""
    if one.name in _GROUP_OF:
        return _GROUP_OF[one.name]
    if one.column:
        return Group.LEARNED
    return Group.KNOWN if one.attacker else Group.DETAIL


def view_measure(words: Words, one: Measured, sentence: str = "says") -> MeasureView:
    """Give back one measure; of those that are told beside a column, the name alone. `sentence`: which of its words."""
    name, beside = measure_name(words, one.name), not one.column or one.name in OF_COLUMNS
    return MeasureView(
        name=name if beside else words.say("report.fine.of_column", name=name, column=one.column),
        before="" if one.before is None else number_text(one.before, one.unit),
        after=number_text(one.after, one.unit),
        says=_says(words, one, sentence),
        scale=_scale(one),
        definition=tuple(_definition(words, one)),
    )


def _says(words: Words, one: Measured, sentence: str) -> str:
    key = f"report.measure.{one.name}.{sentence}"
    if not words.knows(key):
        return ""
    number, share = (_in_sentence(words, number_text(one.after, unit)) for unit in (one.unit, "share"))
    says = words.say(key, number=number, share=share)
    return says[:1].upper() + says[1:]  # it may begin with the number in words


def _in_sentence(words: Words, number: str) -> str:
    return words.say("report.under", number=number[1:]) if number.startswith("<") else number


def _definition(words: Words, one: Measured) -> Iterator[tuple[str, str]]:
    key, fine = f"report.measure.{one.name}", "report.fine"
    known = words.knows(f"{key}.name")
    attacker = words.say(f"{key}.attacker") if known else one.attacker
    yield words.say(f"{fine}.formula"), words.say(f"{key}.formula") if known else one.formula
    if attacker:
        yield words.say(f"{fine}.attacker"), attacker
    yield words.say(f"{fine}.better"), words.say(f"{fine}.{'less' if one.better is Better.LOWER else 'more'}")
    yield words.say(f"{fine}.source"), one.source


def _scale(one: Measured) -> Scale | None:
    """Give back the dots of a share or a probability; other numbers have no end to be drawn against."""
    if one.unit not in {"share", "probability"} or one.after > 1:
        return None
    return Scale(None if one.before is None else _place(one.before), _place(one.after))


def _place(share: Decimal) -> float:
    return round(_EDGE + float(min(share, Decimal(1))) * (SCALE_WIDTH - 2 * _EDGE), 2)
