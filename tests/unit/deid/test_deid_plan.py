from dataclasses import replace
from hashlib import sha256

import numpy as np
import pytest
from deid_made import POLICY, people, policy_of, schema_of

from sekisho.deid.deidentify import plan_table
from sekisho.deid.ladders.rule import rule_digest
from sekisho.deid.plan import Code, Delete, Generalise, Keep, Plan, Recode, Star, read_plan, write_plan
from sekisho.deid.policy import Star as StarReading
from sekisho.deid.policy import Wording
from sekisho.errors import Malformed, Reason
from sekisho.statement import read_canonical, write_canonical

ZERO = "sha256:" + "0" * 64
GLOBAL = POLICY.replace("k = 2", 'k = 2\nmode = "global"')
CELLS = POLICY.replace("k = 2", 'k = 2\nmode = "cells"\nstar = "anything"').split("[ladder]")[0]


def plan(policy: str = GLOBAL) -> Plan:
    return plan_table(people(), schema_of(), policy_of(policy)).plan


def test_each_column_gets_what_its_role_and_the_policy_say():
    done = dict(plan().columns)
    assert (done["name"], done["care"], done["income"]) == (Delete(), Keep(), Code(1000, 0))
    rule = policy_of().ladders["age"].rule
    assert done["age"] == Generalise(1, 3, rule_digest(rule))
    assert plan().names == ("age", "sex", "care", "income")
    assert plan().generalised == ("age", "sex")


def test_local_recoding_says_which_labels_may_stand_and_the_level_only_where_all_rows_have_one():
    done = dict(plan(POLICY).columns)
    assert isinstance(done["age"], Recode)
    assert (done["age"].labels, done["age"].level, done["age"].height) == (Wording.INTERVALS, None, 3)
    answer = plan_table(people(), schema_of(), policy_of(POLICY)).answer
    assert [done[one.name].level for one in answer.recoding.columns] == [one.level for one in answer.recoding.columns]


def test_cells_are_starred_in_the_reading_that_the_policy_says():
    done = dict(plan(CELLS).columns)
    assert done["age"] == done["sex"] == Star(StarReading.ANYTHING)


def test_the_recoding_is_committed_to_as_the_page_spells_it():
    recoding = plan_table(people(), schema_of(), policy_of(POLICY)).answer.recoding
    parts = [np.asarray(one.of_tuple, dtype="<i4").tobytes() for one in recoding.columns]
    spelled = b"".join(parts) + bytes(1 if one else 0 for one in recoding.kept)
    assert plan(POLICY).recoding.hex == sha256(spelled).hexdigest()


def test_a_tuple_with_another_label_or_left_out_makes_another_digest():
    recoding = plan_table(people(), schema_of(), policy_of(POLICY)).answer.recoding
    left_out = replace(recoding, kept=np.zeros_like(recoding.kept))
    first = recoding.columns[0]
    other = replace(first, of_tuple=(first.of_tuple + 1).astype(np.int32))
    moved = replace(recoding, columns=(other, *recoding.columns[1:]))
    assert len({recoding.digest, left_out.digest, moved.digest}) == 3


@pytest.mark.requirement("A16")
def test_identifiers_are_always_deleted_and_no_key_keeps_one():
    assert dict(plan().columns)["name"] == Delete()
    with pytest.raises(Malformed):
        policy_of(POLICY.replace("k = 2", "k = 2\nkeep = ['name']"))


@pytest.mark.parametrize("policy", [GLOBAL, POLICY, CELLS])
def test_a_plan_reads_as_it_was_written(policy):
    assert read_plan(write_plan(plan(policy))) == plan(policy)
    assert read_plan(write_plan(plan(policy))).digest == plan(policy).digest


@pytest.mark.requirement("A07")
@pytest.mark.parametrize("policy", [GLOBAL, POLICY, CELLS])
def test_a_plan_holds_no_value_of_a_row(policy):
    written = write_plan(plan(policy)).decode()
    cells = {str(cell) for column in people().columns for cell in column.values if len(str(cell)) > 2}
    assert {one for one in cells if f'"{one}"' in written or f":{one}," in written} == set()


@pytest.mark.parametrize(
    "change",
    [
        {"format": "sekisho-plan-v2"},
        {"recoding": "none"},
        {"columns": [{"do": "recode", "name": "a", "labels": "odd", "level": 1, "height": 1, "ladder": ZERO}]},
        {"columns": [{"do": "recode", "name": "a", "labels": "sets", "level": 2, "height": 1, "ladder": ZERO}]},
        {"columns": [{"do": "star", "name": "a", "counts_as": "odd"}]},
        {"columns": [{"do": "keep", "name": "a"}, {"do": "keep", "name": "a"}]},
        {"columns": [{"do": "swap", "name": "a"}]},
        {"columns": ["a"]},
        {"columns": [{"do": "keep", "name": "a", "level": 1}]},
        {"columns": [{"do": "generalise", "name": "a", "level": 2, "height": 1, "ladder": ZERO}]},
        {"columns": [{"do": "code", "name": "a", "top": "1", "bottom": None}]},
        {"schema": "sha1:00"},
        {"extra": 1},
    ],
)
def test_a_plan_of_another_form_is_refused(change):
    raw = write_canonical({**read_canonical(write_plan(plan())), **change})
    with pytest.raises(Malformed) as caught:
        read_plan(raw)
    assert caught.value.reason is Reason.STATEMENT_MALFORMED
