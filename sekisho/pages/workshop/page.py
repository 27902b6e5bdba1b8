"""The workshop as one page of HTML with its own style and drawings, nothing from outside."""

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sekisho.deid.workshop.inspecting import Inspection
from sekisho.deid.workshop.levels import LevelView
from sekisho.pages.charts import Chart, Naming, Side, lines_chart
from sekisho.pages.report.parts import Bar
from sekisho.pages.words import Words
from sekisho.pages.workshop.telling import (
    Offer,
    Shown,
    Told,
    column_says,
    level_says,
    printable,
    steps_say,
    tell,
    verdict,
)


@dataclass(frozen=True)
class LevelPart:
    """A level with its sentence and drawing."""

    name: str
    says: str
    chart: Chart


@dataclass(frozen=True)
class Other:
    """A proposal that is not shown in full."""

    name: str
    why: str
    line: str
    steps: str


def proposals_page(words: Words, shown: Shown, offer: Offer) -> bytes:
    """Give back the page, UTF-8, of the chosen proposal and the others; the same proposals give the same bytes."""
    one = offer.shown
    others = [
        Other(
            words.say("workshop.proposal", place=place + 1),
            words.say(f"workshop.why.{other.why.value}"),
            other.toml(),
            steps_say(words, other),
        )
        for place, other in enumerate(offer.proposals)
        if place != offer.chosen
    ]
    needs = words.say("workshop.needs_file") if one.needs_file and not offer.file else ""
    why = words.say(f"workshop.why.{one.why.value}")
    return _render(
        words, shown, one.levels, lead=why, line=one.toml(offer.file), needs=needs, others=others, remarks=[]
    )


def inspection_page(words: Words, shown: Shown, inspection: Inspection) -> bytes:
    """Give back the page, UTF-8, of what was found in a ladder."""
    remarks: list[Told] = list(tell(words, inspection.remarks))
    lead = verdict(words, inspection)
    return _render(words, shown, inspection.levels, lead=lead, line="", needs="", others=[], remarks=remarks)


def _render(words: Words, shown: Shown, levels: tuple[LevelView, ...], **parts: object) -> bytes:
    style = "".join(_template(name) for name in ("report.css", "ladder.css"))
    page = (
        _environment()
        .get_template("ladder.html.j2")
        .render(
            say=words.say,
            lang=words.language.value,
            title=words.say("workshop.title", column=printable(shown.column.name)),
            style=Markup(style),  # noqa: S704  # our own files
            style_digest=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
            about=(column_says(words, shown), words.say("workshop.rule_of_k", k=shown.k)),
            levels=[_level(words, one, shown.k) for one in levels],
            top=words.say("workshop.top", level=levels[-1].level + 1) if levels else "",
            **parts,
        )
    )
    return page.encode()


def _level(words: Words, level: LevelView, k: int) -> LevelPart:
    bars = tuple(Bar(one.label, one.rows) for one in level.bars)
    naming = Naming(words.say("workshop.pool"), words.say("workshop.blank"), printable)
    title = words.say("workshop.chart", level=level.level)
    chart = lines_chart(f"level-{level.level}", title, Side("after", bars, level.rows), naming)
    return LevelPart(words.say("workshop.level", level=level.level), level_says(words, level, k), chart)


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
