"""Every measure of risk of a table as it is: the numbers that a report would have, roles, an exam, bad input."""

from collections import Counter
from datetime import date
from fractions import Fraction

import polars as pl
import pytest

from sekisho.deid.declared.layout import Csv
from sekisho.deid.exam import Also, Exam
from sekisho.deid.ladders.bands import Bands
from sekisho.deid.ladders.prefix import Prefix
from sekisho.deid.schema import ColumnSchema, Encoding, Kind, Role, Schema
from sekisho.errors import BadTable, CannotMeet, Malformed, Reason
from sekisho.library.deidentify import deidentify
from sekisho.library.measuring import measure_table
from sekisho.library.policies import make_policy
from sekisho.library.results import measures_text

FRAME = pl.DataFrame(
    {
        "name": [f"p{one}" for one in range(12)],
        "age": [31, 31, 35, 38, 41, 41, 61, 66, 35, 38, 41, 61],
        "sex": ["F", "F", "M", "M", "F", "F", "M", "M", "M", "M", "F", "M"],
        "care": ["none", "1", "none", "2", "1", "1", "3", "none", "5", "5", "1", "2"],
        "visits": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
        "stands_for": [10] * 12,
        "house": ["a", "a", "b", "b", "c", "c", "d", "d", "e", "e", "f", "f"],
        "note": ["x"] * 12,
    }
)
PAIRS = list(zip(FRAME["age"], FRAME["sex"], strict=True))
ROLES = {"quasi_identifiers": ["age", "sex"], "sensitive": ["care", "visits"]}
ALONE = {"quasi_identifiers": ["age", "sex"]}


def numbers(found, column=""):
    return {one.kind.name: one.amount for one in found if one.column == column}


def test_the_numbers_are_those_that_a_report_has_before():
    roles = {**ROLES, "identifiers": "name", "plain": ["stands_for", "house", "note"]}
    exam = Exam(population=200, weights="stands_for", household="house", also=(Also.SUDA,))
    policy = make_policy(2, {"age": Bands((10, 40, 80)), "sex": Prefix((1,))}, exam=exam)
    report = deidentify(FRAME, policy, **roles).report
    before = {(one.before.kind, one.before.column): one.before for one in report.measures if one.before}
    alone = {(one.kind, one.column): one for one in measure_table(FRAME, **roles, exam=exam)}
    shared = before.keys() & alone.keys()
    assert {one: alone[one] for one in shared} == {one: before[one] for one in shared}
    assert {one.name for one, _ in shared} >= {
        "k",
        "average-risk",
        "individual-mean",
        "household-mean",
        "suda-rows",
        "classes",
    }


def test_rows_are_counted_as_they_are():
    found = numbers(measure_table(FRAME, **ROLES))
    sizes = Counter(PAIRS)
    assert found["k"] == min(sizes.values()) == 1
    assert found["unique-rows"] == sum(one == 1 for one in sizes.values())
    assert found["average-risk"] == Fraction(len(sizes), 12)


def test_each_sensitive_column_has_all_its_measures_and_only_numbers_have_an_order():
    found = measure_table(FRAME, **ROLES)
    care, visits = (numbers(found, one) for one in ("care", "visits"))
    classes = {
        pair: {care for other, care in zip(PAIRS, FRAME["care"], strict=True) if other == pair} for pair in PAIRS
    }
    assert care["distinct-l"] == min(map(len, classes.values()))
    assert visits.keys() - care.keys() == {"t-closeness-ordered"}
    assert {
        "entropy-l",
        "recursive-l",
        "alpha-k",
        "t-closeness-equal",
        "delta-disclosure",
        "beta-likeness",
    } < care.keys()


def test_the_order_of_texts_is_that_of_the_schema():
    columns = (
        ColumnSchema("age", Kind.INTEGER, Role.QUASI_IDENTIFIER),
        ColumnSchema("care", Kind.TEXT, Role.SENSITIVE, values=("none", "1", "2", "3", "5")),
        ColumnSchema("gone", Kind.TEXT, Role.IDENTIFIER),
    )
    schema = Schema("made", Encoding.UTF_8, Csv(), columns)
    turned = Schema("made", Encoding.UTF_8, Csv(), (columns[0], ColumnSchema("care", Kind.TEXT, Role.SENSITIVE)))
    assert "t-closeness-ordered" in numbers(measure_table(FRAME, schema), "care")
    assert "t-closeness-ordered" not in numbers(measure_table(FRAME, turned), "care")


