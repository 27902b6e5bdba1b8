"""Which numbers a released label says (spec/standard.md 4.4)."""

import re
from collections.abc import Iterator

from sekisho.deid.standard.looked import parts_of
from sekisho.deid.standard.said.plain import plain_text
from sekisho.deid.table import Value

_UNIT = r"(?:歳児|歳|才|円|点|人|件|日|回|cm|kg|g|センチ|キロ|グラム)?"
_NUMBER = re.compile(rf"(-?[0-9]+){_UNIT}(?:以上|以下|代|超|未満)?")
_BAND = re.compile(rf"([0-9]+){_UNIT}-(-?[0-9]+){_UNIT}|\[(-?[0-9]+), (-?[0-9]+)\]")
_LIMIT = re.compile(rf"[≥≤](-?[0-9]+){_UNIT}")
_LONGEST = 18  # digits; what is longer is no number of anything
# In words: 約116歳, 116.0, 100以上119以下; but not the 5 of 要介護5, unless years of age are said.
_IN_WORDS = re.compile(
    r"(?:(?<=[約満齢超])|(?<=数え)|(?<=享年)|(?<=から)|(?<=以上)|(?<![0-9a-z々\u3040-\u9fff]))[0-9]{1,18}(?![0-9])"
    r"|(?<![0-9])[0-9]{1,3}(?=\s*(?:歳|才|さい|years?\b|yrs?\b))"
)


def numbers_said(value: Value) -> tuple[int, ...]:
    """Give back the numbers that a cell names: itself, both ends of a band, the limit of `≥90`, members of a set.

    >>> [numbers_said(one) for one in (116, "百十六歳", "≥90", "88-116", "[−10, −1]", "95 | 116", "*")]
    [(116,), (116,), (90,), (88, 116), (-10, -1), (95, 116), ()]
    """
    if isinstance(value, int):
        return (value,)
    return tuple(number for part in parts_of(value) for number in _numbers_of(plain_text(part)))


def _numbers_of(text: str) -> Iterator[int]:
    for form in (_NUMBER, _LIMIT, _BAND):
        fits = form.fullmatch(text)
        if fits is not None:
            yield from (int(one) for one in fits.groups() if one is not None and len(one) <= _LONGEST)
            return
    yield from (int(one) for one in _IN_WORDS.findall(text))
