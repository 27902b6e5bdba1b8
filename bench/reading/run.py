"""One reading in a process of its own: CPU and wall seconds, and the peak of memory (`VmHWM`), as JSON.

python -m bench.reading.run peer|inspect|disarm|rewrite LAYOUT FILE
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv

from bench.reading.made import schema_of
from sekisho.tables.disarm import disarm, inspect
from sekisho.tables.rewriting import rewritten


def main() -> None:
    step, layout, name = sys.argv[1:]
    pa.set_cpu_count(1)
    run = {"peer": _peer, "inspect": _inspect, "disarm": _disarm, "rewrite": _rewrite}[step]
    cpu, wall = time.process_time(), time.perf_counter()
    rows = run(Path(name), layout)
    told = {"cpu_s": time.process_time() - cpu, "wall_s": time.perf_counter() - wall, "rows": rows, "mib": _peak_mib()}
    print(json.dumps(told))


def _peer(path: Path, _layout: str) -> int:
    options = pa_csv.ReadOptions(encoding="cp932", use_threads=False)
    rows: int = pa_csv.read_csv(path, read_options=options).num_rows
    return rows


def _inspect(path: Path, layout: str) -> int:
    with path.open("rb") as stream:
        return inspect(stream, schema_of(layout)).rows


def _disarm(path: Path, layout: str) -> int:
    with tempfile.TemporaryDirectory(dir=path.parent) as folder, path.open("rb") as stream:
        return disarm(stream, schema_of(layout), Path(folder) / "t.parquet").rows


def _rewrite(path: Path, layout: str) -> int:
    with path.open("rb") as stream:
        return sum(piece.count(b"\n") for piece in rewritten(stream, schema_of(layout))[1]) - 1


def _peak_mib() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    main()
