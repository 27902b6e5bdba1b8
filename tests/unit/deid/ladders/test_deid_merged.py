"""Codes that were given up: facts of the Ministry's notices (総務省, 全国地方公共団体コード改正一覧)."""

from datetime import date, timedelta

import pytest

from sekisho.deid.ladders.builtin.merged import TABLE, TODAY, climb_municipality, is_known, successor
from sekisho.deid.ladders.builtin.municipality import known_codes, labels_of, municipalities, municipality_of

CHANGES = [line.split(" ") for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize(
    ("code", "day", "codes"),
    [
        ("03305", "2013-12-31", ("03305",)),
        ("03305", "2014-01-01", ("03216",)),
        ("11205", "2001-04-30", ("11205",)),
        ("11205", "2001-05-01", ("11244",)),
        ("11205", "2003-04-01", ("11100",)),
        ("22204", "2003-04-01", ("22201",)),
        ("22204", "2005-04-01", ("22100",)),
        ("22135", "2023-12-31", ("22135",)),
        ("22135", "2024-01-01", ("22138", "22139")),
        ("13101", "2026-10-01", ("13101",)),
        ("22199", "2026-10-01", ()),
    ],
)
def test_a_code_has_the_successors_of_the_day(code: str, day: str, codes: tuple[str, ...]) -> None:
    assert successor(code, date.fromisoformat(day)) == codes


def test_a_code_that_was_given_up_climbs_as_the_one_municipality_that_has_it_now() -> None:
    for _, _, *before in CHANGES:
        for code in before:
            now = {municipality_of(one) for one in successor(code, TODAY)}
            (place,) = now
            assert place
            assert climb_municipality(code) == labels_of(place)


def test_no_code_of_today_was_given_up_and_all_chains_end_in_one() -> None:
    assert not {code for _, _, *before in CHANGES for code in before} & known_codes()
    assert {one for _, after, *_ in CHANGES for one in successor(after, TODAY)} <= known_codes()
    assert all(is_known(after) for _, after, *_ in CHANGES)


def test_a_code_passes_on_from_its_day_and_stays_in_its_prefecture() -> None:
    assert [one[0] for one in CHANGES] == sorted(one[0] for one in CHANGES)
    for day, after, *before in CHANGES:
        on = date.fromisoformat(day)
        assert on <= TODAY
        for code in before:
            assert successor(code, on - timedelta(days=1)) == (code,)
            assert after in successor(code, on)
            assert code[:2] == after[:2]


def test_every_designated_city_since_1972_can_be_found_by_its_code_before() -> None:
    since = {after for _, after, *_ in CHANGES if after.endswith("0")}
    before_codes = {"14100", "23100", "26100", "27100", "28100", "40100"}  # had theirs when the codes began
    assert {one.code for one in municipalities() if one.wards} - since == before_codes
