"""A release of any program beside the table that it was made from."""

from collections import Counter
from fractions import Fraction

import polars as pl
import pytest

from sekisho.deid.declared.layout import Csv
from sekisho.deid.exam import Exam
from sekisho.deid.ladders.bands import Bands
from sekisho.deid.ladders.prefix import Prefix
from sekisho.deid.schema import ColumnSchema, Encoding, Kind, Role, Schema
from sekisho.errors import BadTable, CannotMeet, Malformed, Reason, WrongUsage
from sekisho.library.comparing import compare_tables
from sekisho.library.deidentify import deidentify
from sekisho.library.policies import make_policy
from sekisho.library.results import measures_text, write_table

AGES = [31, 32, 35, 38, 41, 45, 61, 66, 33, 36, 44, 62]
FRAME = pl.DataFrame(
    {
        "name": [f"p{one}" for one in range(12)],
        "age": AGES,
        "sex": ["F", "F", "M", "M", "F", "F", "M", "M", "F", "M", "F", "M"],
        "care": ["none", "1", "none", "2", "1", "1", "3", "none", "5", "5", "1", "2"],
        "cost": list(range(12)),
    }
)
ROLES = {"quasi_identifiers": ["age", "sex"], "sensitive": "care", "identifiers": "name", "plain": "cost"}
LADDERS = {"age": Bands((10, 20)), "sex": Prefix((1,))}
ALL = Exam(also="all")


def numbers(pairs, column=""):
    return {one.after.kind.name: one.after.amount for one in pairs if one.after.column == column}


def released(**changed):
    """Give back what another program made: `changed` columns, the others as they were, and no identifier."""
    return FRAME.select("age", "sex", "care", "cost").with_columns(
        **{name: pl.Series(cells) for name, cells in changed.items()}
    )


@pytest.mark.parametrize(
    "ways",
    [{}, {"labels": "ladder"}, {"mode": "global", "suppression_limit": 0.4}, {"mode": "cells"}],
    ids=["local", "ladder", "global", "cells"],
)
@pytest.mark.parametrize("file", ["", "made.csv", "made.parquet"])
def test_the_numbers_of_our_own_release_are_those_of_its_report(ways, file, tmp_path):
    ladders = None if ways.get("mode") == "cells" else LADDERS
    made = deidentify(FRAME, make_policy(3, ladders, exam=Exam(also="suda"), **ways), **ROLES)
    after = write_table(made.table, tmp_path / file) if file else made.table
    pairs = compare_tables(FRAME, after, **ROLES, ladders=ladders, k=3, exam=Exam(also="suda"))
    found = {(one.after.kind.name, one.after.column): one for one in pairs}
    told = {(one.after.kind.name, one.after.column): one for one in made.report.measures}
    told.pop(("precision-loss", "")) if ways.get("mode") == "global" else None  # its level is the plan's to know
    assert found.items() >= told.items()


def test_rows_may_stand_in_any_order():
    one, other = (
        compare_tables(FRAME, table, **ROLES, exam=ALL)
        for table in (released(), released().sample(12, shuffle=True, seed=3))
    )
    assert one == other


def test_an_untouched_table_has_lost_nothing():
    pairs = compare_tables(FRAME, released(), **ROLES, exam=ALL)
    lost = ("loss", "precision-loss", "entropy-loss", "suppressed-share", "marginal-variation", "kl-divergence")
    assert [numbers(pairs)[one] for one in (*lost, "query-error-p90")] == [0] * 7
    assert all(one.before in {None, one.after} for one in pairs)


