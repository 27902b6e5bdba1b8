"""δ-presence as a bound that every search keeps."""

import tomllib
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from sekisho.deid.bounds import KMap, Presence
from sekisho.deid.declared.layout import Csv
from sekisho.deid.deidentify import Outcome, deidentify
from sekisho.deid.ladders.bands import Bands
from sekisho.deid.ladders.file import read_ladder
from sekisho.deid.policy import Climb, Goal, Mode, Policy
from sekisho.deid.report.claims import check_claims
from sekisho.deid.schema import ColumnSchema, Encoding, Kind, Role, Schema
from sekisho.deid.search.find import find_answer
from sekisho.deid.search.question import Watch, pose_question
from sekisho.deid.table import Table, column_of, table_of
from sekisho.errors import CannotMeet, Reason, SekishoError

EXAMPLE = Path(__file__).parents[3] / "vectors" / "deid" / "nergiz-2007-patients.toml"
ENTROPY = bytes(range(32))
HALF, THIRD = Fraction(1, 2), Fraction(1, 3)
TENS = {"age": Climb(Bands((10,)))}
AGE = Schema("made", Encoding.UTF_8, Csv(), (ColumnSchema("age", Kind.INTEGER, Role.QUASI_IDENTIFIER),))
POPULATION = table_of(age=[31, 32, 33, 34, 41, 42, 43, 44, 51, 52])
PATIENTS = table_of(age=[31, 32, 41, 42, 43, 44])  # of the thirties a half, of the forties all, of the fifties nobody


def released(policy: Policy, table: Table = PATIENTS) -> Outcome:
    return deidentify(table, AGE, policy, entropy=ENTROPY, population=POPULATION)


def refusal(policy: Policy, table: Table = PATIENTS, population: Table | None = POPULATION) -> CannotMeet:
    with pytest.raises(CannotMeet) as caught:
        deidentify(table, AGE, policy, entropy=ENTROPY, population=population)
    return caught.value


def presence_of(made: Outcome) -> tuple[Fraction, Fraction]:
    return made.report.number("presence-least"), made.report.number("presence-greatest")


def test_the_published_patients_are_recoded_as_published():
    case = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    names, expect = case["header"], case["expect"]
    persons = Table(tuple(column_of(name, [one[at] for one in case["persons"]]) for at, name in enumerate(names)))
    table = persons.take(np.array(case["patients"]))
    schema = replace(AGE, columns=tuple(ColumnSchema(name, Kind.TEXT, Role.QUASI_IDENTIFIER) for name in names))
    policy = Policy(
        expect["k"],
        goal=Goal.PRECISION_LOSS,
        bounds=(Presence(Fraction(expect["at_most"]), Fraction(expect["at_least"])),),
        mode=Mode.GLOBAL,
        ladders={name: Climb(read_ladder(raw.strip().encode(), name)) for name, raw in case["ladders"].items()},
    )
    made = deidentify(table, schema, policy, entropy=ENTROPY, population=persons)
    cells = zip(*(made.table.column(name).cells() for name in names), strict=True)
    assert sorted(map(list, cells)) == expect["rows"]
    assert presence_of(made) == (Fraction(expect["at_least"]), Fraction(expect["at_most"]))
    assert made.report.proven


@pytest.mark.parametrize("mode", Mode)
def test_a_greatest_presence_joins_those_of_whom_all_are_there_with_others(mode):
    ladders = {} if mode is Mode.CELLS else TENS
    made = released(Policy(2, bounds=(Presence(Fraction(3, 4)),), mode=mode, ladders=ladders))
    least, greatest = presence_of(made)
    assert greatest <= Fraction(3, 4)
    assert made.report.rows_after == 6
    assert least <= Fraction(6, 10)


def test_without_the_bound_the_tens_stay_apart():
    made = deidentify(PATIENTS, AGE, Policy(2, ladders=TENS, mode=Mode.GLOBAL), entropy=ENTROPY)
    assert sorted(set(made.table.column("age").cells())) == ["30-39", "40-49"]


@pytest.mark.parametrize("mode", [Mode.LOCAL, Mode.GLOBAL])
def test_a_least_presence_hides_that_nobody_of_a_class_is_there(mode):
    made = released(Policy(2, bounds=(Presence(Fraction(1), THIRD),), mode=mode, ladders=TENS))
    least, greatest = presence_of(made)
    assert THIRD <= least <= greatest
    assert made.report.rows_after == 6


