"""The comparison with another reader: what it is asked, what of its answer counts, and what is shown."""

import sys

import pytest

from bench.freetext.beside import markdown, read_by
from bench.freetext.entities import installed_mib
from bench.freetext.labelled import read_sentence
from sekisho.freetext.spans import Kind, Span

OTHER = """#!{python}
import json, sys
texts = json.load(sys.stdin)
found = [[[text.find("高橋"), text.find("高橋") + 2, "Person"], [0, 1, "Dish"]] for text in texts]
told = dict(versions={{"other": "1.0"}}, load_seconds=2, seconds_per_1000=17.25, peak_mib=1200, installed_mib=372.4)
json.dump(told | dict(entities=found), sys.stdout)
"""
TOLD = {
    "versions": {"other": "1.0"},
    "load_seconds": 2,
    "seconds_per_1000": 17.25,
    "peak_mib": 1200,
    "installed_mib": 372,
}


@pytest.fixture
def other(tmp_path):
    program = tmp_path / "other"
    program.write_text(OTHER.format(python=sys.executable), encoding="utf-8")
    program.chmod(0o755)
    return str(program)


def test_the_other_reader_reads_the_folded_text_and_its_spans_are_of_the_original(other):
    told = read_by(other, ["ﾊﾞ髙橋さん"])
    assert told["spans"] == {"ﾊﾞ髙橋さん": (Span(2, 4, Kind.NAME),)}
    assert "entities" not in told


def test_each_reader_alone_and_both_together_are_shown():
    sentences = {"test": (read_sentence("", "[氏名:ぬるめ]が[氏名:田中]さんと来た"),)}
    told = TOLD | {"spans": {"ぬるめが田中さんと来た": (Span(0, 3, Kind.NAME),)}}
    shown = "\n".join(markdown(sentences, told, 0.5))
    assert "| Sekisho | 0.500 (1 of 2) |" in shown
    assert "| GiNZA | 0.500 (1 of 2) |" in shown
    assert "| both | 1.000 (2 of 2) |" in shown
    assert "17.2 s for 1,000 sentences" in shown


def test_what_sekisho_has_anyway_is_not_counted_as_the_other_readers_size():
    assert installed_mib("sudachipy", "sudachidict-core") == 0
    assert installed_mib("pydantic") > installed_mib("annotated-types") > 0
    assert installed_mib("no-such-package") == 0
