"""Tables of codes that were given up. Facts: 総務省, 全国地方公共団体コード改正一覧; e-Stat, 廃置分合等情報."""

from datetime import date, timedelta

import pytest

import sekisho
from sekisho.deid.ladders.builtin.given_up import (
    FORMAT,
    TODAY,
    Change,
    Fault,
    Merged,
    changes_of,
    read_merged,
    sort_out,
    write_merged,
)
from sekisho.deid.ladders.builtin.known import BuiltIn, Known
from sekisho.deid.ladders.builtin.merged import (
    Resolved,
    builtin_merged,
    climb_municipality,
    is_known,
    resolve,
    successor,
)
from sekisho.deid.ladders.builtin.municipality import check_digit
from sekisho.deid.ladders.rule import bind, rule_digest, write_rule
from sekisho.deid.table import column_of
from sekisho.errors import CannotMeet, Malformed, Reason

HEAD = 'format = "sekisho-policy-v1"\nk = 2\n[ladder]\n'
HOKUTO = "2006-02-01 01236 01335 01336"  # 上磯町 and 大野町 became 北斗市
KAMIKUISHIKI = "2006-03-01 19201 19326 19341\n2006-03-01 19430 19341"  # parted between 甲府市 and 富士河口湖町
NOTHING = Merged(())


def table(*lines: str) -> Merged:
    merged, others = sort_out(one for line in lines for part in line.split("\n") for one in changes_of(part))
    assert not others
    return merged


def file_of(*lines: str) -> bytes:
    return "".join(f"{line}\n" for line in (FORMAT, *lines)).encode()


def refusal(raw: bytes, base: Merged = NOTHING) -> tuple[object, object]:
    with pytest.raises(Malformed) as caught:
        read_merged(raw, "市", base)
    assert caught.value.reason is Reason.LADDER_MALFORMED
    assert caught.value.facts["column"] == "市"
    return caught.value.facts["rule"], caught.value.facts["line"]


def test_a_code_of_the_file_becomes_the_municipality_of_today() -> None:
    merged = read_merged(file_of(HOKUTO), "a", NOTHING)
    assert climb_municipality("01336", merged) == ("01236 北斗市", "北海道", "北海道地方")
    assert climb_municipality("01336" + check_digit("01336"), merged) == climb_municipality("01336", merged)
    assert climb_municipality("01336", NOTHING) is None


def test_a_code_that_was_parted_stands_under_its_prefecture() -> None:
    merged = table(KAMIKUISHIKI)
    assert successor("19341", date(2006, 2, 28), merged) == ("19341",)
    assert successor("19341", date(2006, 3, 1), merged) == ("19201", "19430")
    assert climb_municipality("19341", merged) == ("19000 山梨県", "山梨県", "中部地方")
    assert climb_municipality("19326", merged) == ("19201 甲府市", "山梨県", "中部地方")


def test_a_parted_code_and_its_neighbours_make_one_tree() -> None:
    rule = BuiltIn(Known.MUNICIPALITY, table(KAMIKUISHIKI))
    ladder = bind(rule, column_of("a", ["19341", "19326", "19201", "13101"]))
    assert set(ladder.labels[1]) == {"19000 山梨県", "19201 甲府市", "13101 千代田区"}
    assert set(ladder.labels[2]) == {"山梨県", "東京都"}


def test_a_code_whose_parts_lie_in_two_prefectures_has_no_label() -> None:
    merged = table("2005-02-13 21206 20431\n2005-02-13 20201 20431")
    assert successor("20431", TODAY, merged) == ("20201", "21206")
    assert climb_municipality("20431", merged) is None
    assert resolve(merged) == Resolved(0, 0, 1)


def test_a_village_may_go_to_another_prefecture() -> None:
    assert climb_municipality("20431", table("2005-02-13 21206 20431")) == ("21206 中津川市", "岐阜県", "中部地方")


def test_a_chain_is_followed_through_its_days() -> None:
    merged = table("1970-11-01 23701 23702", "1990-05-01 23703 23701", "2000-05-01 23201 23703")
    assert not is_known("23799", merged)
    days = [date(1970, 10, 31), date(1970, 11, 1), date(1990, 5, 1), date(2000, 5, 1)]
    assert [merged.successors("23702", day) for day in days] == [("23702",), ("23701",), ("23703",), ("23201",)]


def test_a_code_may_be_passed_on_twice_on_one_day() -> None:
    merged = table("2005-03-01 13799 13798", "2005-03-01 13101 13799")
    assert merged.successors("13798", date(2005, 3, 1)) == ("13101",)


def test_a_label_is_missing_where_the_chain_ends_in_no_municipality_of_today() -> None:
    merged = table("2005-03-01 13799 13798")
    assert climb_municipality("13798", merged) is None
    with pytest.raises(CannotMeet):
        bind(BuiltIn(Known.MUNICIPALITY, merged), column_of("a", ["13798", "13101"]))
    assert resolve(merged) == Resolved(0, 0, 1)


FAULTS = [
    (("2005-03-01 13799 48101",), Fault.CODE, "48101"),
    (("2005-03-01 13000 13799",), Fault.CODE, "13799"),
    (("2005-03-01 13101 13102",), Fault.OF_TODAY, "13102"),
    (("2005-03-01 13101 13799", "2006-03-01 13102 13799"), Fault.ENDED_TWICE, "13799"),
    (("2005-03-01 13101 13799", "2006-03-01 13799 13798"), Fault.GIVEN_ANEW, "13798"),
    (("2005-03-01 13798 13799", "2005-03-01 13799 13798"), Fault.CIRCLE, "13798"),
    (("2005-03-01 13799 13799",), Fault.CIRCLE, "13799"),
]


