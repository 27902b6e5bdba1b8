"""The measures of a report in groups: what each means in a sentence, its numbers, and its definition behind them."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from sekisho.deid.measure import Better
from sekisho.pages.report.numbers import number_text, percent
from sekisho.pages.report.parts import Measured, ReadReport
from sekisho.pages.words import Words

_WIDTH, _EDGE = 160.0, 7.0  # of a scale's drawing, and the room for a dot at either end


class Group(Enum):
    """What a measure tells, in the order of the page."""

    KNOWN = "known"  # the attacker knows that the person is in the table
    SOUGHT = "sought"  # the attacker does not, or looks at everybody
    LEARNED = "learned"
    DETAIL = "detail"
    ANSWERS = "answers"


GROUPS = {
    "k": Group.KNOWN,
    "k-wildcard": Group.KNOWN,
    "k-subjects": Group.KNOWN,
    "unique-rows": Group.KNOWN,
    "sample-uniqueness": Group.KNOWN,
    "highest-risk": Group.KNOWN,
    "average-risk": Group.KNOWN,
    "prosecutor-at-risk": Group.KNOWN,
    "suda-rows": Group.KNOWN,
    "suda-highest-dis": Group.KNOWN,
    "suda-mean-dis": Group.KNOWN,
    "k-map": Group.SOUGHT,
    "presence-least": Group.SOUGHT,
    "presence-greatest": Group.SOUGHT,
    "journalist-highest": Group.SOUGHT,
    "journalist-average": Group.SOUGHT,
    "journalist-at-risk": Group.SOUGHT,
    "marketer": Group.SOUGHT,
    "population-uniqueness-zayatz": Group.SOUGHT,
    "population-uniqueness-pitman": Group.SOUGHT,
    "population-uniqueness-snb": Group.SOUGHT,
    "population-uniqueness-dankar": Group.SOUGHT,
    "copula-uniqueness": Group.SOUGHT,
    "copula-correctness": Group.SOUGHT,
    "copula-correctness-highest": Group.SOUGHT,
    "individual-highest": Group.SOUGHT,
    "individual-mean": Group.SOUGHT,
    "individual-expected": Group.SOUGHT,
    "individual-at-risk": Group.SOUGHT,
    "household-highest": Group.SOUGHT,
    "household-mean": Group.SOUGHT,
    "alpha-k": Group.LEARNED,
    "distinct-l": Group.LEARNED,
    "entropy-l": Group.LEARNED,
    "recursive-l": Group.LEARNED,
    "t-closeness-equal": Group.LEARNED,
    "t-closeness-ordered": Group.LEARNED,
    "t-closeness-hierarchical": Group.LEARNED,
    "delta-disclosure": Group.LEARNED,
    "beta-likeness": Group.LEARNED,
    "beta-likeness-enhanced": Group.LEARNED,
    "marginal-variation": Group.ANSWERS,
    "marginal-variation-most": Group.ANSWERS,
    "pair-variation": Group.ANSWERS,
    "pair-variation-most": Group.ANSWERS,
    "kl-divergence": Group.ANSWERS,
    "query-error": Group.ANSWERS,
    "query-error-p90": Group.ANSWERS,
    "model-accuracy": Group.ANSWERS,
    "model-accuracy-relative": Group.ANSWERS,
    "model-auc": Group.ANSWERS,
    "classes": Group.DETAIL,
    "suppressed-share": Group.DETAIL,
    "suppressed-cells": Group.DETAIL,
    "blank-cells": Group.DETAIL,
    "loss": Group.DETAIL,
    "precision-loss": Group.DETAIL,
    "entropy-loss": Group.DETAIL,
    "discernibility": Group.DETAIL,
    "average-class": Group.DETAIL,
    "class-of-a-record": Group.DETAIL,
}


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
    """Give back the groups that have a measure."""
    measures = {group: [one for one in report.measures if group_of(one) is group] for group in Group}
    return tuple(
        GroupView(
            name=words.say(f"report.group.{group.value}.name"),
            says=words.say(f"report.group.{group.value}.says"),
            measures=tuple(_view(words, one) for one in found),
        )
        for group, found in measures.items()
        if found
    )


def measure_name(words: Words, name: str) -> str:
    return words.say(f"report.measure.{name}.name") if words.knows(f"report.measure.{name}.name") else name


def group_of(one: Measured) -> Group:
    """Give back the group; of a measure that is not known, by whether it has a column and an attacker."""
    if one.name in GROUPS:
        return GROUPS[one.name]
    if one.column:
        return Group.LEARNED
    return Group.KNOWN if one.attacker else Group.DETAIL


def _view(words: Words, one: Measured) -> MeasureView:
    name = measure_name(words, one.name)
    key = f"report.measure.{one.name}.says"
    facts = {"number": number_text(one.after, one.unit), "share": percent(one.after) if one.after.is_finite() else "∞"}
    return MeasureView(
        name=words.say("report.fine.of_column", name=name, column=one.column) if one.column else name,
        before="" if one.before is None else number_text(one.before, one.unit),
        after=number_text(one.after, one.unit),
        says=words.say(key, **facts) if words.knows(key) else "",
        scale=_scale(one),
        definition=tuple(_definition(words, one)),
    )


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
    return round(_EDGE + float(min(share, Decimal(1))) * (_WIDTH - 2 * _EDGE), 2)
