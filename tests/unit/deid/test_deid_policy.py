from fractions import Fraction

import pytest
from deid_made import FILES, POLICY, SCHEMA, policy_of, schema_of

from sekisho.deid.ladders.bands import Bands
from sekisho.deid.policy import Coding, Goal, quasi_identifiers
from sekisho.deid.written.checking import check_policy
from sekisho.deid.written.policy import read_policy
from sekisho.errors import CannotMeet, Malformed, Reason
from sekisho.pages.words import Language, words_in

HEAD = 'format = "sekisho-policy-v1"\nk = 2\n'


def refusal_of(text: str) -> tuple[Reason, dict[str, int | str]]:
    with pytest.raises(Malformed) as caught:
        read_policy(text.encode(), FILES)
    return caught.value.reason, caught.value.facts


def unfit(policy: str, schema: str = SCHEMA) -> dict[str, int | str]:
    with pytest.raises(Malformed) as caught:
        check_policy(policy_of(policy), schema_of(schema))
    assert caught.value.reason is Reason.POLICY_MALFORMED
    assert [words_in(one).knows(f"rule.{caught.value.facts['rule']}") for one in Language] == [True, True]
    return caught.value.facts


def test_a_policy_reads_as_it_was_written():
    policy = policy_of(POLICY + '[ladder."年 齢"]\nbands = [5]\nhighest = 1\n')
    assert (policy.k, policy.suppression_limit, policy.goal) == (2, Fraction(1, 5), Goal.LOSS)
    assert policy.ladders["age"].rule == Bands((10, 20), top=90)
    assert (policy.ladders["age"].limit, policy.ladders["年 齢"].limit) == (3, 1)
    assert policy.codings == {"income": Coding(1000, 0)}


def test_a_share_is_read_exactly():
    assert policy_of(HEAD + "suppression_limit = 0.1\n").suppression_limit == Fraction(1, 10)
    assert policy_of(HEAD + "suppression_limit = 1\n").most_suppressed(10) == 10
    assert policy_of(HEAD + "suppression_limit = 0.29\n").most_suppressed(100) == 29


def test_the_digest_depends_on_the_lines_of_a_ladder_file():
    other = read_policy(POLICY.encode(), {"sex.csv": b"F;*\nM;*\nX;*\n"})
    assert other.digest != policy_of().digest
    assert policy_of().digest == policy_of("# again\n" + POLICY).digest


@pytest.mark.parametrize(
    ("lines", "key"),
    [
        ("k = 0\n", "k"),
        ("k = 5.0\n", "k"),
        ("k = 2\nsuppression_limit = 1.5\n", "suppression_limit"),
        ("k = 2\nsuppression_limit = nan\n", "suppression_limit"),
        ("k = 2\nsuppression_limit = 1e-999999999\n", "suppression_limit"),
        ('k = 2\ngoal = "best"\n', "goal"),
        ("k = 2\nkeep = ['name']\n", "keep"),
        ("k = 2\n[ladder]\nage = { band = [5] }\n", "ladder.age.band"),
        ("k = 2\n[ladder]\nage = { bands = [5], top = 9007199254740992 }\n", "ladder.age.top"),
    ],
)
def test_a_wrong_key_or_kind_is_refused_by_name(lines, key):
    reason, facts = refusal_of('format = "sekisho-policy-v1"\n' + lines)
    assert reason is Reason.POLICY_MALFORMED
    assert str(facts["key"]).startswith(key)


def test_broken_toml_is_refused_with_its_line():
    assert refusal_of(HEAD + "goal = \n") == (Reason.POLICY_MALFORMED, {"rule": "toml", "line": 3})


@pytest.mark.parametrize(
    ("ladder", "key", "rule"),
    [
        ('{ file = "no.csv" }', "ladder.age.file", "no-such-file"),
        ("{}", "ladder.age", "one-ladder"),
        ('{ file = "sex.csv", bands = [5] }', "ladder.age", "one-ladder"),
        ('{ file = "sex.csv", top = 3 }', "ladder.age", "one-ladder"),
        ('{ date = ["year"], top = 3 }', "ladder.age", "one-ladder"),
    ],
)
def test_a_ladder_that_is_not_one_thing_is_refused(ladder, key, rule):
    facts = {"line": 4, "key": key, "rule": rule}
    assert refusal_of(f"{HEAD}[ladder]\nage = {ladder}\n") == (Reason.POLICY_MALFORMED, facts)


