"""Check digits as tables: what each digit adds at each place, and which digit the remainder asks for (spec/numbers.md 2)."""

from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import numpy as np
import numpy.typing as npt

Digits = npt.NDArray[np.uint8]


class Source(Enum):
    """How sure a rule is."""

    LAW = "law"  # printed in a ministerial order or announcement
    MANUAL = "manual"  # printed in an authority's manual or an international standard
    PRIVATE = "private"  # told by private pages alone
    GUESSED = "guessed"  # not published: one of the usual rules, tried on the column


@dataclass(frozen=True)
class Scheme:
    """`terms[place][digit]` is what a digit adds at a place (0 at the check digit's); `asked[remainder]` is the digit."""

    name: str
    place: int
    terms: tuple[tuple[int, ...], ...]
    asked: tuple[int, ...]
    source: Source

    @property
    def length(self) -> int:
        return len(self.terms)

    @property
    def modulus(self) -> int:
        return len(self.asked)

    @cached_property
    def chances(self) -> tuple[float, ...]:
        """The probability of each digit 0–9 where every remainder is equally likely."""
        return tuple(self.asked.count(digit) / self.modulus for digit in range(10))


def digit_asked(scheme: Scheme, number: str) -> int:
    """Give back the check digit that the other digits of `number` (ASCII digits, the scheme's length) ask for."""
    if len(number) != scheme.length or not (number.isascii() and number.isdigit()):
        raise ValueError("the number has another length or is not of digits")
    total = sum(terms[int(digit)] for terms, digit in zip(scheme.terms, number, strict=True))
    return scheme.asked[total % scheme.modulus]


def count_passes(scheme: Scheme, number: str) -> int:
    """Give back 1 if the number's check digit is the one asked for, else 0."""
    return int(int(number[scheme.place]) == digit_asked(scheme, number))


def digits_asked(scheme: Scheme, digits: Digits) -> Digits:
    """Give back the check digits that the rows of a matrix (n, length) of digits ask for, as (n,)."""
    total = np.zeros(len(digits), dtype=np.int32)
    for place, terms in enumerate(scheme.terms):
        if any(terms):
            total += np.array(terms, dtype=np.int32)[digits[:, place]]
    return np.array(scheme.asked, dtype=np.uint8)[total % scheme.modulus]


def passed(scheme: Scheme, digits: Digits) -> npt.NDArray[np.bool_]:
    """Tell of each row of a matrix (n, length) of digits whether its check digit is the one asked for."""
    right: npt.NDArray[np.bool_] = digits_asked(scheme, digits) == digits[:, scheme.place]
    return right


def digits_of(numbers: npt.NDArray[np.uint64], length: int) -> Digits:
    """Give back numbers below 10 ** length as a matrix (n, length) of their digits, leading zeros put back."""
    digits = np.empty((len(numbers), length), dtype=np.uint8)
    rest = numbers.astype(np.uint64)
    ten = np.uint64(10)
    for place in range(length - 1, -1, -1):
        quotient = rest // ten
        digits[:, place] = (rest - quotient * ten).astype(np.uint8)
        rest = quotient
    return digits


def mrz_digit(text: str) -> int:
    """Give back the check digit of a field of a machine-readable zone: weights 7, 3, 1 (ICAO Doc 9303 part 3, 4.9).

    Digits count as themselves, A–Z as 10–35, `<` as 0; any other character is a ValueError.
    """
    weights = (7, 3, 1)
    return sum(_mrz_value(one) * weights[place % 3] for place, one in enumerate(text)) % 10


def _mrz_value(character: str) -> int:
    if character == "<":
        return 0
    if character.isascii() and (character.isdigit() or character.isupper()):
        return int(character, 36)
    raise ValueError("a machine-readable zone has digits, A-Z and < only")


def _weighted(weights: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(weight * digit for digit in range(10)) for weight in weights)


def _two_one(length: int) -> tuple[tuple[int, ...], ...]:
    """2, 1, 2, 1, … from the digit before the last; of a product of two digits their sum."""
    double = tuple(2 * digit if digit < 5 else 2 * digit - 9 for digit in range(10))
    single = tuple(range(10))
    return (*((double if (length - place) % 2 == 0 else single) for place in range(length - 1)), (0,) * 10)


_TEN = (0, 9, 8, 7, 6, 5, 4, 3, 2, 1)  # 10 - remainder, 0 for 0
_ELEVEN = (0, 0, 9, 8, 7, 6, 5, 4, 3, 2, 1)  # 11 - remainder, 0 for 0 and 1
_ELEVEN_LAST = (1, 0, 9, 8, 7, 6, 5, 4, 3, 2, 1)  # the last digit of 11 - remainder

# Ministry of Internal Affairs order 85 of 2014, article 5.
MY_NUMBER = Scheme("my-number", 11, _weighted((6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 0)), _ELEVEN, Source.LAW)
# Private pages (T. Uehara's calculator among them); the police confirm only that there is a check digit. The last digit counts re-issues.
LICENCE = Scheme("licence", 10, _weighted((5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 0, 0)), _ELEVEN_LAST, Source.PRIVATE)
# 保険者番号等の設定要領 of the Ministry of Health: 8 digits, and 6 digits of 国民健康保険.
INSURER_8 = Scheme("insurer-8", 7, _two_one(8), _TEN, Source.MANUAL)
INSURER_6 = Scheme("insurer-6", 5, _two_one(6), _TEN, Source.MANUAL)
# 介護保険: the municipality's code, whose rule the Ministry of Internal Affairs publishes.
CARE_INSURER = Scheme("care-insurer", 5, _weighted((6, 5, 4, 3, 2, 0)), _ELEVEN_LAST, Source.MANUAL)
# 後期高齢者医療: the rule of the insurer's number, from memory.
ELDERLY_INSURED = Scheme("elderly-insured", 7, _two_one(8), _TEN, Source.GUESSED)
# 法人番号の指定等に関する省令 (Ministry of Finance order 70 of 2014): the check digit is the first; 9 - remainder.
CORPORATE = Scheme(
    "corporate", 0, _weighted((0, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1)), (9, 8, 7, 6, 5, 4, 3, 2, 1), Source.LAW
)

# 住民票コード: ten digits drawn at random and a check digit whose rule no page in reach prints. These are tried.
RESIDENT_CODES = (
    Scheme("resident-2-7", 10, _weighted((5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 0)), _ELEVEN, Source.GUESSED),
    Scheme("resident-2-7-last", 10, _weighted((5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 0)), _ELEVEN_LAST, Source.GUESSED),
    Scheme("resident-2-11", 10, _weighted((11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 0)), _ELEVEN, Source.GUESSED),
    Scheme("resident-2-11-last", 10, _weighted((11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 0)), _ELEVEN_LAST, Source.GUESSED),
    Scheme("resident-1-10", 10, _weighted((10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)), _ELEVEN, Source.GUESSED),
    Scheme("resident-2-1", 10, _two_one(11), _TEN, Source.GUESSED),
    Scheme("resident-3-1", 10, _weighted((1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 0)), _TEN, Source.GUESSED),
)


def is_my_number(digits: str) -> bool:
    """Say whether twelve digits, not all noughts, have the check digit of a My Number: one number in ten has."""
    return len(digits) == MY_NUMBER.length and int(digits) > 0 and count_passes(MY_NUMBER, digits) == 1