def test_c_is_that_of_recursive_diversity():
    frame = pl.DataFrame({"age": [1] * 6, "care": ["a", "a", "a", "b", "b", "c"]})
    found = [
        numbers(measure_table(frame, quasi_identifiers="age", sensitive="care", c=c), "care")["recursive-l"]
        for c in (2, "4")
    ]
    assert found == [2, 3]


def test_labels_of_a_release_are_values_like_any_other():
    frame = pl.DataFrame({"age": ["30-39", "30-39", "*", "40-49"], "sex": ["F", "F", "F", "*"]})
    found = numbers(measure_table(frame, **ALONE))
    assert (found["k"], found["k-wildcard"], found["unique-rows"]) == (1, 2, 2)


def test_suda_ranks_the_columns():
    found = measure_table(FRAME, quasi_identifiers=["age", "sex", "visits"], exam=Exam(also="suda"))
    ranked = [(one.column, one.number) for one in found if one.kind.name == "suda-column"]
    assert ranked[0][0] == "visits"
    assert [share for _, share in ranked] == sorted((share for _, share in ranked), reverse=True)


def test_everything_can_be_asked_for_at_once():
    with_persons = {one.kind.name for one in measure_table(FRAME, **ALONE, exam=Exam(population=500, also="all"))}
    assert {"suda-rows", "copula-uniqueness", "population-uniqueness-dankar"} < with_persons
    without = {one.kind.name for one in measure_table(FRAME, **ALONE, exam=Exam(also="all"))}
    assert "suda-rows" in without
    assert "copula-uniqueness" not in without


def test_persons_of_a_population_tell_for_whom_rows_may_stand():
    persons = pl.concat([FRAME.select("age", "sex")] * 3)
    found = numbers(measure_table(FRAME, **ALONE, population=persons))
    assert (found["k-map"], found["journalist-highest"]) == (3, Fraction(1, 3))
    assert (found["presence-least"], found["presence-greatest"]) == (Fraction(1, 3), Fraction(1, 3))
    assert "population-uniqueness-dankar" in found


def test_an_identifier_tells_whose_rows_are_whose():
    frame = pl.DataFrame({"name": ["a", "a", "b", "c"], "age": [1, 1, 1, 1]})
    found = numbers(measure_table(frame, quasi_identifiers="age", identifiers="name", exam=Exam(subject="name")))
    assert (found["k"], found["k-subjects"]) == (4, 3)


def test_a_float_is_the_decimal_that_it_looks_like():
    frame = pl.DataFrame({"age": [1] * 5})
    at_risk = [
        numbers(measure_table(frame, quasi_identifiers="age", exam=Exam(threshold=one)))["prosecutor-at-risk"]
        for one in (0.2, 0.19)
    ]
    assert at_risk == [0, 1]


def test_progress_tells_a_share_that_grows_to_the_whole():
    shares = []
    measure_table(FRAME, **ROLES, exam=Exam(also="all"), progress=shares.append)
    assert shares == sorted(shares)
    assert (len(shares) > 3, shares[-1]) == (True, 1.0)


def test_columns_without_a_role_are_not_looked_at():
    strange = FRAME.rename({"note": ""})
    assert numbers(measure_table(strange, **ALONE)) == numbers(measure_table(FRAME, **ALONE))


