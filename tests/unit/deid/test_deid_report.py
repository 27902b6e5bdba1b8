from dataclasses import replace
from fractions import Fraction
from math import log

import numpy as np
import pytest
from deid_made import ENTROPY, POLICY, people, policy_of, schema_of

from sekisho.deid.apply import apply_plan
from sekisho.deid.deidentify import deidentify, measure_release, plan_table
from sekisho.deid.policy import Goal
from sekisho.deid.report.profile import profile_table
from sekisho.deid.report.report import Report, bin_sizes, write_report
from sekisho.deid.schema import Role
from sekisho.deid.table import Table, column_of, table_of
from sekisho.deid.written.policy import read_policy
from sekisho.errors import Reason, SekishoError, WrongUsage
from sekisho.statement import read_canonical

GLOBAL = POLICY.replace("k = 2", 'k = 2\nmode = "global"')
CELLS = POLICY.replace("k = 2", 'k = 2\nmode = "cells"').split("[ladder]")[0]
ANYTHING = CELLS.replace('"cells"', '"cells"\nstar = "anything"')


def report(policy: str = GLOBAL) -> Report:
    return deidentify(people(), schema_of(), policy_of(policy), entropy=ENTROPY).report


def claim_of(after: Table, **changes: object) -> dict[str, int | str]:
    """Give back the facts with which a release that is not what the plan says is refused."""
    planned = plan_table(people(), schema_of(), policy_of(GLOBAL))
    planned = replace(planned, answer=replace(planned.answer, **changes))
    with pytest.raises(SekishoError) as caught:
        measure_release(people(), after, schema_of(), planned)
    assert caught.value.reason is Reason.CLAIM_NOT_KEPT
    return caught.value.facts


def released() -> Table:
    return deidentify(people(), schema_of(), policy_of(GLOBAL), entropy=ENTROPY).table


def changed(table: Table, name: str, row: int, cell: str) -> Table:
    cells = table.column(name).cells()
    cells[row] = cell
    return Table(tuple(column_of(name, cells) if one.name == name else one for one in table.columns))


def test_the_measures_of_a_small_table_are_those_counted_by_hand():
    # classes after: four of two rows; two of ten rows left out; age: 10 values, 30-39 covers 4, 40-49 2, ≥90 2
    age = (4 * Fraction(3, 9) + 2 * Fraction(1, 9) + 2 * Fraction(1, 9) + 2) / 10
    sex = Fraction(2, 10)
    expected = {
        "k": Fraction(2),
        "k-wildcard": Fraction(2),
        "unique-rows": Fraction(0),
        "sample-uniqueness": Fraction(0),
        "highest-risk": Fraction(1, 2),
        "average-risk": Fraction(4, 8),
        "prosecutor-at-risk": Fraction(1),  # 1/2 is above 1/5
        "classes": Fraction(4),
        "suppressed-share": Fraction(2, 10),
        "suppressed-cells": Fraction(4, 20),
        "blank-cells": Fraction(2 * 4 + 1, 40),
        "loss": (age + sex) / 2,
        "precision-loss": (8 * Fraction(1, 3) + 2 * 2) / 20,
        "discernibility": Fraction(4 * 4 + 10 * 2),
        "average-class": Fraction(8, 4 * 2),
        "class-of-a-record": Fraction(4 * 4 + 10 * 2, 10),
    }
    numbers = {one.after.kind.name: one.after.number for one in report().measures}
    # age: of each row's ln 10, one of four keeps ln 10 - ln 4, one of two ln 10 - ln 2; sex: ten rows in two fives
    lost = (4 * log(4) + 2 * log(2) + 2 * log(2) + 2 * log(10)) / (10 * log(10)), 2 * log(2) / (10 * log(2))
    assert float(numbers.pop("entropy-loss")) == pytest.approx(sum(lost) / 2)
    assert numbers == expected


