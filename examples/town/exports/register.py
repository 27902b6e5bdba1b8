"""The resident register as an older system writes it: CP932, removed residents still there, dates in every form."""

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from examples.town.exports.numbers import my_number, postal_code, residence_card, resident_code
from examples.town.exports.sheet import Export, Sheet, csv_text
from examples.town.names import full_width, given_name, half_width_kana, surname
from examples.town.places import CITY, CITY_CODE, Place, places
from examples.town.residents import AS_OF, Person, Town
from examples.town.wareki import coded_form, kanji_form, long_form, short_form

FILE = "juki_export.csv"
COLUMNS = (
    "市区町村コード", "宛名番号", "世帯番号", "個人番号", "住民票コード", "住民種別", "住民状態", "支援措置区分", "氏名", "氏名カナ",
    "通称", "旧氏", "生年月日", "性別", "続柄", "郵便番号", "町丁目", "番地", "方書", "本籍", "筆頭者", "在留カード等番号",
    "転入前市区町村コード", "転入前郵便番号", "異動年月日", "異動事由",
)  # fmt: skip
REMOVED_SHARE = 0.08  # of the living: people who moved out or died stay in the register
# Six digits; 札幌市, 函館市 and 青森市 begin with a zero, 大宮市 and 浦和市 were merged into さいたま市 in 2001.
_CAME_FROM = ("131016", "141003", "271004", "011002", "012025", "022012", "112054", "112046")
_CAME_FROM_POSTAL = ("100-0001", "231-0017", "530-0001", "060-0001", "040-0001", "030-0801", "330-0001", "336-0001")
_HOUSES = ("", "", "", "コーポ表町２０１", "ソレイユ能登屋１０３号室", "メゾン・ド・十日市３０５")
GAIJI = "\ue000\ue001\ue0bc\ue757"  # F040, F041, F140 and F9FC in CP932

TRAIL_BYTE_5C = frozenset("ソ表能十申構禄圭予蚕欺")

Forms = tuple[tuple[str, str, str], ...]
UNKNOWN_DATES: Forms = (
    ("date-all-nines", "99999999", "0000-00-00"),
    ("date-all-zeros", "00000000", "0000-00-00"),
    ("date-unknown", "不詳", "0000-00-00"),
    ("date-day-00", "昭和22年3月00日", "1947-03-00"),
    ("date-day-99", "S22.03.99", "1947-03-00"),
    ("date-day-unknown", "昭和9年11月日不詳", "1934-11-00"),
    ("date-month-unknown", "3120000", "1937-00-00"),
    ("date-impossible", "昭和30年2月30日", "1955-02-30"),
    ("date-impossible", "3300230", "1955-02-30"),
    ("date-era-99", "昭和99年1月1日", "0000-00-00"),
)


def register(town: Town, seed: int) -> Export:
    """Give back the export with its traps; the order is that of the city's own list, removed people between."""
    chance = random.Random(f"{seed} register")
    sheet = Sheet(COLUMNS)
    gone = iter(chance.sample(range(1, 10_000_000), int(len(town.people) * REMOVED_SHARE) + 1))
    head = ""
    for person in town.people:
        head = person.family.written if person.member.tie == "世帯主" else head
        sheet.rows.append(_living(person, head, chance))
        if chance.random() < REMOVED_SHARE and (number := next(gone, None)) is not None:
            sheet.rows.append(_removed(number, chance))
    for plant in (_plant_dates, _plant_codes, _plant_characters, _tell_what_is_there):
        plant(sheet, chance)
    text = csv_text([COLUMNS, *sheet.rows])
    sheet.tell("end-of-file-mark", 0, "", "0x1A")
    return Export("resident-register", FILE, text.encode("cp932") + b"\x1a", len(sheet.rows), tuple(sheet.truths))


def _living(person: Person, head: str, chance: random.Random) -> list[str]:
    merged = person.place.was_another_town
    kana = f"{person.family.kana} {person.given.kana}"
    write = short_form if merged else long_form
    came = chance.random()
    return [
        CITY_CODE,
        person.number,
        person.household,
        my_number(person.number),
        resident_code(person.number),
        "外国人住民" if person.foreign else "日本人住民",
        "1",
        "1" if chance.random() < 1 / 800 else "0",
        f"{person.family.written}　{person.given.written}",
        full_width(kana) if merged else half_width_kana(kana),
        f"{head}　{person.given.kana}" if person.foreign else "",
        "",
        write(person.born),
        person.member.sex,
        person.member.tie,
        postal_code(person.place),
        person.place.block,
        full_width(f"{chance.randint(1, 40)}番{chance.randint(1, 30)}号"),
        chance.choice(_HOUSES),
        "" if person.foreign else f"{CITY}{person.place.block}",
        "" if person.foreign else head,
        residence_card(person.number) if person.foreign else "",
        *_came_from(came, write, person.born, chance),
    ]


def _came_from(came: float, write: Callable[[date], str], born: date, chance: random.Random) -> Iterator[str]:
    """Give the cells from 転入前市区町村コード to 異動事由: most people came from elsewhere once."""
    since = max((AS_OF - born).days, 1)
    if came < 0.6:
        place = chance.randrange(len(_CAME_FROM))
        yield from (_CAME_FROM[place], _CAME_FROM_POSTAL[place])
        yield write(AS_OF - timedelta(days=chance.randrange(min(since, 15_000))))
        yield "転入"
        return
    yield from ("", "", write(born), "出生") if came < 0.9 else ("", "", "", "")


