"""Numbers inside of running text, told by the words around them (spec/numbers.md 7)."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass

from sekisho.deid.numbers.check_digits import LICENCE, MY_NUMBER, Scheme, count_passes, mrz_digit
from sekisho.deid.numbers.codes import Code
from sekisho.deid.numbers.digits import fold

NEAR = 20  # characters between a number and the word that says what it is


@dataclass(frozen=True)
class Hit:
    """`text[start:end]` is a number of this kind; `checked`: its check digit says so too."""

    code: Code
    start: int
    end: int
    checked: bool


Find = Callable[[str], tuple[Hit, ...]]
"""`find_in_text`, or one that remembers what it gave back for a text."""


@dataclass(frozen=True)
class _Clue:
    """A number of this form, if one of the words stands near (None: the form says enough)."""

    code: Code
    form: re.Pattern[str]
    words: re.Pattern[str] | None
    scheme: Scheme | None = None


def _clue(code: Code, form: str, words: str | None, scheme: Scheme | None = None) -> _Clue:
    alone = rf"(?<![0-9A-Za-z])(?<![0-9]-)(?:{form})(?![0-9A-Za-z]|-[0-9])"
    near = re.compile(fold(words), re.IGNORECASE) if words is not None else None  # folding makes ー a hyphen
    return _Clue(code, re.compile(alone, re.ASCII), near, scheme)


_S = "[- ]?"  # what may stand between two groups
_ANY = r"[-\s./_,:'・･]{0,2}"  # and between those of a number whose word or check digit says enough
_CLUES = (
    _clue(Code.RESIDENCE_CARD, r"[A-Za-z]{2}[0-9]{8}[A-Za-z]{2}", None),
    _clue(
        Code.MY_NUMBER,
        rf"[0-9]{{4}}{_ANY}[0-9]{{4}}{_ANY}[0-9]{{4}}|[0-9]{{3}}(?:{_ANY}[0-9]{{3}}){{3}}",
        r"個人番号|マイナンバー?|ﾏｲﾅﾝﾊﾞｰ?|まいなんばー?|マイナ番号|個番|my ?number|my ?no|特定個人",
        MY_NUMBER,
    ),
    _clue(Code.LICENCE_NUMBER, rf"[0-9]{{4}}{_S}[0-9]{{4}}{_S}[0-9]{{4}}", r"免許", LICENCE),
    _clue(
        Code.RESIDENT_CODE,
        rf"[0-9]{{5}}{_S}[0-9]{{5}}{_S}[0-9]|[0-9]{{4}}{_S}[0-9]{{4}}{_S}[0-9]{{3}}",
        r"住民票コード",
    ),
    _clue(
        Code.EMPLOYMENT_INSURED_NUMBER,
        rf"[0-9]{{4}}{_S}[0-9]{{6}}(?:{_S}[0-9])?",
        r"(?:雇用保険|雇保)(?:の)?(?:被保険者(?:証)?(?:の)?)?(?:番号)?",
    ),
    _clue(Code.PENSION_NUMBER, rf"[0-9]{{4}}{_S}[0-9]{{6}}", r"年金(?:番号|手帳|証書)|基礎年金"),
    _clue(
        Code.CARE_INSURED_NUMBER,
        r"[Hh][0-9]{9}|[0-9]{10}",
        r"介護(?:保険)?(?:の)?(?:(?:被保険者|保険証)(?:証)?(?:の)?)?番号|介保",
    ),
    _clue(Code.PASSPORT_NUMBER, rf"[A-Za-z]{{2}}{_S}[0-9]{{7}}", r"旅券|パスポート|passport"),
    _clue(Code.INSURER_NUMBER, r"[0-9]{6}|[0-9]{8}", r"(?<!被)保険者番号"),
    _clue(
        Code.INSURED_NUMBER,
        r"[0-9]{1,8}-[0-9]{1,8}(?:-[0-9]{1,2})?|[0-9]{4,10}",
        r"被保険者(?:証)?(?:の)?(?:記号|番号)|被保番|保険証(?:の)?(?:記号|番号)|記号番号|国保(?:記号|番号)|後期(?:高齢者)?.{0,8}番号",
    ),
    _clue(Code.TELEPHONE, r"0[0-9]{1,4}[-() ]{1,2}[0-9]{1,4}[-) ][0-9]{3,4}|0[5789]0[0-9]{8}", None),
    _clue(Code.TELEPHONE, r"0[0-9]{8,10}", r"電話|tel|携帯|連絡先|fax"),
    _clue(Code.ACCOUNT, r"[0-9]{6,8}", r"口座|普通|当座|預金|通帳"),
)
_WORDED = tuple(one for one in _CLUES if one.words is not None)
_BARE = tuple(one for one in _CLUES if one.words is None)
_ANY_WORD = re.compile("|".join(one.words.pattern for one in _WORDED if one.words is not None), re.IGNORECASE)
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+", re.ASCII)
_MRZ = re.compile(r"(?<![A-Z0-9<])([A-Z0-9<]{9})([0-9])[A-Z<]{3}([0-9]{6})([0-9])[MFX<]([0-9]{6})([0-9])", re.ASCII)
_SHORTEST_ZONE = 28  # characters up to the check digit of the day of expiry
_ENOUGH = re.compile(r"[0-9](?:[- ()]{0,2}[0-9]){3}|@")


def find_in_text(text: str) -> tuple[Hit, ...]:
    """Give back the numbers, mail addresses and the like in a text in the order of their place; none overlaps another.

    Spans are of `text` as given. Where two clues take the same characters, the one whose word stands nearest wins, then
    the longer one, then the one that comes first in the list.
    """
    folded = fold(text)
    if _ENOUGH.search(folded) is None:
        return ()
    found = [(NEAR * 2, one) for one in (*_machine_readable(folded), *_addresses(folded))]
    for clue in _BARE:
        found.extend((NEAR * 2, _hit(clue, one)) for one in clue.form.finditer(folded))
    if _ANY_WORD.search(folded) is not None:
        for clue in _WORDED:
            found.extend(_near_a_word(clue, folded))
    taken: list[Hit] = []  # rising, none overlapping: a new one can only meet its two neighbours
    for _, hit in sorted(found, key=lambda one: (one[0], one[1].start - one[1].end)):
        at = bisect_left(taken, hit.start, key=_start)
        if (at == 0 or taken[at - 1].end <= hit.start) and (at == len(taken) or hit.end <= taken[at].start):
            taken.insert(at, hit)
    return tuple(taken)


def _start(hit: Hit) -> int:
    return hit.start


def _near_a_word(clue: _Clue, folded: str) -> list[tuple[int, Hit]]:
    """Give back what fits near one of the clue's words, each with the characters between."""
    words = [one.span() for one in clue.words.finditer(folded)] if clue.words is not None else []
    if not words:
        return []
    ends = [end for _, end in words]
    hits = []
    for one in clue.form.finditer(folded):
        behind = bisect_right(
            ends, one.start()
        )  # the words rise: only the last before and the first after can be nearest
        gap = min(_gap(one, start, end) for start, end in words[max(behind - 1, 0) : behind + 1])
        if gap <= NEAR:
            hits.append((gap, _hit(clue, one)))
    return hits


