"""The whole of a de-identification at scale, beside a plain read, group-by and write of the same file by DuckDB.

Each is a process of its own, so that its peak memory is its own; within it `VmHWM` of /proc begins anew at each step
where the kernel lets it. Both use two threads and write Parquet with zstd. Compiled loops are warm: the process first
de-identifies a small register, which stands apart as `warm`.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from bench.search import register
from sekisho.deid.apply import apply_plan
from sekisho.deid.deidentify import measure_release, plan_table
from sekisho.deid.policy import Mode, Policy
from sekisho.tables.arrow import read_table, write_parquet

THREADS = 2
K = 5
WARM_ROWS = 20_000
SMALL = "small.parquet"
DRAFT = "local, unrefined"
POLICIES: Mapping[str, Mapping[str, Any]] = {
    "global": {"mode": Mode.GLOBAL, "suppression_limit": Fraction(5, 100)},
    "local": {"mode": Mode.LOCAL},
    DRAFT: {"mode": Mode.LOCAL, "steps": 0},
}
INSIDE = {  # steps within planning, by the names of the functions that take them
    "pose_question": "group",
    "collapse": "collapse",
    "find_answer": "answer",
    "find_best": "search",
    "find_partition": "search",
    "suppress_cells": "search",
}


@dataclass
class Steps:
    """What each step took: wall and CPU seconds, and the peak memory in MiB while it ran."""

    took: dict[str, dict[str, float]] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        _forget_peak()
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        spent = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu, "peak_mib": _peak()}
        before = self.took.get(name, {"wall_s": 0.0, "cpu_s": 0.0, "peak_mib": 0.0})
        self.took[name] = {
            "wall_s": before["wall_s"] + spent["wall_s"],
            "cpu_s": before["cpu_s"] + spent["cpu_s"],
            "peak_mib": max(before["peak_mib"], spent["peak_mib"]),
        }

    def inside(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """Give back `work` with its seconds counted as a step within another one."""

        def watched(*given: Any, **named: Any) -> Any:
            wall, cpu = time.perf_counter(), time.process_time()
            made = work(*given, **named)
            spent = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu, "peak_mib": 0.0}
            before = self.took.get(name, {"wall_s": 0.0, "cpu_s": 0.0, "peak_mib": 0.0})
            self.took[name] = {key: before[key] + spent[key] for key in spent}
            return made

        return watched


def duckdb_plain(file: Path, out: Path, steps: Steps) -> dict[str, Any]:
    """Read all, group by all columns, write all: what no tool that has to do all three can leave out."""
    import duckdb

    connection = duckdb.connect()
    connection.execute(f"SET threads={THREADS}")
    with steps.step("read"):
        connection.execute("CREATE TEMP TABLE people AS FROM read_parquet(?)", [str(file)])
    with steps.step("group"):
        connection.execute("CREATE TEMP TABLE alike AS SELECT COLUMNS(*), count(*) AS rows FROM people GROUP BY ALL")
    with steps.step("write"):
        connection.execute("COPY people TO '" + str(out) + "' (FORMAT parquet, COMPRESSION zstd)")
    counted = connection.execute("SELECT sum(rows), count(*) FROM alike").fetchone()
    return {"rows": int(counted[0]), "tuples": int(counted[1])} if counted else {}


def sekisho_whole(mode: str, file: Path, out: Path, steps: Steps) -> dict[str, Any]:
    """Read, plan, apply, count again, write."""
    with steps.step("warm"):
        _deidentify(mode, file.with_name(SMALL), out, Steps())
    return _deidentify(mode, file, out, steps)


def _deidentify(mode: str, file: Path, out: Path, steps: Steps) -> dict[str, Any]:
    policy = Policy(k=K, ladders=register.climbs(), **POLICIES[mode])
    schema = register.schema()
    with ThreadPoolExecutor(THREADS) as pool:
        with steps.step("read"):
            table = read_table(file)
        with steps.step("plan"), watched(steps):
            planned = plan_table(table, schema, policy, spread=pool.map)
        with steps.step("apply"):
            released = apply_plan(table, planned.plan, planned.answer, entropy=bytes(32))
        with steps.step("count again"):
            report = measure_release(table, released, schema, planned)
        with steps.step("write"), out.open("wb") as stream:
            write_parquet(released, stream)
    shown = {one: float(report.number(one)) for one in ("k", "loss", "suppressed-share")}
    return {"rows": table.rows, "tuples": len(planned.answer.tuples), **shown}


@contextmanager
def watched(steps: Steps) -> Iterator[None]:
    """Count what goes on within planning as steps of their own."""
    rooms = [one for name, one in sys.modules.items() if name.startswith("sekisho.deid")]
    called = [(room, name) for room in rooms for name in INSIDE if _is_elsewhere(vars(room).get(name), room)]
    works = [vars(room)[name] for room, name in called]
    for (room, name), work in zip(called, works, strict=True):
        setattr(room, name, steps.inside(INSIDE[name], work))
    try:
        yield
    finally:
        for (room, name), work in zip(called, works, strict=True):
            setattr(room, name, work)


def _is_elsewhere(work: Any, room: ModuleType) -> bool:
    """Say whether `room` imports this function: where it is called, and not where it is written."""
    return work is not None and work.__module__ != room.__name__


def run(task: str, file: Path) -> Mapping[str, Any]:
    """Give back what a child process tells of `task`: duckdb, or one of ours by its mode."""
    out = file.with_name("out.parquet")
    command = [sys.executable, "-m", "bench.search.scale", task, str(file), str(out)]
    begun = time.perf_counter()
    ran = subprocess.run(command, check=False, capture_output=True, text=True)
    wall = time.perf_counter() - begun
    out.unlink(missing_ok=True)
    if ran.returncode:
        return {"refused": ran.stderr.strip().splitlines()[-1] if ran.stderr.strip() else "ended"}
    told: dict[str, Any] = json.loads(ran.stdout)
    return {**told, "process_wall_s": wall}


def _peak() -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(one for one in lines if one.startswith("VmHWM")).split()[1]) / 1024


def _forget_peak() -> None:
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


TASKS: Mapping[str, Callable[[Path, Path, Steps], dict[str, Any]]] = {
    "duckdb": duckdb_plain,
    **{mode: partial(sekisho_whole, mode) for mode in POLICIES},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("task", choices=TASKS)
    parser.add_argument("file", type=Path)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    steps = Steps()
    told = TASKS[given.task](given.file, given.out, steps)
    print(json.dumps({**told, "steps": steps.took}))


if __name__ == "__main__":
    main()
