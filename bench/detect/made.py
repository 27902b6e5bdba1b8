"""Made columns: numbers with a check digit, what typing does to them, and what only looks like them."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from sekisho.deid.numbers.check_digits import CORPORATE, Scheme, digits_asked, digits_of

DIGITS, LETTERS = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

Chance = np.random.Generator
Columns = Callable[[Chance, int], list[str]]


def drawn(chance: Chance, length: int, count: int) -> list[str]:
    return [f"{one:0{length}}" for one in chance.integers(0, 10**length, count).tolist()]


def checked(scheme: Scheme, numbers: npt.NDArray[np.uint64]) -> list[str]:
    """Give back the numbers with the check digit that the scheme asks for in its place."""
    digits = digits_of(numbers, scheme.length)
    digits[:, scheme.place] = digits_asked(scheme, digits)
    return ["".join(map(str, row)) for row in digits.tolist()]


def with_check_digit(scheme: Scheme, head: Callable[[Chance, int], npt.NDArray[np.uint64]] | None = None) -> Columns:
    """Give back what makes columns of such numbers: with heads of their own, or drawn."""

    def make(chance: Chance, count: int) -> list[str]:
        numbers = head(chance, count) if head else chance.integers(0, 10**scheme.length, count).astype(np.uint64)
        return checked(scheme, numbers)

    return make


def licence_heads(chance: Chance, count: int) -> npt.NDArray[np.uint64]:
    """Numbers of licences first given in Tokyo: 30, a year, six digits, a place for the check digit, seldom a re-issue."""
    years, serials = chance.integers(0, 100, count), chance.integers(0, 10**6, count)
    again = np.where(chance.random(count) < 0.15, chance.integers(1, 4, count), 0)
    return (((30 * 100 + years) * 10**6 + serials) * 100 + again).astype(np.uint64)


def in_series(start: int) -> Callable[[Chance, int], npt.NDArray[np.uint64]]:
    """Numbers in series before their check digit, as funds give them out."""
    return lambda chance, count: ((start + np.sort(chance.choice(count * 20, count, replace=False))) * 10).astype(
        np.uint64
    )


def insurer_heads(chance: Chance, count: int) -> npt.NDArray[np.uint64]:
    """Eight digits: 06, a prefecture, three digits, a place for the check digit."""
    prefectures, serials = chance.integers(1, 48, count), chance.integers(0, 1_000, count)
    return (((6 * 100 + prefectures) * 1_000 + serials) * 10).astype(np.uint64)


def mistyped(chance: Chance, number: str) -> str:
    """Give back the number with a wrong digit or letter, two neighbours swapped, or a digit missing: a third each."""
    place = int(chance.integers(0, len(number) - 1))
    match int(chance.integers(0, 3)):
        case 0:
            kin = DIGITS if number[place] in DIGITS else LETTERS
            other = kin[(kin.index(number[place]) + int(chance.integers(1, len(kin)))) % len(kin)]
            return number[:place] + other + number[place + 1 :]
        case 1:
            return number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        case _:
            return number[:place] + number[place + 1 :]


def spoilt(chance: Chance, numbers: list[str], blanks: float, errors: float) -> list[str | None]:
    """Give back the column with this share of blank cells, and this share of the others mistyped."""
    blank = chance.random(len(numbers)) < blanks
    wrong = chance.random(len(numbers)) < errors
    return [
        None if gone else mistyped(chance, one) if bad else one
        for one, gone, bad in zip(numbers, blank.tolist(), wrong.tolist(), strict=True)
    ]


def _moments(chance: Chance, count: int) -> list[str]:
    minutes = np.datetime64("1990-01-01T08:00") + chance.integers(0, 18_000_000, count).astype("timedelta64[m]")
    return [str(one).replace("-", "").replace("T", "").replace(":", "") for one in minutes]


def _hours(chance: Chance, count: int) -> list[str]:
    return [f"{one[:10]}00" for one in _moments(chance, count)]


def _cards(chance: Chance, count: int) -> list[str]:
    return [f"4{one[:3]}-{one[3:7]}-{one[7:11]}-{one[11:]}" for one in drawn(chance, 15, count)]


def _corporate(chance: Chance, count: int) -> list[str]:
    return checked(CORPORATE, chance.integers(0, 10**12, count).astype(np.uint64))


LOOK_ALIKES: dict[str, Columns] = {
    "12 digits drawn at random": lambda chance, count: drawn(chance, 12, count),
    "11 digits drawn at random": lambda chance, count: drawn(chance, 11, count),
    "8 digits drawn at random": lambda chance, count: drawn(chance, 8, count),
    "6 digits drawn at random": lambda chance, count: drawn(chance, 6, count),
    "a series of 12 digits": lambda _, count: [f"{one:012}" for one in range(1, count + 1)],
    "a series with the municipality's code in front": lambda _, count: [f"131016{one:06}" for one in range(count)],
    "12 digits that end in 000": lambda chance, count: [f"{one}000" for one in drawn(chance, 9, count)],
    "13 digits: corporate numbers": _corporate,
    "12 digits: corporate numbers without the check digit": lambda chance, count: [
        one[1:] for one in _corporate(chance, count)
    ],
    "16 digits in fours: cards": _cards,
    "telephones": lambda chance, count: [f"0{one[:1]}-{one[1:5]}-{one[5:]}" for one in drawn(chance, 9, count)],
    "mobile telephones": lambda chance, count: [f"090{one}" for one in drawn(chance, 8, count)],
    "moments YYYYMMDDHHMM": _moments,
    "moments on the hour": _hours,
    "days YYYYMMDD": lambda chance, count: [one[:8] for one in _moments(chance, count)],
    "postal codes": lambda chance, count: [f"{one[:3]}-{one[3:]}" for one in drawn(chance, 7, count)],
}
