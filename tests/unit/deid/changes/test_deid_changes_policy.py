import json
from dataclasses import replace
from fractions import Fraction

import pytest
from changes_made import ENTROPY, EVERY, HEAD, SCHEMA, people, policy_of, schema_of

from sekisho.deid.changes.change import AddSynthetic, DeleteRows, Microaggregate, Noise, Pseudonym, Round, Swap, Where
from sekisho.deid.deidentify import deidentify, plan_table
from sekisho.deid.exam import Exam
from sekisho.deid.plan import read_plan, write_plan
from sekisho.deid.policy import Coding, write_policy
from sekisho.deid.report.report import write_report
from sekisho.deid.schema import ColumnSchema, Kind, Role
from sekisho.deid.settling import settle_policy
from sekisho.deid.table import Table, Value, column_of, table_of
from sekisho.deid.written.changes import CHANGES, name_of_change
from sekisho.deid.written.checking import check_policy
from sekisho.errors import Malformed, Reason
from sekisho.pages.words import Language, words_in
from sekisho.statement import LARGEST_INTEGER

CODED = HEAD.replace("[ladder]", "[ladder]\n") + "[code]\nincome = { top_share = 0.01, bottom_share = 0.05 }\n"


def change(text: str) -> str:
    return f"{HEAD}[[change]]\n{text}\n"


def refusal_of(text: str) -> dict[str, int | str]:
    with pytest.raises(Malformed) as caught:
        check_policy(policy_of(text), schema_of())
    assert caught.value.reason is Reason.POLICY_MALFORMED
    assert [words_in(one).knows(f"rule.{caught.value.facts['rule']}") for one in Language] == [True, True]
    return caught.value.facts


def test_every_change_is_read_in_the_order_of_the_file():
    policy = check_policy(policy_of(HEAD + EVERY), schema_of())
    assert [name_of_change(one) for one in policy.changes] == [name for name in CHANGES if name != "mask"]
    assert policy.changes[1] == DeleteRows(Where("age", above=95))
    assert policy.changes[4] == Round(("income",), 10)
    assert policy.changes[5] == Microaggregate(("income", "age"), 3)
    assert policy.changes[6] == Noise(("income",), Fraction(1, 10))
    assert policy.changes[7] == Swap(("illness",), Fraction(1, 5), ("town",))
    assert policy.changes[10] == Pseudonym("person")
    assert policy.pseudonyms == {"person"}
    assert policy.changes[11] == AddSynthetic(Fraction(1, 10))


def test_the_order_of_changes_is_part_of_the_digest():
    policy = policy_of(HEAD + EVERY)
    assert replace(policy, changes=policy.changes[::-1]).digest != policy.digest
    assert json.loads(write_policy(policy))["change"][0]["where"]["values"] == ["rare"]


def test_all_changes_together_keep_the_bounds_and_are_told_in_plan_and_report():
    made = deidentify(people(), schema_of(), policy_of(HEAD + EVERY), entropy=ENTROPY)
    told = json.loads(write_report(made.report))
    assert made.report.number("k") >= 3
    assert told["rows"]["before"] == 400 > told["rows"]["changed"] >= told["rows"]["after"] > 0
    assert told["rows"]["added"] == made.table.rows - told["rows"]["after"] > 0
    assert [one["do"] for one in told["changes"]] == [name for name in CHANGES if name != "mask"]
    assert "rare" not in made.table.column("illness").used().values
    assert read_plan(write_plan(made.plan)) == made.plan


def test_a_plan_tells_how_many_values_a_condition_names_and_not_which():
    planned = plan_table(people(), schema_of(), policy_of(HEAD + EVERY), entropy=ENTROPY)
    assert b"rare" not in write_plan(planned.plan)
    assert planned.plan.changes[0]["where"]["values"] == 1


def test_no_plan_depends_on_the_entropy_of_its_pseudonyms():
    text = change('do = "pseudonym"\ncolumn = "person"')
    one, other = (deidentify(people(), schema_of(), policy_of(text), entropy=secret) for secret in (ENTROPY, bytes(32)))
    assert one.plan == other.plan
    assert not set(one.table.column("person").values) & set(other.table.column("person").values)


