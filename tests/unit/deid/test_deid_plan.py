import pytest
from deid_made import POLICY, people, policy_of, schema_of

from sekisho.deid.deidentify import plan_table
from sekisho.deid.plan import Code, Delete, Generalise, Keep, Plan, make_plan, read_plan, write_plan
from sekisho.errors import Malformed, Reason
from sekisho.statement import read_canonical, write_canonical


def plan() -> Plan:
    return make_plan(schema_of(), policy_of(), (1, 0))


def test_each_column_gets_what_its_role_and_the_policy_say():
    done = dict(plan().columns)
    assert (done["name"], done["care"], done["income"]) == (Delete(), Keep(), Code(1000, 0))
    assert isinstance(done["age"], Generalise)
    assert (done["age"].level, done["age"].height) == (1, 3)
    assert plan().names == ("age", "sex", "care", "income")
    assert plan().generalised == ("age", "sex")


@pytest.mark.requirement("A16")
def test_identifiers_are_always_deleted_and_no_key_keeps_one():
    assert dict(plan().columns)["name"] == Delete()
    with pytest.raises(Malformed):
        policy_of(POLICY.replace("k = 2", "k = 2\nkeep = ['name']"))


def test_a_plan_reads_as_it_was_written():
    assert read_plan(write_plan(plan())) == plan()
    assert read_plan(write_plan(plan())).digest == plan().digest


@pytest.mark.requirement("A07")
def test_a_plan_holds_no_value_of_a_row():
    written = write_plan(plan_table(people(), schema_of(), policy_of()).plan).decode()
    cells = {str(cell) for column in people().columns for cell in column.values if len(str(cell)) > 2}
    assert {one for one in cells if f'"{one}"' in written or f":{one}," in written} == set()


@pytest.mark.parametrize(
    "change",
    [
        {"format": "sekisho-plan-v2"},
        {"suppress_classes_below": 1},
        {"columns": [{"do": "keep", "name": "a"}, {"do": "keep", "name": "a"}]},
        {"columns": [{"do": "swap", "name": "a"}]},
        {"columns": ["a"]},
        {"columns": [{"do": "keep", "name": "a", "level": 1}]},
        {"columns": [{"do": "generalise", "name": "a", "level": 2, "height": 1, "ladder": "sha256:" + "0" * 64}]},
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
