import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sekisho.pages.words import Language, words_in

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
EXPORTS = 7
MADE = [sys.executable, "-m", "examples.town", "--residents", "1000", "--seed", "1", "--folder"]


@pytest.fixture(scope="module")
def exports(tmp_path_factory):
    folder = tmp_path_factory.mktemp("town")
    subprocess.run([*MADE, str(folder)], cwd=ROOT, check=True, capture_output=True, timeout=120)
    return folder / "exports"


def run(command, folder, language="ja", **given):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "SEKISHO_LANG": language, **given}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.parametrize(("name", "language"), [("municipality.md", "en"), ("municipality.ja.md", "ja")])
def test_a_clerk_who_follows_the_page_seals_all_exports_of_the_town(tmp_path, exports, name, language):
    page = (ROOT / "docs" / name).read_text(encoding="utf-8")
    made = run(["sekisho", "site", "init", "site", "--trial"], tmp_path)
    assert made.returncode == 0, made.stderr
    home = tmp_path / "site" / "municipality-132993"
    script = "set -e\n" + "\n".join(BLOCK.findall(page))
    ran = run(["bash", "-c", script], tmp_path, language, EXPORTS=str(exports), HOME_FOLDER=str(home))
    assert ran.returncode == 0, ran.stderr
    assert sorted(one.name for one in (home / "outbox").glob("*.parcel")) == [
        f"{number:06d}.parcel" for number in range(1, EXPORTS + 1)
    ]
    assert (tmp_path / "draft.html").is_file()


def test_the_command_line_tells_of_each_trap_the_rule_the_row_and_the_column(tmp_path, exports):
    words = words_in(Language.JA)
    traps = json.loads((exports / "traps" / "truth.json").read_text(encoding="utf-8"))["traps"]
    missed = []
    for number, trap in enumerate(traps):
        errors = tmp_path / f"{number}.csv"
        table = str(exports / "traps" / trap["file"])
        call = ["sekisho", "municipality", "inspect", table, "--schema", trap["dataset"], "--errors", str(errors)]
        refused = run(call, tmp_path)
        with errors.open(encoding="utf-8-sig", newline="") as stream:
            listed = [(int(one[0]), one[2], one[3]) for one in list(csv.reader(stream))[1:]]
        rule = words.say(f"rule.{trap['rule']}")
        row = trap["row"] or min(one[0] for one in listed)  # row 0: the header, or a column as a whole
        if refused.returncode == 0 or rule not in refused.stderr or (row, trap["column"], rule) not in listed:
            missed.append(trap["file"])
    assert traps
    assert missed == []
