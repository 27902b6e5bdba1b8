from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from deid_made import ENTROPY, people, policy_of, schema_of

from sekisho.deid.apply import apply_plan, permutation
from sekisho.deid.deidentify import Planned, plan_table
from sekisho.deid.plan import make_plan
from sekisho.deid.policy import Coding, Mode
from sekisho.deid.recoding import Recoding
from sekisho.deid.table import Table, Value, table_of

AGE_AND_INCOME = """
format = "sekisho-schema-v1"
name = "made"
encoding = "utf-8"
[[column]]
name = "age"
type = "integer"
role = "quasi-identifier"
[[column]]
name = "income"
type = "integer"
role = "sensitive"
blank = true
"""


def planned() -> Planned:
    return plan_table(people(), schema_of(), replace(policy_of(), mode=Mode.GLOBAL))


def released(entropy: bytes = ENTROPY) -> Table:
    made = planned()
    return apply_plan(people(), made.plan, made.answer, entropy=entropy)


def rows_of(table: Table) -> list[tuple[Value, ...]]:
    return list(zip(*(one.cells() for one in table.columns), strict=True))


def test_the_released_rows_are_the_transformed_ones_without_small_classes():
    assert [one.level for one in planned().answer.recoding.columns] == [1, 0]
    assert Counter(rows_of(released())) == Counter(
        [
            ("30-39", "F", "none", 500),
            ("30-39", "F", "1", "≥1000"),
            ("30-39", "M", "none", None),
            ("30-39", "M", "2", "≤0"),
            ("40-49", "F", "1", 900),
            ("40-49", "F", "1", 800),
            ("≥90", "M", "5", 10),
            ("≥90", "M", "5", 20),
        ]
    )


@pytest.mark.requirement("A16")
def test_no_identifier_is_in_the_released_table():
    assert "name" not in released().names


def test_the_order_of_rows_depends_on_entropy_alone():
    assert rows_of(released()) == rows_of(released())
    assert rows_of(released(bytes(32))) != rows_of(released())
    assert Counter(rows_of(released(bytes(32)))) == Counter(rows_of(released()))


def test_a_permutation_holds_every_row_once_and_moves_them():
    order = permutation(1_000, ENTROPY)
    assert sorted(order.tolist()) == list(range(1_000))
    assert abs(float(np.corrcoef(order, np.arange(1_000))[0, 1])) < 0.1


def test_too_little_entropy_is_refused():
    with pytest.raises(ValueError):
        released(bytes(31))


def test_values_that_no_released_row_has_are_not_in_the_dictionaries():
    care = released().column("care")
    assert "3" in people().column("care").values  # stood only in a row that was left out
    assert "3" not in care.values
    assert all((one.counts > 0).all() for one in released().columns)


def test_dictionaries_do_not_tell_which_row_came_first():
    for column in released().columns:
        texts = [one for one in column.values if isinstance(one, str)]
        numbers = [one for one in column.values if isinstance(one, int)]
        assert texts == sorted(texts)
        assert numbers == sorted(numbers)


def test_a_limit_codes_the_number_that_reaches_it():
    table = table_of(age=[1] * 6, income=[9, 10, 11, 0, 1, None])
    schema = schema_of(AGE_AND_INCOME)
    policy = replace(policy_of(), k=6, ladders={"age": policy_of().ladders["age"]}, codings={"income": Coding(10, 0)})
    made = plan_table(table, schema, policy)
    cells = apply_plan(table, made.plan, made.answer, entropy=ENTROPY).column("income").cells()
    assert Counter(cells) == Counter([9, "≥10", "≥10", "≤0", 1, None])


def test_a_plan_without_an_answer_for_a_quasi_identifier_is_not_applied():
    made = planned()
    fewer = Recoding(made.answer.recoding.columns[1:], made.answer.recoding.kept)
    with pytest.raises(ValueError):
        apply_plan(people(), made.plan, replace(made.answer, recoding=fewer), entropy=ENTROPY)


@pytest.mark.parametrize("mode", [Mode.LOCAL, Mode.GLOBAL])
def test_the_plan_names_the_recoding_that_is_applied(mode):
    policy = replace(policy_of(), mode=mode)
    made = plan_table(people(), schema_of(), policy)
    assert made.plan == make_plan(schema_of(), policy, made.answer.recoding)
    assert made.plan.recoding == made.answer.recoding.digest
