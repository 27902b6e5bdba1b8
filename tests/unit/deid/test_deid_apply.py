from collections import Counter

import numpy as np
import pytest
from deid_made import ENTROPY, people, policy_of, schema_of

from sekisho.deid.apply import apply_plan, permutation, transform
from sekisho.deid.deidentify import Planned, plan_table
from sekisho.deid.plan import Code, Generalise
from sekisho.deid.table import Table, Value, column_of
from sekisho.digest import digest_of


def planned() -> Planned:
    return plan_table(people(), schema_of(), policy_of())


def released(entropy: bytes = ENTROPY) -> Table:
    made = planned()
    return apply_plan(people(), made.plan, made.ladders, entropy=entropy)


def rows_of(table: Table) -> list[tuple[Value, ...]]:
    return list(zip(*(one.cells() for one in table.columns), strict=True))


def test_the_released_rows_are_the_transformed_ones_without_small_classes():
    assert planned().found.levels == (1, 0)
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
    done = transform(column_of("a", [9, 10, 11, 0, 1, None]), Code(10, 0), None)
    assert done is not None
    assert done.cells() == [9, "≥10", "≥10", "≤0", 1, None]


def test_generalising_without_a_ladder_is_refused():
    with pytest.raises(ValueError):
        transform(column_of("a", [1]), Generalise(1, 2, digest_of(b"")), None)
