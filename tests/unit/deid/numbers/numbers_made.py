"""Made numbers for tests; every draw is from the generator that is handed in."""

from random import Random

from sekisho.deid.numbers.check_digits import CORPORATE, LICENCE, MY_NUMBER, Scheme, digit_asked


def with_check_digit(scheme: Scheme, number: str) -> str:
    """Give back the number with the check digit that it asks for, whatever stood there."""
    return number[: scheme.place] + str(digit_asked(scheme, number)) + number[scheme.place + 1 :]


def drawn(chance: Random, length: int, count: int) -> list[str]:
    """Give back as many distinct numbers of this length, each digit drawn."""
    numbers: dict[str, None] = {}
    while len(numbers) < count:
        numbers["".join(chance.choices("0123456789", k=length))] = None
    return list(numbers)


def my_numbers(chance: Random, count: int) -> list[str]:
    return [with_check_digit(MY_NUMBER, one) for one in drawn(chance, 12, count)]


def licences(chance: Random, count: int) -> list[str]:
    """Licences of one prefecture: commission 30, a year, a serial number, seldom re-issued."""
    bodies = [f"30{chance.randrange(100):02}{one}" for one in drawn(chance, 6, count)]
    return [with_check_digit(LICENCE, f"{one}0{chance.choice('0000000012')}") for one in bodies]


def corporate_numbers(chance: Random, count: int) -> list[str]:
    return [with_check_digit(CORPORATE, f"0{one}") for one in drawn(chance, 12, count)]


def mistyped(chance: Random, number: str) -> str:
    """Give back the number with a wrong digit, two swapped ones or one missing."""
    place = chance.randrange(len(number) - 1)
    match chance.randrange(3):
        case 0:
            other = chance.choice([one for one in "0123456789" if one != number[place]])
            return number[:place] + other + number[place + 1 :]
        case 1:
            return number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        case _:
            return number[:place] + number[place + 1 :]
