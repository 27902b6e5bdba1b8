"""The verdict on the processing standard as one page of HTML, with its own style and nothing from outside."""

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sekisho.pages.standard.facts import CaseFacts
from sekisho.pages.standard.view import view_standard
from sekisho.pages.words import Words


def write_standard_page(judgement_raw: bytes, facts: CaseFacts, words: Words) -> bytes:
    """Give back the page, UTF-8, of a judgement's canonical JSON; the same input gives the same bytes.

    Refuses with STANDARD_MALFORMED what is no judgement.
    """
    folder = files("sekisho.pages") / "templates"
    style = "".join((folder / name).read_text(encoding="utf-8") for name in ("report.css", "standard.css"))
    page = (
        _environment()
        .get_template("standard.html.j2")
        .render(
            say=words.say,
            lang=words.language.value,
            style=Markup(style),  # noqa: S704  # our own files
            style_digest=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
            trial=facts.trial,
            view=view_standard(judgement_raw, facts, words),
        )
    )
    return page.encode()


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("sekisho.pages", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