def _removed(number: int, chance: random.Random) -> list[str]:
    """Give back somebody who is no resident any more; their 宛名番号 begins with zeros."""
    atena = f"{number:08d}"
    sex, place = chance.choice("男女"), _somewhere(chance)
    born = date(1925, 1, 1) + timedelta(days=chance.randrange(35_000))
    family, given = surname(chance, foreign=False), given_name(chance, sex, born.year, foreign=False)
    left = born + timedelta(days=chance.randrange(1, max(2, (AS_OF - born).days)))
    state, reason = chance.choices((("2", "転出"), ("3", "死亡"), ("9", "職権消除")), (60, 36, 4))[0]
    return [
        CITY_CODE, atena, f"{chance.randrange(1_000_000):07d}", my_number(atena), resident_code(atena), "日本人住民", state, "0",
        f"{family.written}　{given.written}", half_width_kana(f"{family.kana} {given.kana}"), "", "", long_form(born), sex,
        "世帯主", postal_code(place), place.block, full_width(f"{chance.randint(1, 40)}番地"), "", "", "", "", "", "",
        long_form(left), reason,
    ]  # fmt: skip


def _somewhere(chance: random.Random) -> Place:
    return chance.choice(places())


def _plant_dates(sheet: Sheet, chance: random.Random) -> None:
    """Every way of writing a day that there is, then days that are not known or never were."""
    forms: Forms = tuple((f"date-form-{kind}", written, reads) for kind, written, reads in _forms())
    planted = forms + UNKNOWN_DATES
    rows = chance.sample(range(1, len(sheet.rows) + 1), len(planted))
    for row, (kind, written, reads) in zip(rows, planted, strict=True):
        sheet.plant(kind, row, "生年月日", written, reads)
    for row, (kind, written, reads) in zip(rows, UNKNOWN_DATES[:2], strict=False):
        sheet.plant(kind, row, "異動年月日", written, reads)


def _forms() -> Iterator[tuple[str, str, str]]:
    day, first_year, last_year = date(1972, 10, 14), date(2019, 5, 1), date(2019, 4, 30)
    for kind, written in (
        ("long", long_form(day)),
        ("long-full-width", full_width(long_form(day))),
        ("short", short_form(day)),
        ("coded", coded_form(day)),
        ("kanji", kanji_form(day)),
        ("western", "1972-10-14"),
        ("western-slash", "1972/10/14"),
        ("western-digits", "19721014"),
    ):
        yield kind, written, day.isoformat()
    yield "first-year", long_form(first_year), first_year.isoformat()
    yield "first-year-kanji", kanji_form(first_year), first_year.isoformat()
    yield "last-year", long_form(last_year), last_year.isoformat()


def _plant_codes(sheet: Sheet, chance: random.Random) -> None:
    rows = chance.sample(range(1, len(sheet.rows) + 1), 7)
    sheet.plant("code-full-width", rows[0], "市区町村コード", full_width(CITY_CODE), CITY_CODE[:5])
    sheet.plant("code-lost-zero", rows[1], "転入前市区町村コード", "12025", "01202")
    sheet.plant("code-merged", rows[2], "転入前市区町村コード", "112054", "11205")
    sheet.plant("postal-lost-zero", rows[3], "転入前郵便番号", "600001", "0600001")
    sheet.plant("postal-full-width", rows[4], "転入前郵便番号", "０６０－０００１", "0600001")
    sheet.plant("protected", rows[6], "支援措置区分", "1")
    sheet.plant("spaces-full-width", rows[5], "性別", "\u3000男\u3000", "男")


def _plant_characters(sheet: Sheet, chance: random.Random) -> None:
    """外字 where names and buildings are; they are identifiers, so nothing of them is ever read as a value."""
    rows = iter(chance.sample(range(1, len(sheet.rows) + 1), len(GAIJI) + 6))
    for gaiji in GAIJI:
        row = next(rows)
        sheet.plant("gaiji", row, "氏名", f"{gaiji}川　{sheet.cell(row, '氏名').split('　')[1]}")
    sheet.plant("gaiji", next(rows), "方書", f"{GAIJI[0]}荘２０１")
    sheet.plant("quote-in-quotes", next(rows), "方書", 'コーポ"表"，１０１')
    for written in ("１－２－３", "１２‐３", "１２―３"):  # U+FF0D, U+2010, U+2015
        sheet.plant("dashes", next(rows), "番地", written)
    # What CP932 and Shift_JIS map to other characters: U+FF5E, U+2225, U+FFE0
    sheet.plant("signs-of-cp932", next(rows), "本籍", "関所市能登屋町～表町∥￠")


def _tell_what_is_there(sheet: Sheet, _: random.Random) -> None:
    """Traps that the town has without any planting: where the first of each stands."""
    for state, kind in (("2", "removed-moved"), ("3", "removed-dead"), ("9", "removed-deleted")):
        sheet.tell_first(kind, "住民状態", state.__eq__, read=True)
    sheet.tell_first("tie-chain", "続柄", {"子の妻", "子の夫"}.__contains__, read=True)
    sheet.tell_first("trail-byte-5c", "氏名", lambda cell: bool(set(cell) & TRAIL_BYTE_5C))
    sheet.tell_first("half-width-kana", "氏名カナ", lambda cell: any("ｦ" <= one <= "ﾟ" for one in cell))
    sheet.tell_first("my-number-column", "個人番号", bool)
