"""Compiled loops are kept from one process to the next, and never longer than what they were made of."""

import os
import subprocess
import sys
from pathlib import Path

LOWER = """
from sekisho.deid.passes.compiled import inner

STEP = {step}

@inner
def grow(number):
    return number {sign} STEP
"""
UPPER = """
from sekisho.deid.passes.compiled import compiled
from loops_lower import grow

@compiled
def grown(number):
    return grow(number)
"""
ASK = "import loops_upper; print(loops_upper.grown(10), sum(loops_upper.grown.stats.cache_hits.values()))"


def ask(folder: Path) -> list[int]:
    """Give back the loop's answer, and how often it was found ready made, in a process of its own."""
    known = {key: value for key, value in os.environ.items() if key != "NUMBA_CACHE_DIR"}
    told = subprocess.run(
        [sys.executable, "-B", "-c", ASK],
        env={**known, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return [int(one) for one in told.stdout.split()]


def test_a_loop_is_kept_until_another_file_that_it_calls_changes(tmp_path):
    (tmp_path / "loops_upper.py").write_text(UPPER)
    lower = tmp_path / "loops_lower.py"
    lower.write_text(LOWER.format(step=1, sign="+"))
    assert ask(tmp_path) == [11, 0]
    assert ask(tmp_path) == [11, 1]
    lower.write_text(LOWER.format(step=2, sign="+"))
    assert ask(tmp_path) == [12, 0]
    lower.write_text(LOWER.format(step=2, sign="-"))
    assert ask(tmp_path) == [8, 0]
    assert ask(tmp_path) == [8, 1]
