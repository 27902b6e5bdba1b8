"""Other tools on one table, in an environment of their own; a JSON file of what each gave back, and its seconds.

    .venv-bench/bin/python bench/search/peers.py anonypy adult.csv --ladders ladders --columns age,sex --out peer.json

Nothing of ours is imported here. `anonypy` (Mondrian with free sets), `anjana` (one recoding per column) and `pycanon`
(which only counts) get the table as their own documentation shows it. A label is written as the text that the tool
gave, or, for Mondrian's sets, as the list of values in the set.
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("tool", choices=TOOLS)
    parser.add_argument("table", type=Path)
    parser.add_argument("--ladders", type=Path)
    parser.add_argument("--columns", required=True, help="the quasi-identifiers, with commas between")
    parser.add_argument("--k", type=int, default=5)
    parser.add_argument("--percent", type=float, default=5, help="rows that may be left out")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    given.out.write_text(json.dumps(TOOLS[given.tool](given)), encoding="utf-8")


def run_anonypy(given: argparse.Namespace) -> dict[str, Any]:
    """Mondrian: numbers are cut at the median, texts as a category, the sets are what a class holds."""
    from anonypy import Preserver, anonypy

    names = given.columns.split(",")
    frame = pd.read_csv(given.table, sep=";", usecols=names)[names]
    numeric = [name for name in names if pd.api.types.is_numeric_dtype(frame[name])]
    for name in set(names) - set(numeric):
        frame[name] = frame[name].astype("category")
    frame["nothing"] = 0  # the tool wants a sensitive column
    preserver = Preserver(frame, names, "nothing")
    parts, took = timed(lambda: preserver.modrian.partition(given.k))
    _, wrote = timed(lambda: anonypy.anonymize(frame, parts, names, "nothing"))
    labels = {name: [sorted(set(frame.loc[part, name].tolist()), key=str) for part in parts] for name in names}
    return {
        "cpu_s": took["cpu_s"] + wrote["cpu_s"],
        "wall_s": took["wall_s"] + wrote["wall_s"],
        "columns": {
            name: [_range(one, frame[name]) if name in numeric else one for one in labels[name]] for name in names
        },
        "rows": [len(one) for one in parts],
    }


def run_anjana(given: argparse.Namespace) -> dict[str, Any]:
    """One level per column, found by raising the column with the most values; labels are the ladders'."""
    from anjana.anonymity import k_anonymity

    names = given.columns.split(",")
    frame = pd.read_csv(given.table, sep=";", usecols=names, dtype=str, keep_default_na=False)[names]
    ladders = {}
    for name in names:
        lines = pd.read_csv(given.ladders / f"{name}.csv", sep=";", header=None, dtype=str, keep_default_na=False)
        ladders[name] = {level: lines[level].to_numpy() for level in lines.columns}
    done, took = timed(lambda: k_anonymity(frame, [], names, given.k, given.percent, ladders))
    classes = done.groupby(names, observed=True).size().reset_index(name="rows of the class")
    return {
        **took,
        "columns": {name: classes[name].tolist() for name in names},
        "rows": classes["rows of the class"].tolist(),
    }


def run_pycanon(given: argparse.Namespace) -> dict[str, Any]:
    """Count k in a table that another tool gave out."""
    from pycanon.anonymity import k_anonymity

    names = given.columns.split(",")
    frame = pd.read_csv(given.table, sep=";", usecols=names, dtype=str, keep_default_na=False)
    found, took = timed(lambda: k_anonymity(frame, names))
    return {**took, "k": int(found)}


def timed(work: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    cpu, wall = time.process_time(), time.perf_counter()
    result = work()
    return result, {"cpu_s": time.process_time() - cpu, "wall_s": time.perf_counter() - wall}


def _range(values: Sequence[Any], column: "pd.Series[Any]") -> list[str]:
    """Give back what `low-high` covers: every number of the table between the least and the greatest of the class."""
    present = sorted(column.unique().tolist())
    return [str(one) for one in present if min(values) <= one <= max(values)]


TOOLS = {"anonypy": run_anonypy, "anjana": run_anjana, "pycanon": run_pycanon}

if __name__ == "__main__":
    main()
