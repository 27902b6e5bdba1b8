"""Every measure and every change on a million made rows, beside pycanon and suda on what they manage, in one run.

    make bench-measures [QUICK=1]
    python -m bench.measures [--quick] [--out measures.md] [--json measures.json]

Other tools run in an environment of their own (requirements/bench.txt). `--quick` takes 100,000 rows.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bench.measures import beside, show
from bench.measures.beside import PEER_MEASURES, Peer, Shown

ROWS, QUICK_ROWS = 1_000_000, 100_000
COLD_ROWS = 5_000
MODEL_ROWS, QUICK_MODEL_ROWS = 10_000, 2_000


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="100,000 rows")
    parser.add_argument("--out", type=Path, help="write the tables here too")
    parser.add_argument("--json", type=Path, help="write every number here")
    given = parser.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours = _ours(folder, QUICK_ROWS if given.quick else ROWS)
        compiling = _compiling(folder)
        models = _models(folder, QUICK_MODEL_ROWS if given.quick else MODEL_ROWS)
        run = show.Run(ours["rows"], ours["groups"], tuple(_beside(folder)), models, compiling)
    facts = _facts(load)
    text = "\n".join(show.markdown(run, facts)) + "\n"
    print(text)
    if given.out:
        given.out.write_text(text, encoding="utf-8")
    if given.json:
        given.json.write_text(json.dumps(show.as_json(run, facts), ensure_ascii=False, indent=1), encoding="utf-8")


def _ours(folder: Path, rows: int, *more: str, **settings: str) -> Any:
    """Give back what a process of its own tells of our measures and changes."""
    _say(f"ours on {rows:,} rows")
    out = folder / f"ours-{rows}.json"
    command = [sys.executable, "-m", "bench.measures.ours", str(rows), "--out", str(out), *more]
    subprocess.run(command, check=True, env={**os.environ, **settings})
    return json.loads(out.read_text(encoding="utf-8"))


def _compiling(folder: Path) -> float:
    """Give back the CPU seconds that measures and changes take more where no loop has been compiled yet."""
    cold, warm = (
        sum(one.get("cpu_s", 0.0) for group in told["groups"].values() for one in group.values())
        for told in (
            _ours(folder, COLD_ROWS, "--cold", NUMBA_CACHE_DIR=str(folder / "loops")),
            _ours(folder, COLD_ROWS, "--cold", NUMBA_CACHE_DIR=str(folder / "loops")),
        )
    )
    return float(cold - warm)


def _models(folder: Path, rows: int) -> dict[str, Any]:
    """Give back what training takes, or nothing where there is no scikit-learn."""
    if find_spec("sklearn") is None:
        return {}
    _say(f"models on {rows:,} rows")
    out = folder / "models.json"
    subprocess.run([sys.executable, "-m", "bench.measures.models", str(rows), "--out", str(out)], check=True)
    told: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return told


def _beside(folder: Path) -> Sequence[Shown]:
    """Give back what the other tools took, each on the largest of its sizes that it manages."""
    tables: dict[int, Any] = {}
    return [_largest(folder, peer, tables) for peer in PEER_MEASURES]


def _largest(folder: Path, peer: Peer, tables: dict[int, Any]) -> Shown:
    for rows in peer.sizes:
        inside = folder / str(rows)
        if rows not in tables:
            inside.mkdir()
            tables[rows] = _ours(folder, rows, "--tables", str(inside), "--no-changes")["groups"]
        _say(f"{peer.tool} {peer.measure} on {rows:,} rows")
        found = beside.run_peer(peer, inside)
        if found is not None:
            ours = {name: one for group in tables[rows].values() for name, one in group.items()}
            return beside.shown_of(peer, rows, found, ours[peer.beside])
    return Shown(peer, 0)


def _facts(load: float) -> dict[str, str]:
    here = {name: version(name) for name in ("numpy", "numba")}
    return {
        "host": f"{os.cpu_count()} cores, {platform.platform()}, Python {platform.python_version()}",
        "load": f"{load:.1f} at the beginning, {os.getloadavg()[0]:.1f} at the end",
        "beside": ", ".join(f"{name} {one}" for name, one in {**beside.versions(), **here}.items()),
    }


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
