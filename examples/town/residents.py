"""Residents of the made town: every household settled, every cell as a city would write it."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from examples.town.households import Member, Members, household, single
from examples.town.lives import care_need, income_yen
from examples.town.names import Name, full_width, given_name, half_width_kana, surname
from examples.town.places import Place, places
from examples.town.planted import PLANTS, Plant
from examples.town.wareki import long_form, short_form

AS_OF = date(2026, 10, 1)  # ages are in full years on this day
FEWEST = sum(len(one.members) for one in PLANTS) + 100
COLUMNS = (
    "宛名番号",
    "世帯番号",
    "氏名",
    "氏名カナ",
    "生年月日",
    "年齢",
    "性別",
    "町丁目",
    "世帯人数",
    "続柄",
    "国籍区分",
    "要介護度",
    "年間所得",
    "電話番号",
)
_USUAL_FOREIGN_TIES = {"世帯主", "妻", "夫", "子", "同居人"}

Row = tuple[str, ...]


@dataclass(frozen=True)
class Home:
    """A household that lives somewhere; `plant` says that it was put there on purpose."""

    place: Place
    members: Members
    foreign: bool
    plant: Plant | None = None


@dataclass(frozen=True)
class Planted:
    """A planted person and the 1-based data row that holds them."""

    row: int
    plant: Plant


@dataclass(frozen=True)
class Person:
    """One resident; `member` is their place in the household and `place` where it lives."""

    number: str
    household: str
    family: Name
    given: Name
    born: date
    member: Member
    place: Place
    household_size: int
    foreign: bool
    care: str
    income_yen: int
    telephone: str


@dataclass(frozen=True)
class Town:
    """Everybody who lives there, in the order of places, and who was planted where."""

    people: tuple[Person, ...]
    planted: tuple[Planted, ...]

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The list of residents: rows of cells in the order of COLUMNS."""
        return tuple(_row_of(one) for one in self.people)


def make_town(residents: int, seed: int) -> Town:
    """Give back a town of exactly this many residents, the same for the same seed."""
    if residents < FEWEST:
        raise ValueError(f"a town has {FEWEST} residents or more")
    chance = random.Random(seed)
    homes = _settle(residents, chance)
    people = iter(chance.sample(range(10_000_000, 100_000_000), residents))
    numbers = sorted(chance.sample(range(1_000_000, 10_000_000), len(homes)))
    everybody: list[Person] = []
    planted: list[Planted] = []
    for number, home in zip(numbers, homes, strict=True):
        if home.plant:
            planted.append(Planted(len(everybody) + home.plant.who + 1, home.plant))
        everybody += _people_of(home, f"{number:07d}", people, chance)
    return Town(tuple(everybody), tuple(planted))


def _settle(residents: int, chance: random.Random) -> list[Home]:
    """Give back households of `residents` people in all, in the order of places."""
    everywhere = places()
    weights = [one.weight for one in everywhere]
    by_block = {one.block: one for one in everywhere}
    homes = [Home(by_block[one.block], one.members, one.foreign, one) for one in PLANTS]
    missing = residents - sum(len(one.members) for one in homes)
    while missing:
        place = chance.choices(everywhere, weights)[0]
        members = household(chance)
        if len(members) > missing:
            members = single(chance)
        homes.append(Home(place, members, _is_foreign(members, place, chance)))
        missing -= len(members)
    order = {one.block: number for number, one in enumerate(everywhere)}
    chance.shuffle(homes)
    return sorted(homes, key=lambda home: order[home.place.block])


def _is_foreign(members: Members, place: Place, chance: random.Random) -> bool:
    """Foreign households are of people under 70 and their children; any other one is planted."""
    usual = all(one.tie in _USUAL_FOREIGN_TIES and one.age < 70 for one in members)
    return usual and chance.random() < place.foreign_share


def _people_of(home: Home, household: str, numbers: Iterator[int], chance: random.Random) -> list[Person]:
    family = surname(chance, foreign=home.foreign)
    telephone = _telephone(chance)
    people = []
    for place, member in enumerate(home.members):
        stands_out = home.plant if home.plant and home.plant.who == place else None
        name = surname(chance, foreign=home.foreign) if _has_own_surname(member) else family
        number = f"{next(numbers):08d}"
        born = _birth_date(member.age, chance)
        given = given_name(chance, member.sex, born.year, foreign=home.foreign)
        care, income = _life(member, stands_out, chance)
        size = len(home.members)
        people.append(
            Person(
                number, household, name, given, born, member, home.place, size, home.foreign, care, income, telephone
            )
        )
    return people


def _row_of(person: Person) -> Row:
    """Give back the cells in the order of COLUMNS; a merged town keeps its own ways of writing."""
    kana = f"{person.family.kana} {person.given.kana}"
    merged = person.place.was_another_town
    return (
        person.number,
        person.household,
        f"{person.family.written}\u3000{person.given.written}",
        full_width(kana) if merged else half_width_kana(kana),
        short_form(person.born) if merged else long_form(person.born),
        full_width(str(person.member.age)),
        person.member.sex,
        person.place.block,
        full_width(str(person.household_size)),
        person.member.tie,
        "外国" if person.foreign else "日本",
        person.care,
        str(person.income_yen),
        person.telephone,
    )


def _life(member: Member, plant: Plant | None, chance: random.Random) -> tuple[str, int]:
    """Give back care need and income, as planted or as drawn."""
    care = care_need(chance, member.age)
    income = income_yen(chance, member.sex, member.age)
    if plant and plant.care is not None:
        care = plant.care
    if plant and plant.income_yen is not None:
        income = plant.income_yen
    return care, income


def _has_own_surname(member: Member) -> bool:
    return member.tie in {"同居人", "縁故者", "夫（未届）"}


def _birth_date(age: int, chance: random.Random) -> date:
    """Give back a day on which one was born who is `age` full years old on AS_OF."""
    first = date(AS_OF.year - age - 1, AS_OF.month, AS_OF.day + 1)
    last = date(AS_OF.year - age, AS_OF.month, AS_OF.day)
    return first + timedelta(days=chance.randint(0, (last - first).days))


def _telephone(chance: random.Random) -> str:
    """Give back a number that is nobody's (an exchange never begins with 0), or a blank where none is known."""
    if chance.random() < 0.3:
        return ""
    return f"03-0{chance.randint(0, 999):03d}-{chance.randint(0, 9999):04d}"
