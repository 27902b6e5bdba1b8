"""Codes of municipalities: municipality, prefecture, region (spec/policy.md 4.1)."""

import re
from collections.abc import KeysView, Sequence
from dataclasses import dataclass
from functools import cache

from sekisho.deid.ladders.builtin.municipalities import TABLE

HEIGHT = 4
SHORT = 5  # digits of a code without its check digit
REGIONS = (
    ("北海道地方", 1),
    ("東北地方", 7),
    ("関東地方", 14),
    ("中部地方", 23),
    ("近畿地方", 30),  # 三重県 too, as schoolbooks have it
    ("中国地方", 35),
    ("四国地方", 39),
    ("九州・沖縄地方", 47),
)
"""Each region with the last of its prefectures."""

_MUNICIPALITY = re.compile(r"([0-9]{3})([^\s()]+)(?:\(([0-9,]+)\))?")
_CODE = re.compile(r"([0-9]{5})([0-9])?")
_WEIGHTS = (6, 5, 4, 3, 2)


@dataclass(frozen=True)
class Municipality:
    """Its five digits, its name, its prefecture's, and the five digits of its wards if it is a designated city."""

    code: str
    name: str
    prefecture: str
    wards: tuple[str, ...]


def municipality_of(code: str) -> Municipality | None:
    """Give back the municipality of five digits that are its code or a ward's today; None for others."""
    return _by_code().get(code)


def known_codes() -> KeysView[str]:
    """Give back the five digits of all municipalities and wards of today."""
    return _by_code().keys()


def read_code(code: str) -> str | None:
    """Give back the first five digits of a code of five, or of six with a check digit that is right; None for others."""
    found = _CODE.fullmatch(code)
    return found[1] if found and found[2] in {None, check_digit(found[1])} else None


def labels_of(place: Municipality) -> tuple[str, ...]:
    """Give back the labels of a municipality from level 1 to below `*`."""
    region = next(name for name, last in REGIONS if int(place.code[:2]) <= last)
    return f"{place.code} {place.name}", place.prefecture, region


def labels_of_parts(places: Sequence[Municipality]) -> tuple[str, ...] | None:
    """Give back the labels of what lies in several municipalities: at level 1 their prefecture with its five digits.

    None if they lie in several prefectures.
    """
    first, *others = places
    if any(one.code[:2] != first.code[:2] for one in others):
        return None
    _, prefecture, region = labels_of(first)
    return f"{first.code[:2]}000 {prefecture}", prefecture, region


def check_digit(code: str) -> str:
    """Give back the sixth digit of a code of five (MIC, 全国地方公共団体コード仕様)."""
    total = sum(int(digit) * weight for digit, weight in zip(code, _WEIGHTS, strict=True))
    return str(11 - total % 11)[-1]


@cache
def municipalities() -> tuple[Municipality, ...]:
    """Give back all of the table, in the order of their codes."""
    found = []
    first, prefecture = "", ""
    for line in TABLE.strip().splitlines():
        if not line.startswith(" "):
            first, prefecture = line.split(" ")
            continue
        for last, name, wards in _MUNICIPALITY.findall(line):
            codes = tuple(first + one for one in wards.split(",") if one)
            found.append(Municipality(first + last, name, prefecture, codes))
    return tuple(found)


@cache
def _by_code() -> dict[str, Municipality]:
    return {code: one for one in municipalities() for code in (one.code, *one.wards)}