def test_a_level_above_the_ladder_is_refused_with_the_highest_there_is():
    facts = {"line": 6, "key": "ladder.age.highest", "rule": "above-ladder", "limit": 2}
    assert refusal_of(f"{HEAD}\n[ladder.age]\nbands = [5]\nhighest = 3\n") == (Reason.POLICY_MALFORMED, facts)


def test_a_fault_in_a_ladder_file_is_told_with_that_file_and_its_line():
    with pytest.raises(Malformed) as caught:
        read_policy(f'{HEAD}[ladder]\nsex = {{ file = "sex.csv" }}\n'.encode(), {"sex.csv": b"F;*\nM\n"})
    assert caught.value.reason is Reason.LADDER_MALFORMED
    assert caught.value.facts == {"file": "sex.csv", "column": "sex", "rule": "ragged", "line": 2}


@pytest.mark.parametrize(
    ("ladder", "rule"),
    [
        ("{ bands = [5, 12] }", "widths-not-multiples"),
        ("{ bands = [5, 5] }", "widths-not-multiples"),
        ("{ bands = [1] }", "widths-not-multiples"),
        ("{ bands = [0, 5] }", "widths-not-multiples"),
        ("{ bands = [5], top = 1, bottom = 0 }", "top-below-bottom"),
        ('{ date = ["year", "month"] }', "steps-not-rising"),
        ('{ date = ["year", "year"] }', "steps-not-rising"),
    ],
)
def test_a_ladder_that_does_not_rise_is_refused(ladder, rule):
    facts = {"line": 4, "key": "ladder.age", "column": "age", "rule": rule}
    assert refusal_of(f"{HEAD}[ladder]\nage = {ladder}\n") == (Reason.LADDER_MALFORMED, facts)


@pytest.mark.parametrize(("limits", "rule"), [("{}", "top-or-bottom"), ("{ top = 1, bottom = 1 }", "top-below-bottom")])
def test_a_coding_without_room_is_refused(limits, rule):
    facts = {"line": 4, "key": "code.income", "rule": rule}
    assert refusal_of(f"{HEAD}[code]\nincome = {limits}\n") == (Reason.POLICY_MALFORMED, facts)


@pytest.mark.parametrize(
    ("old", "new", "key", "rule", "line"),
    [
        ("k = 2", "k = 2\n\ndelete = [\n'x']", "delete", "unknown-column", 5),
        ("age = {", "ages = {", "ladder.ages", "unknown-column", 6),
        ("age = {", "income = {", "ladder.income", "not-quasi-identifier", 6),
        ("sex = { file = 'sex.csv' }", "sex = { bands = [5] }", "ladder.sex", "bands-need-integer", 7),
        ("sex = { file = 'sex.csv' }", "sex = { date = ['year'] }", "ladder.sex", "calendar-needs-date", 7),
        ("income = {", "salary = {", "code.salary", "unknown-column", 9),
        ("income = {", "care = {", "code.care", "coding-needs-integer", 9),
        ("income = {", "age = {", "code.age", "not-sensitive-or-plain", 9),
        ("sex = { file = 'sex.csv' }", "", "ladder.sex", "missing-ladder", 5),
    ],
)
def test_a_policy_that_does_not_fit_the_schema_is_refused_with_the_line(old, new, key, rule, line):
    facts = unfit(POLICY.replace('"sex.csv"', "'sex.csv'").replace(old, new))
    assert (facts["line"], facts["key"], facts["rule"]) == (line, key, rule)


def test_a_column_that_is_not_known_is_named_with_the_one_perhaps_meant():
    facts = unfit(POLICY.replace("k = 2", "k = 2\ndelete = ['incomes']"))
    assert (facts["column"], facts["nearest"]) == ("incomes", "income")


def test_a_deleted_quasi_identifier_needs_no_ladder():
    text = POLICY.replace('sex = { file = "sex.csv" }', "").replace("k = 2", "k = 2\ndelete = ['sex']")
    policy = check_policy(policy_of(text), schema_of())
    assert quasi_identifiers(policy, schema_of()) == ("age",)


@pytest.mark.parametrize(
    ("policy", "schema"),
    [
        (HEAD + "delete = ['age', 'sex']\n", SCHEMA),
        (HEAD, SCHEMA.replace('"quasi-identifier"', '"plain"')),
    ],
)
def test_a_table_without_quasi_identifiers_is_refused_and_not_called_safe(policy, schema):
    with pytest.raises(CannotMeet) as caught:
        check_policy(policy_of(policy), schema_of(schema))
    assert caught.value.reason is Reason.NO_QUASI_IDENTIFIER
