"""The workshop on a terminal of eighty columns: sentences, and a small bar chart for each level."""

from collections.abc import Iterator
from fractions import Fraction

from sekisho.deid.workshop.inspecting import Inspection
from sekisho.deid.workshop.levels import LevelView
from sekisho.pages.charts import share_text
from sekisho.pages.columns import in_columns, width_of, wrap
from sekisho.pages.words import Words
from sekisho.pages.workshop.telling import Offer, Shown, column_says, label_text, level_says, steps_say, tell, verdict

WIDTH = 80
_LABEL, _BAR = 30, 26
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def proposals_text(words: Words, shown: Shown, offer: Offer) -> str:
    """Give back the chosen proposal with its charts, then the others in a few lines each."""
    one = offer.shown
    lines = [*_about(words, shown), words.say("workshop.proposal", place=offer.chosen + 1)]
    lines += _wrapped(words.say(f"workshop.why.{one.why.value}"))
    lines += [*_wrapped(words.say("workshop.line")), "", f"    {one.toml(offer.file)}", ""]
    if one.needs_file and not offer.file:
        lines += [*_wrapped(words.say("workshop.needs_file")), ""]
    lines += _levels(words, one.levels, shown.k)
    others = [(place, other) for place, other in enumerate(offer.proposals) if place != offer.chosen]
    if others:
        lines += [words.say("workshop.other_proposals")]
    for place, other in others:
        lines += ["", "  " + words.say("workshop.proposal", place=place + 1)]
        lines += _wrapped(words.say(f"workshop.why.{other.why.value}"), 4)
        lines += [f"    {other.toml()}", *_wrapped(steps_say(words, other), 4)]
    if others:
        chosen = words.say("workshop.chosen_of", place=offer.chosen + 1, count=len(offer.proposals))
        lines += ["", *_wrapped(chosen, 0)]
    return "\n".join(lines).rstrip()


def inspection_text(words: Words, shown: Shown, inspection: Inspection) -> str:
    """Give back all remarks with how to mend them, then what the levels do."""
    lines = [*_about(words, shown), *_wrapped(verdict(words, inspection), 0), ""]
    for one in tell(words, inspection.remarks):
        lines += [f"  [{one.mark}]", *_wrapped(one.what, 4), *_wrapped(one.where, 4), *_wrapped(one.mend, 4), ""]
    return "\n".join([*lines, *_levels(words, inspection.levels, shown.k)]).rstrip()


def _about(words: Words, shown: Shown) -> Iterator[str]:
    yield from _wrapped(column_says(words, shown), 0)
    yield from _wrapped(words.say("workshop.rule_of_k", k=shown.k), 0)
    yield ""


def _levels(words: Words, levels: tuple[LevelView, ...], k: int) -> Iterator[str]:
    for one in levels:
        yield "  " + words.say("workshop.level", level=one.level)
        yield from _wrapped(level_says(words, one, k), 4)
        yield from _bars(words, one)
        yield ""
    if levels:
        yield "  " + words.say("workshop.top", level=levels[-1].level + 1)
        yield ""


def _bars(words: Words, level: LevelView) -> list[str]:
    """Give back a line a bar; the pool has none, for it is no label. Bars stand last: their signs are of any width."""
    largest = max((one.rows for one in level.bars if one.label is not None), default=1)
    rows = [
        (
            _shorten(label_text(words, one.label)),
            f"{one.rows:,}",
            share_text(Fraction(one.rows, level.rows or 1)),
            _bar(Fraction(one.rows, largest)) if one.label is not None else "",
        )
        for one in level.bars
    ]
    return in_columns(rows, right=frozenset({1, 2}), indent=6)


def _bar(share: Fraction) -> str:
    """Give back a bar of eighths of a cell, at least one of them."""
    eighths = max(int(share * _BAR * 8), 1)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def _shorten(text: str) -> str:
    if width_of(text) <= _LABEL:
        return text
    while width_of(text + "…") > _LABEL:
        text = text[:-1]
    return text + "…"


def _wrapped(text: str, indent: int = 2) -> list[str]:
    return [" " * indent + line for line in wrap(text, WIDTH - indent)]
