"""The made town is the same for a seed, written as a city would write it, and sane as a place to live."""

import csv
import io
import json
from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from examples.town.files import places_ladder, residents_csv, truth_json
from examples.town.names import half_width_kana
from examples.town.places import ADULT_TOWN_CODE, CITY_CODE, check_digit, places
from examples.town.residents import COLUMNS, FEWEST, Town, make_town
from examples.town.wareki import long_form, short_form

TOWN = Path(__file__).parents[3] / "examples" / "town"
RESIDENTS = 3_000
Cells = dict[str, str]


@pytest.fixture(scope="module")
def town() -> Town:
    return make_town(RESIDENTS, 1)


@pytest.fixture(scope="module")
def people(town: Town) -> list[Cells]:
    text = residents_csv(town.rows).decode("cp932")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture(scope="module")
def homes(people: list[Cells]) -> list[list[Cells]]:
    by_number = defaultdict(list)
    for one in people:
        by_number[one["世帯番号"]].append(one)
    return list(by_number.values())


def test_the_same_seed_gives_the_same_bytes(town: Town) -> None:
    again = make_town(RESIDENTS, 1)
    assert residents_csv(again.rows) == residents_csv(town.rows)
    assert truth_json(again, 1) == truth_json(town, 1)


def test_another_seed_gives_another_town(town: Town) -> None:
    assert residents_csv(make_town(RESIDENTS, 2).rows) != residents_csv(town.rows)


@pytest.mark.parametrize("residents", [FEWEST, 1_001, RESIDENTS])
def test_the_town_has_as_many_residents_as_asked(residents: int) -> None:
    assert len(make_town(residents, 7).rows) == residents


def test_a_town_too_small_for_the_planted_people_is_refused() -> None:
    with pytest.raises(ValueError, match="residents or more"):
        make_town(FEWEST - 1, 1)


