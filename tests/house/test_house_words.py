"""Code and glossary speak the same words (STYLE.md 6 to 8)."""

import ast
import re
from enum import Enum

import pytest
from house_code import CODE, ROOT, files_under, tree_of

import sekisho
from sekisho.deid.schema import Role as ColumnRole
from sekisho.errors import Reason
from sekisho.journey import Event, State, Zone
from sekisho.pages.words import Language, words_in
from sekisho.release.people import Role

ROWS = [
    line.split("|") for line in (ROOT / "GLOSSARY.md").read_text(encoding="utf-8").splitlines() if line.startswith("| ")
]
WORDS = [row for row in ROWS if row[1].strip() != "English"]
TERMS = [term.strip().strip("`").lower() for row in WORDS for term in row[1].split(",")]
GROUPS = sorted({reason.value.partition(".")[0] for reason in Reason})
NEVER = {
    "manager",
    "handler",
    "helper",
    "util",
    "utils",
    "common",
    "misc",
    "service",
    "processor",
    "factory",
    "impl",
    "data",
    "info",
}
OTHER_WORDS = {
    "サーバー": "サーバ",
    "拠点": "サイト",
    "スキーマ": "表の定義",
    "ポリシー": "加工方針",
    "パーセル": "封緘データ",
    "小包": "封緘データ",
    "ラベル": "送り状",
    "手形": "許可証",
    "レシート": "受領証",
    "レポート": "報告書",
    "チェックポイント": "確認点",
    "情報損失": "失われた細かさ",
    "危険": "リスク",
    "空白のセル": "空欄",
    "作った行": "疑似データ",
}
"""Words that a catalogue might use, and the one that it has to use."""
NOT_OURS = {
    "client_data": "WebAuthn's own name for what a browser signs",
    "authenticator_data": "WebAuthn's own name for what a key signs",
    "data_received": "asyncio calls it by this name",
    "handle_data": "html.parser calls it by this name",
}
"""Names that others gave, each with its reason."""


@pytest.mark.parametrize("words", [Event, State, Zone, Role, ColumnRole], ids=lambda one: one.__module__ + one.__name__)
def test_every_event_state_zone_and_role_is_in_the_glossary(words: type[Enum]):
    assert [one.value for one in words if one.value.lower() not in TERMS] == []


def test_every_group_of_reasons_is_in_the_glossary():
    assert [group for group in GROUPS if group not in TERMS] == []


def test_every_noun_of_the_face_is_in_the_glossary():
    nouns = [name for name in sekisho.__all__ if name[0].isupper() and name != "SekishoError"]
    assert [noun for noun in nouns if noun.lower() not in TERMS] == []


def test_every_room_is_in_the_glossary_or_the_architecture():
    said = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rooms = [
        path.stem
        for path in sorted((ROOT / "sekisho").iterdir())
        if path.stem[0] not in "_." and path.suffix != ".typed"
    ]
    assert [room for room in rooms if f"`{room}`" not in said] == []


def test_every_word_of_the_glossary_has_both_languages_and_a_meaning():
    assert [row[1].strip() for row in WORDS if len(row) != 5 or not all(cell.strip() for cell in row[1:4])] == []


def test_catalogues_use_the_words_of_the_glossary_only():
    texts = words_in(Language.JA).texts
    found = [(key, other) for key, text in texts.items() for other in OTHER_WORDS if other in text]
    assert found == []
    assert [word for word in OTHER_WORDS.values() if not any(word in row[2] for row in WORDS)] == []


def test_no_name_has_a_word_that_says_nothing():
    found = [
        f"{path.relative_to(ROOT).as_posix()} {name}"
        for path in files_under(*CODE, "tests")
        for name in names_in(path)
        if set(words_of(name)) & NEVER
    ]
    assert found == []


def names_in(path):
    yield path.stem
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name


def words_of(name):
    """Give the words of a name in either spelling, without what others named."""
    for given in NOT_OURS:
        name = name.replace(given, "")
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)]


@pytest.mark.parametrize("name", ["ParcelManager", "label_info", "data", "shared_utils"])
def test_a_word_that_says_nothing_is_found_in_either_spelling(name):
    assert set(words_of(name)) & NEVER
