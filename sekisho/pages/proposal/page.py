"""The answer to a request as one page of HTML with its own style, nothing from outside."""

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sekisho.deid.proposal.answer import Feasibility
from sekisho.pages.proposal.telling import (
    column_says,
    count_says,
    draft_says,
    items_say,
    objection_says,
    offers_say,
    percent,
    printable,
    verdict_says,
    waiting_says,
)
from sekisho.pages.words import Words


def feasibility_page(words: Words, answer: Feasibility) -> bytes:
    """Give back the page, UTF-8; the same answer gives the same bytes."""
    style = "".join(_template(name) for name in ("report.css", "feasibility.css"))
    asked, request = answer.asked, answer.request
    page = (
        _environment()
        .get_template("feasibility.html.j2")
        .render(
            say=words.say,
            lang=words.language.value,
            style=Markup(style),  # noqa: S704  # our own files
            style_digest=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
            feasible=answer.feasible,
            lead=verdict_says(words, answer),
            draft=draft_says(words, answer),
            dataset=printable(request.dataset),
            about=_about(words, answer),
            figures=_figures(words, answer),
            objections=list(dict.fromkeys(objection_says(words, answer, one) for one in asked.objections)),
            columns=[(printable(one.name), column_says(words, one), percent(one.lost)) for one in asked.columns],
            items=items_say(words, asked),
            waiting=[waiting_says(words, one) for one in asked.waiting],
            offers=offers_say(words, answer),
            runs=answer.found.runs,
            whole=answer.found.whole,
        )
    )
    return page.encode()


def _about(words: Words, answer: Feasibility) -> list[tuple[str, str]]:
    request = answer.request
    period = words.say("feasibility.period", begins=request.begins.isoformat(), ends=request.ends.isoformat())
    told = {
        "proposer": f"{printable(request.proposer_name)} ({request.proposer})",
        "purpose": printable(request.purpose),
        "period": period,
        "on": answer.on.isoformat(),
        "request": str(request.digest),
        "policy": str(answer.base.digest),
    }
    return [(words.say(f"feasibility.about.{name}"), text) for name, text in told.items()]


def _figures(words: Words, answer: Feasibility) -> list[tuple[str, str, str]]:
    """Give back heading, number and a sentence of what is shown large."""
    asked = answer.asked
    needed = words.say("feasibility.figure.needed", least=f"{answer.fewest:,}")
    in_file = words.say("feasibility.figure.in_file", persons=count_says(words, answer, answer.in_file))
    found = [(words.say("feasibility.persons.selected"), count_says(words, answer, asked.persons), in_file)]
    if asked.lost is not None:
        found.append((words.say("feasibility.persons.left"), count_says(words, answer, asked.persons_left), needed))
        found.append((words.say("feasibility.heading.lost"), percent(asked.lost), words.say("feasibility.figure.lost")))
    return found


def _template(name: str) -> str:
    return (files("sekisho.pages") / "templates" / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("sekisho.pages", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
