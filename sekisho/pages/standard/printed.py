"""The verdict on the processing standard on paper: 加工基準適合判定書, PDF/A-2b."""

from dataclasses import asdict
from typing import Any

from sekisho.pages.print.typeset import typeset
from sekisho.pages.standard.facts import CaseFacts
from sekisho.pages.standard.view import StandardView, view_standard
from sekisho.pages.words import Words

_SUMMARY = ("heading", "item", "title", "checked", "verdict", "decided_by")
_CHECKS = ("heading", "what", "found", "done", "decisions")
_SIGNATURE = ("heading", "judged_by", "confirmed_by", "name", "date", "says")


def print_standard(judgement_raw: bytes, facts: CaseFacts, words: Words) -> bytes:
    """Give back the sheet: on its first page the verdicts and the place for signatures, then what was found.

    The same judgement and facts give the same bytes on a machine. Refuses with STANDARD_MALFORMED what is no judgement,
    with PRINT_TYPST_MISSING or PRINT_FONT_MISSING where nothing can be printed.
    """
    view = view_standard(judgement_raw, facts, words)
    return typeset("standard", _texts(view, facts, words), facts.on)


def _texts(view: StandardView, facts: CaseFacts, words: Words) -> dict[str, Any]:
    say = words.say
    return {
        "lang": words.language.value,
        "title": say("standard_page.title"),
        "law": say("standard_page.law"),
        "watermark": say("standard_page.watermark") if facts.trial else "",
        "trial": say("standard_page.trial") if facts.trial else "",
        "foot": say("standard_page.foot.digest"),
        "digest": view.digest.hex,
        "verdict": view.verdict,
        "verdict_says": view.verdict_says,
        "lead": view.lead,
        "case_heading": say("standard_page.case.heading"),
        "case": view.case,
        "summary": {name: say(f"standard_page.summary.{name}") for name in _SUMMARY},
        "checks": {name: say(f"standard_page.checks.{name}") for name in _CHECKS},
        "signature": {name: say(f"standard_page.signature.{name}") for name in _SIGNATURE},
        "items": [_item(view, place, words) for place in range(len(view.items))],
        "digest_heading": say("standard_page.digest.heading"),
        "digests": [(name, digest.hex) for name, digest in view.digests],
    }


def _item(view: StandardView, place: int, words: Words) -> dict[str, Any]:
    """Give back an item with its counts and decisions as sentences."""
    told = asdict(view.items[place])
    for check in told["checks"]:
        check["looked"] = words.say("standard_page.checks.looked", counts=check["looked"]) if check["looked"] else ""
    for one in told["decisions"]:
        one["by"] = words.say("standard_page.checks.by", by=one["by"], on=one["on"])
        one["reason"] = words.say("standard_page.checks.reason", reason=one["reason"])
    return told
