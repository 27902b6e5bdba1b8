"""Published lists of changed codes. The changes are facts of e-Stat's 廃置分合等情報 and of 総務省's 改正一覧; the files are made here.

The columns of e-Stat's file, and how its reasons are worded, are those of the file that it gives out. Of the Ministry's file
the order of the ten columns and the words 〃, 同左, 削除 and 欠番 are its own; the other words of its header are not known to us.
"""

import csv
import io
from datetime import date

import pytest

from sekisho.deid.ladders.builtin.given_up import TODAY, Fault
from sekisho.deid.ladders.builtin.merged import builtin_merged, climb_municipality
from sekisho.deid.ladders.builtin.municipality import check_digit
from sekisho.errors import BadTable, Reason
from sekisho.tables.published.bringing import Brought, bring
from sekisho.tables.published.found import Source
from sekisho.tables.published.reading import read_published
from sekisho.tables.published.reasons import read_sentence, sentences_of

E_STAT = (
    "標準地域コード",
    "都道府県",
    "政令市･郡･支庁･振興局等",
    "政令市･郡･支庁･振興局等（ふりがな）",
    "市区町村",
    "市区町村（ふりがな）",
    "廃置分合等施行年月日",
    "改正事由",
)
HOKUTO = "上磯町(01335)、大野町(01336)が合併し、北斗市(01236)を新設"
KUSHIRO = "釧路市(01206)、阿寒町(01666)、音別町(01669)が合併し、釧路市を新設"
HAKODATE = "戸井町(01339)、恵山町(01340)、椴法華村(01341)、南茅部町(01342)が函館市(01202)に編入"
SAPPORO = "札幌市(01201)の札幌市(01100)への政令指定都市施行\n中央区(01101)、北区(01102)の新設"
KOFU = "中道町(19326)と上九一色村(19341)大字梯及び古関が甲府市(19201)に編入"
KAMIKUISHIKI = (
    "上九一色村(19341)大字梯及び古関が甲府市(19201)に編入し、大字精進、本栖及び富士ヶ嶺が富士河口湖町(19430)に編入"
)
HAMAMATSU = (
    "浜松市（22130）の区の再編（７区から３区へ再編）\n"
    "中区（22131）、東区（22132）、北区（22135）（三方原地区／初生町、三方原町）を中央区（22138）に再編\n"
    "北区（22135）（三方原地区以外）、浜北区（22136）を浜名区（22139）に再編\n"
    "天竜区（22137）を天竜区（22140）に再編（区名、区域の変更なし）"
)


