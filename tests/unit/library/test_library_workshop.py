"""The workshop as calls of the library."""

import polars as pl
import pytest

import sekisho
from sekisho.deid.ladders.builtin.known import BuiltIn, Known
from sekisho.deid.workshop.proposal import Why
from sekisho.deid.workshop.remark import Fault
from sekisho.errors import BadTable, Malformed, Reason, WrongUsage

FRAME = pl.DataFrame(
    {
        "age": [20 + one % 60 for one in range(240)],
        "town": [13101 + one % 4 for one in range(240)],
        "yen": [1000 + one % 40 for one in range(240)],
        "sex": ["F", "M"] * 120,
    }
)


def test_a_proposal_goes_straight_into_a_policy():
    found = sekisho.propose_ladder(FRAME, "age")
    policy = sekisho.make_policy(5, {"age": found[0].rule})
    assert policy.ladders["age"].rule == BuiltIn(Known.AGE)
    assert found[0].toml() == 'age = { builtin = "age" }'


def test_numbers_that_are_codes_of_municipalities_are_taken_as_codes_where_no_schema_says_otherwise():
    assert sekisho.propose_ladder(FRAME, "town")[0].why is Why.MUNICIPALITIES
    assert sekisho.propose_ladder(FRAME, "yen")[0].why is Why.ROUND_BANDS


def test_the_word_for_gathered_values_is_that_of_the_language():
    frame = pl.DataFrame({"c": ["a"] * 50 + ["b"] * 20 + ["c", "d", "e", "f", "g"]})
    assert b"c;Other;" in sekisho.propose_ladder(frame, "c", language="en")[0].hierarchy()
    assert "c;その他;".encode() in sekisho.propose_ladder(frame, "c", language="ja")[0].hierarchy()


def test_a_ladder_is_looked_through_as_a_rule_a_file_or_that_of_a_policy(tmp_path):
    (tmp_path / "sex.csv").write_text("F;*\n", encoding="utf-8")
    head = 'format = "sekisho-policy-v1"\nk = 5\nsuppression_limit = 0.0\ngoal = "loss"\n[ladder]\n'
    (tmp_path / "policy.toml").write_text(head + 'sex = { file = "sex.csv" }\n', encoding="utf-8")
    for ladder in (tmp_path / "sex.csv", tmp_path / "policy.toml"):
        inspection = sekisho.inspect_ladder(FRAME, "sex", ladder)
        assert [one.fault for one in inspection.remarks] == [Fault.MISSING_VALUE]
        assert inspection.usable is False
    assert sekisho.inspect_ladder(FRAME, "age", sekisho.Bands((5, 10))).usable


def test_a_file_outside_of_the_policys_folder_is_not_opened(tmp_path):
    head = 'format = "sekisho-policy-v1"\nk = 5\nsuppression_limit = 0.0\ngoal = "loss"\n[ladder]\n'
    (tmp_path / "sex.csv").write_text("F;*\nM;*\n", encoding="utf-8")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "policy.toml").write_text(head + 'sex = { file = "../sex.csv" }\n', encoding="utf-8")
    with pytest.raises(sekisho.SekishoError) as caught:
        sekisho.inspect_ladder(FRAME, "sex", tmp_path / "in" / "policy.toml")
    assert caught.value.facts["rule"] == "outside-folder"


def test_a_rule_that_no_policy_could_hold_is_refused():
    with pytest.raises(Malformed) as caught:
        sekisho.inspect_ladder(FRAME, "age", sekisho.Bands((5, 7)))
    assert caught.value.reason is Reason.LADDER_MALFORMED


def test_an_unknown_column_is_refused_with_the_nearest_name():
    with pytest.raises(WrongUsage) as caught:
        sekisho.propose_ladder(FRAME, "ages")
    assert (caught.value.reason, caught.value.facts["nearest"]) == (Reason.TABLE_COLUMN_UNKNOWN, "age")
    assert caught.value.__notes__


def test_a_table_without_rows_is_refused():
    with pytest.raises(BadTable) as caught:
        sekisho.propose_ladder(FRAME.head(0), "age")
    assert caught.value.reason is Reason.TABLE_EMPTY


def test_a_k_that_would_show_every_label_is_refused():
    with pytest.raises(WrongUsage) as caught:
        sekisho.propose_ladder(FRAME, "age", k=1)
    assert caught.value.facts == {"key": "k", "limit": 2, "rule": "greater_than_equal"}
