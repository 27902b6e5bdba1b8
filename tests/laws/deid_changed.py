"""Tables, schemas, policies and changes of every kind, as they may come together; most questions can be answered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from deid_asked import BOUNDS, exposes, of_population
from deid_counted import CARE
from hypothesis import strategies as st

from sekisho.deid.bounds import AlphaK, Bound, Distance, DistinctL, TCloseness
from sekisho.deid.changes.change import (
    AddSynthetic,
    Change,
    DeleteCells,
    DeleteRows,
    DeleteSubjects,
    Microaggregate,
    Noise,
    Pram,
    Pseudonym,
    Round,
    Sample,
    ShiftDates,
    Swap,
    Where,
)
from sekisho.deid.declared.layout import Csv
from sekisho.deid.exam import Also, Exam
from sekisho.deid.ladders.bands import Bands
from sekisho.deid.ladders.builtin.known import BuiltIn, Known
from sekisho.deid.ladders.calendar import Calendar, Step
from sekisho.deid.ladders.cuts import Cuts
from sekisho.deid.ladders.file import read_ladder
from sekisho.deid.ladders.parts import Cutting, Parts
from sekisho.deid.ladders.prefix import Prefix
from sekisho.deid.ladders.rule import Rule
from sekisho.deid.policy import Climb, Coding, Goal, Mode, Policy, Star, Wording
from sekisho.deid.schema import ColumnSchema, Encoding, Kind, Role, Schema
from sekisho.deid.table import Table, Value, table_of
from sekisho.deid.written.shapes import DEFAULT_STEPS

FIRST_DAY = date(1988, 12, 1)
SCHEMA = Schema(
    "changed",
    Encoding.UTF_8,
    Csv(),
    (
        ColumnSchema("person", Kind.TEXT, Role.IDENTIFIER, blank=True),
        ColumnSchema("age", Kind.INTEGER, Role.QUASI_IDENTIFIER, blank=True, minimum=0, maximum=113),
        ColumnSchema("town", Kind.CODE, Role.QUASI_IDENTIFIER),
        ColumnSchema("born", Kind.DATE, Role.QUASI_IDENTIFIER, minimum=date(1985, 1, 1), maximum=date(1992, 12, 31)),
        ColumnSchema("moved", Kind.DATE, Role.PLAIN, blank=True),
        ColumnSchema("income", Kind.INTEGER, Role.SENSITIVE, blank=True, minimum=-500, maximum=99_999),
        ColumnSchema("stands_for", Kind.INTEGER, Role.PLAIN, minimum=1),
        ColumnSchema("home", Kind.CODE, Role.PLAIN),
        ColumnSchema("same", Kind.TEXT, Role.SENSITIVE),
        ColumnSchema("care", Kind.CODE, Role.SENSITIVE, values=CARE),
    ),
)
TOWNS = read_ladder(b"A1;A;*\nA2;A;*\nB1;B;*\nB2;B;*\n;none;*\n", "town")
WITHOUT_BLANK = read_ladder(b"A1;A;*\nA2;A;*\nB1;B;*\nB2;B;*\n", "town")
INCOME: list[st.SearchStrategy[Bound]] = [
    st.builds(
        TCloseness, st.just("income"), st.sampled_from([Fraction(1, 3), Fraction(1, 2)]), st.just(Distance.ORDERED)
    ),
    st.builds(AlphaK, st.just("income"), st.sampled_from([Fraction(1, 2), Fraction(2, 3)])),
    st.builds(DistinctL, st.just("income"), st.integers(2, 3)),
]
NUMBERS, DAYS, TEXTS = ("age", "income"), ("born", "moved"), ("town", "home", "same", "care")


@dataclass(frozen=True)
class Case:
    """What `deidentify` is asked."""

    table: Table
    policy: Policy
    population: Table | None


@st.composite
def cases(draw: st.DrawFn) -> Case:
    chosen = draw(st.lists(st.one_of(*BOUNDS.values(), *INCOME), max_size=draw(st.integers(0, 2)), unique_by=type))
    table = draw(tables())
    persons = _together(table, draw(tables())) if any(map(of_population, chosen)) or draw(_seldom()) else None
    mode, todo = draw(st.sampled_from(Mode)), draw(changes())
    star = draw(st.sampled_from(Star)) if mode is Mode.CELLS else Star.VALUE
    if star is Star.ANYTHING:
        chosen = []
    limit = (
        Fraction(0) if any(map(exposes, chosen)) else draw(st.sampled_from([Fraction(0), Fraction(1, 5), Fraction(1)]))
    )
    return Case(
        table,
        Policy(
            k=draw(st.integers(2, 4)),
            suppression_limit=limit,
            goal=draw(st.sampled_from(Goal)),
            bounds=tuple(chosen),
            mode=mode,
            labels=draw(st.sampled_from(Wording)) if mode is Mode.LOCAL else Wording.INTERVALS,
            star=star,
            steps=DEFAULT_STEPS if mode is Mode.GLOBAL else draw(st.sampled_from([0, 30])),
            delete=frozenset(draw(st.sampled_from([(), (), ("home",), ("moved",)]))),
            ladders={} if mode is Mode.CELLS else draw(ladders()),
            codings=draw(codings()),
            changes=todo,
            exam=draw(exams(table.rows, todo, mode)),
        ),
        persons,
    )


def _seldom() -> st.SearchStrategy[bool]:
    return st.integers(0, 7).map(lambda one: not one)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """One to 28 rows, some of them doubled; a person has several of them."""
    day = st.integers(0, 1_100).map(lambda days: FIRST_DAY + timedelta(days))
    row = st.tuples(
        st.one_of(st.none(), st.integers(0, 9).map("ＰＥＲＳＯＮ {}".format)),
        st.one_of(st.none(), st.integers(28, 41), st.integers(86, 113)),
        st.sampled_from(["A1", "A2", "B1", "B2"]),
        day,
        st.one_of(st.none(), day, st.just(date(9999, 12, 31))),
        st.one_of(st.none(), st.integers(-500, 500), st.integers(90_000, 99_999), st.just(7)),
        st.integers(1, 50),
        st.sampled_from(["h1", "h2", "h3", "=h"]) if draw(_seldom()) else st.sampled_from(["h1", "h2", "h3"]),
        st.just("one"),
        st.sampled_from([*CARE, None]) if draw(st.booleans()) else st.sampled_from(CARE[:2]),
    )
    rows = draw(st.lists(row, min_size=draw(st.sampled_from([1, 6, 10])), max_size=14))
    rows += draw(st.lists(st.sampled_from(rows), min_size=len(rows) // 2, max_size=14))
    return table_of(**{one: list(cells) for one, cells in zip(SCHEMA.names, zip(*rows, strict=True), strict=True)})


def _together(table: Table, others: Table) -> Table:
    return table_of(**{one: [*table.column(one).cells(), *others.column(one).cells()] for one in SCHEMA.names})


@st.composite
def ladders(draw: st.DrawFn) -> Mapping[str, Climb]:
    rules: dict[str, list[Rule]] = {
        "age": [
            Bands((5, 10), top=90),
            Bands((7,), bottom=30),
            Cuts(((30, 40, 90), (40,))),
            Parts(Cutting.EQUAL_WIDTH, (4, 2)),
            Parts(Cutting.QUANTILES, (5, 2)),
            BuiltIn(Known.AGE),
        ],
        "town": [TOWNS, TOWNS, WITHOUT_BLANK, Prefix((1,))],
        "born": [Calendar((Step.MONTH, Step.YEAR, Step.DECADE)), Calendar((Step.QUARTER, Step.YEAR, Step.ERA))],
    }
    chosen = {name: draw(st.sampled_from(some)) for name, some in rules.items()}
    return {
        name: Climb(rule, draw(st.integers(1, rule.height)) if draw(_seldom()) else None)
        for name, rule in chosen.items()
    }


def codings() -> st.SearchStrategy[Mapping[str, Coding]]:
    share = st.sampled_from([None, Fraction(1, 100), Fraction(1, 10), Fraction(2, 3)])
    shares = st.builds(lambda top, bottom: Coding(None, None, top, bottom), share, share)
    whole = st.sampled_from([Coding(400, 0), Coding(95_000, None), Coding(None, 7)])
    usable = st.one_of(whole, shares.filter(lambda one: one != Coding()))
    return st.one_of(st.just({}), usable.map(lambda one: {"income": one}))


@st.composite
def exams(draw: st.DrawFn, rows: int, todo: Sequence[Change], mode: Mode) -> Exam:
    persons = draw(st.sampled_from([None, None, rows, 4 * rows + 1, 10**6]))
    also = draw(
        st.lists(
            st.sampled_from([one for one in Also if (persons and mode is Mode.GLOBAL) or one is not Also.COPULA]),
            unique=True,
        )
    )
    weights = draw(st.sampled_from(["", "", "stands_for"]))
    return Exam(
        population=max(persons, 2) if persons else None,
        threshold=draw(st.sampled_from([Fraction(1, 5), Fraction(1), Fraction(1, 3)])),
        weights=weights,
        household=draw(st.sampled_from(["", "same", "home"])) if weights else "",
        subject=draw(st.sampled_from(["", "same", "person" if Pseudonym("person") in todo else "home"])),
        also=tuple(also) if draw(st.booleans()) else (),
    )


@st.composite
def changes(draw: st.DrawFn) -> tuple[Change, ...]:
    some = draw(st.lists(st.one_of(*_changes()), max_size=4))
    last: list[Change] = [Pseudonym("person")] if draw(st.booleans()) else []
    last += (
        [AddSynthetic(draw(st.sampled_from([Fraction(1, 10), Fraction(1, 2), Fraction(9, 10)])))]
        if draw(_seldom())
        else []
    )
    return (*some, *last)


def _changes() -> Sequence[st.SearchStrategy[Change]]:
    one_number = st.sampled_from([(one,) for one in (*NUMBERS, *DAYS)])
    numbers = st.one_of(one_number, st.sampled_from([("age", "income"), ("income", "moved", "born"), ("age", "born")]))
    whose = st.sampled_from(["", "person", "home"])
    within: st.SearchStrategy[tuple[str, ...]] = st.sampled_from([(), (), ("town",), ("same", "home")])
    groups = st.sampled_from([2, 3, 5])
    shares = st.sampled_from([Fraction(1, 5), Fraction(1, 2), Fraction(1)])
    inside = st.sampled_from([Fraction(1, 10), Fraction(1, 2), Fraction(9, 10)])
    return (
        st.builds(DeleteCells, wheres()),
        st.builds(DeleteRows, wheres()),
        st.builds(DeleteSubjects, st.sampled_from(["person", "home"]), st.none() | wheres(), st.integers(1, 6)),
        st.builds(Sample, inside, whose),
        st.builds(Round, st.sampled_from([("age",), ("income",), NUMBERS]), st.sampled_from([2, 10, 70])),
        st.builds(Microaggregate, numbers, groups),
        st.builds(Noise, numbers, st.sampled_from([Fraction(1, 10), Fraction(2)]), st.booleans()),
        st.builds(
            Swap,
            st.sampled_from([("care",), ("age", "town"), ("income", "born")]),
            shares,
            within.filter(lambda one: "town" not in one),
        ),
        st.builds(Swap, one_number, shares, within, inside),
        st.builds(
            Pram, st.sampled_from([*TEXTS, *NUMBERS, *DAYS]), inside, within.filter(lambda one: one != ("town",))
        ),
        st.builds(ShiftDates, st.sampled_from([("born",), DAYS]), st.sampled_from([1, 40]), whose),
    )


def wheres() -> st.SearchStrategy[Where]:
    few = st.integers(2, 4)
    given: Mapping[str, st.SearchStrategy[Value]] = {
        "age": st.integers(28, 41),
        "income": st.just(7),
        "town": st.sampled_from(["A1", "B2"]),
        "home": st.sampled_from(["h1", "h2"]),
        "care": st.sampled_from([*CARE, None]),
    }
    named = [
        st.builds(Where, st.just(name), st.lists(one, min_size=1, max_size=2).map(tuple)) for name, one in given.items()
    ]
    rare = st.builds(lambda name, rows: Where(name, fewer_than=rows), st.sampled_from([*given, *DAYS]), few)
    beyond = [
        st.builds(lambda limit: Where("income", above=limit), st.sampled_from([400, 98_000])),
        st.builds(lambda limit: Where("age", below=limit), st.integers(28, 40)),
        st.builds(lambda days: Where("born", above=FIRST_DAY.toordinal() + days), st.integers(300, 1_100)),
    ]
    return st.one_of(*named, rare, *beyond)


Order = Callable[[Callable[[object], object], Sequence[object]], list[object]]


def backwards(work: Callable[[object], object], each: Sequence[object]) -> list[object]:
    """What a pool of threads may do: the last is done first, and the results stand in order."""
    return [work(one) for one in list(each)[::-1]][::-1]
