"""Made rows: how many, of which classes and cells, drawn for each column alone, with tokens that do not stand out."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.deid.changes.adding.pseudonyms import draw_pseudonyms
from sekisho.deid.changes.adding.synthesis import add_synthetic
from sekisho.deid.changes.chance import Chance
from sekisho.deid.changes.change import AddSynthetic
from sekisho.deid.declared.layout import Csv
from sekisho.deid.schema import ColumnSchema, Encoding, Kind, Role, Schema
from sekisho.deid.table import Column, Table, column_of, table_of
from sekisho.errors import CannotMeet, Reason

SCHEMA = Schema(
    "made",
    Encoding.UTF_8,
    Csv(),
    (
        ColumnSchema("name", Kind.TEXT, Role.IDENTIFIER, blank=True),
        ColumnSchema("sex", Kind.CODE, Role.QUASI_IDENTIFIER),
        ColumnSchema("age", Kind.TEXT, Role.QUASI_IDENTIFIER),
        ColumnSchema("care", Kind.CODE, Role.SENSITIVE),
        ColumnSchema("note", Kind.TEXT, Role.PLAIN),
    ),
)
SHARES = st.fractions(0, 1, max_denominator=12).filter(lambda one: 0 < one <= Fraction(5, 6))
FEW = st.sampled_from(["u", "v", None])
ROWS = st.lists(st.tuples(st.sampled_from("FM"), FEW, FEW, FEW), min_size=1, max_size=12)


def chance_of(seed):
    return Chance(seed.to_bytes(32, "little"), "synthetic")


def table_with(rows):
    sex, age, care, note = ([row[place] for row in rows] for place in range(4))
    return table_of(sex=sex, age=age, care=care, note=note)


def rows_of(table):
    return [*zip(*(one.cells() for one in table.columns), strict=True)]


def added(table, share, seed=0):
    """The whole new table and the made rows of it."""
    done = add_synthetic(table, AddSynthetic(share), SCHEMA, chance_of(seed))
    return done, rows_of(done)[table.rows :]


@given(ROWS, SHARES, st.integers(0, 1000))
def test_made_rows_come_behind_the_real_ones_and_have_only_what_their_class_has(rows, share, seed):
    table = table_with(rows)
    made = round(share / (1 - share) * len(rows))
    alike = [row for row in rows if sum(one[:2] == row[:2] for one in rows) > 1]
    if not made or not alike:
        reason = Reason.CHANGE_NOBODY_ALIKE if made else Reason.CHANGE_TOO_FEW_ROWS
        with pytest.raises(CannotMeet, match=reason.value):
            added(table, share, seed)
        return
    done, extra = added(table, share, seed)
    assert rows_of(done)[: len(rows)] == rows
    assert len(extra) == made
    for row in extra:
        members = [one for one in alike if one[:2] == row[:2]]
        assert row[2] in {one[2] for one in members}
        assert row[3] in {one[3] for one in members}


def test_made_rows_are_the_share_of_all_that_was_asked_for():
    done, extra = added(table_with([("F", "u", "u", "u")] * 300), Fraction(1, 4))
    assert (len(extra), done.rows) == (100, 400)


def test_columns_of_a_class_are_drawn_each_alone():
    real = [("F", "u", "u", "u"), ("F", "u", "v", "v")] * 500  # here care tells the note
    made = added(table_with(real), Fraction(9, 10), 1)[1]
    counts = np.array([sum(row[2:] == (care, note) for row in made) for care in "uv" for note in "uv"])
    assert counts.sum() == len(made) == 9_000
    assert ((counts - 2_250) ** 2 / 2_250).sum() < 16.3  # chi-square, 3 degrees: once in a thousand


def test_a_class_is_drawn_as_often_as_it_has_rows():
    real = [("F", "u", "u", "u")] * 100 + [("M", "u", "u", "u")] * 300
    made = added(table_with(real), Fraction(9, 10), 2)[1]
    assert abs(sum(row[0] == "F" for row in made) / len(made) - 0.25) < 4 * np.sqrt(0.25 * 0.75 / len(made))


def test_every_row_of_a_class_gives_its_cells_alike_often():
    real = [("F", "u", "u", str(one)) for one in range(10)]
    made = added(table_with(real), Fraction(999, 1000), 3)[1]
    counts = np.array([sum(row[3] == str(one) for row in made) for one in range(10)])
    assert counts.sum() == 9_990
    assert ((counts - 999) ** 2 / 999).sum() < 27.9  # chi-square, 9 degrees: once in a thousand


def test_a_row_that_is_alone_in_its_class_is_never_copied():
    real = [("F", "u", "u", "u"), ("F", "u", "v", "v"), ("M", "u", "only", "here")]
    made = added(table_with(real), Fraction(9, 10))[1]
    assert {row[0] for row in made} == {"F"}


def test_a_table_whose_rows_are_all_alone_is_refused_with_their_number():
    with pytest.raises(CannotMeet) as caught:
        added(table_with([("F", "u", "u", "u"), ("M", "u", "u", "u")]), Fraction(1, 2))
    assert caught.value.reason is Reason.CHANGE_NOBODY_ALIKE
    assert caught.value.facts == {"change": "add-synthetic", "rows": 2}


@pytest.mark.parametrize(
    ("share", "rows", "needed"), [(Fraction(1, 2), 0, 1), (Fraction(1, 10), 4, 5), (Fraction(1, 101), 50, 51)]
)
def test_so_few_rows_that_none_would_be_made_are_refused_with_how_many_are_needed(share, rows, needed):
    with pytest.raises(CannotMeet) as caught:
        added(table_with([("F", "u", "u", "u")] * rows), share)
    assert caught.value.reason is Reason.CHANGE_TOO_FEW_ROWS
    assert caught.value.facts == {"change": "add-synthetic", "rows": rows, "needed": needed}
    if needed > 1:
        assert len(added(table_with([("F", "u", "u", "u")] * needed), share)[1]) == 1


def test_without_quasi_identifiers_the_whole_table_is_one_class():
    done, made = added(table_of(care=["u", "v"], note=["x", "y"]), Fraction(49, 50))
    assert set(made) == {("u", "x"), ("u", "y"), ("v", "x"), ("v", "y")}
    assert done.rows == 100


def with_names(names):
    """A table of one class with pseudonyms for these names."""
    named = draw_pseudonyms(column_of("name", names), chance_of(9))
    rest = table_of(sex=["F"] * len(names), care=[str(one % 3) for one in range(len(names))])
    return Table((named, *rest.columns))


def test_where_each_person_has_one_row_each_made_row_has_a_fresh_token():
    table = with_names([str(one) for one in range(60)])
    tokens = add_synthetic(table, AddSynthetic(Fraction(1, 2)), SCHEMA, chance_of(1)).column("name").cells()
    assert tokens[:60] == table.column("name").cells()
    assert len(set(tokens)) == 120
    assert {len(one) for one in tokens} == {16}


def test_made_persons_have_as_many_rows_as_real_ones():
    table = with_names([str(one // 3) for one in range(300)])
    done = add_synthetic(table, AddSynthetic(Fraction(1, 2)), SCHEMA, chance_of(1)).column("name")
    made = done.cells()[300:]
    assert not set(made) & set(done.cells()[:300])
    assert sorted(made.count(one) for one in set(made)) == [3] * 100


def test_made_rows_lack_a_token_as_often_as_real_ones():
    table = with_names([None if one % 4 else str(one) for one in range(4_000)])
    made = add_synthetic(table, AddSynthetic(Fraction(1, 2)), SCHEMA, chance_of(2)).column("name").cells()[4_000:]
    assert abs(sum(one is None for one in made) / 4_000 - 0.75) < 4 * np.sqrt(0.75 * 0.25 / 4_000)
    assert (
        add_synthetic(with_names([None] * 4), AddSynthetic(Fraction(1, 2)), SCHEMA, chance_of(2)).column("name").cells()
        == [None] * 8
    )


def test_real_and_made_rows_cannot_be_told_apart_by_what_they_are():
    table = table_with([("F", "u", "u", "u"), ("F", "u", "v", "v"), ("F", "u", "u", "v"), ("F", "u", "v", "u")])
    share = Fraction(1, 2)
    released = {tuple(sorted(rows_of(added(table, share, seed)[0]))) for seed in range(400)}
    other = table_with([("F", "u", "u", "u"), ("F", "u", "v", "v"), ("F", "u", "v", "v"), ("F", "u", "u", "u")])
    others = {tuple(sorted(rows_of(added(other, share, seed)[0]))) for seed in range(400)}
    assert released & others  # what is released can come from either table


def test_the_same_entropy_makes_the_same_rows_and_another_one_others():
    table = table_with([("F", "u", str(one), str(one)) for one in range(50)])
    assert added(table, Fraction(1, 2), 1)[1] == added(table, Fraction(1, 2), 1)[1]
    assert added(table, Fraction(1, 2), 1)[1] != added(table, Fraction(1, 2), 2)[1]


def test_values_that_no_row_uses_are_never_made():
    unused = Column("care", ("never", "u"), np.array([1, 1], np.int32))
    made = added(Table((*table_of(sex=["F", "F"]).columns, unused)), Fraction(9, 10))[1]
    assert {row[1] for row in made} == {"u"}
