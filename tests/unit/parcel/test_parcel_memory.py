import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
MOST_MIB = 200


def peak_mib(step: str, folder: Path) -> float:
    command = [sys.executable, "-m", "bench.parcel", "--step", step, "--folder", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    return json.loads(done.stdout)["peak_mib"]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from Linux' /proc")
def test_a_file_larger_than_the_memory_allowed_is_sealed_checked_and_opened(tmp_path: Path) -> None:
    with (tmp_path / "table.csv").open("wb") as table:
        table.truncate(256 * 1_048_576)
    peaks = {step: peak_mib(step, tmp_path) for step in ("seal", "check", "open")}
    assert max(peaks.values()) < MOST_MIB, peaks
    (tmp_path / "table.csv").unlink()
    (tmp_path / "parcel").unlink()