@pytest.mark.parametrize(("name", "nearest"), [("kk", "k"), ("los", "loss"), ("zzzz", None)])
def test_a_measure_that_is_not_there_is_told_with_the_nearest_or_else_all(name, nearest):
    made = report()
    with pytest.raises(WrongUsage) as caught:
        made.number(name)
    known = ", ".join(sorted({one.after.kind.name for one in made.measures}))
    right = {"nearest": nearest} if nearest else {"values": known}
    assert (caught.value.reason, caught.value.facts) == (Reason.MEASURE_UNKNOWN, {"measure": name, **right})


def test_before_is_measured_on_the_same_columns():
    before = {one.after.kind.name: one.before and one.before.text for one in report().measures}
    assert (before["k"], before["unique-rows"], before["highest-risk"]) == ("1", "10", "1.000000")
    assert before["loss"] is None


@pytest.mark.parametrize("mode", [GLOBAL, POLICY, CELLS, ANYTHING], ids=["global", "local", "cells", "anything"])
@pytest.mark.parametrize("goal", list(Goal))
def test_the_report_confirms_the_number_that_the_search_claimed(goal, mode):
    policy = policy_of(mode.replace("k = 2", f'k = 2\ngoal = "{goal.value}"'))
    planned = plan_table(people(), schema_of(), policy)
    after = apply_plan(people(), planned.plan, planned.answer, entropy=ENTROPY)
    measured = measure_release(people(), after, schema_of(), planned)
    assert float(measured.number(goal.value)) == pytest.approx(float(planned.answer.value), abs=1e-9)


def test_a_release_with_a_small_class_is_refused():
    table = released()
    row = table.column("age").cells().index("40-49")
    assert claim_of(changed(table, "age", row, "30-39"))["claim"] == "k"


def test_a_release_with_fewer_rows_than_claimed_is_refused():
    table = released()
    pair = [row for row, age in enumerate(table.column("age").cells()) if age != "≥90"]
    assert claim_of(table.take(np.array(pair)))["claim"] == "suppression"


def test_a_release_with_a_label_of_another_level_is_refused():
    assert claim_of(changed(released(), "age", 0, "0-9")) == {"claim": "labels", "column": "age", "count": 1}


def test_a_release_with_an_identifier_or_without_a_column_is_refused():
    table = released()
    assert claim_of(Table(table.columns[1:]))["claim"] == "columns"
    named = Table((column_of("name", ["x"] * table.rows), *table.columns))
    assert claim_of(named)["claim"] == "columns"


def test_a_goal_that_was_claimed_wrongly_is_refused():
    assert claim_of(released(), value=Fraction(1, 3))["claim"] == "goal"


def test_a_release_of_no_rows_keeps_k_because_nobody_is_in_it():
    policy = policy_of(GLOBAL.replace("0.2", "1").replace("top = 90", "highest = 0"))
    made = deidentify(people(), schema_of(), policy, entropy=ENTROPY)
    assert (made.table.rows, made.report.number("loss"), made.report.number("k")) == (0, 1, 0)
    assert made.report.columns[1].after == ()


def test_the_written_report_has_the_form_of_its_page():
    value = read_canonical(write_report(report()))
    assert value["rows"] == {"before": 10, "changed": 10, "after": 8, "suppressed": 2, "added": 0}
    assert value["bounds"] == [
        {"measure": "k", "at_least": "2"},
        {"measure": "suppressed-share", "at_most": "0.200000"},
    ]
    assert next(one for one in value["measures"] if one["name"] == "loss")["after"] == "0.288889"
    assert [one["classes"] for one in value["class_sizes"]["after"]] == [0, 4, 0, 0, 0, 0, 0, 0, 0, 0]
    age = value["columns"][1]
    assert (age["loss"], age["distinct"]) == ("0.377778", {"before": 10, "after": 3})
    assert [one["label"] for one in age["after"]] == ["30-39", "40-49", "≥90"]


def test_the_written_report_says_how_its_plan_was_found():
    found = {mode: read_canonical(write_report(report(mode)))["search"] for mode in (GLOBAL, POLICY, CELLS, ANYTHING)}
    told = {mode: (one["mode"], one["labels"], one["star"], one["proven"]) for mode, one in found.items()}
    assert told == {
        GLOBAL: ("global", None, None, True),
        POLICY: ("local", "intervals", None, False),
        CELLS: ("cells", None, "value", False),
        ANYTHING: ("cells", None, "anything", False),
    }
    assert found[GLOBAL]["evaluated"] <= found[GLOBAL]["nodes"]
    assert found[POLICY]["steps"] > 0
    assert not any(one["interrupted"] for one in found.values())


