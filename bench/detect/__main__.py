"""False alarms and misses of the search for numbers that name a person, in one run.

    make bench-detect [QUICK=1]
    python -m bench.detect [--quick] [--out detect.md]

`--quick` takes a tenth of the numbers and columns.
"""

import argparse
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import numpy as np

from bench.detect import figures, show
from bench.detect.figures import BLANKS, CHECKED, ERRORS, NAMED, misses
from sekisho.deid.numbers.codes import Code

SEED = 5
COUNT = 10_000_000
COLUMNS = 200
RANDOM_COLUMNS = {10: 4_000, 30: 4_000, 100: 4_000, 1_000: 1_000, 10_000: 200, 100_000: 20}
ALIKE_SIZE, ALIKE_COLUMNS = 50_000, 5
NAMED_SIZES = (3, 10, 30, 100)
SPEED_COUNT = 1_000_000
TENTH = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    parser.add_argument("--out", type=Path, help="write the tables here too")
    given = parser.parse_args()
    load = os.getloadavg()[0]
    text = "\n".join(show.markdown(_measured(TENTH if given.quick else 1), _facts(load))) + "\n"
    print(text)
    if given.out:
        given.out.parent.mkdir(parents=True, exist_ok=True)
        given.out.write_text(text, encoding="utf-8")


def _measured(less: int) -> show.Run:
    start = perf_counter()
    chance = np.random.default_rng(SEED)
    columns = COLUMNS // less
    sizes = {size: max(2, many // less) for size, many in RANDOM_COLUMNS.items()}
    _say("numbers by themselves")
    cells = figures.cell_passes(chance, COUNT // less)
    _say("columns of random numbers")
    alarms = {size: (sizes[size], found) for size, found in figures.column_alarms(chance, sizes).items()}
    alike = figures.look_alikes(chance, ALIKE_SIZE // less, ALIKE_COLUMNS)
    _say("columns of real numbers")
    asked = [(Code.MY_NUMBER, blanks, errors) for blanks in BLANKS for errors in ERRORS]
    asked += [(code, 0.0, errors) for code in CHECKED if code is not Code.MY_NUMBER for errors in (0.0, 0.6)]
    missed = [misses(chance, code, blanks, errors, columns) for code, blanks, errors in asked]
    named = {code: {size: figures.named_misses(chance, code, size, columns) for size in NAMED_SIZES} for code in NAMED}
    _say("time")
    speeds = figures.speeds(chance, SPEED_COUNT // less)
    return show.Run(
        count=COUNT // less,
        columns=columns,
        cells=cells,
        alarms=alarms,
        alike=alike,
        alike_size=ALIKE_SIZE // less,
        alike_columns=ALIKE_COLUMNS,
        missed=missed,
        named=named,
        speeds=speeds,
        speed_count=SPEED_COUNT // less,
        total_s=perf_counter() - start,
    )


def _facts(load: float) -> dict[str, str]:
    return {
        "host": f"{os.cpu_count()} cores, {platform.platform()}, Python {platform.python_version()}, numpy {version('numpy')}",
        "load": f"{load:.1f} at the beginning, {os.getloadavg()[0]:.1f} at the end",
        "seed": str(SEED),
    }


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
