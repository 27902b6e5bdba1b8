"""Each ladder in a whole de-identification: the measures of the report are counted again from the labels it wrote."""

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction

import pytest

from sekisho.deid.bounds import Distance, KMap, TCloseness
from sekisho.deid.declared.layout import Csv
from sekisho.deid.deidentify import deidentify
from sekisho.deid.ladders.builtin.known import BuiltIn, Known
from sekisho.deid.ladders.builtin.municipality import municipalities
from sekisho.deid.ladders.calendar import Calendar, Step
from sekisho.deid.ladders.cuts import Cuts
from sekisho.deid.ladders.parts import Cutting, Parts
from sekisho.deid.ladders.prefix import Prefix
from sekisho.deid.ladders.rule import Rule, bind, settle_rule
from sekisho.deid.policy import Climb, Mode, Policy, Wording
from sekisho.deid.schema import ColumnSchema, Encoding, Kind, Role, Schema
from sekisho.deid.table import Value, table_of
from sekisho.deid.utility.covering import covering

ENTROPY = bytes(range(32))
ROWS = 240
K = 4

NUMBERS: list[Value] = [(place * 37) % 95 for place in range(ROWS - 3)]
DAYS: list[Value] = [date(1986, 6, 1) + timedelta(days=(place * 53) % 1900) for place in range(ROWS - 3)]
PLACES: list[Value] = [municipalities()[(place * 97) % 1700].code for place in range(ROWS - 3)]
POST: list[Value] = [f"{100 + place % 7}-{place * 611 % 10000:04}" for place in range(ROWS - 3)]
DISEASES: list[Value] = [
    f"{'C' if place % 3 else 'J'}{place % 7 + place % 3 * 10:02}.{place % 9}" for place in range(ROWS - 3)
]

CASES: dict[str, tuple[Rule, Kind, list[Value]]] = {
    "cuts": (Cuts(((20, 40, 65), (40,))), Kind.INTEGER, NUMBERS),
    "equal width": (Parts(Cutting.EQUAL_WIDTH, (8, 4, 2)), Kind.INTEGER, NUMBERS),
    "quantiles": (Parts(Cutting.QUANTILES, (8, 3)), Kind.INTEGER, NUMBERS),
    "eras": (Calendar((Step.MONTH, Step.QUARTER, Step.YEAR, Step.ERA)), Kind.DATE, DAYS),
    "prefix": (Prefix((5, 3, 1)), Kind.CODE, PLACES),
    "municipality": (BuiltIn(Known.MUNICIPALITY), Kind.CODE, PLACES),
    "postal code": (BuiltIn(Known.POSTAL_CODE), Kind.CODE, POST),
    "icd-10": (BuiltIn(Known.ICD_10), Kind.CODE, DISEASES),
    "age": (BuiltIn(Known.AGE), Kind.INTEGER, NUMBERS),
}


@pytest.mark.parametrize("mode", [*Wording, None], ids=lambda one: one.value if one else "global")
@pytest.mark.parametrize("case", CASES)
def test_what_a_ladder_wrote_is_read_back_with_the_loss_that_the_report_tells(case, mode):
    rule, kind, cells = CASES[case]
    columns = [ColumnSchema("x", kind, Role.QUASI_IDENTIFIER, blank=True), ColumnSchema("sex", Kind.CODE, Role.PLAIN)]
    schema = Schema("made", Encoding.UTF_8, Csv(), tuple(columns))
    table = table_of(x=[*cells, None, None, None], sex=["F", "M"] * (ROWS // 2))
    settings = {"mode": Mode.GLOBAL} if mode is None else {"labels": mode}
    policy = Policy(K, Fraction(1, 20), ladders={"x": Climb(rule)}, **settings)
    made = deidentify(table, schema, policy, entropy=ENTROPY)
    released = made.table.column("x").cells()
    assert min(Counter(released).values()) >= K
    ladder = bind(settle_rule(rule, table.column("x")), table.column("x"))
    covered = [len(covering(ladder, one)) - 1 for one in released]
    assert min(covered) >= 0
    lost = Fraction(sum(covered), len(ladder.values) - 1) + (ROWS - len(released))
    told = {one.after.kind.name: one.after.number for one in made.report.measures}
    assert told["loss"] == lost / ROWS


@pytest.mark.parametrize("case", CASES)
def test_no_level_above_the_highest_is_written(case):
    rule, kind, cells = CASES[case]
    schema = Schema("made", Encoding.UTF_8, Csv(), (ColumnSchema("x", kind, Role.QUASI_IDENTIFIER),))
    table = table_of(x=cells)
    policy = Policy(2, Fraction(1), ladders={"x": Climb(rule, 1)}, labels=Wording.LADDER)
    made = deidentify(table, schema, policy, entropy=ENTROPY)
    ladder = bind(rule, table.column("x"))
    assert set(made.table.column("x").values) <= {*ladder.labels[0], *ladder.labels[1]}


def test_quantiles_are_those_of_the_table_and_not_of_the_population():
    schema = Schema("made", Encoding.UTF_8, Csv(), (ColumnSchema("x", Kind.INTEGER, Role.QUASI_IDENTIFIER),))
    table = table_of(x=[1, 2, 3, 4] * 5)
    population = table_of(x=[1, 2, 3, 4, 50, 60, 70, 80, 90] * 20)
    rule = Parts(Cutting.QUANTILES, (2,))
    climbs = {"x": Climb(rule)}
    policy = Policy(10, bounds=(KMap(10),), mode=Mode.GLOBAL, ladders=climbs)
    made = deidentify(table, schema, policy, entropy=ENTROPY, population=population)
    assert Counter(made.table.column("x").cells()) == {"≤2": 10, "≥3": 10}


@pytest.mark.parametrize("rule", [Parts(Cutting.QUANTILES, (4, 2)), Cuts(((20, 40, 65), (40,))), BuiltIn(Known.AGE)])
def test_a_ladder_of_numbers_can_be_the_tree_of_the_hierarchical_distance(rule):
    columns = (
        ColumnSchema("x", Kind.INTEGER, Role.QUASI_IDENTIFIER),
        ColumnSchema("years", Kind.INTEGER, Role.SENSITIVE),
    )
    schema = Schema("made", Encoding.UTF_8, Csv(), columns)
    table = table_of(x=NUMBERS, years=NUMBERS[7:] + NUMBERS[:7])
    bound = TCloseness("years", Fraction(1, 2), Distance.HIERARCHICAL, rule)
    policy = Policy(K, Fraction(1), bounds=(bound,), ladders={"x": Climb(Cuts(((30, 60),)))})
    made = deidentify(table, schema, policy, entropy=ENTROPY)
    told = {one.after.kind.name: one.after.number for one in made.report.measures}
    assert 0 < told["t-closeness-hierarchical"] <= Fraction(1, 2)