def e_stat(*rows: tuple[str, str, str, str], head: tuple[str, ...] = E_STAT) -> bytes:
    """Give back a file as e-Stat gives it out, of (code, name, day, reason)."""
    sink = io.StringIO()
    lines = csv.writer(sink, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    lines.writerow(head)
    lines.writerows((code, "", "", "", name, "", day, reason) for code, name, day, reason in rows)
    return sink.getvalue().encode()


def changes(raw: bytes) -> set[str]:
    return {f"{one.day} {one.before}>{one.after}" for one, _ in read_published(raw).changes}


def unread(raw: bytes) -> list[int]:
    return [one.row for one in read_published(raw).unread]


@pytest.mark.parametrize(
    ("sentence", "pairs"),
    [
        (HOKUTO, {"01335>01236", "01336>01236"}),
        (KUSHIRO, {"01666>01206", "01669>01206"}),
        (HAKODATE, {"01339>01202", "01340>01202", "01341>01202", "01342>01202"}),
        ("厚田村(01304)、浜益村(01305)が石狩市(01235)に編入合併", {"01304>01235", "01305>01235"}),
        ("木造町(02322)、森田村(02324)が合併し、つがる市(02209)を新設", {"02322>02209", "02324>02209"}),
        ("北区(27101)と大淀区(27112)が統合し、北区(27127)を新設", {"27101>27127", "27112>27127"}),
        ("相模原市(14209)の相模原市(14150)への政令指定都市移行", {"14209>14150"}),
        ("石狩町(01303)が石狩市(01235)に市制施行", {"01303>01235"}),
        ("鹿島町(08405)が鹿嶋町に名称変更し、鹿嶋市(08222)に市制施行", {"08405>08222"}),
        ("広島町(01301)が広島市に市制施行し、北広島市(01234)に名称変更", {"01301>01234"}),
        ("みよし町(23521)がみよし市(23236)に市制施行", {"23521>23236"}),
        ("空知支庁幌加内町(01439)が上川支庁幌加内町(01472)に区域変更", {"01439>01472"}),
        (
            "鳳至郡穴水町(17421)、門前町(17422)が鳳珠郡穴水町(17461)、門前町(17462)に郡の区域変更",
            {"17421>17461", "17422>17462"},
        ),
        ("小倉区(40102)を分割し、小倉北区(40106)、小倉南区(40107)を新設", {"40102>40106", "40102>40107"}),
        (KOFU, {"19326>19201", "19341>19201"}),
        (KAMIKUISHIKI, {"19341>19201", "19341>19430"}),
        # what ends no code
        ("鹿部村(01343)が鹿部町(01343)に町制施行", set()),
        ("広川町（ひろかわちょう、30362)が広川町（ひろがわちょう、30362)に名称変更", set()),
        ("与那城村(よなぐすくそん、47322)が与那城村(よなしろそん)に名称変更し、与那城町(47322)に町制施行", set()),
        ("白石区(01104)から分離し、厚別区(01108)を新設", set()),
        ("稗貫郡(03340)の廃止", set()),
        ("岩槻区(11110)の新設", set()),
        ("函館市(01202)が特例市に移行", set()),
        ("浜松市（22130）の区の再編", set()),
    ],
)
def test_a_reason_says_which_code_took_the_place_of_which(sentence: str, pairs: set[str]) -> None:
    (one,) = sentences_of(sentence)
    found = read_sentence(one, {})
    assert found is not None
    assert {f"{before}>{after}" for before, after in found} == pairs


@pytest.mark.parametrize(
    "sentence",
    [
        "上磯町と大野町が合併し、北斗市を新設",
        "上磯町(01335)、大野町(01336)が合併し、北斗市を新設",
        "上磯町(01335)、大野町(01336)ほかが合併し、北斗市(01236)を新設",
        "甲町(01335)、乙町(01336)が丙市(01236)、丁市(01237)、戊市(01238)に区域変更",
        "上磯町(1335)が北斗市(1236)に編入",
        "稗貫区(03140)の廃止",
        "函館市",
    ],
)
def test_a_reason_that_does_not_say_it_is_not_guessed(sentence: str) -> None:
    assert read_sentence(sentence, {}) is None


def test_a_list_of_e_stat_is_read_and_each_reason_once() -> None:
    raw = e_stat(
        ("01236", "北斗市", "2006-02-01", HOKUTO),
        ("01335", "上磯町", "2006-02-01", HOKUTO),
        ("01100", "札幌市", "1972-04-01", SAPPORO),
        ("19341", "上九一色村", "2006-03-01", KAMIKUISHIKI),
        ("19201", "甲府市", "2006-03-01", KOFU),
    )
    found = read_published(raw)
    assert (found.source, found.rows, found.unread) == (Source.E_STAT, 5, ())
    assert [(one.before, row) for one, row in found.changes if row < 3] == [("01335", 1), ("01336", 1)]
    assert changes(raw) == {
        "2006-02-01 01335>01236",
        "2006-02-01 01336>01236",
        "1972-04-01 01201>01100",
        "2006-03-01 19341>19201",
        "2006-03-01 19341>19430",
        "2006-03-01 19326>19201",
    }


def test_a_new_name_without_code_is_found_among_the_areas_of_the_list() -> None:
    reason = "上磯町(01335)、大野町(01336)が合併し、北斗市を新設"
    assert changes(e_stat(("1236", "北斗市", "2006/2/1", reason))) == {
        "2006-02-01 01335>01236",
        "2006-02-01 01336>01236",
    }
    other_day = e_stat(
        ("01236", "北斗市", "2006-02-02", "北斗市(01236)が中核市に移行"), ("01335", "", "2006-02-01", reason)
    )
    assert (changes(other_day), unread(other_day)) == (set(), [2])


def test_what_was_not_understood_is_told_by_its_record() -> None:
    raw = e_stat(
        ("01236", "北斗市", "2006-02-01", HOKUTO),
        ("01237", "", "2006-02-01", "なにかの理由"),
        ("01238", "", "平成の中頃", HAKODATE),
        ("", "", "", ""),
    )
    assert unread(raw) == [2, 3]
    assert [one.text for one in read_published(raw).unread] == ["2006-02-01 なにかの理由", f"平成の中頃 {HAKODATE}"]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_a_list_is_read_in_any_encoding_that_it_comes_in(codec: str) -> None:
    raw = e_stat(("01236", "北斗市", "2006-02-01", HOKUTO)).decode().encode(codec)
    assert len(changes(raw)) == 2


def test_tabs_and_the_newer_spelling_of_the_header_make_no_difference() -> None:
    raw = e_stat(("01236", "北斗市", "2006-02-01", HOKUTO), head=tuple(one.replace("･", "・") for one in E_STAT))
    assert len(changes(raw.replace(b'","', b'"\t"'))) == 2


def six(code: str) -> str:
    """Give back a code as a spreadsheet saves it: six digits, without the zero in front."""
    return f"{code}{check_digit(code)}".lstrip("0")


def ministry(*rows: tuple[str, str, str, str, str, str]) -> bytes:
    """Give back the Ministry's list as a spreadsheet saves it, of (prefecture, code, name, kind, day, code after)."""
    sink = io.StringIO()
    lines = csv.writer(sink)
    lines.writerow(("", "都道府県コード及び市区町村コード改正一覧表", *[""] * 9))
    lines.writerow(("", "都道府県名", "改正前", "", "", "改正区分", "改正年月日", "改正後", "", "", "事由等"))
    lines.writerow(("", "", "コード", "市区町村名", "ふりがな", "", "", "コード", "市区町村名", "ふりがな", ""))
    lines.writerow([""] * 11)
    for prefecture, code, name, kind, day, after in rows:
        lines.writerow(("", prefecture, code, name, "", kind, day, after, "", "", ""))
    return sink.getvalue().encode("cp932")


def test_a_list_of_the_ministry_is_read() -> None:
    raw = ministry(
        ("北海道", six("01206"), "釧路市", "新設", "H17.10.11", "同左"),
        ("", "", "(釧路国支庁)", "", "", ""),
        ("", six("01666"), "阿寒町", "欠番", "〃", "削除"),
        ("", six("01669"), "音別町", "欠番", "〃", "削除"),
        ("〃", six("01335"), "上磯町", "欠番", "H18.2.1", "削除"),
        ("", six("01336"), "大野町", "欠番", "", "削除"),
        ("", "", "", "新設", "", six("01236")),
        ("神奈川県", six("14209"), "相模原市", "政令指定都市", "2010/4/1", six("14150")),
        ("", "", "", "", "", six("14151")),
        ("岩手県", six("03305"), "滝沢村", "市制施行", "平成26年1月1日", six("03216")),
    )
    found = read_published(raw)
    assert (found.source, found.unread) == (Source.MINISTRY, ())
    assert changes(raw) == {
        "2005-10-11 01666>01206",
        "2005-10-11 01669>01206",
        "2006-02-01 01335>01236",
        "2006-02-01 01336>01236",
        "2010-04-01 14209>14150",
        "2014-01-01 03305>03216",
    }


def test_the_ministry_s_changes_that_cannot_be_understood_are_told() -> None:
    raw = ministry(
        ("山梨県", six("19341"), "上九一色村", "欠番", "H18.3.1", "削除"),  # parted: the list does not say how
        ("", six("19201"), "甲府市", "編入", "〃", "同左"),
        ("", six("19430"), "富士河口湖町", "編入", "〃", "同左"),
        ("北海道", "16661", "阿寒町", "欠番", "H17.10.11", "削除"),  # a wrong check digit
        ("", six("01206"), "釧路市", "新設", "H17.10.11", "同左"),
        ("岩手県", six("03305"), "滝沢村", "市制施行", "H26.1.1", six("03216")),
        ("", "", "", "", "H26.1.2", ""),  # two days in one change
        ("岩手県", six("03422"), "藤沢町", "欠番", "H23.9.26", ""),  # nothing is said of the code after
    )
    assert changes(raw) == set()
    assert unread(raw) == [3, 6, 7, 8, 10]


@pytest.mark.parametrize(
    ("raw", "facts"),
    [
        (b"", {}),
        (b"code,name\n01100,x\n", {}),
        (ministry(), {}),
        (e_stat()[:-3], {"rule": "codes-quotes"}),
        (b"\x81", {"rule": "codes-encoding"}),
    ],
)
def test_a_file_of_no_known_layout_is_refused(raw: bytes, facts: dict[str, str]) -> None:
    with pytest.raises(BadTable) as caught:
        read_published(raw)
    assert (caught.value.reason, caught.value.facts) == (Reason.LADDER_CODES_LAYOUT, facts)


def brought() -> Brought:
    return bring(
        e_stat(
            ("22130", "浜松市", "2024-01-01", HAMAMATSU),
            ("19341", "上九一色村", "2006-03-01", KAMIKUISHIKI),
            ("01236", "北斗市", "2006-02-01", HOKUTO),
            ("02322", "", "2005-02-11", "木造町(02322)が深浦町(02323)に編入"),
            ("", "", "2009-01-01", "北斗市(01236)が函館市(01202)に編入"),
            ("", "", "2011-01-01", "藤沢町(03422)が一関市(03209)に編入"),
        )
    )


def test_a_list_and_the_built_in_table_become_one() -> None:
    one = brought()
    base = builtin_merged()
    assert set(base.ends) < set(one.merged.ends)
    assert one.merged.successors("22135", TODAY) == ("22138", "22139")
    assert climb_municipality("01335", one.merged) == ("01236 北斗市", "北海道", "北海道地方")
    assert (one.before.one, one.before.parted, one.before.lost) == (len(base.ends), 0, 0)
    assert (one.now.one, one.now.parted, one.now.lost) == (len(base.ends) + 3, 1, 0)


def test_what_does_not_go_together_is_told_by_its_record() -> None:
    one = brought()
    assert [(each.row, each.fault, each.change.before) for each in one.untaken] == [(5, Fault.OF_TODAY, "01236")]
    odds = {(row, change.before) for row, change in one.at_odds}
    assert odds == {(6, "03422")}
    assert one.merged.ends["03422"].day == date(2011, 1, 1)
    assert one.left == 0


def test_changes_of_the_built_in_table_that_the_list_forbids_are_counted() -> None:
    raw = e_stat(("", "", "2000-05-01", "さいたま市(11244)が深谷市(11218)に編入"))
    assert bring(raw).left == 3