def test_where_labels_are_mixed_levels_stand_in_place_of_bars_and_causes_say_why():
    age = read_canonical(write_report(report(POLICY)))["columns"][1]
    assert age["after"] == []
    assert age["levels"] == [{"level": 0, "rows": 2}, {"level": 1, "rows": 2}, {"level": 3, "rows": 6}]
    assert sum(one["rows"] for one in age["causes"] if one["bound"] == "k") > 0


def test_a_bound_stands_in_the_report_as_in_the_policys_canonical_form_and_its_measure_names_the_column():
    bound = '[[bound]]\nmeasure = "t-closeness"\ncolumn = "care"\nat_most = 0.6\ndistance = "equal"\n'
    value = read_canonical(write_report(report(POLICY.replace("[ladder]", f"{bound}[ladder]"))))
    assert value["bounds"][2] == {
        "measure": "t-closeness",
        "column": "care",
        "at_most": "3/5",
        "distance": "equal",
        "ladder": None,
    }
    found = next(one for one in value["measures"] if one["name"] == "t-closeness-equal")
    assert (found["column"], Fraction(found["after"]) <= Fraction(3, 5)) == ("care", True)


@pytest.mark.requirement("A07")
@pytest.mark.parametrize("mode", [GLOBAL, POLICY, CELLS, ANYTHING], ids=["global", "local", "cells", "anything"])
def test_identifiers_have_no_bars_and_no_bar_is_below_k(mode):
    for one in report(mode).columns:
        assert one.role is not Role.IDENTIFIER or (one.before, one.after) == ((), ())
        assert all(bar.rows >= 2 for bar in (*one.before, *one.after))


def test_the_steps_of_class_sizes_hold_every_class():
    bins = bin_sizes(np.array([1, 2, 4, 5, 999, 1000, 5000]))
    assert [(one.low, one.high) for one in bins][:2] == [(1, 1), (2, 4)]
    assert (bins[-1].high, bins[-1].classes, bins[-1].rows) == (None, 2, 6000)
    assert sum(one.classes for one in bins) == 7


def test_a_cell_suppressed_alone_counts_in_both_readings():
    schema = schema_of(
        'format = "sekisho-schema-v1"\nname = "x"\nencoding = "utf-8"\n'
        '[[column]]\nname = "sex"\ntype = "text"\nrole = "quasi-identifier"\n'
    )
    raw = b'format = "sekisho-policy-v1"\nmode = "global"\nk = 2\n[ladder]\nsex = { file = "x.csv", highest = 1 }\n'
    policy = read_policy(raw, {"x.csv": b"F;*;*\nX;*;*\nM;M;*\n"})
    made = deidentify(table_of(sex=["F", "X", "M", "M"]), schema, policy, entropy=ENTROPY)
    assert sorted(made.table.column("sex").cells()) == ["*", "*", "M", "M"]
    assert (made.report.number("k"), made.report.number("k-wildcard")) == (2, 4)


def test_a_profile_counts_and_tells_no_value():
    profile = profile_table(people(), schema_of())
    income = profile.columns[4]
    assert (profile.rows, profile.tuples, profile.unique) == (10, 10, 10)
    assert (income.distinct, income.blank, income.once) == (10, 1, 10)
    plain = schema_of().columns[0]
    assert profile_table(table_of(name=["a", "a"]), replace(schema_of(), columns=(plain,))).tuples == 0


def test_a_column_that_was_deleted_tells_nothing_of_its_values():
    policy = policy_of(POLICY.replace("[ladder]", 'delete = ["sex", "care"]\n[ladder]').replace("sex = {", "#"))
    made = deidentify(people(), schema_of(), policy, entropy=ENTROPY).report
    assert [(one.before, one.after) for one in made.columns if one.name in {"sex", "care"}] == [((), ()), ((), ())]
