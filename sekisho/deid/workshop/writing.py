"""Ladders as people write them: the line under `[ladder]` of a policy, and the hierarchy file (spec/policy.md 4.1)."""

import csv
import io
import json
import re
from collections.abc import Iterable
from typing import assert_never

from sekisho.deid.ladders.bands import Bands
from sekisho.deid.ladders.builtin.known import BuiltIn
from sekisho.deid.ladders.calendar import Calendar
from sekisho.deid.ladders.cuts import Cuts
from sekisho.deid.ladders.file import FileLadder
from sekisho.deid.ladders.ladder import TOP, Ladder
from sekisho.deid.ladders.parts import Parts
from sekisho.deid.ladders.prefix import Prefix
from sekisho.deid.ladders.rule import Rule
from sekisho.deid.ladders.spelling import band, written
from sekisho.deid.table import Value

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml_line(column: str, rule: Rule, file: str) -> str:
    """Give back the line that declares `rule` for `column`; `file` is the name of a hierarchy file, if it is one."""
    name = column if _BARE.fullmatch(column) else _text(column)
    return f"{name} = {{ {', '.join(_keys(rule, file))} }}"


def _keys(rule: Rule, file: str) -> list[str]:  # noqa: PLR0911 - one per kind
    match rule:
        case FileLadder():
            return [f"file = {_text(file)}"]
        case Bands(widths=widths, top=top, bottom=bottom):
            limits = [f"{key} = {limit}" for key, limit in (("top", top), ("bottom", bottom)) if limit is not None]
            return [f"bands = {list(widths)}", *limits]
        case Calendar(steps=steps):
            return [f"date = [{', '.join(_text(one.value) for one in steps)}]"]
        case Cuts(cuts=cuts):
            return [f"cuts = {[list(one) for one in cuts]}"]
        case Parts(by=by, parts=parts):
            return [f"{by.value} = {list(parts)}"]
        case Prefix(lengths=lengths):
            return [f"prefix = {list(lengths)}"]
        case BuiltIn(name=known):
            return [f"builtin = {_text(known.value)}"]
        case _:
            assert_never(rule)


def _text(text: str) -> str:
    """Give back a basic string of TOML: JSON's escapes are among its own, but for U+007F, which it wants escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def write_ladder(rule: FileLadder) -> bytes:
    """Give back the hierarchy file, as `read_ladder` reads it."""
    sink = io.StringIO()
    csv.writer(sink, delimiter=";", lineterminator="\n").writerows(rule.lines)
    return sink.getvalue().encode()


def as_file(ladder: Ladder) -> FileLadder:
    """Give back what `ladder` says of the values present, as the lines of a hierarchy file, in its order.

    A ladder that codes values at level 0 has one level more as a file: there level 0 is the value itself.
    """
    coded = any(ladder.labels[0][node] != value for node, value in zip(ladder.nodes[0], ladder.values, strict=True))
    levels = range(0 if coded else 1, ladder.height)
    return FileLadder(
        tuple(
            (written(value), *_labels(ladder.labels[level][ladder.nodes[level][place]] for level in levels), TOP)
            for place, value in enumerate(ladder.values)
        )
    )


def _labels(labels: Iterable[Value]) -> Iterable[str]:
    """Yield labels as a file may have them: a number below zero alone would begin as a formula does."""
    for label in labels:
        yield band(label, label) if isinstance(label, int) and label < 0 else written(label)
