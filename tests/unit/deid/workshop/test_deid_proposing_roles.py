"""Which type and which role a column gets, from what it showed."""

from dataclasses import replace

import pytest

from sekisho.deid.numbers.codes import Code
from sekisho.deid.schema import Kind, Role
from sekisho.deid.workshop.proposing.evidence import Ground, Sure
from sekisho.deid.workshop.proposing.facts import ColumnFacts
from sekisho.deid.workshop.proposing.found import LayoutFound, Writing, WritingFound
from sekisho.deid.workshop.proposing.loosen import loosened
from sekisho.deid.workshop.proposing.names import is_known_name, may_be_name
from sekisho.deid.workshop.proposing.proposal import Found, Proposal, ProposedColumn
from sekisho.deid.workshop.proposing.roles import Apart, RoleFound, find_naming_role, find_role
from sekisho.deid.workshop.proposing.types import KindFound, find_kind, longest_for
from sekisho.errors import Finding
from sekisho.tables.guessing.cells import facts_of

MY_NUMBERS = ("983205673214", "123456789018", "111111111118")


def column(name: str, texts, times: int = 1) -> ColumnFacts:
    texts = list(texts)
    return facts_of(name, texts, [times] * len(texts))


def kind_of(name: str, texts, times: int = 1) -> KindFound:
    return find_kind(column(name, texts, times))


def role_of(name: str, texts, times: int = 1) -> RoleFound | None:
    facts = column(name, texts, times)
    return find_naming_role(facts, find_kind(facts).kind)


@pytest.mark.parametrize(
    ("name", "texts", "times", "kind"),
    [
        ("年齢", ["0", "41", "103"], 30, Kind.INTEGER),
        ("金額", ["-5", "1200", "+3"], 30, Kind.INTEGER),
        ("生年月日", ["S47.10.14", "平成元年1月8日", "20200229"], 30, Kind.DATE),
        ("c4", ["1972/10/14", "1981/01/02"], 30, Kind.DATE),
        ("c4", [f"19720{month}{day:02}" for month in range(1, 10) for day in range(1, 29)], 1, Kind.DATE),
        ("診療年月", ["202201", "202412"], 30, Kind.MONTH),
        ("市区町村コード", ["13101", "131016"], 30, Kind.MUNICIPALITY),
        ("郵便番号", ["100-0001", "1500002"], 30, Kind.POSTAL_CODE),
        ("性別", ["1", "2"], 30, Kind.CODE),
        ("続柄", ["本人", "妻", "子"], 30, Kind.CODE),
        ("整理番号", [f"{one:08}" for one in range(90)], 1, Kind.CODE),
        ("c1", [f"{one * 7919 % 90000 + 10000}" for one in range(200)], 1, Kind.CODE),
        ("備考", [f"第{one}回の訪問では、お元気でした。次は来月です。" for one in range(60)], 1, Kind.FREE_TEXT),
        ("氏名", [f"関所{one}" for one in "一二三四五六七八九十"], 1, Kind.TEXT),
        ("予備", ["", " ", "　"], 30, Kind.TEXT),
    ],
)
def test_a_column_gets_the_type_that_reads_it(name, texts, times, kind):
    assert kind_of(name, texts, times).kind is kind


def test_values_are_listed_only_where_each_stands_in_twenty_rows():
    assert kind_of("性別", ["男", "女"], 20).values == ("女", "男")
    rare = find_kind(facts_of("性別", ["男", "女", "不明"], [100, 100, 19]))
    assert (rare.kind, rare.values, rare.sure) == (Kind.CODE, (), Sure.ASK)
    assert Ground.RARE_VALUES in {one.ground for one in rare.evidence}


def test_unknown_days_make_a_date_a_partial_one_and_are_told():
    found = kind_of("生年月日", [*(f"1972-10-{day:02}" for day in range(1, 29)), "昭和47年10月不詳"])
    assert found.kind is Kind.PARTIAL_DATE
    assert Ground.UNKNOWN_DAYS in {one.ground for one in found.evidence}


def test_a_number_that_begins_with_zero_is_no_quantity():
    assert kind_of("c1", ["007", "041", "123"], 40).kind is Kind.CODE


@pytest.mark.parametrize("characters", [1, 200, 201, 9_999, 20_000])
def test_a_limit_of_length_is_round(characters: int):
    assert longest_for(characters) in {200, 500, 1_000, 2_000, 5_000, 10_000}
    assert longest_for(characters) >= min(characters, 10_000)


