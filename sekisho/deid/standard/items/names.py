"""Item 1: names of persons that are left in cells, whole, in parts, or inside of a text (spec/standard.md 4.1)."""

import re
from collections.abc import Callable, Iterator, Mapping

from sekisho.deid.numbers.codes import Code
from sekisho.deid.numbers.direct import Share
from sekisho.deid.numbers.headers import code_of_name
from sekisho.deid.numbers.naming.frequent import READINGS, SURNAMES
from sekisho.deid.numbers.naming.sounds import to_katakana
from sekisho.deid.schema import ColumnSchema, Kind
from sekisho.deid.standard.items.parts import Parts, is_frequent_given, is_frequent_surname, parts_deleted
from sekisho.deid.standard.judgement import Check, Look, Outcome, counted
from sekisho.deid.standard.looked import Looked, count_cells, count_saying, parts_of
from sekisho.deid.table import Column, Value

NAMES_UNSAID = 0.2  # share of cells like names from which a column is one of names; frequent surnames reach 0.4
NAMES_SAID = 0.05  # where the column's own name says so too
FEWEST_PARTS = 5  # distinct values below which a likeness of words says nothing
PARTS = 0.5  # share of the distinct values, and of the cells, that are parts of deleted names
SURNAMES_ALONE, GIVEN_ALONE = 0.3, 0.05  # shares of cells: far fewer persons bear one of the given names
FEWEST_WHOLE = 3  # distinct whole names from which they are no accident
_NAMED = re.compile(
    r"(?:^|[\s_.-])(?:sei|mei|first|last|middle|family|given|maiden)(?:[\s_.-]?name)?(?:$|[\s_.-])|^[姓名氏]\b|^(?:姓|名|氏|セイ|メイ)[(（_]",
    re.IGNORECASE,
)
_TITLE = re.compile(r"さん|さま|様|氏(?!の郷)|殿(?![町畑])|君(?!津)|くん|ちゃん|先生")  # 古殿町 and 君津市 are places
_KANJI = re.compile(r"[々\u3400-\u9fff]")
_KANA_BEFORE = re.compile(r"[\u30a1-\u30fa\u30fc]+$")
_LONG_READINGS = frozenset(one for one in READINGS if len(one) > 2)
_LONG_SURNAMES = sorted(one for one in SURNAMES if len(one) > 1)
_LONE = re.compile(  # not inside of a longer word, and followed by what stands behind a noun
    rf"(?<![々\u3400-\u9fff])(?=[{''.join(sorted({one[0] for one in _LONG_SURNAMES}))}])"
    rf"(?:{'|'.join(_LONG_SURNAMES)})(?=[はがのにをともへ、。 「」(（])"
)
_FARTHEST = 8  # characters from a surname to the title behind the given name


def names_left(looked: Looked, shares: Mapping[str, tuple[Share, ...]]) -> list[Check]:
    """Give back one check for each released column with names, the gravest thing that is to be said of it."""
    parts = parts_deleted(looked)
    found: dict[str, Check] = {}
    for declared, column in looked.texts:
        for check in _checks(looked, declared, column, shares[declared.name], parts):
            if declared.name not in found or _is_graver(check, found[declared.name]):
                found[declared.name] = check
    return list(found.values())


def _is_graver(one: Check, other: Check) -> bool:
    return one.outcome is Outcome.FAULT and other.outcome is not Outcome.FAULT


def _checks(
    looked: Looked, declared: ColumnSchema, column: Column, shares: tuple[Share, ...], parts: Parts
) -> Iterator[Check]:
    def check(outcome: Outcome, about: str, found: tuple[tuple[str, int], ...]) -> Check:
        whole = counted(cells=len(column), values=len(column.values))
        return Check(Look.NAME_LEFT, outcome, declared.name, about, whole, found, looked.done(declared.name))

    for share in shares:
        if share.code is Code.NAME and share.share >= (NAMES_SAID if share.named else NAMES_UNSAID):
            yield check(Outcome.FAULT, "", counted(cells=share.cells))
    if (whole := dict(_count(column, parts.makes)))["values"]:
        sure = whole["values"] >= FEWEST_WHOLE
        yield check(Outcome.FAULT if sure else Outcome.DECIDE, "whole-name", counted(**whole))
    joined = dict(_count(column, parts.joins))
    if joined["values"] >= max(FEWEST_PARTS, NAMES_UNSAID * len(column.values)):
        yield check(Outcome.FAULT, "whole-name", counted(**joined))
    if alone := _alone(column, parts):
        said = code_of_name(declared.name) is Code.NAME or _NAMED.search(declared.name) is not None
        yield check(Outcome.FAULT if said else Outcome.DECIDE, "part", alone)
    if declared.kind in {Kind.TEXT, Kind.FREE_TEXT}:
        for outcome, is_meant in ((Outcome.FAULT, has_titled_surname), (Outcome.DECIDE, has_lone_surname)):
            cells = count_saying(column, is_meant)
            if dict(cells)["cells"]:
                yield check(outcome, "surname", cells)


def _alone(column: Column, parts: Parts) -> tuple[tuple[str, int], ...]:
    """Give back the cells that are a surname or a given name alone, if they are what the column is made of; else nothing."""
    filled = dict(_count(column, lambda _: True))
    for is_meant, of_values, of_cells in (
        (parts.has, PARTS, PARTS),
        (is_frequent_surname, 0.0, SURNAMES_ALONE),
        (is_frequent_given, 0.0, GIVEN_ALONE),
    ):
        found = dict(_count(column, is_meant))
        if found["values"] >= max(FEWEST_PARTS, of_values * filled["values"]) and (
            found["cells"] >= of_cells * filled["cells"]
        ):
            return counted(**found)
    return ()


def _count(column: Column, is_meant: Callable[[str], bool]) -> tuple[tuple[str, int], ...]:
    """Give back the cells, and distinct values, of which all that they say is so."""

    def all_meant(value: Value) -> bool:
        texts = parts_of(value)
        return bool(texts) and all(map(is_meant, texts))

    return count_cells(column, all_meant)


def has_titled_surname(text: str) -> bool:
    """Say whether a frequent surname stands before a title such as さん, with or without a given name between."""
    for title in _TITLE.finditer(text):
        before = text[max(title.start() - _FARTHEST, 0) : title.start()].replace(" ", "").replace("\u3000", "")
        if any(before[at : at + size] in SURNAMES for size in (3, 2) for at in range(len(before) - size + 1)):
            return True
        if before[-1:] in SURNAMES and not _KANJI.fullmatch(before[-2:-1]):
            return True
        if _is_reading(before):
            return True
    return False


def _is_reading(before: str) -> bool:
    """Say whether the kana at the end of a text, and nothing more of them, are a frequent surname's reading."""
    if not before or before[-1].isascii() or _KANJI.fullmatch(before[-1]):
        return False
    kana = _KANA_BEFORE.search(to_katakana(before))
    return kana is not None and kana.group() in _LONG_READINGS


def has_lone_surname(text: str) -> bool:
    """Say whether a frequent surname of two letters or more stands by itself in a longer text."""
    return _LONE.search(text) is not None
