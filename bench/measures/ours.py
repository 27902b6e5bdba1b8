"""Our measures and changes on so many made rows, timed one by one in a process of their own.

    python -m bench.measures.ours 30000 --out ours.json [--tables FOLDER] [--cold] [--no-changes]

One thread, so that CPU seconds are what a quiet machine takes. Loops are compiled, and everything is run once on a small
table, before anything is timed; making the table, and the release by the local mode, is not counted. Seconds are the median
of three runs, or of one where it takes over `SHORT_S`; memory is what a run takes beyond the tables.
"""

import argparse
import ctypes
import gc
import json
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import Any

from bench.measures.changed import steps
from bench.measures.made import Made, make, write_table
from bench.measures.measured import GROUPS
from bench.search.scale import Steps
from sekisho.deid.measure import Measure
from sekisho.errors import SekishoError

THREADS = 2  # for the release, which is not timed
WARM_ROWS = 5_000
REPEATS, SHORT_S = 3, 5

Run = dict[str, Any]


def run_all(made: Made, *, repeats: int = REPEATS, changes: bool = True) -> dict[str, dict[str, Run]]:
    """Give back, group by group and name by name, seconds, memory in MiB and numbers, or why there are none."""
    told = {
        group: {task.name: timed(task.work, made, repeats, _numbers) for task in tasks}
        for group, tasks in GROUPS.items()
    }
    if changes:
        told["change"] = {one.name: timed(one.work, made, repeats, lambda after: [after.rows]) for one in steps()}
    return told


def timed(work: Callable[[Made], Any], made: Made, repeats: int, numbers: Callable[[Any], list[Any]]) -> Run:
    """Give back what `work` took, and `numbers` of what it gave; nothing that an earlier run counted is there."""
    runs: list[dict[str, float]] = []
    try:
        while len(runs) < repeats and (not runs or runs[0]["cpu_s"] < SHORT_S):
            fresh, watch = made.anew(), Steps()
            _let_go()
            with watch.step("before"):
                pass
            with watch.step("work"):
                given = work(fresh)
            grown = watch.took["work"]["peak_mib"] - watch.took["before"]["peak_mib"]
            runs.append({**watch.took["work"], "mib": max(grown, 0.0)})
    except SekishoError as error:
        return {"refused": error.reason.value}
    seconds = {key: median(one[key] for one in runs) for key in ("wall_s", "cpu_s")}
    return {**seconds, "mib": max(one["mib"] for one in runs), "runs": len(runs), "numbers": numbers(given)}


def _let_go() -> None:
    """Give memory that is free back to the system, so that the next run's growth is its own."""
    gc.collect()
    with suppress(OSError, AttributeError):  # another C library than GNU's
        ctypes.CDLL(None).malloc_trim(0)


def _numbers(found: tuple[Measure | None, ...]) -> list[float | None]:
    """Give back the numbers for another program: None where it is unbounded, or where no estimate exists."""
    return [None if one is None or one.amount is None else float(one.amount) for one in found]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("rows", type=int)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--tables", type=Path, help="a folder for the two tables as text, for other tools")
    parser.add_argument("--cold", action="store_true", help="run once, with whatever has to be compiled first")
    parser.add_argument("--no-changes", action="store_true", help="measures alone")
    given = parser.parse_args()
    with ThreadPoolExecutor(THREADS) as pool:
        if not given.cold:
            run_all(make(WARM_ROWS, pool.map), repeats=1, changes=not given.no_changes)
        made = make(given.rows, pool.map)
    print(f"  {given.rows:,} rows made and released", file=sys.stderr, flush=True)
    if given.tables:
        write_table(given.tables / "original.csv", made.original)
        write_table(given.tables / "released.csv", made.released)
    told = run_all(made, repeats=1 if given.cold else REPEATS, changes=not given.no_changes)
    given.out.write_text(json.dumps({"rows": given.rows, "groups": told}), encoding="utf-8")


if __name__ == "__main__":
    main()
