"""A sensitive column that has one value in all rows: some bounds always hold for it, and no table keeps the others."""

from fractions import Fraction

import pytest
from deid_made import ENTROPY

from sekisho.deid.bounds import (
    AlphaK,
    BetaLikeness,
    DeltaDisclosure,
    Distance,
    DistinctL,
    EntropyL,
    RecursiveL,
    SensitiveBound,
    TCloseness,
)
from sekisho.deid.declared.layout import Csv
from sekisho.deid.deidentify import deidentify
from sekisho.deid.ladders.bands import Bands
from sekisho.deid.ladders.file import read_ladder
from sekisho.deid.policy import Climb, Mode, Policy
from sekisho.deid.report.report import Report
from sekisho.deid.schema import ColumnSchema, Encoding, Kind, Role, Schema
from sekisho.deid.table import table_of
from sekisho.errors import CannotMeet, Reason

SCHEMA = Schema(
    "made",
    Encoding.UTF_8,
    Csv(),
    (
        ColumnSchema("age", Kind.INTEGER, Role.QUASI_IDENTIFIER),
        ColumnSchema("care", Kind.CODE, Role.SENSITIVE, blank=True, values=("x", "y")),
    ),
)
TREE = read_ladder(b"x;one;*\ny;other;*\n;none;*\n", "care")
HALF = Fraction(1, 2)
HELD: list[tuple[SensitiveBound, str]] = [
    (AlphaK("care", Fraction(1)), "1.000000"),
    (TCloseness("care", Fraction(0), Distance.EQUAL), "0.000000"),
    (TCloseness("care", Fraction(0), Distance.ORDERED), "0.000000"),
    (TCloseness("care", Fraction(0), Distance.HIERARCHICAL, TREE), "0.000000"),
    (DeltaDisclosure("care", HALF), "0.000000"),
    (BetaLikeness("care", HALF), "0.000000"),
    (BetaLikeness("care", HALF, enhanced=True), "0.000000"),
]
BROKEN: list[SensitiveBound] = [
    AlphaK("care", HALF),
    DistinctL("care", 2),
    EntropyL("care", Fraction(3, 2)),
    RecursiveL("care", 2, Fraction(2)),
]


def report(bound: SensitiveBound, mode: Mode, value: str | None) -> Report:
    table = table_of(age=[20, 20, 21, 31, 32, 33], care=[value] * 6)
    ladders = {} if mode is Mode.CELLS else {"age": Climb(Bands((10,)))}
    policy = Policy(2, bounds=(bound,), mode=mode, ladders=ladders)
    return deidentify(table, SCHEMA, policy, entropy=ENTROPY).report


@pytest.mark.parametrize("value", ["x", None], ids=["value", "blank"])
@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(("bound", "text"), HELD)
def test_closeness_and_likeness_of_a_column_of_one_value_are_as_good_as_can_be(bound, text, mode, value):
    told = [one.after for one in report(bound, mode, value).measures if one.after.column == "care"]
    assert [one.text for one in told] == [text]


@pytest.mark.parametrize("value", ["x", None], ids=["value", "blank"])
@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("bound", BROKEN)
def test_diversity_of_a_column_of_one_value_is_refused_as_out_of_reach(bound, mode, value):
    with pytest.raises(CannotMeet) as caught:
        report(bound, mode, value)
    assert caught.value.reason is Reason.NO_PLAN
