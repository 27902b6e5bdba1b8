"""A proposed schema as one page of HTML with its own style, nothing from outside."""

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sekisho.deid.workshop.proposing.proposal import Proposal
from sekisho.pages.words import Words
from sekisho.pages.workshop.proposal_telling import about, closing, column_told, notices
from sekisho.pages.workshop.telling import printable


def proposal_page(words: Words, file: str, proposal: Proposal) -> bytes:
    """Give back the page, UTF-8; the same proposal gives the same bytes."""
    style = "".join(_template(name) for name in ("report.css", "ladder.css"))
    page = (
        _environment()
        .get_template("proposal.html.j2")
        .render(
            say=words.say,
            lang=words.language.value,
            title=words.say("inspect.title", file=printable(file)),
            style=Markup(style),  # noqa: S704  # our own files
            style_digest=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
            about=list(about(words, proposal)),
            notices=notices(words, proposal.found),
            columns=[column_told(words, one) for one in proposal.columns],
            closing=closing(words, proposal),
        )
    )
    return page.encode()


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
