"""Reading what municipalities have, beside PyArrow's own plain reading of CSV, in one run.

    make bench-reading [QUICK=1]
    python -m bench.reading [--quick] [--out reading.md]

`--quick` takes 100,000 rows and leaves out the gigabyte.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.reading import made

ROWS, QUICK_ROWS = 1_000_000, 100_000
GIGABYTE = 10**9
TARGET = 3.0
NAMES = {"inspect": "inspected", "disarm": "to typed Parquet", "rewrite": "written anew for the seal"}
Told = Mapping[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="100,000 rows, no gigabyte")
    parser.add_argument("--out", type=Path, help="write the tables here too")
    given = parser.parse_args()
    rows, load = QUICK_ROWS if given.quick else ROWS, os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        text = "\n".join(_lines(Path(name), rows, load, quick=given.quick)) + "\n"
    print(text)
    if given.out:
        given.out.write_text(text, encoding="utf-8")


def _lines(folder: Path, rows: int, load: float, *, quick: bool) -> Iterator[str]:
    yield from ("# Reading", "", f"`make bench-reading{' QUICK=1' if quick else ''}`", "")
    yield f"- host: {os.cpu_count()} cores, {platform.platform()}, Python {platform.python_version()}, PyArrow {version('pyarrow')}"
    yield f"- load at the beginning: {load:.1f}; each run a process of its own, one thread, CPU seconds judged"
    file = folder / "csv"
    made.write(file, "csv", rows)
    peer = _run("peer", "csv", file)
    yield f"- CSV: {rows:,} rows of {len(made.COLUMNS)} columns in CP932, {file.stat().st_size / 1e6:.0f} MB, four spellings of days"
    yield from (
        "",
        "## CSV beside PyArrow",
        "",
        "| | CPU s | wall s | peak MiB | times PyArrow | ≤ 3 |",
        "|---|---|---|---|---|---|",
    )
    yield f"| PyArrow `read_csv`, CP932, whole in memory | {_spent(peer)} | 1.0 | |"
    for step, name in NAMES.items():
        one = _run(step, "csv", file)
        ratio = one["cpu_s"] / peer["cpu_s"]
        yield f"| {name} | {_spent(one)} | {ratio:.1f} | {'met' if ratio <= TARGET else '**not met**'} |"
    yield from (
        "",
        "## Other layouts",
        "",
        "| | MB | rows | CPU s | wall s | peak MiB | MB/CPU s |",
        "|---|---|---|---|---|---|---|",
    )
    for layout, name in (("fixed", "fixed length, inspected"), ("uke", "claims, a row a sickness, inspected")):
        other = folder / layout
        made.write(other, layout, rows)
        one, size = _run("inspect", layout, other), other.stat().st_size / 1e6
        yield f"| {name} | {size:.0f} | {one['rows']:,} | {_spent(one)} | {size / one['cpu_s']:.0f} |"
    if not quick:
        yield from _gigabyte(folder)


def _gigabyte(folder: Path) -> Iterator[str]:
    yield from (
        "",
        "## Memory",
        "",
        "| to typed Parquet | MB | rows | CPU s | wall s | peak MiB |",
        "|---|---|---|---|---|---|",
    )
    for least in (GIGABYTE // 10, GIGABYTE):
        file = folder / "large"
        made.write(file, "csv", ROWS // 10, least)
        one = _run("disarm", "csv", file)
        yield f"| CSV | {file.stat().st_size / 1e6:,.0f} | {one['rows']:,} | {_spent(one)} |"


def _run(step: str, layout: str, file: Path) -> Told:
    print(step, layout, file=sys.stderr, flush=True)
    command = [sys.executable, "-m", "bench.reading.run", step, layout, str(file)]
    told: Told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return told


def _spent(one: Told) -> str:
    return f"{one['cpu_s']:.2f} | {one['wall_s']:.2f} | {one['mib']:,.0f}"


if __name__ == "__main__":
    main()
