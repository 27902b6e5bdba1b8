"""Results as Markdown and as JSON; every number is measured in this run or cited with its host."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from math import isnan
from typing import Any

from bench.search.cited import ANONYPY_THERE, ARX, CITED, HOST, SDC, Cited, cited
from bench.search.figures import Figures
from bench.search.ours import OURS, Entry
from bench.search.targets import SAME_SHAPE, Run, Target, missing, targets

HEAD = (
    "| tool | policy | NCP | entropy loss | class of a record | count error: median | mean | p90 | k | left out "
    "| search CPU s | plan CPU s | wall s | times faster |"
)


def cited_entries(table: str, pace: float) -> Iterator[Entry]:
    """Give the cited runs on `table`, with their seconds at this host's pace."""
    for one in CITED:
        if one.table == table:
            yield Entry(table, one.tool, one.setting, _figures(one), scaled_s=one.cpu_s * pace)


def markdown(run: Run, facts: Mapping[str, str]) -> Iterator[str]:
    """Give the lines of the whole result."""
    yield "# The search beside other tools"
    yield ""
    yield from (f"- {name}: {said}" for name, said in facts.items())
    yield f"- {ARX} and {SDC}: measured once on another host ({HOST}); their CPU seconds are multiplied by {run.pace:.2f},"
    yield f"  anonypy's CPU seconds on Adult here over the {ANONYPY_THERE} there. They are marked †."
    yield "- Search CPU s: of ours rows grouped and searched, of ARX the search, of anonypy and anjana all but reading the"
    yield "  file. Plan CPU s and wall s: with ladders bound and the plan written. Times faster: than ARX's search under the"
    yield "  policy of the same name, else `local`."
    for table in dict.fromkeys(one.table for one in run.entries):
        yield from _table_of(run, table)
    for rows, told in run.scale.items():
        yield from _scale_of(rows, told)
    yield from _targets_of(run)


def as_json(run: Run, facts: Mapping[str, str]) -> dict[str, Any]:
    """Give back all numbers; `ratio` and `met` of the targets included."""
    shown = [{**asdict(one), "ratio": one.ratio, "met": one.met} for one in targets(run)]
    entries = [asdict(one) for one in run.entries]
    return {"facts": dict(facts), "pace": run.pace, "entries": entries, "scale": run.scale, "targets": shown}


def _table_of(run: Run, table: str) -> Iterator[str]:
    entries = [one for one in run.entries if one.table == table]
    yield from ("", f"## {table}, k = 5", "", HEAD, _rule(HEAD))
    for one in entries:
        yield _line(run, one)


def _rule(head: str) -> str:
    return "|" + "---|" * (head.count("|") - 1)


def _line(run: Run, entry: Entry) -> str:
    if entry.refused:
        return f"| {entry.tool} | {entry.setting} | refused: {entry.refused} |" + " |" * 11
    seconds = f"{entry.scaled_s:.2f} †" if entry.scaled_s is not None else _seconds(entry.search_s or entry.cpu_s)
    planned = _seconds(entry.cpu_s if entry.search_s else None)
    cells = [entry.tool, entry.setting, *_spelled(entry.figures), seconds, planned, _seconds(entry.wall_s)]
    cells.append(_times(run, entry))
    return f"| {' | '.join(cells)} |"


def _spelled(figures: Figures | None) -> Sequence[str]:
    if figures is None:
        return ("–",) * 8
    shares = (figures.median_error, figures.mean_error, figures.p90_error)
    return (
        _number(figures.ncp, "{:.4f}"),
        _number(figures.entropy_loss, "{:.4f}"),
        _number(figures.class_of_a_record, "{:,.1f}"),
        *(_number(one, "{:.1%}") for one in shares),
        str(figures.k),
        _number(figures.suppressed, "{:.1%}"),
    )


def _times(run: Run, entry: Entry) -> str:
    if entry.tool != OURS or not entry.search_s:
        return ""
    known = SAME_SHAPE.get(entry.table, entry.table)
    other = cited(known, ARX, entry.setting) or (None if "global" in entry.setting else cited(known, ARX, "local"))
    return f"{other.cpu_s * run.pace / entry.search_s:,.0f}" if other else ""


def _scale_of(rows: str, told: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    yield from ("", f"## A made register of {rows} rows, eight quasi-identifiers, k = 5, two threads", "")
    yield from ("| step | of | wall s | CPU s | peak MiB |", "|---|---|---|---|---|")
    for task, one in told.items():
        name = "DuckDB" if task == "duckdb" else f"{OURS}, {task}"
        if "refused" in one:
            yield f"| {name} | refused: {one['refused']} | | | |"
            continue
        for step, spent in one["steps"].items():
            peak = f"{spent['peak_mib']:,.0f}" if spent["peak_mib"] else "in plan"
            yield f"| {name} | {step} | {spent['wall_s']:.2f} | {spent['cpu_s']:.2f} | {peak} |"
        yield f"| {name} | whole process | {one['process_wall_s']:.2f} | | |"
        if "loss" in one:
            yield f"| {name} | NCP {one['loss']:.4f}, k {one['k']:.0f}, {one['suppressed-share']:.1%} left out | | | |"
    yield ""
    yield "`group`, `answer` and, in it, `search` are parts of `plan`. The two passes are `read`, `group`, `apply`, `write`."


def _targets_of(run: Run) -> Iterator[str]:
    yield from ("", "## Figures to reach", "", "| figure | asked | reached | ratio | met | note |")
    yield "|---|---|---|---|---|---|"
    found = list(targets(run))
    for one in found:
        sign = "≥" if one.at_least else "≤"
        cells = [
            one.figure,
            f"{sign} {_plain(one.asked)}",
            _plain(one.reached),
            f"{one.ratio:.2f}",
            _met(one),
            one.note,
        ]
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield f"{sum(one.met for one in found)} of {len(found)} met; a ratio below 1 is a shortfall."
    if lacking := missing(run):
        yield f"Not run here: {', '.join(lacking)}."


def _met(target: Target) -> str:
    return "yes" if target.met else "**no**"


def _plain(number: float) -> str:
    if isnan(number):
        return "–"
    return f"{number:,.0f}" if number >= 1_000 else f"{number:.4g}"


def _number(number: float, form: str) -> str:
    return "–" if isnan(number) else form.format(number)


def _seconds(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds:.3f}"


def _figures(one: Cited) -> Figures:
    known = [
        float("nan") if number is None else number
        for number in (one.entropy_loss, one.class_of_a_record, one.median_error, one.mean_error, one.p90_error)
    ]
    entropy, record, median, mean, p90 = known
    return Figures(one.ncp, entropy, float("nan"), record, median, mean, p90, one.k or 0, one.suppressed)
