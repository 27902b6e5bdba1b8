"""Residents of the made town: every household settled, every cell as a city would write it."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

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
class Town:
    """The whole file: rows of cells in the order of COLUMNS, and who was planted where."""

    rows: tuple[Row, ...]
    planted: tuple[Planted, ...]


def make_town(residents: int, seed: int) -> Town:
    """Give back a town of exactly this many residents, the same for the same seed."""
    if residents < FEWEST:
        raise ValueError(f"a town has {FEWEST} residents or more")
    chance = random.Random(seed)
    homes = _settle(residents, chance)
    people = iter(chance.sample(range(10_000_000, 100_000_000), residents))
    numbers = sorted(chance.sample(range(1_000_000, 10_000_000), len(homes)))
    rows: list[Row] = []
    planted: list[Planted] = []
    for number, home in zip(numbers, homes, strict=True):
        if home.plant:
            planted.append(Planted(len(rows) + home.plant.who + 1, home.plant))
        rows += _rows_of(home, number, people, chance)
    return Town(tuple(rows), tuple(planted))


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


def _rows_of(home: Home, number: int, people: Iterator[int], chance: random.Random) -> list[Row]:
    family = surname(chance, foreign=home.foreign)
    telephone = _telephone(chance)
    rows = []
    for place, member in enumerate(home.members):
        stands_out = home.plant if home.plant and home.plant.who == place else None
        name = surname(chance, foreign=home.foreign) if _has_own_surname(member) else family
        rows.append(
            (
                f"{next(people):08d}",
                f"{number:07d}",
                *_person(home, member, name, chance),
                *_life(member, stands_out, chance),
                telephone,
            )
        )
    return rows


def _person(home: Home, member: Member, family: Name, chance: random.Random) -> tuple[str, ...]:
    """Give back the cells from 氏名 to 国籍区分; a merged town keeps its own ways of writing."""
    born = _birth_date(member.age, chance)
    given = given_name(chance, member.sex, born.year, foreign=home.foreign)
    kana = f"{family.kana} {given.kana}"
    merged = home.place.was_another_town
    return (
        f"{family.written}\u3000{given.written}",
        full_width(kana) if merged else half_width_kana(kana),
        short_form(born) if merged else long_form(born),
        full_width(str(member.age)),
        member.sex,
        home.place.block,
        full_width(str(len(home.members))),
        member.tie,
        "外国" if home.foreign else "日本",
    )


def _life(member: Member, plant: Plant | None, chance: random.Random) -> tuple[str, str]:
    """Give back care need and income, as planted or as drawn."""
    care = care_need(chance, member.age)
    income = income_yen(chance, member.sex, member.age)
    if plant and plant.care is not None:
        care = plant.care
    if plant and plant.income_yen is not None:
        income = plant.income_yen
    return care, str(income)


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
