"""The answer to a request in sentences, for the terminal and the page alike (spec/proposal.md 4)."""

from dataclasses import dataclass
from fractions import Fraction
from typing import assert_never

from sekisho.deid.proposal.answer import Feasibility
from sekisho.deid.proposal.asking import Coarser, Drop, LeaveOut, Move, Widen
from sekisho.deid.proposal.trial import ColumnAnswer, Objection, Trial, Waiting, Why
from sekisho.deid.standard.judgement import Verdict
from sekisho.pages.words import Words


@dataclass(frozen=True)
class ItemSays:
    """One of the five items: number, title, verdict in a word, and whether it stands in the way."""

    number: int
    title: str
    verdict: str
    bad: bool


@dataclass(frozen=True)
class OfferSays:
    """A loosening: what is done, and what it costs."""

    place: int
    moves: tuple[str, ...]
    cost: str
    waiting: str


def printable(text: str) -> str:
    """Give back `text` with `·` for what could steer a terminal."""
    return "".join(one if one.isprintable() else "·" for one in text)


def verdict_says(words: Words, answer: Feasibility) -> str:
    """Give back the answer in one sentence."""
    if answer.feasible:
        key = "waiting" if answer.asked.waiting else "feasible"
        return words.say(f"feasibility.verdict.{key}", count=len(answer.asked.waiting))
    if answer.found.offers:
        return words.say("feasibility.verdict.loosened", count=len(answer.found.offers))
    return words.say("feasibility.verdict.refused" if answer.found.whole else "feasibility.verdict.unfinished")


def draft_says(words: Words, answer: Feasibility) -> str:
    """Give back a draft of the notice to the proposer; a refusal gives its reasons (個人情報の保護に関する法律114条3項)."""
    lines = dict.fromkeys(objection_says(words, answer, one) for one in answer.asked.objections)
    facts = {
        "name": printable(answer.request.proposer_name),
        "dataset": printable(answer.request.dataset),
        "reasons": "\n".join(lines),
    }
    if answer.feasible:
        return words.say(f"feasibility.draft.{'accept_waiting' if answer.asked.waiting else 'accept'}", **facts)
    if not answer.found.offers:
        return words.say("feasibility.draft.refuse", **facts)
    moves = "\n".join(move_says(words, one) for one in answer.found.offers[0].moves)
    return words.say("feasibility.draft.refuse_loosened", **facts, moves=moves, count=len(answer.found.offers))


def count_says(words: Words, answer: Feasibility, count: int) -> str:
    """Give back a count of persons as it may be told."""
    span = answer.span(count)
    if span.high == 0:
        return words.say("feasibility.count.none")
    if span.low == 1:
        return words.say("feasibility.count.few", unit=answer.unit)
    return words.say("feasibility.count.about", low=f"{span.low:,}")


def objection_says(words: Words, answer: Feasibility, one: Objection) -> str:  # noqa: PLR0911 - one per kind
    """Give back what is in the way, as a sentence."""
    facts = {name: printable(str(fact)) for name, fact in one.facts}
    match one.why:
        case Why.NO_PLAN:
            key = "feasibility.why.no-plan-in" if "column" in facts else "feasibility.why.no-plan"
            return words.say(key, **{**facts, "bound": _bound(words, facts["bound"])})
        case Why.REFUSED:
            return words.say(f"reason.{facts['reason']}.what")
        case Why.ITEM_NOT_MET:
            return words.say(
                "feasibility.why.item-not-met",
                item=facts["item"],
                found=words.say(f"standard.check.{facts['look']}.found"),
                column=facts["column"] or words.say("feasibility.whole_table"),
            )
        case Why.TOO_MUCH_LOST:
            asked, reachable = (percent(Fraction(facts[name])) for name in ("asked", "reachable"))
            return words.say("feasibility.why.too-much-lost", asked=asked, reachable=reachable)
        case Why.FEW_PERSONS:
            persons = count_says(words, answer, answer.asked.persons)
            return words.say("feasibility.why.few-persons", least=f"{int(facts['least']):,}", persons=persons)
        case Why.FEW_PERSONS_LEFT:
            persons = count_says(words, answer, answer.asked.persons_left)
            return words.say("feasibility.why.few-persons-left", least=f"{int(facts['least']):,}", persons=persons)
        case Why.NOT_OFFERED | Why.NOBODY:
            return words.say(f"feasibility.why.{one.why.value}", **facts)
        case _:
            assert_never(one.why)


def move_says(words: Words, move: Move) -> str:
    """Give back one loosening in words."""
    match move:
        case Coarser(column=column, level=level, height=height):
            key = "feasibility.move.star" if level == height else "feasibility.move.coarser"
            return words.say(key, column=printable(column), level=level)
        case Drop(column=column):
            return words.say("feasibility.move.drop", column=printable(column))
        case LeaveOut(share=share):
            return words.say("feasibility.move.leave-out", share=percent(share))
        case Widen(place=place, column=column):
            return words.say("feasibility.move.widen", place=place, column=printable(column))
        case _:
            assert_never(move)


def offers_say(words: Words, answer: Feasibility) -> tuple[OfferSays, ...]:
    """Give back the loosenings in the order in which they cost."""
    return tuple(
        OfferSays(
            place,
            tuple(move_says(words, move) for move in trial.moves),
            words.say(
                "feasibility.cost",
                lost=percent(trial.lost or Fraction(0)),
                persons=count_says(words, answer, trial.persons_left),
            ),
            words.say("feasibility.offer_waits", count=len(trial.waiting)) if trial.waiting else "",
        )
        for place, trial in enumerate(answer.found.offers, 1)
    )


def items_say(words: Words, trial: Trial) -> tuple[ItemSays, ...]:
    """Give back the five items of a trial that was run; none where none was."""
    return tuple(
        ItemSays(
            item.value,
            words.say(f"standard.item.{item.value}.title"),
            words.say(f"standard.verdict.{verdict.value}"),
            verdict is Verdict.NOT_MET,
        )
        for item, verdict in trial.verdicts
    )


def waiting_says(words: Words, one: Waiting) -> str:
    """Give back what a named person still has to weigh."""
    return words.say(
        "feasibility.waiting",
        item=one.item.value,
        found=words.say(f"standard.check.{one.look}.found"),
        column=printable(one.column) or words.say("feasibility.whole_table"),
    )


def column_says(words: Words, one: ColumnAnswer) -> str:
    """Give back what becomes of a column, and how many of its cells are how fine."""
    done = words.say(f"standard.done.{one.done}")
    shares = [
        words.say("feasibility.level" if level else "feasibility.level_0", level=level, share=percent(share))
        for level, share in one.levels
        if share > 0
    ]
    return (
        done
        if not shares
        else words.say("feasibility.done", done=done, levels=words.say("feasibility.and").join(shares))
    )


def percent(share: Fraction) -> str:
    """Give back a share in percent with one decimal, halves up."""
    tenths = int(share * 1000 + Fraction(1, 2))
    return f"{tenths // 10}.{tenths % 10}%"


def _bound(words: Words, bound: str) -> str:
    for key in (f"report.measure.{bound}.name", f"feasibility.bound.{bound}"):
        if words.knows(key):
            return words.say(key)
    return bound
