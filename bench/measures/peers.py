"""One measure by another tool, in an environment of its own; a JSON file of its numbers and its seconds.

    build/venv-bench/bin/python bench/measures/peers.py l_diversity released.csv --quasi age,sex --sensitive care --out peer.json

Nothing of ours is imported here. pycanon and suda get the table as their own documentation shows it: texts, and `--numeric`
columns as numbers. Reading the file is not counted. What takes more CPU seconds than `--seconds`, or more memory than
`--gigabytes`, is ended by the system.
"""

import argparse
import json
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

SUDA = "suda"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("measure", help="a function of pycanon.anonymity, or suda")
    parser.add_argument("table", type=Path)
    parser.add_argument("--quasi", required=True, help="the quasi-identifiers, with commas between")
    parser.add_argument("--sensitive", default="")
    parser.add_argument("--numeric", action="store_true", help="the sensitive column holds numbers")
    parser.add_argument("--together", type=int, default=2, help="columns that suda looks at together")
    parser.add_argument("--seconds", type=int, required=True)
    parser.add_argument("--gigabytes", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    work = _suda(given) if given.measure == SUDA else _pycanon(given)
    resource.setrlimit(resource.RLIMIT_AS, (given.gigabytes << 30, given.gigabytes << 30))
    most = int(time.process_time()) + given.seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (most, most))
    wall, cpu = time.perf_counter(), time.process_time()
    numbers = work()
    told = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu, "numbers": numbers}
    given.out.write_text(json.dumps(told), encoding="utf-8")


def _pycanon(given: argparse.Namespace) -> Callable[[], list[float]]:
    from pycanon import anonymity

    names, frame = given.quasi.split(","), _frame(given)
    function = getattr(anonymity, given.measure)
    asked = (frame, names, [given.sensitive]) if given.sensitive else (frame, names)

    def work() -> list[float]:
        found = function(*asked)
        return [float(one) for one in (found if isinstance(found, tuple) else (found,))]

    return work


def _suda(given: argparse.Namespace) -> Callable[[], list[float]]:
    """Give back what finds the share of rows that are unique in a set of at most so many columns."""
    from suda import suda

    frame = _frame(given)[given.quasi.split(",")]

    def work() -> list[float]:
        found: Any = suda(frame, max_msu=given.together)
        return [float((found["msu"] > 0).mean())]

    return work


def _frame(given: argparse.Namespace) -> pd.DataFrame:
    frame = pd.read_csv(given.table, sep=";", dtype=str, keep_default_na=False)
    if given.numeric:
        frame[given.sensitive] = frame[given.sensitive].astype(int)
    return frame


if __name__ == "__main__":
    main()