SPELLINGS = {
    "half open, turned": lambda low: f"[{low}, {low + 10}[",
    "half open": lambda low: f"[{low}, {low + 10})",
    "open below": lambda low: f"({low - 1}, {low + 9}]",
    "data frame": lambda low: f"({low - 0.001}, {low + 9.0}]",
    "ours": lambda low: f"{low}-{low + 9}",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_intervals_of_other_programs_are_read_without_a_ladder(spelling):
    labels = [SPELLINGS[spelling](age // 10 * 10) for age in AGES]
    found = numbers(compare_tables(FRAME, released(age=labels), **ROLES))
    covered = Counter(age // 10 for age in set(AGES))
    assert found["loss"] == Fraction(sum(covered[age // 10] - 1 for age in AGES), 12 * 11 * 2)


def test_cells_left_blank_are_cells_that_say_nothing():
    starred, blank = (
        numbers(
            compare_tables(
                FRAME, released(sex=["*" if one is None else one for one in cells] if star else cells), **ROLES
            )
        )
        for cells in [[None, *FRAME["sex"][1:]]]
        for star in (True, False)
    )
    assert starred == blank
    assert blank["suppressed-cells"] > 0


def test_numbers_that_were_disturbed_are_other_values():
    found = numbers(compare_tables(FRAME, released(age=[one + 100 for one in AGES]), **ROLES, exam=ALL))
    assert (found["loss"], found["marginal-variation-most"]) == (0, 1)
    assert "entropy-loss" not in found


def test_values_that_became_rarer_ones_have_lost_no_entropy():
    rarer = FRAME.with_columns(age=pl.Series([31] * 11 + [62])), released(age=[31] * 6 + [62] * 6)
    assert numbers(compare_tables(*rarer, **ROLES))["entropy-loss"] == 0


def test_texts_need_the_ladder_by_which_they_were_made_coarser(tmp_path):
    frame = FRAME.with_columns(town=pl.Series(["A", "B", "C", "D"] * 3))
    coarse = frame.with_columns(town=pl.Series(["north", "north", "south", "south"] * 3)).drop("name")
    roles = {**ROLES, "quasi_identifiers": ["age", "sex", "town"]}
    with pytest.raises(BadTable) as caught:
        compare_tables(frame, coarse, **roles)
    assert caught.value.reason is Reason.TABLE_LABELS
    assert [(one.column, one.rule, one.count) for one in caught.value.findings] == [("town", "label-unreadable", 12)]
    path = tmp_path / "towns.csv"
    path.write_text("A;north;*\nB;north;*\nC;south;*\nD;south;*\n", encoding="utf-8")
    found = numbers(compare_tables(frame, coarse, **roles, ladders={"town": path}))
    assert float(found["loss"]) == pytest.approx(1 / 3 / 3)


def test_a_label_that_the_ladder_lacks_is_refused_with_its_column_and_rows():
    with pytest.raises(BadTable) as caught:
        compare_tables(FRAME, released(age=["young"] * 4 + [str(one) for one in AGES[4:]]), **ROLES, ladders=LADDERS)
    assert caught.value.reason is Reason.TABLE_LABELS
    assert [(one.column, one.count) for one in caught.value.findings] == [("age", 1)]
    assert "young" not in "".join(caught.value.__notes__)


def test_numbers_that_were_disturbed_and_made_coarser_are_read_by_the_ladder():
    ages = [*(f"{one // 10 * 10}-{one // 10 * 10 + 9}" for one in AGES[:8]), "99", "98", "44", "62"]
    found = numbers(compare_tables(FRAME, released(age=ages), **ROLES, ladders=LADDERS))
    assert 0 < found["precision-loss"] < 1


def test_rows_left_out_count_as_lost():
    found = numbers(compare_tables(FRAME, released().head(9), **ROLES))
    assert (found["suppressed-share"], found["loss"]) == (0.25, 0.25)


def test_more_rows_after_than_before_leave_distributions_to_compare():
    doubled = pl.concat([released()] * 2)
    found = numbers(compare_tables(FRAME, doubled, **ROLES, exam=ALL))
    assert not {"loss", "suppressed-share"} & found.keys()
    assert (found["k"], found["marginal-variation"]) == (2, 0)


def test_a_column_that_was_left_out_is_not_compared():
    pairs = compare_tables(FRAME, released().drop("sex"), **ROLES, exam=ALL)
    assert "sex" not in {one.after.column for one in pairs}
    assert next(one.before.number for one in pairs if one.after.kind.name == "classes") == len(set(AGES))


def test_a_schema_reads_the_table_before_and_gives_the_roles(tmp_path):
    before, after = tmp_path / "before.csv", tmp_path / "after.csv"
    before.write_bytes("年齢,町コード\n31,0101\n32,0101\n41,0202\n42,0202\n".encode("cp932"))
    after.write_text("年齢,町コード\n30-39,0101\n30-39,0101\n40-49,0202\n40-49,*\n", encoding="utf-8")
    columns = (
        ColumnSchema("年齢", Kind.INTEGER, Role.QUASI_IDENTIFIER),
        ColumnSchema("町コード", Kind.CODE, Role.QUASI_IDENTIFIER),
    )
    found = numbers(compare_tables(before, after, Schema("made", Encoding.CP932, Csv(), columns)))
    assert (found["k"], found["suppressed-cells"]) == (1, 0.125)


def test_the_same_seed_asks_the_same_queries():
    coarse = released(age=[f"{one // 20 * 20}-{one // 20 * 20 + 19}" for one in AGES])
    once, again, other = (
        numbers(compare_tables(FRAME, coarse, **ROLES, exam=Exam(also="queries"), seed=one))["query-error"]
        for one in (bytes(32), bytes(32), bytes([1] * 32))
    )
    assert once == again
    assert other >= 0


@pytest.mark.parametrize(
    ("labels", "asked"), [(["30-39", "40-49", "60-69"], True), (["30-39", "30-49", "60-69"], False)]
)
def test_the_copula_is_asked_where_labels_do_not_overlap(labels, asked):
    after = released(age=[labels[0 if one < 40 else 1 if one < 50 else 2] for one in AGES])
    found = numbers(compare_tables(FRAME, after, **ROLES, exam=Exam(population=500, also="copula")))
    assert ("copula-uniqueness" in found) is asked


def test_progress_tells_a_share_that_grows_to_the_whole():
    shares = []
    compare_tables(FRAME, released(), **ROLES, exam=ALL, progress=shares.append)
    assert shares == sorted(shares)
    assert (len(shares) > 5, shares[-1]) == (True, 1.0)


@pytest.mark.parametrize(("language", "head"), [("en", "before"), ("ja", "加工前")])
def test_the_text_has_numbers_before_and_after(language, head):
    text = measures_text(compare_tables(FRAME, released().head(9), **ROLES, exam=ALL), language)
    assert text.split()[0] == head
    assert "25%" in text


def refused(kind, reason, after, **given):
    with pytest.raises(kind) as caught:
        compare_tables(FRAME, after, **{**ROLES, **given})
    assert caught.value.reason is reason
    return caught.value


def test_a_column_that_the_table_before_lacks_is_refused():
    error = refused(BadTable, Reason.TABLE_ROLES, released().rename({"age": "years"}))
    assert [(one.column, one.rule) for one in error.findings] == [("years", "no-such-column")]


def test_a_release_without_any_quasi_identifier_is_refused():
    refused(CannotMeet, Reason.NO_QUASI_IDENTIFIER, released().drop("age", "sex"))


def test_a_ladder_for_another_kind_of_column_is_refused():
    error = refused(Malformed, Reason.POLICY_MALFORMED, released(), ladders={"sex": Bands((10,))})
    assert error.facts["rule"] == "bands-need-integer"


def test_a_ladder_without_a_value_of_the_table_is_refused(tmp_path):
    path = tmp_path / "sex.csv"
    path.write_text("F;*\n", encoding="utf-8")
    refused(CannotMeet, Reason.LADDER_MISSING_VALUE, released(), ladders={"sex": path})


def test_a_release_of_no_rows_has_lost_all():
    found = numbers(compare_tables(FRAME, released().head(0), **ROLES, exam=ALL))
    assert (found["k"], found["loss"], found["suppressed-share"]) == (0, 1, 1)


def test_a_k_below_one_is_a_mistake_in_the_program():
    with pytest.raises(WrongUsage) as caught:
        compare_tables(FRAME, released(), **ROLES, k=0)
    assert caught.value.facts == {"key": "k", "limit": 1, "rule": "greater_than_equal"}
