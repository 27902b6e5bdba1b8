"""Our searches beside the tools to beat, in one run.

    make bench [DATA=FOLDER]
    python -m bench.search [--data FOLDER] [--quick] [--out results.md] [--json results.json]

Other tools run in an environment of their own (requirements/bench.txt). `--data` gives more tables, FOLDER/NAME/NAME.csv
with FOLDER/NAME/hierarchies/COLUMN.csv. `--quick` leaves out what takes over a minute: ten million rows.
"""

import argparse
import csv
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.search import beside, ours, register, scale, show, tables
from bench.search.cited import ANONYPY_THERE
from bench.search.ours import Entry
from bench.search.targets import Run
from bench.search.wide import WIDE
from sekisho.deid.deidentify import Outcome
from sekisho.deid.ladders.spelling import written
from sekisho.deid.policy import Policy

SENSITIVE = {"adult": "occupation", "fars": "istatenum"}
PEERS = {"anonypy": "Mondrian, free sets", "anjana": "global, 5 %"}
SIZES = (1_000_000, 10_000_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, help="a folder of tables with hierarchies")
    parser.add_argument("--quick", action="store_true", help="leave out what takes over a minute, and say so")
    parser.add_argument("--folder", type=Path, help="where large files are made; by default the system's own")
    parser.add_argument("--out", type=Path, help="write the tables here too")
    parser.add_argument("--json", type=Path, help="write every number here")
    parser.add_argument("--only", default="", help="only tables whose names have this, and nothing at scale")
    given = parser.parse_args()
    adult = tables.adult()
    peers = [_peer(tool, adult) for tool in PEERS]
    pace = (peers[0].cpu_s or ANONYPY_THERE) / ANONYPY_THERE
    entries = [one for one in _entries(given, pace, peers) if given.only in one.table]
    at_scale = {} if given.only else _at_scale(given)
    run = Run(entries, at_scale, pace)
    facts = _facts(given, entries)
    text = "\n".join(show.markdown(run, facts)) + "\n"
    print(text)
    if given.out:
        given.out.write_text(text, encoding="utf-8")
    if given.json:
        given.json.write_text(json.dumps(show.as_json(run, facts), ensure_ascii=False, indent=1), encoding="utf-8")


def _entries(given: argparse.Namespace, pace: float, peers: list[Entry]) -> Iterator[Entry]:
    found: dict[str, Callable[..., tables.Sample]] = {"adult": tables.adult}
    for name, file, ladders in tables.samples_in(given.data) if given.data else ():
        found[name] = partial(tables.read_sample, name, file, ladders)
    for name, read in found.items():
        if given.only not in name:
            continue
        sample = read()
        mine = ours.policies(sample) | (ours.cell_policies() if name == "adult" else {})
        yield from _ran(sample, mine)
        yield from peers if name == "adult" else ()
        yield from show.cited_entries(name, pace)
    for name in sorted(found.keys() & SENSITIVE.keys()):
        sample = replace(found[name](sensitive=SENSITIVE[name]), name=f"{name}-{SENSITIVE[name]}")
        if given.only in sample.name:
            yield from _ran(sample, ours.sensitive_policies(sample, SENSITIVE[name]))
            yield from show.cited_entries(sample.name, pace)
    for name, make in WIDE.items():
        if given.only in name:
            sample = make()
            yield from _ran(sample, ours.local_policies(sample))


def _ran(sample: tables.Sample, policies: Mapping[str, Policy]) -> Iterator[Entry]:
    for setting, policy in policies.items():
        _say(f"{sample.name}: {setting}")
        entry, made = ours.run(sample, setting, policy)
        yield entry
        if made is not None and sample.name == "adult" and setting == "local":
            yield _counted_by_pycanon(sample, made)


def _counted_by_pycanon(sample: tables.Sample, made: Outcome) -> Entry:
    """Give back what pycanon says of our released table: k by somebody else's code."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "released.csv"
        columns = [made.table.column(name).cells() for name in sample.columns]
        with file.open("w", encoding="utf-8", newline="") as stream:
            out = csv.writer(stream, delimiter=";")
            out.writerow(sample.columns)
            out.writerows([written(cell) for cell in row] for row in zip(*columns, strict=True))
        k, cpu = beside.count_with_pycanon(file, sample.columns)
    return Entry(sample.name, "pycanon", f"counts k = {k} in our local table", cpu_s=cpu)


def _peer(tool: str, sample: tables.Sample) -> Entry:
    _say(f"{sample.name}: {tool}")
    figures, cpu, wall = beside.run_peer(tool, sample, ours.K)
    return Entry(sample.name, tool, PEERS[tool], figures, cpu, wall)


def _at_scale(given: argparse.Namespace) -> dict[str, dict[str, Mapping[str, Any]]]:
    shown = {}
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        register.write_register(folder / scale.SMALL, scale.WARM_ROWS)
        for rows in SIZES[:1] if given.quick else SIZES:
            _say(f"register of {rows:,} rows")
            file = folder / f"{rows}.parquet"
            register.write_register(file, rows)
            shown[f"{rows:,}"] = {task: _child(task, file) for task in scale.TASKS}
            file.unlink()
    return shown


def _child(task: str, file: Path) -> Mapping[str, Any]:
    _say(f"  {task}")
    return scale.run(task, file)


def _facts(given: argparse.Namespace, entries: list[Entry]) -> dict[str, str]:
    first = sum(one.first_s - one.cpu_s for one in entries if one.first_s is not None and one.cpu_s is not None)
    here = {name: version(name) for name in ("numpy", "numba", "pyarrow", "duckdb")}
    told = {
        "host": f"{os.cpu_count()} cores, {platform.platform()}, Python {platform.python_version()}",
        "beside": ", ".join(f"{name} {one}" for name, one in {**beside.versions(), **here}.items()),
        "warm": f"loops are compiled before anything is timed; first runs took {first:.1f} CPU s more in all",
    }
    if given.quick:
        told["left out"] = "ten million rows, for they take over a minute"
    return told


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
