"""Input that no engine should answer in silence: each is refused with a reason, or answered for good reasons."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from deid_made import ENTROPY

from sekisho.deid.bounds import AverageRisk, Distance, DistinctL, EntropyL, HighestRisk, KMap, RecursiveL, TCloseness
from sekisho.deid.declared.layout import Csv
from sekisho.deid.deidentify import Outcome, deidentify, plan_table
from sekisho.deid.ladders.bands import Bands
from sekisho.deid.ladders.file import read_ladder
from sekisho.deid.policy import Climb, Goal, Mode, Policy, Star, Wording
from sekisho.deid.risk.alike import least_alike_with_wildcards, sizes_of_classes
from sekisho.deid.schema import ColumnSchema, Encoding, Kind, Role, Schema
from sekisho.deid.table import Table, column_of, table_of
from sekisho.errors import BadTable, CannotMeet, Malformed, Reason, SekishoError

MODES = list(Mode)
TENS = {"age": Climb(Bands((10,)))}


def schema_of(table: Table, *sensitive: str, kind: Kind = Kind.INTEGER) -> Schema:
    """All columns are quasi-identifiers of `kind`, but those that are `sensitive`."""
    columns = (
        ColumnSchema(one.name, Kind.CODE, Role.SENSITIVE)
        if one.name in sensitive
        else ColumnSchema(one.name, kind, Role.QUASI_IDENTIFIER, blank=True)
        for one in table.columns
    )
    return Schema("made", Encoding.UTF_8, Csv(), tuple(columns))


def policy_of(mode: Mode, table: Table, *sensitive: str, k: int = 2) -> Policy:
    """Bands of ten for every quasi-identifier, where the mode has ladders."""
    names = [one.name for one in table.columns if one.name not in sensitive]
    return Policy(k, mode=mode, ladders={} if mode is Mode.CELLS else {one: Climb(Bands((10,))) for one in names})


def done(table: Table, policy: Policy, *sensitive: str, kind: Kind = Kind.INTEGER) -> Outcome:
    return deidentify(table, schema_of(table, *sensitive, kind=kind), policy, entropy=ENTROPY)


def refused(act: Callable[[], object], kind: type[SekishoError] = CannotMeet) -> tuple[Reason, dict[str, int | str]]:
    with pytest.raises(kind) as caught:
        act()
    return caught.value.reason, dict(caught.value.facts)


def people(rows: int) -> Table:
    return table_of(age=[30 + one for one in range(rows)])


@pytest.mark.parametrize("mode", MODES)
def test_an_empty_table_is_refused(mode):
    table = people(1).take(np.zeros(0, dtype=np.int64))
    assert refused(lambda: done(table, policy_of(mode, table)), BadTable)[0] is Reason.TABLE_EMPTY


@pytest.mark.parametrize("mode", MODES)
def test_one_row_is_refused_because_no_two_can_be_alike(mode):
    reason, facts = refused(lambda: done(people(1), policy_of(mode, people(1))))
    assert (reason, facts) == (Reason.K_LARGER_THAN_TABLE, {"k": 2, "rows": 1})


@pytest.mark.parametrize("mode", MODES)
def test_k_above_the_rows_is_refused_and_k_of_all_rows_is_kept(mode):
    table = people(7)
    assert refused(lambda: done(table, policy_of(mode, table, k=8)))[0] is Reason.K_LARGER_THAN_TABLE
    assert done(table, policy_of(mode, table, k=7)).report.number("k") == 7


@pytest.mark.parametrize("mode", MODES)
def test_a_highest_risk_that_asks_for_more_rows_than_there_are_is_refused(mode):
    policy = replace(policy_of(mode, people(7)), bounds=(HighestRisk(Fraction(1, 8)),))
    assert refused(lambda: done(people(7), policy)) == (Reason.K_LARGER_THAN_TABLE, {"k": 8, "rows": 7})


@pytest.mark.parametrize("mode", MODES)
def test_a_column_of_blanks_stays_blank_and_loses_nothing(mode):
    table = table_of(age=[None] * 5, year=[None] * 5)
    made = done(table, policy_of(mode, table))
    assert made.report.number("loss") == 0
    assert set(made.table.column("age").cells()) == {None}


@pytest.mark.parametrize("mode", MODES)
def test_no_declared_quasi_identifier_is_refused_and_not_told_as_no_risk(mode):
    table = table_of(care=["x", "y", "y"])
    policy = Policy(2, mode=mode)
    assert refused(lambda: done(table, policy, "care"))[0] is Reason.NO_QUASI_IDENTIFIER


@pytest.mark.parametrize("mode", MODES)
def test_a_policy_that_deletes_every_quasi_identifier_is_refused(mode):
    table = table_of(age=[31, 32], care=["x", "y"])
    policy = Policy(2, mode=mode, delete=frozenset({"age"}))
    assert refused(lambda: done(table, policy, "care"))[0] is Reason.NO_QUASI_IDENTIFIER


@pytest.mark.parametrize("mode", [Mode.LOCAL, Mode.GLOBAL])
def test_a_ladder_without_a_value_of_the_table_is_refused_with_the_number_of_such_values(mode):
    table = table_of(place=["a", "b", "c", "c", "d"])
    climbs = {"place": Climb(read_ladder(b"a;x;*\nb;x;*\n", "place"))}
    reason, facts = refused(lambda: done(table, Policy(2, mode=mode, ladders=climbs), kind=Kind.TEXT))
    assert (reason, facts) == (Reason.LADDER_MISSING_VALUE, {"column": "place", "count": 2})


@pytest.mark.parametrize("mode", [Mode.LOCAL, Mode.GLOBAL])
def test_a_ladder_without_a_value_of_the_population_is_refused(mode):
    table, population = table_of(place=["a", "a"]), table_of(place=["a", "b", "z"])
    climbs = {"place": Climb(read_ladder(b"a;x;*\nb;x;*\n", "place"))}
    policy = Policy(2, mode=mode, ladders=climbs, bounds=(KMap(2),))
    schema = schema_of(table, kind=Kind.TEXT)
    reason, facts = refused(lambda: plan_table(table, schema, policy, population=population))
    assert (reason, facts["count"]) == (Reason.LADDER_MISSING_VALUE, 1)


def test_a_ladder_whose_labels_fork_is_refused_before_any_mode_is_asked():
    reason, facts = refused(lambda: read_ladder(b"a;x;1;*\nb;x;2;*\n", "place"), Malformed)
    assert (reason, facts["rule"]) == (Reason.LADDER_MALFORMED, "not-a-tree")


@pytest.mark.parametrize("mode", [Mode.LOCAL, Mode.GLOBAL])
def test_bands_that_do_not_nest_are_refused(mode):
    policy = Policy(2, mode=mode, ladders={"age": Climb(Bands((10, 15)))})
    reason, facts = refused(lambda: done(people(4), policy), Malformed)
    assert (reason, facts["rule"]) == (Reason.LADDER_MALFORMED, "widths-not-multiples")


@pytest.mark.parametrize("mode", [Mode.LOCAL, Mode.GLOBAL])
def test_a_quasi_identifier_without_a_ladder_is_refused(mode):
    reason, facts = refused(lambda: done(people(4), Policy(2, mode=mode)), SekishoError)
    assert (reason, facts["rule"]) == (Reason.POLICY_MALFORMED, "missing-ladder")


@pytest.mark.parametrize("mode", MODES)
def test_k_map_without_a_population_is_refused(mode):
    policy = replace(policy_of(mode, people(4)), bounds=(KMap(3),))
    assert refused(lambda: done(people(4), policy))[0] is Reason.POPULATION_MISSING


@pytest.mark.parametrize("mode", MODES)
def test_a_quasi_identifier_with_as_many_values_as_rows_is_recoded(mode):
    table = table_of(age=list(range(60)), number=list(range(1_000, 1_060)))
    made = done(table, policy_of(mode, table, k=5))
    assert made.report.number("k") >= 5
    assert made.table.rows == 60


@pytest.mark.parametrize("mode", [Mode.LOCAL, Mode.CELLS])
def test_forty_quasi_identifiers_work(mode):
    # bit b of the row's number in column b, the rest alike: 40 columns of 4 values are wider than one key of 62 bits
    cells = {f"q{column}": [(row >> column % 4) % 4 + 10 * (column % 3) for row in range(48)] for column in range(40)}
    table = table_of(**cells)
    made = done(table, policy_of(mode, table, k=4))
    rows = Counter(zip(*(one.cells() for one in made.table.columns), strict=True))
    assert min(rows.values()) >= 4
    assert len(rows) > 3
    assert made.table.rows == 48


def test_forty_quasi_identifiers_are_too_many_for_a_proven_optimum_and_refused():
    table = table_of(**{f"q{column}": [1, 2, 3] for column in range(60)})
    assert refused(lambda: done(table, policy_of(Mode.GLOBAL, table)))[0] is Reason.SEARCH_TOO_LARGE


CARE = table_of(age=[31, 32, 33, 34, 45, 46], care=["1", "1", "1", "2", "3", "4"])
CASES = {
    "distinct": (DistinctL("care", 9), ("distinct-l", 9, 4)),
    "entropy": (EntropyL("care", Fraction(4)), ("entropy-l", "4", "3.464101")),  # of 3, 1, 1, 1 rows of six
    "recursive": (RecursiveL("care", 3, Fraction(1)), ("recursive-l", 3, 1)),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", CASES)
def test_a_bound_that_not_even_one_class_of_all_rows_keeps_is_named_with_what_it_has(mode, case):
    bound, (name, asked, reachable) = CASES[case]
    policy = replace(policy_of(mode, CARE, "care"), bounds=(bound,))
    reason, facts = refused(lambda: done(CARE, policy, "care"))
    assert (reason, facts["bound"], facts["column"]) == (Reason.NO_PLAN, name, "care")
    assert (facts["asked"], facts["reachable"]) == (asked, reachable)
    assert (facts["suppressed"], facts["allowed"], facts["rows"]) == (6, 0, 6)


@pytest.mark.parametrize("mode", MODES)
def test_an_average_risk_below_that_of_one_class_of_all_rows_is_named_with_what_it_has(mode):
    policy = replace(policy_of(mode, people(5)), bounds=(AverageRisk(Fraction(1, 8)),))
    reason, facts = refused(lambda: done(people(5), policy))
    assert (reason, facts["bound"], facts["asked"], facts["reachable"]) == (
        Reason.NO_PLAN,
        "average-risk",
        "0.125",
        "0.2",
    )


@pytest.mark.parametrize("mode", MODES)
def test_too_few_persons_of_the_population_are_named_with_how_many_there_are(mode):
    table, population = table_of(age=[31, 41]), table_of(age=[31, 32, 33, 41])
    policy = replace(policy_of(mode, table), bounds=(KMap(7),))
    reason, facts = refused(lambda: plan_table(table, schema_of(table), policy, population=population))
    assert (reason, facts["bound"], facts["asked"], facts["reachable"]) == (Reason.NO_PLAN, "k-map", 7, 4)


@pytest.mark.parametrize("mode", [Mode.LOCAL, Mode.GLOBAL])
def test_limits_that_part_too_many_rows_name_the_bound_and_what_is_in_reach(mode):
    climbs = {"age": Climb(Bands((10,)), 1)}
    table = table_of(age=[31, 32, 41, 55])
    reason, facts = refused(lambda: done(table, Policy(2, Fraction(1, 4), mode=mode, ladders=climbs)))
    assert reason is Reason.NO_PLAN
    assert facts == {"bound": "k", "asked": 2, "reachable": 1, "suppressed": 2, "allowed": 1, "rows": 4}
    care = replace(
        Policy(1 + 1, mode=mode, ladders=climbs), bounds=(TCloseness("care", Fraction(1, 5), Distance.EQUAL),)
    )
    reason, facts = refused(lambda: done(CARE, care, "care"))
    assert (reason, facts["bound"], facts["asked"], facts["reachable"]) == (
        Reason.NO_PLAN,
        "t-closeness",
        "0.2",
        "0.666667",
    )


@pytest.mark.parametrize("mode", [Mode.LOCAL, Mode.GLOBAL])
def test_bounds_that_only_together_leave_out_too_much_are_told_as_the_share(mode):
    table = table_of(age=[31, 41, 42, 43, 51, 52, 53, 54], care=["1", "2", "2", "2", "1", "1", "1", "3"])
    climbs = {"age": Climb(Bands((10,)), 1)}
    policy = Policy(2, Fraction(3, 8), mode=mode, ladders=climbs, bounds=(DistinctL("care", 2),))
    # alone, k leaves out the one in the thirties, and two values the thirties and the forties: four of eight
    reason, facts = refused(lambda: done(table, policy, "care"))
    assert (reason, facts["suppressed"], facts["allowed"]) == (Reason.NO_PLAN, 4, 3)


def test_an_average_risk_that_limits_keep_out_of_reach_is_named():
    climbs = {"age": Climb(Bands((10,)), 1)}
    table = table_of(age=[31, 32, 33, 41, 42, 43])
    policy = Policy(2, ladders=climbs, bounds=(AverageRisk(Fraction(1, 4)),))
    reason, facts = refused(lambda: done(table, policy))
    assert (reason, facts["bound"], facts["asked"], facts["reachable"]) == (
        Reason.NO_PLAN,
        "average-risk",
        "0.25",
        "0.333334",
    )


def test_an_average_risk_that_only_the_coarsest_classes_keep_is_kept():
    # two parts of 2 and 18 rows: classes of 8 would leave the small part out, and the two whole parts keep 1/10
    climbs = {"age": Climb(Bands((10,)), 1)}
    table = table_of(age=[31, 32, *(40 + one % 10 for one in range(18))])
    made = done(table, Policy(2, ladders=climbs, bounds=(AverageRisk(Fraction(1, 9)),)))
    assert made.report.number("average-risk") == Fraction(1, 10)
    assert made.table.rows == 20


def test_an_average_risk_whose_inverse_is_no_whole_number_is_kept():
    made = done(people(12), replace(policy_of(Mode.LOCAL, people(12)), bounds=(AverageRisk(Fraction(2, 7)),)))
    assert made.report.number("average-risk") <= Fraction(2, 7)
    assert made.table.rows == 12


@pytest.mark.parametrize("star", Star)
def test_a_table_that_has_stars_already_gets_cells_left_out_and_both_counts_all_the_same(star):
    table = table_of(place=["*", "*", "a", "b", "b", "*"], sex=["F", "M", "F", "F", "M", "M"])
    made = done(table, Policy(2, mode=Mode.CELLS, star=star), kind=Kind.TEXT)
    names = ["place", "sex"]
    strict, wild = int(sizes_of_classes(made.table, names).min()), least_alike_with_wildcards(made.table, names)
    assert (strict if star is Star.VALUE else wild) >= 2
    assert (made.report.number("k"), made.report.number("k-wildcard")) == (strict, wild)


def test_both_readings_of_a_star_are_reported_whatever_the_policy_reads():
    table = table_of(place=[1, 2, 3, 3], sex=[1, 1, 2, 3])
    for star in Star:
        made = done(table, Policy(2, mode=Mode.CELLS, star=star))
        names = [one.after.kind.name for one in made.report.measures]
        assert {"k", "k-wildcard"} <= set(names)
        assert made.report.number("k") <= made.report.number("k-wildcard")


@pytest.mark.parametrize("mode", MODES)
def test_no_column_is_added_and_no_row_stands_where_it_stood(mode):
    table = table_of(age=[one % 30 for one in range(300)], care=[str(one) for one in range(300)])
    made = done(table, policy_of(mode, table, "care"), "care")
    assert made.table.names == ("age", "care")
    places = [int(str(one)) for one in made.table.column("care").cells()]
    assert sum(one == place for place, one in enumerate(places)) < 10
    assert abs(float(np.corrcoef(places, np.arange(300))[0, 1])) < 0.3


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("wording", Wording)
def test_the_order_in_which_values_appear_decides_nothing(mode, wording):
    if mode is not Mode.LOCAL:
        wording = Wording.INTERVALS
    cells = [(f"v{(one * 7) % 11}", one % 5) for one in range(44)]
    lines = "".join(f"v{one};{one // 4};*\n" for one in range(11)).encode()
    climbs = {"place": Climb(read_ladder(lines, "place")), "age": Climb(Bands((2,)))}
    policy = Policy(3, mode=mode, labels=wording, ladders={} if mode is Mode.CELLS else climbs)
    seen = set()
    for turned in (cells, cells[::-1], cells[20:] + cells[:20], sorted(cells)):
        table = Table((column_of("place", [one for one, _ in turned]), column_of("age", [one for _, one in turned])))
        columns = (
            ColumnSchema("place", Kind.TEXT, Role.QUASI_IDENTIFIER),
            ColumnSchema("age", Kind.INTEGER, Role.QUASI_IDENTIFIER),
        )
        made = deidentify(table, Schema("made", Encoding.UTF_8, Csv(), columns), policy, entropy=ENTROPY)
        rows = Counter(zip(*(one.cells() for one in made.table.columns), strict=True))
        seen.add((made.report.number("loss"), frozenset(rows.items())))
    assert len(seen) == 1


@pytest.mark.parametrize("mode", MODES)
def test_two_runs_give_the_same_bytes(mode):
    table = table_of(age=[(one * 13) % 47 for one in range(200)], place=[one % 7 for one in range(200)])
    first, second = (done(table, policy_of(mode, table, k=5)) for _ in range(2))
    assert first.report.digest == second.report.digest
    assert [one.cells() for one in first.table.columns] == [one.cells() for one in second.table.columns]


@pytest.mark.parametrize("goal", Goal)
@pytest.mark.parametrize("mode", [Mode.LOCAL, Mode.GLOBAL])
def test_a_ladder_whose_label_is_a_star_below_the_last_level_is_counted_as_the_plan_reads_it(mode, goal):
    climbs = {"place": Climb(read_ladder(b"a;x;*\nb;x;*\nc;*;*\nd;*;*\n", "place"))}
    table = table_of(place=["a", "b", "a", "c", "d"])
    made = done(table, Policy(2, goal=goal, mode=mode, ladders=climbs), kind=Kind.TEXT)
    assert made.report.rows_after == 5
    assert "*" in made.table.column("place").cells()
    if mode is Mode.GLOBAL:  # one level in all rows: `*` at level 1 is c or d
        assert made.report.number("loss") == Fraction(5, 15)