def test_the_file_is_cp932_with_crlf_and_its_header(town: Town) -> None:
    raw = residents_csv(town.rows)
    lines = raw.split(b"\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert lines[0].decode("cp932") == ",".join(COLUMNS)
    assert lines[-1] == b""
    with pytest.raises(UnicodeDecodeError):
        raw.decode()


def test_the_file_holds_the_traps_of_cp932(town: Town, people: list[Cells]) -> None:
    text = "".join(one["氏名"] + one["町丁目"] for one in people)
    trailing_0x5c = {one for one in text if one.encode("cp932")[-1:] == b"\\"}
    assert {"表", "能", "十", "申", "構", "禄"} <= trailing_0x5c
    assert {"髙", "﨑"} <= set(text)  # in CP932 but not in Shift_JIS
    assert "ソ" in "".join(one["氏名カナ"] for one in people)


def test_ages_and_household_sizes_are_full_width_digits(people: list[Cells]) -> None:
    for one in people:
        assert not one["年齢"].isascii()
        assert not one["世帯人数"].isascii()
        assert 0 <= int(one["年齢"]) <= 116


def test_birth_dates_come_in_both_forms_and_agree_with_the_age(people: list[Cells]) -> None:
    forms = Counter(one["生年月日"][0].isascii() for one in people)
    assert min(forms.values()) > 0
    for one in people:
        born = one["生年月日"]
        year = 1925 + int(born[1:3]) if born[0] == "S" else None
        if year:
            assert 2026 - year - int(one["年齢"]) in {0, 1}


def test_numbers_of_people_are_unique(people: list[Cells]) -> None:
    assert len({one["宛名番号"] for one in people}) == len(people)


def test_each_household_has_one_head_one_block_and_its_true_size(homes: list[list[Cells]]) -> None:
    for home in homes:
        assert [one["続柄"] for one in home].count("世帯主") == 1
        assert len({one["町丁目"] for one in home}) == 1
        assert {int(one["世帯人数"]) for one in home} == {len(home)}


def test_families_share_a_surname(homes: list[list[Cells]]) -> None:
    for home in homes:
        family = [one for one in home if one["続柄"] not in {"同居人", "縁故者", "夫（未届）"}]
        assert len({one["氏名"].split("\u3000")[0] for one in family}) == 1


def test_children_are_younger_and_parents_older_than_the_head(homes: list[list[Cells]]) -> None:
    for home in homes:
        head = next(int(one["年齢"]) for one in home if one["続柄"] == "世帯主")
        for one in home:
            age = int(one["年齢"])
            if one["続柄"] == "子":
                assert head - age >= 18
            if one["続柄"] == "子の子":
                assert head - age >= 36
            if one["続柄"] in {"父", "母"}:
                assert age - head >= 18
            if one["続柄"] in {"妻", "夫"}:
                assert abs(age - head) <= 14


def test_spouses_and_heads_are_grown_up_but_for_the_planted_one(people: list[Cells]) -> None:
    heads = [one for one in people if one["続柄"] in {"世帯主", "妻", "夫"} and int(one["年齢"]) < 18]
    assert len(heads) == 1


def test_the_ages_look_like_those_of_a_japanese_city(people: list[Cells]) -> None:
    ages = [int(one["年齢"]) for one in people]
    assert 0.10 < sum(age < 15 for age in ages) / len(ages) < 0.16
    assert 0.20 < sum(age >= 65 for age in ages) / len(ages) < 0.31


def test_care_need_rises_with_age(people: list[Cells]) -> None:
    def share(low: int, high: int) -> float:
        some = [one["要介護度"] != "非該当" for one in people if low <= int(one["年齢"]) < high]
        return sum(some) / len(some)

    assert share(0, 65) < 0.01 < share(65, 80) < share(80, 95)


def test_telephone_numbers_can_be_nobodys(people: list[Cells]) -> None:
    numbers = {one["電話番号"] for one in people} - {""}
    assert numbers
    assert all(one.split("-")[1].startswith("0") for one in numbers)


def test_each_planted_person_stands_where_the_truth_says_and_is_one_of_a_kind(town: Town, people: list[Cells]) -> None:
    truth = json.loads(truth_json(town, 1))
    assert len(truth["planted"]) == 17
    for planted in truth["planted"]:
        cells = people[planted["row"] - 1]
        assert cells == planted["cells"]
        unique = planted["unique_on"].items()
        assert unique <= cells.items()
        assert sum(unique <= one.items() for one in people) == 1


def test_people_of_a_hundred_and_more_are_all_planted(town: Town, people: list[Cells]) -> None:
    oldest = {number for number, one in enumerate(people, 1) if int(one["年齢"]) >= 100}
    assert oldest == {one.row for one in town.planted if one.plant.kind == "very-old"}


def test_the_codes_of_both_towns_have_their_check_digit() -> None:
    for code in (CITY_CODE, ADULT_TOWN_CODE):
        assert check_digit(code[:5]) == int(code[5])


@pytest.mark.parametrize("code", ["011002", "131016", "473812"])
def test_the_check_digit_agrees_with_codes_of_the_ministry(code: str) -> None:
    assert check_digit(code[:5]) == int(code[5])


def test_the_shipped_ladder_of_places_is_that_of_the_generator() -> None:
    assert (TOWN / "ladders" / "places.csv").read_bytes() == places_ladder()


def test_there_are_sixty_blocks_in_five_districts() -> None:
    assert len(places()) == 60
    assert len({one.quarter for one in places()}) == 23
    assert len({one.district for one in places()}) == 5


@pytest.mark.parametrize(
    ("day", "long", "short"),
    [
        (date(1972, 10, 14), "昭和47年10月14日", "S47.10.14"),
        (date(2019, 5, 1), "令和元年5月1日", "R01.05.01"),
        (date(2019, 4, 30), "平成31年4月30日", "H31.04.30"),
        (date(1989, 1, 7), "昭和64年1月7日", "S64.01.07"),
        (date(1912, 7, 29), "明治45年7月29日", "M45.07.29"),
    ],
)
def test_birth_dates_are_written_in_the_eras(day: date, long: str, short: str) -> None:
    assert (long_form(day), short_form(day)) == (long, short)


def test_kana_become_half_width_with_their_marks() -> None:
    assert half_width_kana("ソノダ パー") == "ｿﾉﾀﾞ ﾊﾟｰ"


def test_rows_stand_in_the_order_of_places(people: list[Cells]) -> None:
    order = {one.block: number for number, one in enumerate(places())}
    for before, after in pairwise(people):
        assert order[before["町丁目"]] <= order[after["町丁目"]]
