"""How requests are written, and what is refused of them."""

from datetime import date

import pytest
from proposals_made import USUAL, asking, town

from sekisho.deid.ladders.bands import Bands
from sekisho.deid.proposal.asking import climb_of, policy_of
from sekisho.deid.proposal.persons import Span, count_persons, rows_of, span_of
from sekisho.deid.proposal.request import Condition
from sekisho.deid.proposal.written import check_request, read_request
from sekisho.deid.table import column_of, table_of
from sekisho.errors import Malformed, Reason

AGE = 'column = "年齢"\n'


def refused(act) -> dict[str, object]:
    with pytest.raises(Malformed) as caught:
        act()
    assert caught.value.reason is Reason.REQUEST_MALFORMED
    return dict(caught.value.facts)


def test_a_request_says_who_asks_for_what_and_how_coarse():
    request = asking(*USUAL, where=(AGE + "at_least = 40",), more="acceptable_loss = 0.25")
    assert (request.proposer, request.begins, request.ends) == ("aozora", date(2026, 4, 1), date(2028, 3, 31))
    assert [(one.column, one.level) for one in request.items] == [("年齢", 2), ("性別", None), ("要介護度", None)]
    assert request.conditions == (Condition("年齢", (), 40, None),)
    assert request.acceptable_loss * 4 == 1


def test_a_ladder_of_the_request_means_its_coarsest_level_below_the_star():
    (item,) = asking(AGE + "bands = [5, 10]").items
    assert (item.rule, item.level) == (Bands((5, 10)), 2)


@pytest.mark.parametrize(
    ("item", "rule"),
    [
        (AGE + 'file = "x.csv"', "no-ladder-file"),
        (AGE + "top = 90", "one-ladder"),
        (AGE + "bands = [5]\nlevel = 3", "above-ladder"),
        (AGE + "bands = [5, 7]", "widths-not-multiples"),
        (AGE + "levels = 1", "extra_forbidden"),
        (AGE + "level = -1", "greater_than_equal"),
    ],
)
def test_an_item_that_is_not_written_so_is_refused(item, rule):
    assert refused(lambda: asking(item))["rule"] == rule


def test_a_column_asked_for_twice_is_refused_with_its_line():
    facts = refused(lambda: asking(AGE, AGE))
    assert (facts["rule"], facts["key"]) == ("unique", "item.2.column")
    assert facts["line"] > 1


def test_a_period_that_ends_before_it_begins_is_refused():
    raw = 'format="sekisho-request-v1"\ndataset="a"\npurpose="b"\nproposer={id="c",name="d"}\n'
    raw += 'period={begins=2027-01-01,ends=2026-01-01}\n[[item]]\ncolumn="e"\n'
    assert refused(lambda: read_request(raw.encode()))["rule"] == "ends-before-begins"


@pytest.mark.parametrize(
    ("where", "rule"),
    [
        ('column = "氏名"\nvalues = ["x"]', "picks-out-persons"),
        ('column = "所得"', "no-condition"),
        ('column = "性別"\nat_least = 3', "needs-number-or-date"),
        (AGE + "at_least = 2026-01-01", "integer"),
        (AGE + 'values = ["40"]', "integer"),
        ('column = "身長"\nat_least = 3', "unknown-column"),
    ],
)
def test_a_condition_that_does_not_go_with_the_table_is_refused(where, rule):
    request = asking(*USUAL, where=(where,))
    assert refused(lambda: check_request(request, town().schema, town().rules))["rule"] == rule


@pytest.mark.parametrize(
    ("item", "rule"),
    [
        ('column = "所得"\nlevel = 1', "level-of-quasi-identifier"),
        (AGE + "level = 9", "above-ladder"),
        ('column = "性別"\nbands = [5]', "bands-need-integer"),
        ('column = "身長"', "unknown-column"),
    ],
)
def test_an_item_that_does_not_go_with_the_table_is_refused(item, rule):
    assert refused(lambda: check_request(asking(item), town().schema, town().rules))["rule"] == rule


def test_rows_meet_all_conditions_with_both_ends():
    table = table_of(age=[39, 40, 60, 61, None], sex=["F", "F", "M", "M", "F"])
    rows = rows_of(table, (Condition("age", (), 40, 60), Condition("sex", ("F", "M"))))
    assert rows.column("age").cells() == [40, 60]
    assert rows_of(table, (Condition("age", (None,)),)).rows == 1


def test_days_are_compared_as_days():
    table = table_of(day=[date(2026, 1, 1), date(2026, 1, 2)])
    assert rows_of(table, (Condition("day", (), date(2026, 1, 2), None),)).rows == 1


def test_persons_are_counted_by_subject_and_who_has_none_counts_alone():
    assert count_persons(column_of("id", ["a", "a", "b", None, None]), 5) == 4
    assert count_persons(None, 5) == 5


@pytest.mark.parametrize(("count", "low", "high"), [(0, 0, 0), (1, 1, 4), (4, 1, 4), (5, 5, 9), (1_004, 1_000, 1_004)])
def test_counts_are_told_as_spans_and_small_ones_not_at_all(count, low, high):
    assert span_of(count, 5) == Span(low, high)


def test_the_ends_that_the_municipality_closes_stay_closed():
    (item,) = asking(AGE + "bands = [5]\ntop = 110").items
    assert climb_of(item, town().rules).rule == Bands((5,), 90)


def test_the_policy_of_a_request_keeps_what_is_asked_for_and_no_more():
    request = asking(AGE + "level = 1", 'column = "要介護度"')
    policy = policy_of(request, town().rules, town().schema, ())
    assert policy.delete == {"宛名番号", "氏名", "性別", "所得"}
    assert {name: one.highest for name, one in policy.ladders.items()} == {"年齢": 1}
    assert (policy.k, policy.suppression_limit) == (town().rules.k, town().rules.suppression_limit)


def test_bounds_codings_and_changes_go_with_their_columns():
    more = '[[bound]]\nmeasure="distinct-l"\ncolumn="要介護度"\nat_least=2\n[code]\n"所得"={top=5000000}\n'
    more += '[[change]]\ndo="round"\ncolumns=["所得"]\nto=100000\n[[change]]\ndo="pseudonym"\ncolumn="宛名番号"\n'
    made = town().with_policy(more)
    without = policy_of(asking(AGE), made.rules, made.schema, ())
    assert (without.bounds, without.codings, without.changes) == ((), {}, ())
    every = policy_of(
        asking(AGE, *(f'column = "{one}"' for one in ("要介護度", "所得", "宛名番号"))), made.rules, made.schema, ()
    )
    assert (len(every.bounds), set(every.codings), len(every.changes)) == (1, {"所得"}, 2)
