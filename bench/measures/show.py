"""Results as Markdown and as JSON; every number is measured in this run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isnan
from typing import Any

from bench.measures.beside import LIMIT_GB, LIMIT_S, Alike, Shown

TARGET_S = 10
TITLES = {
    "risk": "Measures of risk",
    "use": "Measures of use",
    "stars": "Where cells became stars",
    "change": "Changes",
}
JUDGED = ("risk", "use", "stars")
Runs = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Run:
    """Ours by group on `rows` rows, other tools on what they managed, what models took, and what compiling takes."""

    rows: int
    groups: Mapping[str, Runs]
    peers: Sequence[Shown]
    models: Mapping[str, Any]
    compiling_s: float


def markdown(run: Run, facts: Mapping[str, str]) -> Iterator[str]:
    """Give the lines of the whole result."""
    yield from ("# Every measure and every change", "")
    yield from (f"- {name}: {said}" for name, said in facts.items())
    yield f"- table: a made register of {run.rows:,} rows, eight quasi-identifiers, two sensitive columns; released by the"
    yield "  local mode with k = 5 beforehand, which is not counted; the population has twice as many persons; k-wildcard and"
    yield "  what stands under *Where cells became stars* are of a release by the cells mode"
    yield "- seconds: one thread, loops compiled, the median of three runs; each measure from the tables to its number, as"
    yield "  if it were asked for alone. CPU seconds are judged: what else the machine does adds to wall seconds only"
    yield f"- cold: compiling the loops of all measures and changes takes {run.compiling_s:.1f} CPU s, once a machine"
    yield "- memory: what a run takes beyond the tables themselves"
    for group in JUDGED:
        yield from _judged(group, run)
    yield from _verdict(run)
    yield from _models(run.models)
    yield from _changes(run)
    yield from _peers(run.peers)


def met(one: Mapping[str, Any]) -> bool:
    """Say whether a run is within the target; what was refused is not."""
    return "refused" not in one and bool(one["cpu_s"] <= TARGET_S)


def as_json(run: Run, facts: Mapping[str, str]) -> dict[str, Any]:
    """Give back all numbers."""
    peers = [_peer_as_json(one) for one in run.peers]
    judged = {name: met(one) for group in JUDGED for name, one in run.groups[group].items()}
    return {"facts": dict(facts), **asdict(run), "peers": peers, "target_s": TARGET_S, "met": judged}


def _peer_as_json(one: Shown) -> dict[str, Any]:
    told = {
        key: None if isinstance(value, float) and isnan(value) else value
        for key, value in {**asdict(one), "ratio": one.ratio}.items()
    }
    return {**told, "peer": {**asdict(one.peer), "alike": one.peer.alike.value}}


def _judged(group: str, run: Run) -> Iterator[str]:
    yield from (
        "",
        f"## {TITLES[group]}",
        "",
        f"| measure | CPU s | wall s | MiB | ≤ {TARGET_S} s |",
        "|---|---|---|---|---|",
    )
    for name, one in run.groups[group].items():
        yield f"| {name} | {_spent(one)} | {'met' if met(one) else '**not met**'} |"


def _verdict(run: Run) -> Iterator[str]:
    every = [one for group in JUDGED for one in run.groups[group].values()]
    slowest = max((one["cpu_s"], name) for group in JUDGED for name, one in run.groups[group].items() if "cpu_s" in one)
    yield ""
    yield f"{sum(map(met, every))} of {len(every)} met; the slowest is {slowest[1]} with {slowest[0]:.2f} CPU s."


def _models(told: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", "## Models", "")
    if not told:
        yield "Not timed: there is no scikit-learn here."
        return
    yield f"model-accuracy, model-accuracy-relative, model-auc: {told['rows']:,} rows, {told['folds']} folds, three models before"
    yield f"and after, a search in each fold: {told['cpu_s']:.1f} CPU s, {told['wall_s']:.1f} wall s. No limit: these train."


def _changes(run: Run) -> Iterator[str]:
    yield from (
        "",
        f"## {TITLES['change']}",
        "",
        "| change | CPU s | wall s | MiB | rows after |",
        "|---|---|---|---|---|",
    )
    for name, one in run.groups["change"].items():
        rows = f"{one['numbers'][0]:,}" if "numbers" in one else "–"
        yield f"| {name} | {_spent(one)} | {rows} |"


def _spent(one: Mapping[str, Any]) -> str:
    if "refused" in one:
        return f"refused: {one['refused']} | – | –"
    return f"{one['cpu_s']:.2f} | {one['wall_s']:.2f} | {one['mib']:,.0f}"


def _peers(peers: Sequence[Shown]) -> Iterator[str]:
    yield from ("", "## Beside other tools", "")
    yield f"Each on the largest of a few tables that it does in {LIMIT_S} CPU s and {LIMIT_GB} GB; ours on the same rows."
    yield ""
    yield "| measure | tool | its rows | its CPU s | ours there, CPU s | times faster | its number | ours | equal |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for one in peers:
        named = f"| {one.peer.beside} | {one.peer.tool} `{one.peer.measure}` "
        if not one.rows:
            yield f"{named}| none of {', '.join(f'{size:,}' for size in one.peer.sizes)} | – | – | – | – | – | – |"
            continue
        yield (
            f"{named}| {one.rows:,} | {one.cpu_s:.2f} | {one.ours_s:.4f} | {one.ratio:,.0f} "
            f"| {_number(one.theirs)} | {_number(one.ours)} | {_equal(one)} |"
        )


def _equal(one: Shown) -> str:
    match one.peer.alike:
        case Alike.OTHER:
            return f"defined otherwise: {one.peer.tool} {one.peer.why}"
        case Alike.WHOLE_PART:
            return "its whole part" if one.kept else "**no**"
        case _:
            aside = f", of rows; {one.peer.tool} {one.peer.why}" if one.peer.why else ""
            return f"yes{aside}" if one.kept else "**no**"


def _number(number: float | None) -> str:
    if number is None or isnan(number):
        return "unbounded"
    return f"{number:.0f}" if number == int(number) else f"{number:.6g}"
