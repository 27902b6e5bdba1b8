"""Every export of the town, the bad variants, and the truth about both."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from examples.town.exports.care import benefits
from examples.town.exports.children import allowances
from examples.town.exports.claims import claims
from examples.town.exports.health import health_records
from examples.town.exports.insured import entitlements
from examples.town.exports.register import register
from examples.town.exports.sheet import Export
from examples.town.exports.tax import tax_roll
from examples.town.exports.traps import Trap, traps
from examples.town.residents import Town

FOLDER, TRAPS, TRUTH = "exports", "traps", "truth.json"
MAKERS: dict[str, Callable[[Town, int], Export]] = {
    "resident-register": register,
    "national-health": entitlements,
    "claims": claims,
    "care": benefits,
    "resident-tax": tax_roll,
    "child-allowance": allowances,
    "health-checks": health_records,
}
"""What makes the export of each ready-made dataset."""


def write_exports(town: Town, seed: int, folder: Path, only: str | None = None) -> tuple[Export, ...]:
    """Write the exports and their truth into `folder`, one alone where it is named; give back what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    exports = tuple(make(town, seed) for dataset, make in MAKERS.items() if only in {None, dataset})
    for one in exports:
        (folder / one.file).write_bytes(one.raw)
    (folder / TRUTH).write_bytes(_json([_export(one) for one in exports], "exports"))
    return exports


def write_traps(seed: int, folder: Path) -> tuple[Trap, ...]:
    """Write the bad variants, each with one planted error, and what has to be found in each."""
    folder.mkdir(parents=True, exist_ok=True)
    made = traps(seed)
    for one in made:
        (folder / one.file).write_bytes(one.raw)
    (folder / TRUTH).write_bytes(_json([_trap(one) for one in made], "traps"))
    return made


def _json(told: list[dict[str, Any]], key: str) -> bytes:
    truth = {"format": f"sekisho-town-{key}-v1", key: told}
    return (json.dumps(truth, ensure_ascii=False, indent=2) + "\n").encode()


def _export(one: Export) -> dict[str, Any]:
    planted = [
        {
            "kind": truth.kind,
            "row": truth.row,
            "column": truth.column,
            "written": truth.written,
            "reads_as": truth.reads_as,
        }
        for truth in one.truths
    ]
    return {"file": one.file, "dataset": one.dataset, "rows": one.rows, "planted": planted}


def _trap(one: Trap) -> dict[str, Any]:
    return {"file": one.file, "dataset": one.dataset, "rule": one.rule, "row": one.row, "column": one.column}
