import base64
import hashlib
import re
from collections import Counter
from functools import cache
from html import unescape
from html.parser import HTMLParser

import pytest

from sekisho.deid.deidentify import deidentify
from sekisho.deid.report.report import write_report
from sekisho.deid.schema import read_schema
from sekisho.deid.table import table_of
from sekisho.deid.written.policy import read_policy
from sekisho.errors import Malformed, Reason
from sekisho.pages.report.numbers import percent
from sekisho.pages.report.page import write_report_page
from sekisho.pages.report.reading import read_report
from sekisho.pages.words import Language, words_in
from sekisho.statement import read_canonical, write_canonical

SCHEMA = """
format = "sekisho-schema-v1"
name = "small"
encoding = "utf-8"
[[column]]
name = "名前"
type = "text"
role = "identifier"
[[column]]
name = "<b>age"
type = "integer"
role = "quasi-identifier"
[[column]]
name = "place"
type = "text"
role = "quasi-identifier"
[[column]]
name = "born"
type = "integer"
role = "quasi-identifier"
[[column]]
name = "income"
type = "integer"
role = "sensitive"
[[column]]
name = "note"
type = "text"
role = "plain"
blank = true
"""
POLICY = """
format = "sekisho-policy-v1"
mode = "global"
k = 2
suppression_limit = %s
delete = ["born"]
[ladder]
"<b>age" = { bands = [10] }
place = { file = "place.csv" }
[code]
income = { top = 1_000_000, bottom = 0 }
"""
PLACES = b"north;*\nsouth;*\n<i>&;*\n"


@cache
def report_json(limit: str = "0.2") -> bytes:
    table = table_of(
        **{
            "名前": list("abcdefghij"),
            "<b>age": [31, 32, 33, 34, 41, 42, 43, 44, 45, 99],
            "place": ["north"] * 5 + ["south"] * 4 + ["<i>&"],
            "born": [1990] * 10,
            "income": [0, 10, 20, 30, 40, 50, 60, 70, 2_000_000, 90],
            "note": ["x"] * 8 + [None, None],
        }
    )
    schema, policy = read_schema(SCHEMA.encode()), read_policy((POLICY % limit).encode(), {"place.csv": PLACES})
    return write_report(deidentify(table, schema, policy, entropy=bytes(32)).report)


def page(language: Language = Language.EN, subject: str = "") -> str:
    return write_report_page(report_json(), words_in(language), subject).decode()


