"""Ten months of claims for medical fees (RECEIPTC.UKE): CP932, CRLF, old months by era and new ones western.

Lines and items follow オンライン又は光ディスク等による請求に係る記録条件仕様（医科用）. Codes of diseases, treatments and medicines
have the look of the masters' codes; nothing medical may be learned from them.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from examples.town.exports.insured import insured_people
from examples.town.exports.numbers import Cover, Insured, cover_on
from examples.town.exports.sheet import Export, Truth
from examples.town.residents import Town
from examples.town.wareki import coded_form, coded_month

FILE = "RECEIPTC.UKE"
# Western dates came into claims with the months of 2020 and later.
MONTHS = tuple(
    date(year, month, 1)
    for year, month in ((2012, 8), (2012, 9), (2013, 4), (2018, 11), (2019, 5), (2022, 1), (2024, 8), (2024, 9), (2025, 12), (2026, 8))
)  # fmt: skip
WESTERN_SINCE = date(2020, 5, 1)
CLAIM_SHARE = 0.04  # of the insured and months
_HOSPITALS = (
    ("1312345", "関所市民病院"),
    ("1399901", "表町能勢内科クリニック"),
    ("1399902", "十日市整形外科"),
    ("1399903", "桜台こどもクリニック"),
)
# code, weight: common in life, then rare
_DISEASES = (("4019014", 30), ("2500013", 18), ("2724010", 16), ("4660009", 14), ("4779004", 12), ("7242006", 9), ("5355005", 6), ("7840024", 4))  # fmt: skip
_RARE = "2701001"
RARE_AT = 20  # the claim that has it
_TREATMENTS = (
    ("11", "112007410", 75),
    ("13", "113001810", 225),
    ("60", "160000310", 26),
    ("60", "160008010", 21),
    ("80", "120002910", 60),
)
_MEDICINES = (("21", "620007839", "1.00", 4), ("21", "610453053", "2.00", 11), ("23", "662640317", "10.00", 9))
_COMMENTS = ("紹介元は{city}内の医院", "{name}様の御家族より電話あり。次回は表町の自宅へ往診", "家族に説明済み")


class Hospital(NamedTuple):
    code: str
    name: str


@dataclass
class Book:
    """The lines of the file while they are written, and where rows (SY) and traps stand."""

    lines: list[str] = field(default_factory=list)
    rows: int = 0
    claims: int = 0
    points: int = 0
    truths: list[Truth] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)

    def add(self, *items: str) -> None:
        self.lines.append(",".join(items))

    def tell_once(
        self, kind: str, column: str, written: str, reads_as: str | None = None, row: int | None = None
    ) -> None:
        """Keep the truth of the first of a kind; its row is the latest unless said."""
        if kind not in self.seen:
            self.seen[kind] = written
            self.truths.append(Truth(kind, self.rows if row is None else row, column, written, reads_as))


def claims(town: Town, seed: int) -> Export:
    """Give back the file; its rows are the lines SY. Truths of CO and SJ have the line of the file as their row."""
    chance = random.Random(f"{seed} claims")
    book = Book()
    everybody = insured_people(town, seed)
    drawn = [
        (chance.choice(_HOSPITALS), month, one)
        for month in MONTHS
        for one in everybody
        if one.person.born < month and chance.random() < CLAIM_SHARE
    ]
    for code, name in _HOSPITALS:
        book.add("IR", "1", "13", "1", code, "", name, _month(MONTHS[-1]), "00", "03-0000-0000")
        for hospital, month, one in drawn:
            if hospital[0] == code:
                _claim(book, one, month, chance)
    book.add("GO", str(book.claims), str(book.points), "99")
    raw = "".join(f"{one}\r\n" for one in book.lines).encode("cp932")
    return Export("claims", FILE, raw, book.rows, tuple(book.truths))


def _claim(book: Book, insured: Insured, month: date, chance: random.Random) -> None:
    book.claims += 1
    cover = cover_on(insured, month)
    details = list(_details(chance))
    points = sum(int(one[5]) * int(one[6]) for one in details)
    book.points += points
    days = str(chance.randint(1, 8))
    _head(book, insured, month, cover)
    symbol = "".join(chr(ord(one) + 0xFEE0) if one.isascii() else one for one in cover.symbol)
    book.add("HO", cover.insurer.rjust(8), symbol, cover.number, days, str(points), *[""] * 9)
    book.add("SN", "1", "01", "", "", "", cover.branch, "", "")
    if chance.random() < 0.03:
        book.add("KO", "12139992", "9999996", "", days, str(points), *[""] * 6)
    _diseases(book, month, chance)
    for one in details:
        book.add(*one)
    _narrative(book, insured, chance)


def _head(book: Book, insured: Insured, month: date, cover: Cover) -> None:
    person = insured.person
    kind = "1318" if cover.is_elderly else "1112"
    name = f"{person.family.written}　{person.given.written}"
    sex = "1" if person.member.sex == "男" else "2"
    born = _day(person.born, month)
    chart = person.number[-6:]
    book.add("RE", str(book.claims), kind, _month(month), name, sex, born, "", "", "", "", "", "", chart, *[""] * 24)
    kind = "month-era" if month < WESTERN_SINCE else "month-western"
    book.tell_once(kind, "診療年月", _month(month), f"{month:%Y-%m}", book.rows + 1)
    kind = "date-form-coded" if month < WESTERN_SINCE else "date-form-western"
    book.tell_once(kind, "患者生年月日", born, person.born.isoformat(), book.rows + 1)
    _tell_renumbering(book, insured, cover)


def _tell_renumbering(book: Book, insured: Insured, cover: Cover) -> None:
    """Keep the truth of whoever was seen under another number before."""
    key = f"number of {insured.person.number}"
    before = book.seen.setdefault(key, cover.number)
    if before != cover.number:
        book.seen[key] = cover.number
        book.truths.append(Truth("renumbered-at-75", book.rows + 1, "被保険者証の番号", cover.number))


def _diseases(book: Book, month: date, chance: random.Random) -> None:
    codes, weights = zip(*_DISEASES, strict=True)
    main = True
    for code in dict.fromkeys(chance.choices(codes, weights, k=chance.randint(1, 4))):
        since = date(month.year - chance.randint(0, 3), chance.randint(1, 12), chance.randint(1, 28))
        since = min(since, month)
        ended = chance.choices(("1", "2", "3", "4"), (88, 8, 1, 3))[0]
        book.rows += 1
        book.add("SY", code, _day(since, month), ended, "", "", "01" if main else "", "")
        main = False
    if chance.random() < 0.01:
        book.rows += 1
        book.add("SY", "0000999", _day(month, month), "1", "", "原因のはっきりしない表在の痛み", "", "")
        book.tell_once("disease-without-code", "傷病名コード", "0000999", "0000999")
    if book.claims == RARE_AT:
        book.rows += 1
        book.add("SY", _RARE, _day(month, month), "1", "", "", "", "")
        book.tell_once("rare-disease", "傷病名コード", _RARE, _RARE)


def _details(chance: random.Random) -> Iterator[tuple[str, ...]]:
    for kind, code, points in chance.sample(_TREATMENTS, chance.randint(1, 4)):
        yield ("SI", kind, "1", code, "", str(points), "1", *[""] * 37)
    for kind, code, amount, points in chance.sample(_MEDICINES, chance.randint(0, 3)):
        yield ("IY", kind, "1", code, amount, str(points), str(chance.choice((7, 14, 28))), *[""] * 37)
    if chance.random() < 0.03:
        yield ("TO", "40", "1", "710010668", "1", "56", "1", "", "", "", "", *[""] * 33)


def _narrative(book: Book, insured: Insured, chance: random.Random) -> None:
    """Comment and narrative lines: what a hospital wrote freely, names among it; they must never be read."""
    if chance.random() < 0.1:
        text = chance.choice(_COMMENTS).format(name=insured.person.family.written, city="関所市")
        book.add("CO", "80", "1", "810000001", text)
        book.tell_once("narrative-comment", "", text, None, len(book.lines))
    if chance.random() < 0.01:
        text = f"{insured.person.family.written}　{insured.person.given.written}は、発症の前日に表町で転倒し"
        book.add("SJ", "01", text)
        book.tell_once("narrative-symptoms", "", text, None, len(book.lines))


def _month(month: date) -> str:
    return f"{month:%Y%m}" if month >= WESTERN_SINCE else coded_month(month)


def _day(day: date, month: date) -> str:
    return f"{day:%Y%m%d}" if month >= WESTERN_SINCE else coded_form(day)
