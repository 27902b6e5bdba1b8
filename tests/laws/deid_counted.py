"""Small tables, policies for them, and every bound counted on released rows in plain Python: the oracle of the laws."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, log

from deid_asked import BOUNDS, TREE, exposes, of_population, trees
from hypothesis import strategies as st

from sekisho.deid.bounds import (
    AlphaK,
    AverageRisk,
    BetaLikeness,
    Bound,
    DeltaDisclosure,
    Distance,
    DistinctL,
    EntropyL,
    HighestRisk,
    KMap,
    Presence,
    RecursiveL,
    SensitiveBound,
    TCloseness,
)
from sekisho.deid.declared.layout import Csv
from sekisho.deid.deidentify import Planned
from sekisho.deid.ladders.bands import Bands
from sekisho.deid.ladders.file import read_ladder
from sekisho.deid.policy import Climb, Goal, Mode, Policy, Wording
from sekisho.deid.schema import ColumnSchema, Encoding, Kind, Role, Schema
from sekisho.deid.table import Table, Value, column_of
from sekisho.deid.written.shapes import DEFAULT_STEPS

NAMES = ("letter", "age", "sex")
CARE = ("x", "y", "z", "w")
SCHEMA = Schema(
    "made",
    Encoding.UTF_8,
    Csv(),
    (
        ColumnSchema("letter", Kind.TEXT, Role.QUASI_IDENTIFIER),
        ColumnSchema("age", Kind.INTEGER, Role.QUASI_IDENTIFIER, blank=True),
        ColumnSchema("sex", Kind.CODE, Role.QUASI_IDENTIFIER),
        ColumnSchema("care", Kind.CODE, Role.SENSITIVE, values=CARE),
    ),
)
PARENT = {"x": "u", "y": "u", "z": "v", "w": "v"}  # as in TREE
CLOSE = 1e-9

# Trees whose labels are riddles: one text at several levels, `*` below the last, intervals and sets of other values.
LETTERS = b"a;x;x;*\nb;x;x;*\nc;a | b;z;*\nd;z;q;*\ne;*;*;*\n"
AGES = (
    "".join(
        f"{age};{'28-30' if age > 80 else '30-31' if age < 10 else '[−3, 2]'};*\n"
        for age in [*range(-3, 3), *range(28, 42), *range(88, 93)]
    ).encode()
    + b";;*\n"
)

Row = tuple[Value, ...]


@dataclass(frozen=True)
class Asked:
    """A table, what is asked of it, and the population for k-map and presence."""

    table: Table
    policy: Policy
    population: Table | None

    @property
    def limited(self) -> bool:
        return any(one.limit < one.rule.height for one in self.policy.ladders.values())


@st.composite
def asked(
    draw: st.DrawFn,
    *,
    bounds: st.SearchStrategy[list[Bound]] | None = None,
    modes: Sequence[Mode] = (Mode.LOCAL, Mode.LOCAL, Mode.CELLS),
    goals: Sequence[Goal] = tuple(Goal),
    limits: bool = True,
    wordings: Sequence[Wording] = tuple(Wording),
    riddles: bool = True,
    most: int = 16,
) -> Asked:
    """Ask for k and up to two further bounds of a table of three quasi-identifiers."""
    rows = draw(st.lists(people(), min_size=2, max_size=most))
    chosen = draw(some_bounds() if bounds is None else bounds)
    others = draw(st.lists(people(), max_size=8)) if any(map(of_population, chosen)) else None
    mode = draw(st.sampled_from(modes))
    policy = Policy(
        k=draw(st.integers(2, min(4, len(rows)))),
        suppression_limit=draw(
            st.sampled_from([Fraction(0), *([] if any(map(exposes, chosen)) else [Fraction(1, 5), Fraction(1, 2)])])
        ),
        goal=draw(st.sampled_from(goals)),
        bounds=tuple(chosen),
        mode=mode,
        labels=draw(st.sampled_from(wordings)) if mode is Mode.LOCAL else Wording.INTERVALS,
        steps=draw(st.sampled_from([0, 3, 100])) if mode is not Mode.GLOBAL else DEFAULT_STEPS,
        ladders=draw(climbs(limits=limits, riddles=riddles)) if mode is not Mode.CELLS else {},
    )
    return Asked(table_of_rows(rows), policy, None if others is None else table_of_rows([*rows, *others]))


def people() -> st.SearchStrategy[Row]:
    ages = st.one_of(st.none(), st.integers(28, 41), st.integers(-3, 2), st.integers(88, 92))
    return st.tuples(st.sampled_from("abcde"), ages, st.sampled_from("FM"), st.sampled_from(CARE))


@st.composite
def climbs(draw: st.DrawFn, *, limits: bool, riddles: bool) -> Mapping[str, Climb]:
    bands = Bands(draw(st.sampled_from([(5,), (5, 10), (10, 20)])), top=draw(st.sampled_from([None, 90])))
    strange = riddles and draw(st.booleans())
    rules = {
        "letter": read_ladder(LETTERS if strange else draw(trees()), "letter"),
        "age": read_ladder(AGES, "age") if strange and draw(st.booleans()) else bands,
        "sex": read_ladder(b"F;*\nM;*\n", "sex"),
    }
    highest = st.integers(0, 4) if limits else st.none()
    drawn = {name: draw(st.none() | highest) for name in rules}
    return {
        name: Climb(rule, None if drawn[name] is None else min(drawn[name], rule.height))
        for name, rule in rules.items()
    }


def some_bounds() -> st.SearchStrategy[list[Bound]]:
    """None, one, or two at once."""
    return st.lists(st.one_of(*BOUNDS.values()), max_size=2, unique_by=type)


def table_of_rows(rows: Sequence[Row]) -> Table:
    names = (*NAMES, "care")
    return Table(
        tuple(column_of(name, list(cells)) for name, cells in zip(names, zip(*rows, strict=True), strict=True))
    )


def rows_of(table: Table, names: Sequence[str] = (*NAMES, "care")) -> list[Row]:
    return list(zip(*(table.column(name).cells() for name in names), strict=True))


def recoded_rows(table: Table, planned: Planned) -> list[Row | None]:
    """Row by row what the table's rows become, None where one is left out; read from the answer alone."""
    recoding, of_row = planned.answer.recoding, planned.answer.tuples.of_row.tolist()
    care = table.column("care").cells()
    return [
        (*(one.labels[one.of_tuple[here]] for one in recoding.columns), care[row]) if recoding.kept[here] else None
        for row, here in enumerate(of_row)
    ]