def test_released_tokens_are_none_of_the_identifiers():
    made = deidentify(people(), schema_of(), policy_of(change('do = "pseudonym"\ncolumn = "person"')), entropy=ENTROPY)
    tokens = made.table.column("person")
    assert len(tokens.values) == 200
    assert not set(tokens.values) & set(people().column("person").values)
    assert made.report.columns[0].before == made.report.columns[0].after == ()


def test_changes_that_draw_on_chance_need_entropy():
    with pytest.raises(ValueError, match="entropy"):
        plan_table(people(), schema_of(), policy_of(HEAD + EVERY))
    rounding = change('do = "round"\ncolumns = ["income"]\nto = 100')
    planned = plan_table(people(), schema_of(), policy_of(rounding))
    assert all(one % 100 == 0 for one in planned.table.column("income").used().values)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("text", "key", "rule"),
    [
        ('do = "scramble"', "change.1.do", "literal_error"),
        ('column = "age"', "change.1.do", "missing"),
        ('do = "delete-rows"\ncolumn = "age"', "change.1.column", "no-condition"),
        ('do = "delete-rows"\ncolumn = "aeg"\nabove = 3', "change.1.column", "unknown-column"),
        ('do = "delete-rows"\ncolumn = "town"\nabove = 3', "change.1.above", "needs-number-or-date"),
        ('do = "delete-rows"\ncolumn = "age"\nvalues = ["A"]', "change.1.values", "integer"),
        ('do = "delete-subjects"\nsubject = "person"', "change.1.column", "no-condition"),
        ('do = "delete-subjects"\nsubject = "person"\nabove = 3', "change.1.column", "missing"),
        ('do = "delete-cells"\ncolumn = "person"\nvalues = [""]', "change.1.column", "identifier-changed"),
        ('do = "sample"\nshare = 1', "change.1.share", "less_than"),
        ('do = "add-synthetic"\nshare = 0.91', "change.1.share", "mostly-made"),
        ('do = "round"\ncolumns = ["moved"]\nto = 7', "change.1.columns", "needs-integer"),
        ('do = "round"\ncolumns = ["income", "income"]\nto = 7', "change.1.columns", "column-twice"),
        ('do = "microaggregate"\ncolumns = ["town"]\ngroup = 3', "change.1.columns", "needs-number-or-date"),
        ('do = "noise"\ncolumns = ["income"]\nscale = 0', "change.1.scale", "greater_than"),
        ('do = "swap"\ncolumns = ["town"]\nwithin = ["town"]\nshare = 0.1', "change.1.within", "within-itself"),
        ('do = "swap"\ncolumns = ["age", "income"]\nranks = 0.1\nshare = 0.1', "change.1.ranks", "ranks-one-column"),
        ('do = "shift-dates"\ncolumns = ["age"]\nmost_days = 3', "change.1.columns", "needs-date"),
        ('do = "pseudonym"\ncolumn = "town"', "change.1.column", "pseudonym-needs-identifier"),
        ('do = "pseudonym"\ncolumn = "person"\n[[change]]\ndo = "pseudonym"\ncolumn = "person"', "change.2", "change-twice"),
        ('do = "pram"\ncolumn = "person"\nkeep = 0.5', "change.1.column", "identifier-changed"),
    ],
)  # fmt: skip
def test_a_change_that_does_not_fit_is_refused_at_its_key(text, key, rule):
    facts = refusal_of(change(text))
    assert (facts["key"], facts["rule"]) == (key, rule)
    assert facts["line"] >= 7


def test_a_column_that_is_deleted_is_not_changed():
    text = (
        HEAD.replace("k = 3", 'k = 3\ndelete = ["income"]') + '[[change]]\ndo = "round"\ncolumns = ["income"]\nto = 7\n'
    )
    assert refusal_of(text)["rule"] == "deleted-column"


def test_a_change_made_in_python_is_held_to_the_limits_of_the_file():
    policy = replace(policy_of(HEAD), changes=(Round(("income",), 1),))
    with pytest.raises(Malformed) as caught:
        check_policy(policy, schema_of())
    assert caught.value.facts["key"] == "change.1.to"


