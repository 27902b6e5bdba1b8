"""What differs on a machine, in words for a terminal and as JSON (spec/site.md 7.1)."""

import json
from collections.abc import Iterator

from sekisho.pages.words import Words
from sekisho.site.checking.check import Check
from sekisho.site.checking.drifts import Drift

FORMAT = "sekisho-site-check-v1"
MOST_TOLD = 40  # a machine that was never set up differs in more than anybody reads


def check_text(words: Words, check: Check, found: tuple[Drift, ...]) -> str:
    return "\n".join(_lines(words, check, found)) + "\n"


def _lines(words: Words, check: Check, found: tuple[Drift, ...]) -> Iterator[str]:
    if check.site.trial:
        yield words.say("check.trial")
    host = words.say(f"proof.kind.{check.host.kind.value}")
    if not found:
        yield words.say("check.clean", host=host, site=check.site.id)
        return
    yield words.say("check.drifted", host=host, site=check.site.id, count=len(found))
    for one in found[:MOST_TOLD]:
        yield f"  {drift_text(words, one)} [{one.kind.value}]"
    if len(found) > MOST_TOLD:
        yield words.say("check.more", count=len(found) - MOST_TOLD)


def drift_text(words: Words, one: Drift) -> str:
    """Give back one thing that differs in words; what may steer a terminal stands as `·`: a program chooses its own name."""
    text = words.say(f"check.drift.{one.kind.value}", place=one.place, what=one.what)
    return "".join(each if each.isprintable() else "·" for each in text)


def check_json(check: Check, found: tuple[Drift, ...]) -> str:
    """Give back one line for other programs."""
    drifts = [{"kind": one.kind.value, "place": one.place, "what": one.what} for one in found]
    told = {
        "format": FORMAT,
        "site": check.site.id,
        "host": check.host.name,
        "trial": check.site.trial,
        "drifts": drifts,
    }
    return json.dumps(told, ensure_ascii=False) + "\n"
