"""The gate judges tables at their edges: empty, of one row, blank, very wide, with names that are nearly the same."""

from dataclasses import replace

import numpy as np
import pytest
from deid_judged import PEOPLE, Town, judged, mixed, objections, release_of, town

from sekisho.deid.standard.judgement import Item, Verdict
from sekisho.deid.table import Table, Value
from sekisho.errors import CannotMeet, Reason

pytestmark = pytest.mark.requirement("A16")
NUMBER, TEXT = 'type = "integer"\nrole = "plain"\nblank = true', 'type = "text"\nrole = "plain"\nblank = true'
LENIENT = 'format = "sekisho-policy-v1"\nk = 2\nsuppression_limit = 0.0\n[ladder]\n"年齢" = { bands = [10, 20], top = 90 }\n"性別" = { file = "sex.csv" }\n'


def ages_with(odd: Value) -> list[Value]:
    return [odd if place == 5 else mixed(place, 3) % 95 for place in range(PEOPLE)]


def test_a_policy_that_suppresses_nothing_and_asks_for_nothing_does_not_pass():
    made = replace(town(), policy=LENIENT)
    judgement = judged(made)
    assert judgement.items[Item.FILE.value - 1].verdict is not Verdict.MET
    assert (5, "class-size", "") in objections(judgement)
    odd = made.with_column("満年齢", NUMBER, ages_with(116))
    assert (4, "odd-number", "満年齢") in objections(judged(odd))


def test_a_table_of_one_row_is_never_released():
    with pytest.raises(CannotMeet) as refused:
        judged(replace(town(people=1), policy=LENIENT))
    assert refused.value.reason is Reason.K_LARGER_THAN_TABLE


@pytest.mark.parametrize(("age", "odd"), [(116, True), (60, False)])
def test_a_release_of_one_row_is_looked_at(age, odd):
    made = town().with_column("満年齢", NUMBER, [age] * PEOPLE)
    judgement = judged(made, released=release_of(made).take(np.zeros(1, dtype=np.int64)))
    assert ((4, "odd-number", "満年齢") in objections(judgement)) is odd
    assert {one for one in objections(judgement) if one[0] == 5}


def test_a_release_of_no_rows_is_judged_and_tells_nothing_odd():
    made = town().with_column("満年齢", NUMBER, ages_with(116))
    none = release_of(made).take(np.zeros(0, dtype=np.int64))
    judgement = judged(made, released=none)
    assert not {one for one in objections(judgement) if one[0] == 4}
    assert len(judgement.items) == len(Item)


@pytest.mark.parametrize("name", ["年齢2", "生年月日", "傷病コード", "国籍", "備考", "項目7"])
@pytest.mark.parametrize("cell", [None, ""])
def test_a_column_that_is_all_blank_says_nothing(name, cell):
    made = town().with_column(name, TEXT, [cell] * PEOPLE)
    assert not {one for one in objections(judged(made)) if one[0] == 4}


def test_of_as_many_columns_as_a_schema_may_have_the_odd_one_is_found():
    people = 60
    made = town(people)
    cells, declared = dict(made.cells), dict(made.declared)
    for place in range(1_000 - len(made.cells)):
        name = f"項目{place}"
        cells[name] = [f"{'甲乙丙丁戊己'[mixed(row, place) % 6]}{mixed(row, place) % 7}" for row in range(people)]
        declared[name] = TEXT
    cells["項目500"] = ["百十六歳" if row == 5 else f"{20 + mixed(row, 1) % 60}歳" for row in range(people)]
    wide = Town(cells, declared, made.policy.replace("k = 5", "k = 2"))
    assert {one for one in objections(judged(wide)) if one[0] == 4} == {(4, "odd-number", "項目500")}


@pytest.mark.parametrize("names", [("AGE", "ＡＧＥ"), ("満年齢", "満 年齢"), ("Age", "AGE"), ("ネンレイ", "ﾈﾝﾚｲ")])
@pytest.mark.parametrize("bad", [0, 1])
def test_of_two_columns_whose_names_are_nearly_the_same_the_odd_one_is_found(names, bad):
    made = town()
    for place, name in enumerate(names):
        made = made.with_column(name, NUMBER, ages_with(116 if place == bad else 60))
    assert {one for one in objections(judged(made)) if one[0] == 4} == {(4, "odd-number", names[bad])}


def test_a_released_table_without_any_column_that_an_entry_means_is_told_so():
    made = town()
    release = release_of(made)
    bare = Table(tuple(one for one in release.columns if one.name == "要介護度"))
    judgement = judged(made, released=bare)
    (dictionary,) = (one for one in judgement.items[Item.ODD.value - 1].checks)
    assert dict(dictionary.found) == {"columns": 0}