class _Tags(HTMLParser):
    """Collects tags, attributes and text; open tags must be closed."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def parsed(text: str) -> _Tags:
    tags = _Tags()
    tags.feed(text)
    tags.close()
    assert tags.open == []
    return tags


@pytest.mark.parametrize("language", Language)
def test_the_page_is_whole_html_in_its_language(language: Language) -> None:
    tags = parsed(page(language))
    assert ("lang", language.value) in tags.attributes
    assert tags.tags.count("h1") == 1


@pytest.mark.parametrize("language", Language)
def test_the_page_runs_nothing_and_fetches_nothing(language: Language) -> None:
    text = page(language)
    tags = parsed(text)
    assert not set(tags.tags) & {"script", "link", "img", "iframe", "object", "base", "form", "a"}
    assert not [name for name, _ in tags.attributes if name in {"src", "href", "style"} or name.startswith("on")]
    assert "url(" not in text
    assert "@import" not in text
    assert "http:" not in text
    assert "https:" not in text


def test_the_content_security_policy_names_the_one_style() -> None:
    text = page()
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in text


def test_names_and_labels_are_text_even_when_they_look_like_html() -> None:
    text = page(subject="<script>alert(1)</script>")
    tags = parsed(text)
    assert "script" not in tags.tags
    assert not {"b", "i"} & set(tags.tags)
    assert "<b>age" in "".join(tags.texts)


def test_the_large_numbers_are_those_of_the_report() -> None:
    report = read_report(report_json())
    numbers = re.findall(r'<p class="number.*?">(.*?)</p>', page())
    assert numbers[0] == str(int(report.measure("k").after))
    assert numbers[1] == '<span class="was">10 →</span> 0'
    assert numbers[2:] == [percent(report.measure(name).after) for name in ("suppressed-share", "loss")]


@pytest.mark.parametrize("language", Language)
def test_deleted_quasi_identifiers_are_named_where_numbers_do_not_count_them(language: Language) -> None:
    words = words_in(language)
    name = words.say("report.change.column", name="born")  # an identifier that was deleted is not among them
    big, measures = (words.say(f"report.deleted.{place}", count="1", names=name) for place in ("big", "measures"))
    text = unescape(page(language))
    headline, column_by_column, fine = (words.say(f"report.{one}.heading") for one in ("asked", "columns", "fine"))
    assert text.index(big) < text.index(f"<h2>{headline}") < text.index(f"<h2>{column_by_column}")
    assert text.index(f"<h2>{fine}") < text.index(measures) < text.index("<details>", text.index(f"<h2>{fine}"))
    assert (text.count(big), text.count(measures)) == (1, 1)
    assert f"<p>{words.say('report.big.loss_says_stay')}</p>" in text
    assert f"<p>{words.say('report.big.loss_says')}</p>" not in text


@pytest.mark.parametrize("language", Language)
def test_where_all_quasi_identifiers_stay_no_number_is_said_to_lack_one(language: Language) -> None:
    value, words = read_canonical(report_json()), words_in(language)
    value["columns"] = [one for one in value["columns"] if one["name"] != "born"]
    text = unescape(write_report_page(write_canonical(value), words).decode())
    assert f"<p>{words.say('report.big.loss_says')}</p>" in text
    assert 'class="uncounted"' not in text
    assert words.texts["report.deleted.measures"].split("}")[-1] not in text


def test_what_was_done_is_said_for_every_column_in_words() -> None:
    text = "".join(parsed(page(Language.JA)).texts)
    assert "一般化、2段階のうち1段階目" in text
    assert "1,000,000以上の値を「≥1,000,000」" in text
    assert "0以下の値を「≤0」" in text
    assert "それだけで個人が分かるので" in text
    assert "加工方針にしたがって" in text
    assert "値をまとめずに残しました" in text
    assert "値をそのまま残しました" in text


def test_every_drawing_has_a_title_and_tells_its_numbers() -> None:
    text = page()
    drawings = re.findall(r'<svg role="img" .*?</svg>', text, re.DOTALL)
    assert len(drawings) == 9  # age and income in two each, place and note in pairs, rows, chances, sizes of groups
    ids = re.findall(r' id="([^"]+)"', text)
    assert max(Counter(ids).values()) == 1
    for one in drawings:
        title, told = re.search(r"<title id=\"(.*?)\">.+?</title>", one), re.search(r"<desc .*?>(.+?)</desc>", one)
        assert title is not None
        assert f'aria-labelledby="{title[1]}"' in one
        assert told is not None
        assert re.search(r"\d", told[1])
    assert text.count("<svg ") == len(drawings) + text.count('<svg aria-hidden="true"')


def test_the_same_report_gives_the_same_page() -> None:
    assert page() == page()


def test_a_subject_stands_in_the_title() -> None:
    assert "<title>De-identification report – Small town</title>" in page(subject="Small town")


def test_digests_stand_in_the_fine_print() -> None:
    text = page()
    report = read_report(report_json())
    for digest in (report.digest, report.schema, report.policy, report.plan):
        assert digest.hex in text


def test_a_measure_without_words_is_shown_by_name() -> None:
    value = read_canonical(report_json())
    value["measures"].append(value["measures"][1] | {"name": "odd-measure", "formula": "odd formula", "attacker": ""})
    text = "".join(parsed(write_report_page(write_canonical(value), words_in(Language.EN)).decode()).texts)
    assert "odd formula" in text
    assert "odd-measure" in text


def test_a_report_of_which_no_row_is_left_says_so() -> None:
    value = read_canonical(report_json())
    value["rows"] = {"before": 10, "changed": 10, "after": 0, "suppressed": 10, "added": 0}
    for column in value["columns"]:
        column["after"], column["before"] = [], []
    text = "".join(parsed(write_report_page(write_canonical(value), words_in(Language.EN)).decode()).texts)
    assert "all rows were left out" in text
    assert "too small to be shown" in text


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (("format",), "sekisho-report-v9"),
        (("schema",), "sha256:0"),
        (("rows", "before"), "10"),
        (("rows",), {"before": 1}),
        (("measures", 0, "after"), "five"),
        (("measures", 0, "after"), "1e9"),
        (("measures", 0, "name"), "no-k"),
        (("columns", 1, "role"), "spy"),
        (("columns", 1, "type"), "blob"),
        (("columns", 1, "done"), {"do": "guess"}),
        (("columns", 1, "done"), {"do": "keep", "level": 1}),
        (("columns", 1, "before"), [{"label": 1, "rows": 2}]),
        (("bounds", 0), {"measure": "k"}),
        (("bounds", 0), "k"),
        (("bounds", 0), {"measure": "odd", "at_least": "2"}),
        (("bounds", 0), {"measure": "average-risk", "at_most": "1/0"}),
        (("search", "proven"), 1),
        (("search", "mode"), "guess"),
        (("search", "labels"), "sets"),
        (("search", "star"), "value"),
        (("columns", 1, "causes"), [{"bound": "odd", "column": None, "rows": 2}]),
        (("columns", 1, "levels"), [{"level": 1}]),
        (("columns", 1, "done"), {"do": "star", "counts_as": "odd"}),
        (("class_sizes", "before"), [{"from": 1}]),
        (("measures", 0, "better"), "sideways"),
        (("changes",), ["noise"]),
        (("changes",), [{"do": "paint", "columns": []}]),
        (("changes",), [{"do": "round", "columns": [1], "to": 10}]),
        (("changes",), [{"do": "sample", "share": "half", "subject": ""}]),
        (("changes",), [{"do": "delete-rows", "where": {"column": "income"}}]),
    ],
)
def test_what_is_no_report_is_refused(path: tuple[str | int, ...], wrong: object) -> None:
    value = read_canonical(report_json())
    part = value
    for one in path[:-1]:
        part = part[one]
    part[path[-1]] = wrong
    with pytest.raises(Malformed) as caught:
        write_report_page(write_canonical(value), words_in(Language.EN))
    assert caught.value.reason is Reason.STATEMENT_MALFORMED


@pytest.mark.parametrize("language", list(Language))
def test_each_digest_says_whether_it_is_of_a_file_or_of_a_canonical_form(language):
    words = words_in(language)
    fine = page(language).split(words.say("report.fine.digests"))[1]
    lines = fine.split("<dt>")[1:]
    assert [words.say("report.fine.of_file") in one for one in lines] == [True, True, False, False]
    for one, name in zip(lines[2:], ("policy.md", "schema.md"), strict=True):
        assert words.say("report.fine.of_canonical", page=name) in one


def test_a_code_of_digits_is_not_spelled_as_a_number() -> None:
    value = read_canonical(report_json())
    column = next(one for one in value["columns"] if one["type"] in {"code", "text"} and one["before"])
    for side in ("before", "after"):
        for bar in column[side][:1]:
            bar["label"] = "01101"
    text = write_report_page(write_canonical(value), words_in(Language.EN)).decode()
    assert "01101" in text
    assert "1,101" not in text