def test_rows_that_are_left_out_keep_a_greatest_presence_and_are_known_not_to_be_there():
    policy = Policy(
        2, Fraction(2, 3), bounds=(Presence(HALF),), mode=Mode.GLOBAL, ladders={"age": Climb(TENS["age"].rule, 1)}
    )
    made = released(policy)
    assert set(made.table.column("age").cells()) == {"30-39"}
    assert presence_of(made) == (0, HALF)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(
    ("bound", "asked", "reachable"),
    [(Presence(HALF), "0.5", "0.6"), (Presence(Fraction(1), Fraction(9, 10)), "0.9", "0.6")],
)
def test_a_presence_that_even_one_class_does_not_have_is_refused_with_what_it_has(mode, bound, asked, reachable):
    ladders = {} if mode is Mode.CELLS else TENS
    told = refusal(Policy(2, bounds=(bound,), mode=mode, ladders=ladders))
    assert told.reason is Reason.NO_PLAN
    assert (told.facts["bound"], told.facts["asked"], told.facts["reachable"]) == ("presence", asked, reachable)


@pytest.mark.parametrize("mode", [Mode.LOCAL, Mode.GLOBAL])
def test_a_class_that_limits_part_and_that_no_row_has_breaks_a_least_presence(mode):
    ladders = {"age": Climb(TENS["age"].rule, 1)}
    told = refusal(Policy(2, bounds=(Presence(Fraction(1), THIRD),), mode=mode, ladders=ladders))
    assert told.reason is Reason.NO_PLAN
    assert (told.facts["bound"], told.facts["asked"], told.facts["reachable"]) == ("presence", "0.333333", "0")


def test_a_presence_without_a_population_is_refused():
    policy = Policy(2, bounds=(Presence(HALF),), ladders=TENS)
    assert refusal(policy, population=None).reason is Reason.POPULATION_MISSING


def test_rows_that_the_population_does_not_have_are_refused_with_their_number():
    policy = Policy(2, bounds=(Presence(HALF),), ladders=TENS)
    told = refusal(policy, table_of(age=[31, 31, 32, 60]))
    assert (told.reason, told.facts) == (Reason.POPULATION_LACKS_ROWS, {"count": 2})


def test_columns_say_that_presence_keeps_them_general():
    policy = Policy(2, bounds=(Presence(Fraction(3, 4)),), ladders=TENS)
    for mode in (Mode.LOCAL, Mode.GLOBAL):
        answer = find_answer(pose_question(PATIENTS, AGE, replace(policy, mode=mode), POPULATION), Watch())
        assert "presence" in {one.bound for one in answer.causes}


@pytest.mark.parametrize("bound", [Presence(HALF), Presence(Fraction(1), Fraction(2, 3))])
def test_a_report_that_breaks_a_presence_is_refused(bound):
    policy = Policy(2, bounds=(Presence(Fraction(3, 5), HALF),), mode=Mode.GLOBAL, ladders=TENS)
    answer = find_answer(pose_question(PATIENTS, AGE, policy, POPULATION), Watch())
    report = released(policy).report
    assert check_claims(report, policy, answer) is report
    with pytest.raises(SekishoError) as caught:
        check_claims(report, replace(policy, bounds=(bound,)), answer)
    assert (caught.value.reason, caught.value.facts) == (Reason.CLAIM_NOT_KEPT, {"claim": "presence"})


BOUNDS = [Presence(Fraction(7, 10)), Presence(Fraction(4, 5), Fraction(1, 10)), KMap(2), KMap(5)]


@pytest.mark.parametrize("goal", [Goal.LOSS, Goal.AVERAGE_CLASS, Goal.DISCERNIBILITY])
@pytest.mark.parametrize("bound", BOUNDS, ids=["most", "between", "two persons", "five persons"])
def test_refinement_moves_nobody_into_a_class_that_they_would_break(bound, goal):
    """Many combinations are of the population alone; the report counts every bound anew."""
    fives = {name: Climb(Bands((5, 10, 20))) for name in ("age", "place")}
    schema = replace(AGE, columns=(*AGE.columns, ColumnSchema("place", Kind.INTEGER, Role.QUASI_IDENTIFIER)))
    for seed in range(3):
        chance = np.random.default_rng(seed)
        age, place = chance.integers(0, 60, (2, 300))
        persons = Table((column_of("age", age.tolist()), column_of("place", place.tolist())))
        table = persons.take(np.flatnonzero(chance.random(300) < 0.2 + 0.6 * (age < 30)))
        policy = Policy(2, goal=goal, bounds=(bound,), ladders=fives)
        made = deidentify(table, schema, policy, entropy=ENTROPY, population=persons)
        assert made.report.number("k") >= 2
        assert made.report.rows_after == table.rows