@pytest.mark.parametrize(
    ("name", "texts", "role", "holds"),
    [
        ("個人番号", MY_NUMBERS * 10, Role.STRIPPED, Code.MY_NUMBER),
        ("住民票コード", [f"{one * 7919 % 10**11:011}" for one in range(1, 60)], Role.IDENTIFIER, Code.RESIDENT_CODE),
        ("宛名番号", [f"{one:08}" for one in range(60)], Role.IDENTIFIER, Code.LINK),
        ("氏名", ["佐藤 花子", "鈴木 一郎"], Role.IDENTIFIER, Code.NAME),
        ("電話番号", ["03-0000-0001", "090-0000-0002"], Role.IDENTIFIER, Code.TELEPHONE),
        ("保険者番号", ["138057", "130012"], Role.QUASI_IDENTIFIER, Code.INSURER_NUMBER),
        ("性別", ["男", "女"], Role.QUASI_IDENTIFIER, None),
        ("要介護度", ["非該当", "要介護1"], Role.SENSITIVE, None),
        ("支援措置区分", ["0", "1"], Role.STRIPPED, None),
        ("支給開始年月", ["202201", "202202"], Role.QUASI_IDENTIFIER, None),
        ("備考", [f"第{one}回の訪問です。次は来月に伺います。" for one in range(60)], Role.SENSITIVE, None),
        ("c9", [f"{one * 7919 % 90000 + 10000}" for one in range(200)], Role.IDENTIFIER, Code.LINK),
        ("c3", [f"user{one}@example.jp" for one in range(60)], Role.IDENTIFIER, Code.EMAIL),
    ],
)
def test_a_column_gets_the_role_of_what_it_holds(name, texts, role, holds):
    found = role_of(name, texts)
    assert found is not None
    assert (found.role, found.holds) == (role, holds)
    assert found.evidence


def test_a_number_of_a_person_in_free_text_keeps_the_whole_column_at_home():
    texts = [f"第{one}回の訪問です。マイナンバー 9832-0567-3214 を確認しました。" for one in range(60)]
    found = role_of("備考", texts)
    assert found is not None
    assert (found.role, found.evidence[0].ground) == (Role.STRIPPED, Ground.CODE_IN_TEXT)


@pytest.mark.parametrize(
    ("apart", "role", "ground"),
    [
        (Apart(0.0, in_key=False), Role.PLAIN, Ground.HARDLY_DIFFERS),
        (Apart(0.01, in_key=False), Role.QUASI_IDENTIFIER, Ground.HARDLY_DIFFERS),
        (Apart(0.5, in_key=False), Role.QUASI_IDENTIFIER, Ground.SEPARATES),
        (Apart(0.05, in_key=True), Role.QUASI_IDENTIFIER, Ground.IN_KEY),
    ],
)
def test_a_column_that_says_nothing_goes_by_how_it_tells_rows_apart_and_is_asked_about(apart, role, ground):
    found = find_role(column("c1", ["a", "b"], 30), apart)
    assert (found.role, found.evidence[0].ground, found.sure) == (role, ground, Sure.ASK)


def test_names_are_no_numbers_and_no_sentences():
    assert is_known_name("宛名番号")
    assert is_known_name("DATE_OF_BIRTH")
    assert not is_known_name("00000001")
    assert not is_known_name("転入の届出がありました。")
    assert not may_be_name("12345678")
    assert not may_be_name("")


def test_a_refusal_of_the_reader_makes_just_that_column_wider():
    kinds = (KindFound(Kind.CODE, Sure.SURE, (), ("女", "男")), KindFound(Kind.DATE, Sure.SURE, ()))
    columns = tuple(
        ProposedColumn(replace(column(name, ["x"]), name=name), kind, RoleFound(Role.PLAIN, Sure.SURE, ()), blank=False)
        for name, kind in zip("ab", kinds, strict=True)
    )
    proposal = Proposal(Found(WritingFound(Writing.ASCII, 1), LayoutFound(None, 1.0, 1)), columns)
    wider = loosened(proposal, [Finding("a", "values", 3, 1), Finding("a", "blank", 1, 2), Finding("b", "type", 1, 1)])
    assert (wider.columns[0].kind.values, wider.columns[0].blank) == ((), True)
    assert (wider.columns[1].kind.kind, wider.columns[1].blank) == (Kind.PARTIAL_DATE, False)
    longer = loosened(proposal, [Finding("a", "longest", 1, 1)])
    assert (longer.columns[0].kind.longest, longer.columns[1]) == (500, columns[1])
    assert loosened(proposal, [Finding("a", "formula", 1, 1)]).columns == columns