@pytest.mark.parametrize(("lines", "fault", "code"), FAULTS, ids=[f"{one[1].value}-{one[2]}" for one in FAULTS])
def test_changes_that_do_not_go_together_are_sorted_out(lines: tuple[str, ...], fault: Fault, code: str) -> None:
    merged, others = sort_out(one for line in lines for one in changes_of(line))
    assert [(change.before, why) for change, why in others] == [(code, fault)]
    assert len(merged.changes) == len(lines) - 1
    assert refusal(file_of(*lines)) == (fault.value, len(lines) + 1)


def test_a_change_after_the_day_of_the_table_may_end_a_code_of_today() -> None:
    merged = table(f"{TODAY + timedelta(days=1)} 13101 13102")
    assert climb_municipality("13102", merged) == ("13102 中央区", "東京都", "関東地方")


def test_a_written_table_is_read_as_it_was() -> None:
    merged = table(KAMIKUISHIKI, HOKUTO)
    raw = write_merged(merged, ["from a list"])
    assert raw == f"{FORMAT}\n# from a list\n{HOKUTO}\n{KAMIKUISHIKI}\n".encode()
    assert read_merged(raw, "a", NOTHING) == merged
    assert read_merged(b"\xef\xbb\xbf" + raw.replace(b"\n", b"\r\n"), "a", NOTHING) == merged


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", ("merged-format", 1)),
        (b"2006-02-01 01236 01335\n", ("merged-format", 1)),
        (file_of(HOKUTO, "2006-02-01 01236"), ("merged-line", 3)),
        (file_of("2006-02-30 01236 01335"), ("merged-line", 2)),
        (file_of("2006-02-01 01236  01335"), ("merged-line", 2)),
        (file_of("", "# a remark", "2006-02-01 012360 01335"), ("merged-line", 4)),
        (file_of(HOKUTO) + b"\x81\n", ("utf-8", 3)),
    ],
)
def test_a_file_that_is_not_as_written_is_refused_with_its_line(raw: bytes, told: tuple[str, int]) -> None:
    assert refusal(raw) == told


def test_a_file_is_added_to_the_built_in_table_and_followed_where_they_differ() -> None:
    merged = read_merged(file_of(HOKUTO, "2013-12-31 03216 03305"), "a", builtin_merged())
    assert climb_municipality("03422", merged) == ("03209 一関市", "岩手県", "東北地方")
    assert merged.ends["03305"].day == date(2013, 12, 31)
    assert len(merged.ends) == len(builtin_merged().ends) + 2


def test_a_file_that_does_not_go_with_the_built_in_table_is_refused_with_its_line() -> None:
    anew = file_of(HOKUTO, "2009-01-01 03207 03216")  # the built-in table has 03216 take the place of 03305 in 2014
    assert refusal(anew, builtin_merged()) == ("merged-of-today", 3)
    ended = file_of(HOKUTO, "2002-05-01 11241 11244")  # … and 11244 the place of three cities in 2001
    assert read_merged(ended, "a", builtin_merged()).successors("11205", TODAY) == ("11241",)
    ended = file_of(HOKUTO, "2000-05-01 11241 11244")
    assert refusal(ended, builtin_merged()) == ("merged-given-anew", 3)


def test_a_ladder_with_its_own_table_has_its_own_digest() -> None:
    plain, own = BuiltIn(Known.MUNICIPALITY), BuiltIn(Known.MUNICIPALITY, table(HOKUTO))
    assert "merged" not in write_rule(plain)
    assert write_rule(own) == {**write_rule(plain), "merged": str(table(HOKUTO).digest)}
    assert len({rule_digest(one) for one in (plain, own, BuiltIn(Known.MUNICIPALITY, table(KAMIKUISHIKI)))}) == 3


def test_a_policy_names_the_file() -> None:
    text = f'{HEAD}"市" = {{ builtin = "municipality", merged = "m.txt" }}\n'
    policy = sekisho.read_policy(text.encode(), {"m.txt": file_of(HOKUTO)})
    rule = policy.ladders["市"].rule
    assert isinstance(rule, BuiltIn)
    assert rule.merged
    assert rule.merged.ends["01335"].after == ("01236",)


@pytest.mark.parametrize(
    ("ladder", "told"),
    [
        ('{ builtin = "municipality", merged = "n.txt" }', {"rule": "no-such-file", "key": "ladder.市.merged"}),
        ('{ builtin = "icd-10", merged = "m.txt" }', {"rule": "merged-without-municipality"}),
        ('{ prefix = [1], merged = "m.txt" }', {"rule": "merged-without-municipality"}),
        ('{ merged = "m.txt" }', {"rule": "one-ladder"}),
        ('{ builtin = "municipality", merged = "bad.txt" }', {"rule": "merged-format", "file": "bad.txt", "line": 1}),
    ],
)
def test_a_policy_that_misuses_the_file_is_refused(ladder: str, told: dict[str, object]) -> None:
    with pytest.raises(Malformed) as caught:
        sekisho.read_policy(f'{HEAD}"市" = {ladder}\n'.encode(), {"m.txt": file_of(HOKUTO), "bad.txt": b"x\n"})
    assert told.items() <= caught.value.facts.items()


def test_the_built_in_table_goes_together_and_is_whole() -> None:
    assert resolve(builtin_merged()) == Resolved(len(builtin_merged().ends), 0, 0)
    assert Change(date(2014, 1, 1), "03216", "03305") in builtin_merged().changes