def test_a_file_is_measured_by_the_schema_of_the_table_that_it_was_made_from(tmp_path):
    path = tmp_path / "released.csv"
    path.write_text("age;sex\n30-39;F\n30-39;F\n*;M\n*;M\n", encoding="utf-8")
    columns = [ColumnSchema(one, Kind.INTEGER, Role.QUASI_IDENTIFIER) for one in ("age", "town")]
    columns.append(ColumnSchema("sex", Kind.CODE, Role.QUASI_IDENTIFIER))
    assert numbers(measure_table(path, Schema("made", Encoding.UTF_8, Csv(), tuple(columns))))["k"] == 2


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_number_is_told_with_a_sentence(language):
    exam = Exam(population=500, weights="stands_for", household="house", also="all")
    found = measure_table(FRAME, **ROLES, population=pl.concat([FRAME] * 2), exam=exam)
    text = measures_text(found, language)
    assert not [one.kind.name for one in found if one.kind.name in text.split()[1:]]
    assert {one.column for one in found if one.column} == {"care", "visits", "age", "sex"}
    assert all(f": {one}" in text for one in ("care", "visits"))


def refused(kind, reason, frame=FRAME, **given):
    with pytest.raises(kind) as caught:
        measure_table(frame, **given)
    assert caught.value.reason is reason
    assert caught.value.__notes__
    return caught.value


def test_a_name_that_the_table_lacks_is_refused():
    error = refused(BadTable, Reason.TABLE_ROLES, quasi_identifiers=["age", "sx"])
    assert [(one.column, one.rule) for one in error.findings] == [("sx", "no-such-column")]


def test_a_column_with_two_roles_is_refused():
    refused(BadTable, Reason.TABLE_ROLES, quasi_identifiers="age", sensitive="age")


def test_a_table_without_a_quasi_identifier_is_refused():
    refused(CannotMeet, Reason.NO_QUASI_IDENTIFIER, sensitive="care")


def test_a_table_without_rows_is_refused():
    refused(BadTable, Reason.TABLE_EMPTY, FRAME.head(0), **ALONE)


def test_fewer_persons_than_rows_are_refused():
    refused(CannotMeet, Reason.POPULATION_TOO_SMALL, **ALONE, exam=Exam(population=11))
    refused(CannotMeet, Reason.POPULATION_TOO_SMALL, **ALONE, population=FRAME.head(3))


def test_a_population_without_a_column_is_refused():
    error = refused(BadTable, Reason.TABLE_ROLES, **ALONE, population=FRAME.select("age"))
    assert [one.column for one in error.findings] == ["sex"]


def test_weights_of_zero_are_refused():
    frame = FRAME.with_columns(stands_for=pl.lit(0))
    error = refused(CannotMeet, Reason.WEIGHTS_UNUSABLE, frame, **ALONE, exam=Exam(weights="stands_for"))
    assert error.facts["count"] == 12


@pytest.mark.parametrize(
    ("exam", "rule"),
    [
        (Exam(weights="nowhere"), "unknown-column"),
        (Exam(weights="house"), "needs-integer"),
        (Exam(household="house"), "household-needs-weights"),
        (Exam(subject="age"), "not-as-it-was"),
        (Exam(also=(Also.COPULA,)), "copula-needs-population"),
        (Exam(also="sudoku"), "literal_error"),
        (Exam(threshold=0), "greater_than"),
        (Exam(population=0), "greater_than_equal"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_an_exam_that_does_not_fit_is_refused(exam, rule):
    assert refused(Malformed, Reason.POLICY_MALFORMED, **ALONE, exam=exam).facts["rule"] == rule


def test_roles_beside_a_schema_are_a_mistake_in_the_program():
    schema = Schema("made", Encoding.UTF_8, Csv(), (ColumnSchema("age", Kind.INTEGER, Role.QUASI_IDENTIFIER),))
    with pytest.raises(TypeError, match="not both"):
        measure_table(FRAME, schema, quasi_identifiers="age")


def test_a_sensitive_column_of_one_value_gives_everybody_away():
    frame = pl.DataFrame({"age": [1, 1, 2, 2], "care": ["a"] * 4, "day": [date(2020, 1, 1)] * 4})
    found = measure_table(frame, quasi_identifiers="age", sensitive=["care", "day"])
    for column in ("care", "day"):
        told = numbers(found, column)
        assert (told["distinct-l"], told["alpha-k"], told["t-closeness-equal"]) == (1, 1, 0)