def _gap(number: re.Match[str], start: int, end: int) -> int:
    """Give back the characters between; a word after the number is farther by half of NEAR: people write it before."""
    if end <= number.start():
        return number.start() - end
    return max(0, start - number.end()) + NEAR // 2


def _hit(clue: _Clue, number: re.Match[str]) -> Hit:
    digits = "".join(one for one in number.group() if one.isdigit())
    scheme = clue.scheme
    checked = scheme is not None and len(digits) == scheme.length and count_passes(scheme, digits) == 1
    return Hit(clue.code, number.start(), number.end(), checked)


def _machine_readable(folded: str) -> list[Hit]:
    """Give back passports' numbers by the second line of their machine-readable zone, whose three check digits agree."""
    if len(folded) < _SHORTEST_ZONE:
        return []
    return [
        Hit(Code.PASSPORT_NUMBER, one.start(1), one.end(2), checked=True)
        for one in _MRZ.finditer(folded)
        if all(mrz_digit(one.group(part)) == int(one.group(part + 1)) for part in (1, 3, 5))
    ]


def _addresses(folded: str) -> list[Hit]:
    if "@" not in folded:
        return []
    return [Hit(Code.EMAIL, one.start(), one.end(), checked=False) for one in _EMAIL.finditer(folded)]
