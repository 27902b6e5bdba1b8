"""Numbers of made people: valid check digits, and a fixed pattern by which anybody sees that they are made.

- My Number (個人番号): 999, the eight digits of the 宛名番号, the check digit.
- Resident record code (住民票コード): 99, the 宛名番号, the check digit; its rule is not published, the first guess of
  `sekisho.deid.numbers.check_digits` is taken.
- Insured numbers: the insurer is 関所市 (299 in prefecture 13), the number that of the household or of the person.
- Residence card (在留カード): ZZ, the 宛名番号, ZZ.
"""

from dataclasses import dataclass
from datetime import date

from examples.town.places import Place, places
from examples.town.residents import AS_OF, Person
from sekisho.deid.numbers.check_digits import (
    ELDERLY_INSURED,
    INSURER_6,
    INSURER_8,
    MY_NUMBER,
    RESIDENT_CODES,
    Scheme,
    digit_asked,
)

SYMBOL = "関国"
ELDERLY_AGE = 75


def my_number(atena: str) -> str:
    return _with_digit(MY_NUMBER, f"999{atena}")


def resident_code(atena: str) -> str:
    return _with_digit(RESIDENT_CODES[0], f"99{atena}")


def residence_card(atena: str) -> str:
    return f"ZZ{atena}ZZ"


def care_number(atena: str) -> str:
    return f"00{atena}"


@dataclass(frozen=True)
class Cover:
    """Who insures a person, and under which number."""

    insurer: str
    symbol: str
    number: str
    branch: str

    @property
    def is_elderly(self) -> bool:
        return not self.symbol


@dataclass(frozen=True)
class Insured:
    """Somebody whom the city or the elderly's association insures: their branch in the household, their place in town."""

    person: Person
    branch: int
    place: int


def cover_on(insured: Insured, day: date) -> Cover:
    """Give back a person's cover on a day: from the 75th birthday on 後期高齢者医療, under another number."""
    if day >= birthday(insured.person.born, ELDERLY_AGE):
        return Cover(ELDERLY_INSURER, "", _with_digit(ELDERLY_INSURED, f"{insured.place:07d}"), "")
    return Cover(INSURER, SYMBOL, insured.person.household, f"{insured.branch:02d}")


def birthday(born: date, age: int) -> date:
    """Give back the day on which one born then becomes `age`; on 1 March where there is no 29 February."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


def turned_75(person: Person) -> bool:
    """Whether the 75th birthday lies within the year before AS_OF."""
    return birthday(AS_OF, -1) < birthday(person.born, ELDERLY_AGE) <= AS_OF


def postal_code(place: Place) -> str:
    """Give back seven digits; 199-9 begins the code of no place."""
    return f"1999{_DISTRICTS.index(place.district)}{_PLACES[place.block]:02d}"


def _with_digit(scheme: Scheme, digits: str) -> str:
    """Give back `digits` with the check digit behind them."""
    return f"{digits}{digit_asked(scheme, digits + '0')}"


_DISTRICTS = tuple(dict.fromkeys(one.district for one in places()))
_PLACES = {one.block: number for number, one in enumerate(places())}
INSURER = _with_digit(INSURER_6, "13299")
ELDERLY_INSURER = _with_digit(INSURER_8, "3913299")
