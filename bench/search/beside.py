"""Other tools, run beside ours in their own environment: one child process each."""

import json
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.search.figures import Figures, figures_of, released_by_classes
from bench.search.tables import ROOT, Sample

PYTHON = ROOT / "build" / "venv-bench" / "bin" / "python"
PEERS = Path(__file__).with_name("peers.py")


def run_peer(tool: str, sample: Sample, k: int) -> tuple[Figures, float, float]:
    """Give back the figures of what `tool` released, and its CPU and wall seconds; reading the table is not counted."""
    found = _run(tool, sample.file, sample.columns, ["--ladders", str(sample.ladder_folder), "--k", str(k)])
    released = released_by_classes([found["columns"][name] for name in sample.columns], found["rows"])
    return figures_of(sample.domains, released), found["cpu_s"], found["wall_s"]


def count_with_pycanon(file: Path, columns: Sequence[str]) -> tuple[int, float]:
    """Give back k as pycanon counts it in a released file, and its CPU seconds."""
    found = _run("pycanon", file, columns, [])
    return found["k"], found["cpu_s"]


def versions() -> dict[str, str]:
    """Give back which release of each other tool stands in their environment."""
    code = "import importlib.metadata as m, json; print(json.dumps({n: m.version(n) for n in %r}))"
    names = ["anonypy", "anjana", "pycanon", "pandas"]
    ran = subprocess.run([PYTHON, "-c", code % names], check=True, capture_output=True, text=True)
    told: dict[str, str] = json.loads(ran.stdout)
    return told


def _run(tool: str, file: Path | None, columns: Sequence[str], more: Sequence[str]) -> Any:
    if file is None:
        raise ValueError("other tools read files")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "peer.json"
        command = [PYTHON, PEERS, tool, file, "--columns", ",".join(columns), "--out", out, *more]
        subprocess.run([str(one) for one in command], check=True, capture_output=True)
        return json.loads(out.read_text(encoding="utf-8"))