def test_limits_by_share_are_those_that_the_share_of_rows_reaches():
    table = people()
    policy = settle_policy(policy_of(CODED), table)
    limits = policy.codings["income"]
    rows: list[int] = sorted(table.column("income").cells())  # type: ignore[type-var, arg-type]
    assert (limits.top, limits.bottom) == (rows[-4] // 100 * 100, -(-rows[19] // 10) * 10)  # of 4 and of 3 digits
    assert policy.digest == policy_of(CODED).digest
    assert limits == Coding(limits.top, limits.bottom, Fraction(1, 100), Fraction(1, 20))


def settled(cells: list[Value], top: str | None = "0.25", bottom: str | None = None) -> tuple[int | None, int | None]:
    shares = [f"{name}_share = {one}" for name, one in (("top", top), ("bottom", bottom)) if one]
    table = table_of(
        **{**{name: people(len(cells)).column(name).cells() for name in schema_of().names}, "income": cells}
    )
    policy = policy_of(HEAD.replace("[ladder]", f"[code]\nincome = {{ {', '.join(shares)} }}\n[ladder]"))
    found = settle_policy(policy, table).codings["income"]
    return found.top, found.bottom


def test_a_limit_by_share_is_no_number_of_a_person_but_its_first_two_digits():
    assert settled([31, 12_345, 23_456, 99_999]) == (99_000, None)
    assert settled([31, 12_345, 23_456, 99_999], None, "0.5") == (None, 13_000)
    assert settled([-99_999, -23_456, -12_345, -71]) == (-71, None)
    assert settled([-99_999, -23_456, -12_345, -71], None, "0.5") == (None, -23_000)


def test_limits_by_share_keep_as_many_digits_as_part_them():
    assert settled([1_000, 1_001, 1_002, 1_010], bottom="0.25") == (1_010, 1_000)
    assert settled([10_020, 10_110, 10_770, 10_990], bottom="0.5") == (10_900, 10_200)


def test_a_column_without_numbers_has_no_limit_by_share():
    assert settled([None, None, None, None], bottom="0.25") == (None, None)


def test_a_limit_by_share_is_never_beyond_what_a_table_can_hold():
    least = -LARGEST_INTEGER
    assert settled([least, least, least]) == (least, None)
    assert settled([-least, -least, -least], None, "0.9") == (None, -least)


def test_a_limit_and_a_share_of_the_same_side_are_refused():
    both = CODED.replace("top_share = 0.01", "top = 9000, top_share = 0.01")
    with pytest.raises(Malformed) as caught:
        policy_of(both)
    assert (caught.value.facts["key"], caught.value.facts["rule"]) == ("code.income.top_share", "limit-or-share")
    assert [words_in(one).knows("rule.limit-or-share") for one in Language] == [True, True]
    assert policy_of(both.replace("top_share = 0.01, ", "")).codings["income"] == Coding(
        9_000, None, None, Fraction(1, 20)
    )


@pytest.mark.parametrize(
    "coding",
    [
        Coding(top_share=Fraction(3, 2)),
        Coding(bottom_share=Fraction(0)),
        Coding(top=LARGEST_INTEGER + 1),
        Coding(bottom="0"),  # type: ignore[arg-type]
        Coding(top_share=0.5),  # type: ignore[arg-type]
    ],
    ids=["share above 1", "share of nothing", "too large", "text", "float"],
)
def test_a_coding_made_in_python_is_held_to_the_rules_of_the_file(coding):
    with pytest.raises(Malformed) as caught:
        check_policy(replace(policy_of(HEAD), codings={"income": coding}), schema_of())
    assert str(caught.value.facts["key"]).startswith("code.income.")


def test_what_is_also_measured_is_named_in_python_by_its_kind():
    with pytest.raises(Malformed) as caught:
        check_policy(replace(policy_of(HEAD), exam=Exam(also=("luck",))), schema_of())  # type: ignore[arg-type]
    assert caught.value.facts["key"] == "exam.also.1"


def test_limits_by_share_that_meet_are_refused():
    table = table_of(**{**{name: people(4).column(name).cells() for name in schema_of().names}, "income": [5, 5, 5, 5]})
    with pytest.raises(Malformed) as caught:
        settle_policy(policy_of(CODED), table)
    assert caught.value.facts["rule"] == "top-below-bottom"


def test_rounding_to_what_has_no_multiple_within_the_limits_of_the_schema_is_refused():
    narrow = schema_of(SCHEMA.replace("minimum = 0", "minimum = 9999"))
    with pytest.raises(Malformed) as caught:
        check_policy(policy_of(change('do = "round"\ncolumns = ["income"]\nto = 20000')), narrow)
    assert (caught.value.facts["key"], caught.value.facts["rule"]) == ("change.1.to", "no-multiple-within")


def test_what_is_assumed_is_read_and_changes_no_released_row():
    token = '[[change]]\ndo = "pseudonym"\ncolumn = "person"\n'
    text = f'{HEAD}{token}[exam]\npopulation = 5000\nthreshold = 0.1\nsubject = "person"\n'
    policy = check_policy(policy_of(text), schema_of())
    assert policy.exam == Exam(5000, Fraction(1, 10), subject="person")
    assert policy_of(HEAD).exam.threshold == Fraction(1, 5)
    assert refusal_of(f'{HEAD}[exam]\nweights = "town"\n')["rule"] == "needs-integer"
    assert refusal_of(f'{HEAD}[exam]\nweights = "age"\n')["rule"] == "not-as-it-was"
    noisy = '[[change]]\ndo = "noise"\ncolumns = ["income"]\nscale = 0.1\n'
    assert refusal_of(f'{HEAD}{noisy}[exam]\nweights = "income"\n')["rule"] == "not-as-it-was"
    assert refusal_of(f'{HEAD}{noisy}[exam]\nsubject = "income"\n')["rule"] == "not-as-it-was"
    assert refusal_of(f'{HEAD}[exam]\nhousehold = "home"\n')["rule"] == "unknown-column"
    assert refusal_of(f'{HEAD}[exam]\nhousehold = "moved"\n')["rule"] == "household-needs-weights"
    assert refusal_of(f'{HEAD}[exam]\nalso = ["copula"]\n')["rule"] == "copula-needs-population"
    assert refusal_of(f'{HEAD}[exam]\nalso = ["luck"]\n')["rule"] == "literal_error"
    assert refusal_of(f'{HEAD}[exam]\nweights = "income"\nhousehold = "person"\n')["rule"] == "not-released"
    assert policy_of(f'{HEAD}[exam]\nsubject = "person"\n').exam.subject == "person"  # counted by before it goes
    made, plain = (deidentify(people(), schema_of(), policy_of(one), entropy=ENTROPY) for one in (text, HEAD + token))
    assert [one.cells() for one in made.table.columns] == [one.cells() for one in plain.table.columns]


MASKED = HEAD + '[[change]]\ndo = "mask"\ncolumns = ["note"]\n'


def with_notes():
    table = people()
    notes = column_of("note", [f"made story {place % 7}" for place in range(table.rows)])
    schema = schema_of()
    return Table((*table.columns, notes)), replace(
        schema, columns=(*schema.columns, ColumnSchema("note", Kind.FREE_TEXT, Role.SENSITIVE))
    )


def test_free_text_is_deleted_unless_the_policy_masks_it():
    table, schema = with_notes()
    made = deidentify(table, schema, policy_of(HEAD), entropy=ENTROPY)
    assert "note" not in made.table.names


def test_masked_free_text_is_released_as_it_was_masked_and_told_in_the_plan():
    table, schema = with_notes()
    blacked = column_of("note", ["masked"] * table.rows)
    made = deidentify(table, schema, policy_of(MASKED), entropy=ENTROPY, masking=lambda _column: blacked)
    assert set(made.table.column("note").values) == {"masked"}
    assert [one["do"] for one in made.plan.changes] == ["mask"]


def test_free_text_is_never_released_unmasked_for_want_of_something_to_mask_with():
    table, schema = with_notes()
    with pytest.raises(ValueError, match="nothing to mask with"):
        deidentify(table, schema, policy_of(MASKED), entropy=ENTROPY)