def broken_bounds(
    released: Sequence[Row], persons: Sequence[Row], care: Sequence[Value], asked_for: Policy
) -> list[Bound | int]:
    """The bounds that released rows break, and k where they break that: each counted from its definition.

    The last cell of a row is the sensitive one; `persons` are the population's labels, `care` the table's sensitive cells.
    """
    classes: dict[Row, list[Value]] = {}
    for *labels, value in released:
        classes.setdefault(tuple(labels), []).append(value)
    behind = Counter(persons)
    found: list[Bound | int] = []
    if any(len(one) < asked_for.k for one in classes.values()):
        found.append(asked_for.k)
    for bound in asked_for.bounds:
        match bound:
            case AverageRisk(at_most=limit):
                held = Fraction(len(classes), max(len(released), 1)) <= limit
            case HighestRisk(at_most=limit):
                held = all(Fraction(1, len(one)) <= limit for one in classes.values())
            case KMap(at_least=least):
                held = all(behind[label] >= least for label in classes)
            case Presence(at_most=limit, at_least=least):
                shares = [Fraction(len(classes.get(label, ())), persons) for label, persons in behind.items()]
                held = classes.keys() <= behind.keys() and all(least <= one <= limit for one in shares)
            case _:
                held = all(keeps(bound, one, care) for one in classes.values())
        if not held:
            found.append(bound)
    return found


def keeps(  # noqa: PLR0911
    bound: SensitiveBound,
    inside: Sequence[Value],
    everywhere: Sequence[Value],
    order: Sequence[Value] = (*CARE, None),
) -> bool:
    counts = Counter(inside)
    p = {value: Fraction(counts[value], len(inside)) for value in order if value in everywhere}
    q = {value: Fraction(count, len(everywhere)) for value, count in Counter(everywhere).items()}
    match bound:
        case AlphaK(at_most=limit):
            return max(p.values()) <= limit
        case DistinctL(at_least=least):
            return len(counts) >= least
        case EntropyL(at_least=least):
            return -sum(float(one) * log(one) for one in p.values() if one) >= log(least) - CLOSE
        case RecursiveL(at_least=least, c=c):
            falling = sorted(counts.values(), reverse=True)
            return falling[0] < c * sum(falling[least - 1 :])
        case TCloseness(at_most=limit, distance=distance):
            return moved(distance, p, q) <= limit
        case DeltaDisclosure(at_most=limit):
            return all(share and abs(log(share / q[value])) < limit + CLOSE for value, share in p.items())
        case BetaLikeness(at_most=limit, enhanced=enhanced):
            return all(
                (share - q[value]) / q[value]
                <= (min(float(limit), -log(q[value])) if enhanced else float(limit)) + CLOSE
                for value, share in p.items()
                if share > q[value]
            )


def moved(distance: Distance, p: Mapping[Value, Fraction], q: Mapping[Value, Fraction]) -> Fraction:
    """The earth mover's distance by what has to leave: each value, each place of the order, or each node of the tree."""
    extra = {value: share - q[value] for value, share in p.items()}
    match distance:
        case Distance.EQUAL:
            return sum((one for one in extra.values() if one > 0), Fraction(0))
        case Distance.ORDERED:
            carried = [sum(list(extra.values())[:end], Fraction(0)) for end in range(1, len(extra))]
            return sum((abs(one) for one in carried), Fraction(0)) / max(len(carried), 1)
        case Distance.HIERARCHICAL:
            # half of each edge's carriage counts, and an edge of one of two levels is half a distance long
            nodes: Counter[str] = Counter()
            for value, one in extra.items():
                nodes[PARENT[str(value)]] += one
            edges = [*extra.values(), *nodes.values()]
            return sum((abs(one) for one in edges), Fraction(0)) / 4


def least_size(policy: Policy) -> int:
    return max([policy.k, *(ceil(1 / one.at_most) for one in policy.bounds if isinstance(one, HighestRisk))])


assert TREE.height == 2
