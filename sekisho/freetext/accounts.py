"""Bank accounts: from the bank's name to the account's number, branch and kind between them included."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from sekisho.freetext import words
from sekisho.freetext.morphemes import Sort, Word
from sekisho.freetext.patterns import DIGIT, SPELLED
from sekisho.freetext.spans import Kind, Span

LONGEST_NAME = 10
"""The most characters of a bank's name before 銀行 and the like."""
FARTHEST = 32
"""The most characters from a bank's name to its account's number."""
_BANK = re.compile("|".join(sorted(words.BANKS, key=len, reverse=True)))
_HIRAGANA = re.compile(r"[ぁ-んー]+\Z")
_DIGITS = rf"(?<!{DIGIT}){DIGIT}{{5,8}}(?!{DIGIT})"
_NUMBER = re.compile(
    rf"[^。\n]{{0,{FARTHEST}}}?(?:{_DIGITS}(?:\s?号)?(?:[ 、・-]?番号[はが]?\s?{DIGIT}{{5,8}})?|{SPELLED})"
)


def find_accounts(folded: str, text: Sequence[Word]) -> Iterator[Span]:
    """Give the accounts that stand behind a bank's name; a bank without a number is none.

    `text` may be a piece of the folded text; only banks in it are looked for.
    """
    if not text:
        return
    starts = [word.start for word in text]
    for bank in _BANK.finditer(folded, text[0].start, text[-1].end):
        number = _NUMBER.match(folded, bank.end())
        if number is not None:
            first = text[_first_of(text, bisect_right(starts, bank.start()) - 1)].start
            yield Span(min(first, _hiragana_before(folded, bank.start())), number.end(), Kind.ACCOUNT)


def _hiragana_before(folded: str, end: int) -> int:
    """Give back where the hiragana before a place begin: a bank's name in hiragana is cut up where は and の stand in it."""
    found = _HIRAGANA.search(folded, max(0, end - LONGEST_NAME), end)
    return found.start() if found is not None else end


def _first_of(text: Sequence[Word], at: int) -> int:
    """Give back the first word of a bank's name by its words."""
    last = at
    while at > 0 and text[last].start - text[at - 1].start <= LONGEST_NAME and not _is_apart(text[at - 1]):
        at -= 1
    return at


def _is_apart(word: Word) -> bool:
    return word.sort in {Sort.SIGN, Sort.SPACE} or word.text in words.BEFORE_BANK or word.text in words.ROLES
