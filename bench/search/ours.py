"""The engine on one table, under the policies that are compared, with its seconds and the figures of what it released."""

import time
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from statistics import median

from bench.search.cited import (
    DISTINCT_L3,
    GLOBAL_0,
    GLOBAL_2,
    GLOBAL_5,
    GLOBAL_10,
    LOCAL,
    T_02,
)
from bench.search.figures import Figures, figures_of, released_by_rows
from bench.search.scale import Steps, watched
from bench.search.tables import Sample
from sekisho.deid.bounds import Bound, Distance, DistinctL, TCloseness
from sekisho.deid.deidentify import Outcome, deidentify, plan_table
from sekisho.deid.policy import Goal, Mode, Policy, Star, Wording
from sekisho.errors import SekishoError

OURS = "Sekisho"
ENTROPY = bytes(range(32))
K = 5
REPEATS = 3
SHORT_S = 20  # what takes longer is run once
QUERIES, MOST_ASKED_ROWS = 1_000, 200_000  # larger tables are not asked for counts


@dataclass(frozen=True)
class Entry:
    """One tool on one table: `cpu_s` and `wall_s` are of planning: ladders bound, rows grouped, searched, a plan made.

    `search_s` are CPU seconds of grouping and searching alone, which is what other tools' seconds are of; `scaled_s` are
    such seconds brought here from another host. `refused` names why there is nothing to show.
    """

    table: str
    tool: str
    setting: str
    figures: Figures | None = None
    cpu_s: float | None = None
    wall_s: float | None = None
    search_s: float | None = None
    scaled_s: float | None = None
    first_s: float | None = None
    refused: str = ""


GLOBAL_LIMITS = {GLOBAL_0: 0, GLOBAL_2: 2, GLOBAL_5: 5, GLOBAL_10: 10}
DRAFT = "local, unrefined"
LOCAL_LADDER, LOCAL_SETS = "local, ladder labels", "local, sets"
BY_ENTROPY, BY_CLASS = "local, sets, by entropy loss", "local, sets, by average class"
CELLS, CELLS_WILDCARD = "cells", "cells, wildcard"


def policies(sample: Sample) -> dict[str, Policy]:
    """Give back the policies that every table is run with: one recoding per column, then the local mode."""
    ladder = partial(Policy, k=K, ladders=sample.climbs)
    shown = {
        name: ladder(mode=Mode.GLOBAL, suppression_limit=Fraction(one, 100)) for name, one in GLOBAL_LIMITS.items()
    }
    return {**shown, **local_policies(sample)}


def local_policies(sample: Sample) -> dict[str, Policy]:
    ladder = partial(Policy, k=K, ladders=sample.climbs, mode=Mode.LOCAL)
    return {
        LOCAL: ladder(),
        DRAFT: ladder(steps=0),
        LOCAL_LADDER: ladder(labels=Wording.LADDER),
        LOCAL_SETS: ladder(labels=Wording.SETS),
        BY_ENTROPY: ladder(labels=Wording.SETS, goal=Goal.ENTROPY_LOSS),
        BY_CLASS: ladder(labels=Wording.SETS, goal=Goal.AVERAGE_CLASS),
    }


def cell_policies() -> dict[str, Policy]:
    """Give back the policies under which a cell stays as it is or becomes `*`."""
    return {
        CELLS: Policy(k=K, mode=Mode.CELLS),
        CELLS_WILDCARD: Policy(k=K, mode=Mode.CELLS, star=Star.ANYTHING, goal=Goal.ENTROPY_LOSS),
    }


def sensitive_policies(sample: Sample, column: str) -> dict[str, Policy]:
    """Give back the policies that also bound what a class tells of `column`."""
    bounds: dict[str, Bound] = {
        DISTINCT_L3: DistinctL(column, 3),
        T_02: TCloseness(column, Fraction(1, 5), Distance.EQUAL),
    }
    return {name: Policy(k=K, ladders=sample.climbs, bounds=(one,), mode=Mode.LOCAL) for name, one in bounds.items()}


def run(sample: Sample, setting: str, policy: Policy) -> tuple[Entry, Outcome | None]:
    """Give back the engine's entry; the first search, which may have to compile its loops, is timed apart."""
    try:
        first = _timed(sample, policy)[0]
        took = [_timed(sample, policy) for _ in range(REPEATS if first < SHORT_S else 1)]
        made = deidentify(sample.table, sample.schema, policy, entropy=ENTROPY)
    except SekishoError as error:
        return Entry(sample.name, OURS, setting, refused=error.reason.value), None
    queries = QUERIES if sample.table.rows <= MOST_ASKED_ROWS else 0
    names = sample.columns
    figures = figures_of(sample.domains, released_by_rows(made.table, names), queries)
    cpu, wall, search = (median(one[place] for one in took) for place in range(3))
    return Entry(sample.name, OURS, setting, figures, cpu, wall, search, first_s=first), made


def _timed(sample: Sample, policy: Policy) -> tuple[float, float, float]:
    steps = Steps()
    cpu, wall = time.process_time(), time.perf_counter()
    with watched(steps):
        plan_table(sample.table, sample.schema, policy)
    searched = steps.took["collapse"]["cpu_s"] + steps.took["search"]["cpu_s"]
    return time.process_time() - cpu, time.perf_counter() - wall, searched
