"""Tokens that stand for the values of an identifier, drawn for one delivery.

A token is drawn by chance and never computed from the value, so that no search through all values finds it, as it would a
hash; the table of who got which is kept nowhere. Equal values have equal tokens: how many rows somebody has still shows,
and rows of one delivery can be put together; those of two deliveries cannot. The letters are those of Crockford's base 32
(no I, L, O, U), 80 bits in all. About a second for a million values.
"""

import itertools
from collections.abc import Callable
from collections.abc import Set as AbstractSet

import numpy as np
import numpy.typing as npt

from sekisho.deid.changes.chance import Chance, Words
from sekisho.deid.table import Column

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TOKEN_LETTERS = 16

Draw = Callable[[int], Words]
Written = npt.NDArray[np.bytes_]

_PAIRS = np.array([one + other for one in LETTERS for other in LETTERS], dtype="S2").view(np.uint16)  # of 10 bits
_SHIFTS = np.arange(0, 40, 10, dtype=np.uint64)
_OF_NUMBERS = np.isin(np.arange(256), np.frombuffer(b"0123456789DE", dtype=np.uint8))


def draw_pseudonyms(column: Column, chance: Chance) -> Column:
    """Give back the column with a token for each value that a row has; blank stays blank.

    The new values stand in the order of the tokens, which tells nothing of the old ones.
    """
    column = column.used()
    named = np.array([one is not None for one in column.values], dtype=np.bool_)
    count = int(named.sum())
    place = np.full(named.size, count, dtype=np.int32)
    place[named] = chance.of("order").order(count)
    blank = (None,) if count < named.size else ()
    return Column(column.name, (*draw_tokens(count, chance), *blank), place[column.codes])


def draw_tokens(count: int, chance: Chance, taken: AbstractSet[object] = frozenset()) -> list[str]:
    """Give back `count` tokens in rising order, all different and none of them `taken`."""
    attempts = itertools.count()
    return distinct_tokens(count, lambda words: chance.of(f"tokens/{next(attempts)}").words(words), taken)


def distinct_tokens(count: int, draw: Draw, taken: AbstractSet[object] = frozenset()) -> list[str]:
    """Give back `count` tokens of words from `draw`, drawn anew where one comes twice, is `taken` or reads as a number."""
    found = np.zeros(0, dtype=f"S{TOKEN_LETTERS}")
    while found.size < count:
        drawn = np.sort(np.concatenate([found, _tokens_of(draw(2 * (count - found.size)))]))
        found = np.concatenate([drawn[:1], drawn[1:][drawn[1:] != drawn[:-1]]])  # np.unique takes thrice as long
        if taken:
            found = found[np.array([one not in taken for one in _texts(found)], dtype=np.bool_)]
    return _texts(found)


def _texts(tokens: Written) -> list[str]:
    written = tokens.tobytes().decode()
    return [written[begin : begin + TOKEN_LETTERS] for begin in range(0, len(written), TOKEN_LETTERS)]


def _tokens_of(words: Words) -> Written:
    """Give back a token for every two words, from 40 bits of each.

    Left out is what has no letters but D and E: a spreadsheet may take it for a number and forget half of its digits.
    """
    pairs = _PAIRS[words[:, np.newaxis] >> _SHIFTS & np.uint64(1023)]
    letters = pairs.reshape(-1, TOKEN_LETTERS // 2).view(np.uint8)
    usable = letters[~_OF_NUMBERS[letters].all(axis=1)]
    tokens: Written = usable.view(f"S{TOKEN_LETTERS}").ravel()
    return tokens
