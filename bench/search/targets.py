"""The figures that the search has to reach, each beside what was reached in this run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

from bench.search.cited import ARX, DISTINCT_L3, GLOBAL_5, LOCAL, SDC, T_02, Cited, at_a_million, cited
from bench.search.ours import CELLS_WILDCARD, DRAFT, OURS, Entry, K

MILLION, TEN_MILLION = "1,000,000", "10,000,000"
SAME_SHAPE = {"survey": "mach2019", "lender": "creditcard"}  # a made table and the cited one of its size
MEASURES = {
    "ncp": "NCP",
    "entropy_loss": "entropy loss",
    "class_of_a_record": "class of a record",
    "median_error": "median count error",
}
LARGEST_LOSS = {"adult": 0.085, "fars": 0.09}
PASSES = ("read", "group", "apply", "write")


@dataclass(frozen=True)
class Target:
    """`reached` has to be at least or at most `asked`; `ratio` is how many times over it is met, below 1 is a shortfall."""

    figure: str
    asked: float
    reached: float
    at_least: bool
    note: str = ""

    @property
    def ratio(self) -> float:
        if isnan(self.reached):
            return float("nan")
        over, under = (self.reached, self.asked) if self.at_least else (self.asked, self.reached)
        return over / under if under else float("inf")

    @property
    def met(self) -> bool:
        return self.ratio >= 1


@dataclass(frozen=True)
class Run:
    """All that was measured: entries of all tools, the runs at scale by rows and task, and this host's pace.

    `pace`: seconds here for a second of the cited figures' host.
    """

    entries: Sequence[Entry]
    scale: Mapping[str, Mapping[str, Mapping[str, Any]]]
    pace: float

    def entry(self, table: str, setting: str, tool: str = OURS) -> Entry | None:
        found = [one for one in self.entries if (one.table, one.setting, one.tool) == (table, setting, tool)]
        return found[0] if found else None

    @property
    def tables(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.table for one in self.entries if one.tool == OURS))


def targets(run: Run) -> Iterator[Target]:
    """Give every target whose tables were run; what the engine refused counts as not reached."""
    for table in run.tables:
        yield from _of_table(run, table)
    yield from _of_measures(run)
    yield from _of_wildcard(run)
    yield from _of_sensitive(run)
    for rows, told in run.scale.items():
        yield from _of_scale(run, rows, told)


def _of_table(run: Run, table: str) -> Iterator[Target]:
    theirs = cited(SAME_SHAPE.get(table, table), ARX, GLOBAL_5)
    if theirs and (mine := run.entry(table, GLOBAL_5)):
        yield Target(
            f"{table}: optimum at 5 %, times faster than ARX", 10, _faster(run, theirs.cpu_s, mine), at_least=True
        )
    theirs = cited(SAME_SHAPE.get(table, table), ARX, LOCAL)
    for setting in (LOCAL, DRAFT):
        mine = run.entry(table, setting)
        if theirs and mine:
            yield from _of_local(run, theirs, mine)


def _of_local(run: Run, theirs: Cited, mine: Entry) -> Iterator[Target]:
    """Give the loss and the speed of the local mode, by default and with no step of refinement."""
    shape = f"its seconds on a table of this shape ({theirs.table})" if mine.table in SAME_SHAPE else ""
    if not shape:
        asked = LARGEST_LOSS.get(mine.table, 0.7 * theirs.ncp)
        yield Target(f"{mine.table}: NCP, {mine.setting}", asked, _figure(mine, "ncp"), at_least=False)
    asked = 10 if theirs.table == "creditcard" else 100
    reached = _faster(run, theirs.cpu_s, mine)
    yield Target(f"{mine.table}: {mine.setting}, times faster than ARX's", asked, reached, at_least=True, note=shape)


def _of_measures(run: Run) -> Iterator[Target]:
    others = [one for one in run.entries if one.table == "adult" and one.tool not in {OURS, SDC}]
    mine = [one for one in run.entries if one.table == "adult" and one.tool == OURS]
    for name, words in MEASURES.items() if mine else ():
        asked = min((_figure(one, name) for one in others if not isnan(_figure(one, name))), default=float("nan"))
        strict = [one for one in mine if one.figures and one.figures.k >= K]
        best = min(strict, key=lambda one: _figure(one, name), default=None)
        reached, note = (_figure(best, name), best.setting) if best else (float("nan"), "")
        yield Target(f"adult: {words}, best of all strict tools", asked, reached, at_least=False, note=note)


def _of_wildcard(run: Run) -> Iterator[Target]:
    theirs = cited("adult", SDC, CELLS_WILDCARD)
    wildcard = [one for one in run.entries if one.table == "adult" and one.setting.startswith(CELLS_WILDCARD)]
    mine = [one for one in wildcard if one.tool == OURS]
    if theirs is None or not mine:
        return
    for name in ("entropy_loss", "median_error"):
        best = min(mine, key=lambda one: _figure(one, name))
        asked = float(getattr(theirs, name))
        title = f"adult: {MEASURES[name]}, wildcard reading"
        yield Target(title, asked, _figure(best, name), at_least=False, note=best.setting)


def _of_sensitive(run: Run) -> Iterator[Target]:
    for setting in (DISTINCT_L3, T_02):
        theirs, mine = cited("adult-occupation", ARX, setting), run.entry("adult-occupation", setting)
        if theirs and mine:
            note = "" if not mine.figures else f"{mine.figures.suppressed:.1%} left out; ARX {theirs.suppressed:.1%}"
            title = f"adult: NCP of {setting}"
            yield Target(title, theirs.ncp, _figure(mine, "ncp"), at_least=False, note=note)


def _of_scale(run: Run, rows: str, told: Mapping[str, Mapping[str, Any]]) -> Iterator[Target]:
    plain = told["duckdb"]
    for mode, one in told.items():
        if mode == "duckdb":
            continue
        if "refused" in one or "refused" in plain:
            yield Target(f"{rows} rows, {mode}: runs", 1, float("nan"), at_least=True, note=str(one.get("refused", "")))
            continue
        searched = one["steps"]["search"]["cpu_s"]
        grouped = one["steps"]["collapse"]["cpu_s"] + one["steps"]["answer"]["cpu_s"]
        if rows == MILLION and mode == "global":
            title = f"{rows} rows: optimum at 5 %, times faster than ARX's growth"
            yield Target(title, 30, at_a_million() * run.pace / grouped, at_least=True)
        if mode != "global":
            title = f"{rows} rows: distinct tuples a second and core, {mode}"
            yield Target(title, 1e6, one["tuples"] / searched, at_least=True)
        if mode == "local":
            for clock in ("wall_s", "cpu_s"):
                passes = sum(one["steps"][step][clock] for step in PASSES)
                beside = sum(step[clock] for step in plain["steps"].values())
                title = f"{rows} rows: both passes, times DuckDB's read, group-by, write ({clock.removesuffix('_s')})"
                yield Target(title, 1.5, passes / beside, at_least=False)
        if rows == TEN_MILLION:
            yield Target(f"{rows} rows, {mode}: seconds, whole process", 60, one["process_wall_s"], at_least=False)
            peak = max(step["peak_mib"] for step in one["steps"].values()) / 1024
            yield Target(f"{rows} rows, {mode}: peak memory in GiB", 4e9 / 2**30, peak, at_least=False)


def _faster(run: Run, their_seconds: float, mine: Entry) -> float:
    return their_seconds * run.pace / mine.search_s if mine.search_s else float("nan")


def _figure(entry: Entry, name: str) -> float:
    return float(getattr(entry.figures, name)) if entry.figures else float("nan")


def missing(run: Run) -> Sequence[str]:
    """Give back which tables a whole run has and this one lacks: their targets are not in the list."""
    wanted = ("adult", "fars", "adult-occupation", *SAME_SHAPE)
    lacking = [name for name in wanted if run.entry(name, LOCAL) is None and not _any(run, name)]
    return [*lacking, *(rows for rows in (MILLION, TEN_MILLION) if rows not in run.scale)]


def _any(run: Run, table: str) -> bool:
    return any(one.table == table and one.tool == OURS for one in run.entries)
