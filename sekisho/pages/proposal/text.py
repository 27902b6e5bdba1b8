"""The answer to a request as text for a terminal."""

from collections.abc import Iterable, Iterator

from sekisho.deid.proposal.answer import Feasibility
from sekisho.pages.columns import described, wrap
from sekisho.pages.proposal.telling import (
    column_says,
    count_says,
    items_say,
    objection_says,
    offers_say,
    percent,
    printable,
    verdict_says,
    waiting_says,
)
from sekisho.pages.words import Words

WIDTH = 80


def feasibility_text(words: Words, answer: Feasibility) -> str:
    """Give back the answer as lines of at most 80 cells, the verdict first."""
    parts = [list(wrap(verdict_says(words, answer), WIDTH)), list(_objections(words, answer)), _persons(words, answer)]
    asked = answer.asked
    if asked.columns:
        rows = [(printable(one.name), f"{percent(one.lost)}  {column_says(words, one)}") for one in asked.columns]
        parts.append([words.say("feasibility.heading.columns"), *described(rows, WIDTH)])
    if asked.verdicts:
        rows = [(f"{one.number} {one.title}", one.verdict) for one in items_say(words, asked)]
        parts.append([words.say("feasibility.heading.items"), *described(rows, WIDTH, widest=50)])
    if asked.waiting:
        lines = _list([waiting_says(words, one) for one in asked.waiting])
        parts.append([words.say("feasibility.heading.waiting"), *lines])
    parts.append(list(_offers(words, answer)))
    return "\n\n".join("\n".join(one) for one in parts if one)


def _objections(words: Words, answer: Feasibility) -> Iterator[str]:
    if answer.asked.objections:
        yield words.say("feasibility.heading.objections")
        yield from _list(dict.fromkeys(objection_says(words, answer, one) for one in answer.asked.objections))


def _persons(words: Words, answer: Feasibility) -> list[str]:
    counts = [("in_file", answer.in_file), ("selected", answer.asked.persons)]
    if answer.asked.columns:
        counts.append(("left", answer.asked.persons_left))
    rows = [(words.say(f"feasibility.persons.{name}"), count_says(words, answer, count)) for name, count in counts]
    rows.append((words.say("feasibility.persons.needed"), words.say("feasibility.count.exact", n=f"{answer.fewest:,}")))
    return [words.say("feasibility.heading.persons"), *described(rows, WIDTH)]


def _offers(words: Words, answer: Feasibility) -> Iterator[str]:
    if answer.feasible:
        return
    offers = offers_say(words, answer)
    if offers:
        yield words.say("feasibility.heading.offers")
    for one in offers:
        moves = words.say("feasibility.and").join(one.moves)
        yield from _numbered(one.place, f"{moves}{words.say('feasibility.colon')}{one.cost}{one.waiting}")
    yield from wrap(words.say("feasibility.runs", runs=answer.found.runs), WIDTH)


def _numbered(place: int, text: str) -> Iterator[str]:
    return described([(f"{place}.", text)], WIDTH)


def _list(texts: Iterable[str]) -> list[str]:
    return [line for one in texts for line in described([("-", one)], WIDTH)]
