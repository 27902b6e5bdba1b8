import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize(
    ("name", "end"), [("by-hand.md", "every story is lawful"), ("by-hand.ja.md", "どの案件も定められた手順どおりです")]
)
def test_the_commands_of_the_page_by_hand_take_a_table_the_whole_way(tmp_path, name, end):
    page = (ROOT / "docs" / name).read_text(encoding="utf-8")
    script = "set -e\ntrap 'kill $(jobs -p); wait' EXIT\n" + "\n".join(BLOCK.findall(page))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PATH": path, "EXAMPLES": str(ROOT / "examples"), "SEKISHO_LANG": "ja"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert end in ran.stdout
    assert (tmp_path / "site" / "recipient-riyou" / "opened" / "132993-000001" / "table.csv").is_file()
