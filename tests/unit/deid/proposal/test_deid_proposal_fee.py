"""Hours begun and fees, at their boundaries."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import examples
from sekisho.deid.proposal.fee import Counted, Job, Made, fee_of, read_formula, read_hours, started_hours, write_fee
from sekisho.errors import Malformed, Reason
from sekisho.statement import read_canonical

FEE = (Path(examples.__file__).parent / "town" / "fee.toml").read_text(encoding="utf-8")
ON = date(2026, 11, 23)
COUNTED = st.sampled_from(Counted)
WORKS = st.lists(st.integers(0, 100_000), max_size=8)


def formula(**changed):
    lines = [line for line in FEE.splitlines() if line.split(" = ")[0] not in changed]
    told = [f"{name} = {value}" for name, value in changed.items() if value is not None]
    return read_formula("\n".join([*lines, *told]).encode())


@pytest.mark.parametrize(
    ("seconds", "together", "each"),
    [([], 0, 0), ([0], 0, 0), ([1], 1, 1), ([3_600], 1, 1), ([3_601], 2, 2), ([3_601, 60], 2, 3), ([1800, 1800], 1, 2)],
)
def test_an_hour_begun_is_a_whole_one(seconds, together, each):
    assert started_hours(seconds, Counted.SUM) == together
    assert started_hours(seconds, Counted.JOB) == each


@given(WORKS, COUNTED)
def test_hours_begun_cover_the_work_and_no_job_more_than_an_hour_beyond(works, counted):
    hours = started_hours(works, counted)
    assert sum(works) <= hours * 3_600 < sum(works) + 3_600 * max(len(works), 1)


@given(WORKS)
def test_counting_the_sum_is_never_dearer_than_counting_each_job(works):
    assert started_hours(works, Counted.SUM) <= started_hours(works, Counted.JOB)


def test_no_work_takes_less_than_no_time():
    with pytest.raises(ValueError, match="less than no time"):
        started_hours([-1], Counted.SUM)


@pytest.mark.parametrize(("seconds", "total"), [(0, 21_000), (1, 24_950), (3_600, 24_950), (3_601, 28_900)])
def test_the_standard_amounts_of_the_order(seconds, total):
    assert fee_of(formula(), (Job("run", seconds),), on=ON).total_yen == total


def test_what_a_contractor_was_paid_is_added_where_the_ordinance_says_so():
    jobs = (Job("run", 60),)
    assert fee_of(formula(), jobs, on=ON, contractor_yen=100_000).total_yen == 124_950
    assert fee_of(formula(contractor='"not-added"'), jobs, on=ON, contractor_yen=100_000).total_yen == 24_950


def test_who_asks_again_pays_the_fixed_amount():
    fee = fee_of(formula(), (Job("run", 99_999),), on=ON, contractor_yen=5, made=Made.AGAIN)
    assert (fee.total_yen, fee.hours, fee.jobs) == (12_600, 0, ())


@pytest.mark.parametrize(("way", "total"), [("down", 24_900), ("up", 25_000)])
def test_the_sum_is_rounded_as_the_formula_says(way, total):
    assert fee_of(formula(round_to_yen=100, rounding=f'"{way}"'), (Job("run", 60),), on=ON).total_yen == total


def refusal(act):
    with pytest.raises(Malformed) as caught:
        act()
    assert caught.value.reason is Reason.FEE_MALFORMED
    return dict(caught.value.facts)


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"base_yen": "-1"}, "greater_than_equal"),
        ({"base_yen": "21000.5"}, "int_type"),
        ({"started_hours_of": '"week"'}, "literal_error"),
        ({"ordinance": None}, "missing"),
        ({"stamp_yen": "1"}, "extra_forbidden"),
        ({"valid_until": "2000-01-01"}, "ends-before-begins"),
    ],
)
def test_a_formula_that_is_not_written_so_is_refused(changed, rule):
    assert refusal(lambda: formula(**changed))["rule"] == rule


@pytest.mark.parametrize("on", [date(2023, 3, 31), date(2027, 1, 1)])
def test_a_formula_out_of_force_sets_no_fee(on):
    facts = refusal(lambda: fee_of(formula(valid_until="2026-12-31"), (), on=on))
    assert facts["rule"] == "not-in-force"


def test_asking_again_needs_an_amount():
    assert refusal(lambda: fee_of(formula(again_yen=None), (), on=ON, made=Made.AGAIN))["key"] == "again_yen"


def test_hours_of_staff_are_minutes():
    raw = b'format = "sekisho-hours-v1"\n[[work]]\nwhat = "review"\nminutes = 61\n'
    assert read_hours(raw) == (Job("review", 3_660),)
    assert refusal(lambda: read_hours(raw.replace(b"61", b"-1")))["key"] == "work.1.minutes"


def test_a_fee_is_told_with_all_that_it_came_from():
    fee = fee_of(formula(), (Job("Measured", 3_601),), on=ON, contractor_yen=7)
    told = read_canonical(write_fee(fee, "132993-000001"))
    assert told["yen"] == {"base": 21_000, "hours": 7_900, "contractor": 7, "total": 28_907}
    assert told["jobs"] == [{"what": "Measured", "seconds": 3_601}]
    assert told["started_hours"] == 2
