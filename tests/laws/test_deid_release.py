"""Whatever the table: a release keeps its bounds, and nothing of who is who."""

from collections import Counter
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.deid.declared.layout import Csv
from sekisho.deid.deidentify import deidentify
from sekisho.deid.ladders.bands import Bands
from sekisho.deid.ladders.file import read_ladder
from sekisho.deid.policy import Climb, Coding, Goal, Mode, Policy, Star, Wording, write_policy
from sekisho.deid.report.report import write_report
from sekisho.deid.risk.alike import least_alike_with_wildcards
from sekisho.deid.schema import ColumnSchema, Encoding, Kind, Role, Schema
from sekisho.deid.table import Table, table_of
from sekisho.deid.written.policy import read_policy
from sekisho.statement import read_canonical

SCHEMA = Schema(
    "made",
    Encoding.UTF_8,
    Csv(),
    (
        ColumnSchema("name", Kind.TEXT, Role.IDENTIFIER),
        ColumnSchema("age", Kind.INTEGER, Role.QUASI_IDENTIFIER, blank=True),
        ColumnSchema("place", Kind.CODE, Role.QUASI_IDENTIFIER),
        ColumnSchema("care", Kind.CODE, Role.SENSITIVE),
        ColumnSchema("income", Kind.INTEGER, Role.PLAIN),
    ),
)
LADDERS = {
    "age": Climb(Bands((5, 10, 20), top=90)),
    "place": Climb(read_ladder(b"x1;x;*\nx2;x;*\ny1;y;*\nz1;*;*\nz2;*;*\n", "place")),
}


@st.composite
def tables(draw: st.DrawFn) -> Table:
    rows = draw(st.integers(5, 30))

    def cells(kind: st.SearchStrategy[object]) -> list[object]:
        return draw(st.lists(kind, min_size=rows, max_size=rows))

    return table_of(
        name=[f"p{one}" for one in range(rows)],
        age=cells(st.one_of(st.none(), st.integers(20, 40), st.integers(85, 110))),
        place=cells(st.sampled_from(["x1", "x2", "y1", "z1", "z2"])),
        care=cells(st.sampled_from(["none", "1", "2"])),
        income=cells(st.integers(-100, 2_000)),
    )


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    mode = draw(st.sampled_from([Mode.LOCAL, Mode.GLOBAL, Mode.CELLS]))
    return Policy(
        k=draw(st.integers(2, 5)),
        suppression_limit=draw(st.sampled_from([Fraction(0), Fraction(1, 10), Fraction(1, 2)])),
        goal=draw(st.sampled_from(list(Goal))),
        mode=mode,
        labels=draw(st.sampled_from(list(Wording))) if mode is Mode.LOCAL else Wording.INTERVALS,
        ladders={} if mode is Mode.CELLS else LADDERS,
        codings={"income": Coding(1_000, 0)},
    )


@settings(max_examples=80, deadline=None)
@given(tables(), policies(), st.binary(min_size=32, max_size=32))
def test_a_release_keeps_k_and_the_limit_and_names_nobody(table, policy, entropy):
    made = deidentify(table, SCHEMA, policy, entropy=entropy)
    rows = list(zip(made.table.column("age").cells(), made.table.column("place").cells(), strict=True))
    assert min(Counter(rows).values(), default=policy.k) >= policy.k
    assert table.rows - len(rows) <= policy.suppression_limit * table.rows
    assert made.table.names == ("age", "place", "care", "income")
    incomes = [one for one in made.table.column("income").values if isinstance(one, int)]
    assert all(0 < one < 1_000 for one in incomes)


@settings(max_examples=80, deadline=None)
@given(tables(), policies())
def test_no_bar_of_a_report_is_below_k_and_none_is_of_an_identifier(table, policy):
    report = read_canonical(write_report(deidentify(table, SCHEMA, policy, entropy=bytes(32)).report))
    for column in report["columns"]:
        assert column["role"] != "identifier" or (column["before"], column["after"]) == ([], [])
        for bar in column["before"] + column["after"]:
            assert bar["rows"] >= policy.k
    assert report["rows"]["after"] == sum(one["rows"] for one in report["class_sizes"]["after"])


@settings(max_examples=80, deadline=None)
@given(tables())
def test_wildcards_never_make_fewer_rows_alike(table):
    ladder = {"z1": "*", "z2": "*"}
    starred = table_of(
        age=table.column("age").cells(), place=[ladder.get(str(one), one) for one in table.column("place").cells()]
    )
    cells = list(zip(starred.column("age").cells(), starred.column("place").cells(), strict=True))
    alike = [sum(age == a and (place == p or "*" in {place, p}) for a, p in cells) for age, place in cells]
    assert least_alike_with_wildcards(starred, ["age", "place"]) == min(alike)


@settings(max_examples=50, deadline=None)
@given(policies())
def test_the_digest_of_a_policy_is_that_of_its_written_form(policy):
    value = read_canonical(write_policy(policy))
    assert (value["k"], value["mode"], value["labels"]) == (policy.k, policy.mode.value, policy.labels.value)
    assert Fraction(value["suppression_limit"]) == policy.suppression_limit


def test_a_policy_written_by_hand_has_the_digest_of_the_same_policy_made_in_python():
    raw = (
        b'format = "sekisho-policy-v1"\nk = 3\nsuppression_limit = 0.1\n[ladder]\n'
        b'age = { bands = [5, 10, 20], top = 90 }\nplace = { file = "p.csv" }\n'
    )
    read = read_policy(raw, {"p.csv": b"x1;x;*\nx2;x;*\ny1;y;*\nz1;*;*\nz2;*;*\n"})
    assert read.digest == Policy(3, Fraction(1, 10), ladders=LADDERS).digest


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["a", "b", "*", "c"]), st.integers(1, 3)), min_size=3, max_size=20),
    st.sampled_from(list(Goal)),
    st.integers(2, 3),
    st.integers(0, 4),
)
def test_cells_with_stars_for_anything_keep_the_wildcard_k_interrupted_or_not(cells, goal, k, after):
    """Tables that have `*` as a value already among them: a released `*` is one label, whoever wrote it."""
    columns = (
        ColumnSchema("place", Kind.TEXT, Role.QUASI_IDENTIFIER),
        ColumnSchema("age", Kind.INTEGER, Role.QUASI_IDENTIFIER),
    )
    table = table_of(place=[one for one, _ in cells], age=[one for _, one in cells])
    policy = Policy(k, goal=goal, mode=Mode.CELLS, star=Star.ANYTHING)
    calls = 0

    def stop() -> bool:
        nonlocal calls
        calls += 1
        return calls > after

    made = deidentify(table, Schema("made", Encoding.UTF_8, Csv(), columns), policy, entropy=bytes(32), stop=stop)
    rows = list(zip(made.table.column("place").cells(), made.table.column("age").cells(), strict=True))
    alike = [
        sum(all(a == b or "*" in {a, b} for a, b in zip(one, other, strict=True)) for other in rows) for one in rows
    ]
    assert min(alike) >= k
    assert len(rows) == len(cells)
