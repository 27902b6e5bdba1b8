"""The import contracts hold, and each of them bites: a copy of the package with one line too many fails."""

import os
import shutil
import subprocess
import sys

import pytest
from house_code import ROOT

VIOLATIONS = {
    "a room below imports a room above": ("parcel/label.py", "import sekisho.storage.files", "floors"),
    "strangers of one floor meet": ("ledger/entry.py", "import sekisho.parcel.label", "floors"),
    "a new room stands on no floor": ("anything.py", "", "floors"),
    "one zone imports another": ("zones/receiving/ports.py", "import sekisho.zones.processing.desk", "zones"),
    "the science draws chance": ("deid/search/full_domain/problem.py", "import random", "pure"),
    "the permit reads a clock": ("release/permit.py", "import time", "pure"),
    "the parcel reaches the disk": ("parcel/seal.py", "from pathlib import Path", "pure"),
    "the ledger reads with pydantic": ("ledger/entry.py", "import pydantic", "pydantic"),
    "receiving can open": ("zones/receiving/door.py", "import sekisho.parcel.unseal", "receiving"),
    "receiving can open, two steps away": ("reception.py", "import sekisho.parcel.private_key", "receiving"),
    "receiving can call": ("zones/receiving/start.py", "import sekisho.lines.client", "receiving"),
    "receiving can call with Python's own client": ("storage/parts.py", "import http.client", "receiving"),
    "the intake can call": ("zones/delivery/door.py", "import sekisho.lines.client", "intake"),
    "the intake reaches the deliverer": (
        "zones/delivery/start.py",
        "import sekisho.zones.delivery.deliverer",
        "intake",
    ),
    "the deliverer can listen": ("zones/delivery/deliverer.py", "import uvicorn", "deliverer"),
    "processing can listen": ("zones/processing/desk.py", "import sekisho.lines.server", "processing"),
}


def lint(folder, *contracts):
    """Give back what import-linter says of the package in `folder`, and its exit code."""
    program = shutil.which("lint-imports", path=os.path.dirname(sys.executable))  # noqa: PTH120 - one name, no tree
    assert program is not None
    chosen = [word for name in contracts for word in ("--contract", name)]
    ran = subprocess.run(
        [program, "--no-logo", "--no-cache", *chosen],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.stdout, ran.returncode


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(ROOT / "sekisho", tmp_path / "sekisho", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


@pytest.mark.requirement("B02", "B04", "B07", "B08")
def test_every_contract_is_kept(copy):
    said, code = lint(copy)
    assert code == 0, said
    assert "0 broken" in said


@pytest.mark.requirement("B02", "B04", "B07", "B08")
@pytest.mark.parametrize(("file", "line", "contract"), VIOLATIONS.values(), ids=VIOLATIONS.keys())
def test_a_contract_bites(copy, file, line, contract):
    path = copy / "sekisho" / file
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(f"{text}\n{line}\n", encoding="utf-8")
    said, code = lint(copy, contract)
    assert code == 1, said
    assert "BROKEN" in said or "exhaustive" in said or "not listed" in said.lower(), said
