"""Who is insured by the city or, from 75 on, by the elderly's association: the entitlements of both, in CP932."""

import random
from collections.abc import Iterator
from datetime import timedelta

from examples.town.exports.numbers import (
    ELDERLY_AGE,
    Cover,
    Insured,
    birthday,
    cover_on,
    my_number,
    postal_code,
    turned_75,
)
from examples.town.exports.sheet import Export, Sheet, csv_text
from examples.town.names import half_width_kana
from examples.town.residents import AS_OF, Person, Town
from examples.town.wareki import coded_form, long_form

FILE = "kokuho_shikaku.csv"
COLUMNS = (
    "宛名番号", "世帯番号", "個人番号", "保険者番号", "被保険者記号", "被保険者番号", "被保険者枝番", "氏名", "氏名カナ", "生年月日", "性別",
    "郵便番号", "制度区分", "資格取得年月日", "資格取得事由", "資格喪失年月日", "資格喪失事由", "世帯主区分", "適用区分", "軽減割合",
    "保険料年額",
)  # fmt: skip
HOUSEHOLD_SHARE = 0.24  # of households: the others are insured where they work


def insured_people(town: Town, seed: int) -> list[Insured]:
    """Give back whoever is insured by one of the two."""
    chance = random.Random(f"{seed} insured")
    households: dict[str, bool] = {}
    branches: dict[str, int] = {}
    found = []
    for place, person in enumerate(town.people, 1):
        if person.household not in households:
            households[person.household] = chance.random() < HOUSEHOLD_SHARE
        branches[person.household] = branches.get(person.household, 0) + 1
        if person.member.age >= ELDERLY_AGE or households[person.household]:
            found.append(Insured(person, branches[person.household], place))
    return found


def entitlements(town: Town, seed: int) -> Export:
    """Give back the export: one row for each entitlement, two for whoever became 75 within the year."""
    chance = random.Random(f"{seed} entitlements")
    sheet = Sheet(COLUMNS)
    for insured in insured_people(town, seed):
        sheet.rows += _rows_of(insured, chance)
        if turned_75(insured.person):
            _tell_renumbering(sheet)
    row = sheet.first("制度区分", "国保")
    sheet.plant("date-form-coded", row, "資格取得年月日", "4200401", "2008-04-01")
    sheet.plant("date-all-nines", row, "資格喪失年月日", "99999999", "0000-00-00")
    sheet.plant("digits-full-width", row, "保険料年額", "１２３４００", "123400")
    raw = csv_text([COLUMNS, *sheet.rows]).encode("cp932")
    return Export("national-health", FILE, raw, len(sheet.rows), tuple(sheet.truths))


def _rows_of(insured: Insured, chance: random.Random) -> Iterator[list[str]]:
    person = insured.person
    fixed = _levy(person)
    if turned_75(person):
        moved = birthday(person.born, ELDERLY_AGE)
        before = cover_on(insured, moved - timedelta(days=1))
        yield _row(person, before, fixed, _since(person, chance), (long_form(moved), "後期加入"))
        yield _row(person, cover_on(insured, moved), fixed, (long_form(moved), "年齢到達"), ("", ""))
        return
    cover = cover_on(insured, AS_OF)
    began = _since(person, chance)
    if cover.is_elderly:
        began = (long_form(birthday(person.born, ELDERLY_AGE)), "年齢到達")
    ended = ("", "")
    if not cover.is_elderly and chance.random() < 0.05:
        day = AS_OF - timedelta(days=chance.randrange(200))
        ended = (coded_form(day), chance.choice(("社保加入", "転出", "生保開始")))
    yield _row(person, cover, fixed, began, ended)


def _since(person: Person, chance: random.Random) -> tuple[str, str]:
    days = max(1, (AS_OF - person.born).days)
    day = AS_OF - timedelta(days=chance.randrange(min(days, 9_000)))
    return long_form(day), chance.choice(("転入", "社保離脱", "その他"))


def _levy(person: Person) -> tuple[str, str, str]:
    """Give back 適用区分, 軽減割合 and 保険料年額, as the person's own income would have them."""
    income = person.income_yen
    elderly = person.member.age >= ELDERLY_AGE
    groups = ("現役Ⅲ", "現役Ⅰ", "一般Ⅰ", "低所得Ⅱ") if elderly else ("ア", "イ", "ウ", "オ")
    limits = (9_000_000, 6_000_000, 1_500_000, -1)
    group = next(name for name, limit in zip(groups, limits, strict=True) if income > limit)
    tenths = "7" if income < 430_000 else "5" if income < 900_000 else "2" if income < 1_400_000 else "0"
    levy = min(1_060_000, 60_000 + income // 10) * (10 - int(tenths)) // 10
    return group, tenths, str(levy // 100 * 100)


def _row(
    person: Person, cover: Cover, levy: tuple[str, str, str], began: tuple[str, str], ended: tuple[str, str]
) -> list[str]:
    return [
        person.number, person.household, my_number(person.number), cover.insurer, cover.symbol, cover.number, cover.branch,
        f"{person.family.written}　{person.given.written}",
        half_width_kana(f"{person.family.kana} {person.given.kana}"),
        long_form(person.born),
        "1" if person.member.sex == "男" else "2",
        postal_code(person.place),
        "後期" if cover.is_elderly else "国保",
        *began, *ended,
        "1" if person.member.tie == "世帯主" else "0",
        *levy,
    ]  # fmt: skip


def _tell_renumbering(sheet: Sheet) -> None:
    """One person, two numbers: the two rows stand one behind the other."""
    last = len(sheet.rows)
    before, after = (sheet.cell(row, "被保険者番号") for row in (last - 1, last))
    sheet.tell("renumbered-at-75", last, "被保険者番号", after)
    assert before != after
