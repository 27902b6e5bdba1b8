"""What points at a person in plain sight: telephones, mail, accounts, addresses, names, as shares of a column's cells.

Nothing is decided here: a proposal of roles and the scan of a released table read the shares (spec/numbers.md 7).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sekisho.deid.numbers.codes import Code
from sekisho.deid.numbers.digits import fold
from sekisho.deid.numbers.headers import code_of_name
from sekisho.deid.numbers.surnames import READINGS, SURNAMES
from sekisho.deid.numbers.text import find_in_text

DIRECT = (Code.NAME, Code.ADDRESS, Code.TELEPHONE, Code.EMAIL, Code.ACCOUNT)
LONGEST_NAME = 20
_TELEPHONE = re.compile(r"(?:\+81[- ]?|\(?0)[0-9]{1,4}\)?[- (]?[0-9]{1,4}[-) ]?[0-9]{3,4}", re.ASCII)
_TELEPHONE_DIGITS = frozenset({10, 11, 12})  # 12: +81 and ten
_ACCOUNT = re.compile(r"[0-9]{6,8}|[0-9]{5}-[0-9]{7,8}", re.ASCII)  # banks: 7 digits; the post's: 5 and 8
# Below the municipality: a generalised place names no house.
_ADDRESS = re.compile(
    r"(?:[都道府県市区町村郡].{0,20}?|^.{1,12}?)"
    r"(?:[0-9〇一二三四五六七八九十]+(?:丁目|番地|番|号|条)|[0-9]{1,4}-[0-9]{1,4}(?:-[0-9]{1,4})?(?![0-9])|大字|字[^のをが])"
)
_JAPANESE = re.compile(r"[々〆ヶ\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\ue000-\uf8ff〓 ]+")
_PLACE = frozenset("県市区町村郡駅川山橋丁")


@dataclass(frozen=True)
class Share:
    """`cells` that look like this code, `share` of the filled ones; `named`: the column's name says it too."""

    code: Code
    cells: int
    share: float
    named: bool


def direct_shares(
    name: str, texts: Sequence[str | None], counts: Sequence[int] | npt.NDArray[np.int64]
) -> tuple[Share, ...]:
    """Give back the share of each code of DIRECT in a column with these distinct texts, each in so many cells.

    An account's digits look like many others: they count where the column's name or a word in the cell says so.
    """
    said = code_of_name(name)
    cells: Counter[Code] = Counter()
    filled = 0
    for text, times in zip(texts, np.asarray(counts, dtype=np.int64).tolist(), strict=True):
        if text is None or not text.strip():
            continue
        filled += times
        for code in _codes_of(text, said):
            cells[code] += times
    return tuple(Share(one, cells[one], cells[one] / filled if filled else 0.0, one is said) for one in DIRECT)


def _codes_of(text: str, said: Code | None) -> set[Code]:
    folded = fold(text).strip()
    codes = {hit.code for hit in find_in_text(folded)} & {Code.TELEPHONE, Code.EMAIL, Code.ACCOUNT}
    if _TELEPHONE.fullmatch(folded) and sum(one.isdigit() for one in folded) in _TELEPHONE_DIGITS:
        codes.add(Code.TELEPHONE)
    if said is Code.ACCOUNT and _ACCOUNT.fullmatch(folded):
        codes.add(Code.ACCOUNT)
    if not folded.isascii() and _ADDRESS.search(folded):
        codes.add(Code.ADDRESS)
    elif count_name(text):
        codes.add(Code.NAME)
    return codes


def count_name(text: str) -> int:
    """Give back 1 if the cell begins with a frequent surname and goes on like a given name, else 0."""
    if text.isascii() or len(text) > LONGEST_NAME:
        return 0
    plain = unicodedata.normalize("NFKC", text).strip()
    if not _JAPANESE.fullmatch(plain):
        return 0
    surname, space, given = plain.partition(" ")
    if space:
        return int(surname in SURNAMES or surname in READINGS)
    for length in (3, 2, 1):
        given = plain[length:]
        if plain[:length] in SURNAMES and 1 <= len(given) <= 4 and given[0] not in _PLACE:
            return int(length > 1 or len(given) > 1)
    return 0
