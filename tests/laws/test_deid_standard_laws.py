"""What holds for every judgement: no value leaks, deleting never adds, and on item 2 nobody decides."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.deid.deidentify import plan_table, release_table
from sekisho.deid.schema import read_schema
from sekisho.deid.standard.dictionary import read_dictionary
from sekisho.deid.standard.gate import judge
from sekisho.deid.standard.judgement import (
    Check,
    Decided,
    Decision,
    Item,
    Judgement,
    Look,
    Outcome,
    Verdict,
    counted,
    decide,
)
from sekisho.deid.standard.written import read_judgement, write_judgement
from sekisho.deid.table import Table, Value, column_of
from sekisho.deid.written.policy import read_policy

MARK, NUMBER = "ヒミツQZX", 98_765_432
ENTROPY = bytes(range(32))
ON = date(2026, 11, 23)
SCHEMA = """
format = "sekisho-schema-v1"
name = "marked"
encoding = "utf-8"
column = [
  {name = "id", type = "text", role = "identifier"},
  {name = "年齢", type = "integer", role = "quasi-identifier"},
  {name = "傷病コード", type = "text", role = "sensitive", blank = true},
  {name = "所得", type = "integer", role = "plain", blank = true},
  {name = "経緯", type = "text", role = "plain", blank = true},
]
"""
POLICY = """
format = "sekisho-policy-v1"
k = 2
suppression_limit = 1.0
delete = %s
[ladder]
"年齢" = { bands = [10, 20] }
"""
DICTIONARY = """
format = "sekisho-dictionary-v1"
name = "marked"
[[number]]
about = "age"
columns = ["年齢", "所得"]
least = 110
source = "law"
[[word]]
about = "word"
columns = ["経緯", "傷病"]
words = ["ヒミツ"]
source = "law"
[[one_off]]
about = "disease"
columns = ["傷病"]
source = "law"
"""
PLAIN = ("傷病コード", "所得", "経緯")

marked = st.integers(0, 30).map(lambda one: f"{MARK}{one}")
rows = st.lists(
    st.tuples(
        marked,
        st.integers(0, 130),
        st.one_of(st.none(), marked, st.sampled_from(["I10", "E11"])),
        st.one_of(st.none(), st.integers(NUMBER, NUMBER + 50), st.integers(0, 9)),
        st.one_of(st.none(), marked, marked.map(lambda one: f"佐藤{one}さん 03-0123-4567")),
    ),
    min_size=2,
    max_size=60,
)
outcomes = st.sampled_from(Outcome)
checks = st.lists(
    st.builds(
        lambda look, outcome, column, found: Check(look, outcome, column, found=counted(cells=found)),
        st.sampled_from(Look),
        outcomes,
        st.sampled_from(["", "年齢", "所得"]),
        st.integers(0, 100),
    ),
    max_size=5,
).map(tuple)
decisions = st.lists(
    st.builds(
        Decision,
        st.sampled_from(Item),
        st.sampled_from(Look),
        st.sampled_from(["", "年齢", "所得"]),
        st.sampled_from(Decided),
        st.just("理由"),
        st.just("t.kanda"),
        st.just(ON),
    ),
    max_size=5,
).map(tuple)


def table_of_rows(cells: list[tuple[Value, ...]]) -> Table:
    names = ("id", "年齢", "傷病コード", "所得", "経緯")
    return Table(tuple(column_of(name, [row[place] for row in cells]) for place, name in enumerate(names)))


def judged(table: Table, deleted: tuple[str, ...] = ()) -> Judgement:
    schema = read_schema(SCHEMA.encode())
    names = ", ".join(f'"{one}"' for one in deleted)
    policy = read_policy((POLICY % f"[{names}]").encode(), {})
    planned = plan_table(table, schema, policy, entropy=ENTROPY)
    outcome = release_table(table, schema, planned, entropy=ENTROPY)
    return judge(
        table,
        outcome.table,
        schema=schema,
        policy=planned.policy,
        plan=outcome.plan,
        report=outcome.report,
        dictionary=read_dictionary(DICTIONARY.encode()),
        on=ON,
    )


def objected(judgement: Judgement) -> set[tuple[Item, Look, str]]:
    """Give what is not clear, leaving out what is said of the whole table."""
    return {
        (one.item, check.look, check.column)
        for one in judgement.items
        for check in one.checks
        if check.column and check.outcome is not Outcome.CLEAR
    }


@given(rows)
@settings(max_examples=60)
def test_no_value_of_the_table_is_in_a_judgement(cells):
    raw = write_judgement(judged(table_of_rows(cells))).decode()
    assert "QZX" not in raw
    assert not any(f"{number}" in raw for number in range(NUMBER, NUMBER + 51))
    assert not any(word in raw for word in ("佐藤", "0123-4567", "I10"))


@given(rows, st.sampled_from(PLAIN))
@settings(max_examples=40)
def test_a_deleted_column_never_adds_an_objection(cells, name):
    table = table_of_rows(cells)
    fewer = objected(judged(table, (name,)))
    assert fewer <= {one for one in objected(judged(table)) if one[2] != name}


@given(rows)
@settings(max_examples=20)
def test_the_same_release_is_judged_alike_and_reads_back(cells):
    table = table_of_rows(cells)
    first, second = judged(table), judged(table)
    assert first == second
    assert read_judgement(write_judgement(first)) == first


@given(checks, decisions)
def test_decisions_never_change_item_2(made, decided):
    with_them = decide(Item.INDIVIDUAL_CODE, made, decided)
    assert with_them == decide(Item.INDIVIDUAL_CODE, made, ())
    assert (with_them.verdict is Verdict.MET) == all(one.outcome is Outcome.CLEAR for one in made)


@given(st.sampled_from(Item), checks, decisions)
def test_an_item_is_met_only_where_a_person_accepted_all_that_was_open(item, made, decided):
    verdict = decide(item, made, decided)
    faults = any(one.outcome is Outcome.FAULT for one in made)
    waiting = {(one.look, one.column) for one in made if one.outcome is Outcome.DECIDE}
    accepted = {(one.look, one.column) for one in decided if one.item is item and one.decided is Decided.ACCEPT}
    refused = {(one.look, one.column) for one in decided if one.item is item and one.decided is Decided.REFUSE}
    met = not faults and waiting <= (accepted if item is not Item.INDIVIDUAL_CODE else set()) and not waiting & refused
    assert (verdict.verdict is Verdict.MET) == met
    assert all((one.look, one.column) in waiting for one in verdict.decisions)
