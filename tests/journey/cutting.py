"""Runs one command of processing again and again, killed at its first, second, third … fsync, then once more whole.

`python -m tests.journey.cutting HOME FOLDER ARGUMENT...` copies HOME (processing's folder, which gets the name
`processing`) for each cut into FOLDER and prints a line of JSON for each: the folder, how the cut run ended (-9) and
the second run's exit code. Forks before each run, so that importing everything is paid once: also what a command imports
late, which one whole run tells beforehand.
"""

import importlib
import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import NoReturn

from sekisho.cli.main import main
from sekisho.zones.processing import counter, handout, intake, workbench

MOST_CUTS = 200
ALL = (counter, handout, intake, workbench)  # imported here, once, for all the children
LOADED = "loaded"


def run(home: Path, arguments: list[str], cut: int = 0) -> int:
    """Give back how the command ended: its exit code, or -9 where it was killed at fsync number `cut`."""
    child = os.fork()
    if not child:
        _become(home, arguments, cut)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _become(home: Path, arguments: list[str], cut: int) -> NoReturn:
    nothing = os.open(home.parent / "said", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    left, fsync = cut, os.fsync

    def cutting(place: int) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        fsync(place)

    os.fsync = cutting
    code = 1
    try:
        main(["--lang", "en", *arguments, "--home", str(home)])
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        (home.parent / LOADED).write_text("\n".join(sys.modules), encoding="utf-8")
        sys.stdout.flush()
        os._exit(code)


def load_all(source: Path, folder: Path, arguments: list[str]) -> None:
    """Import what one whole run of the command imports."""
    home = folder / "whole" / "processing"
    shutil.copytree(source, home)
    run(home, arguments)
    for name in (home.parent / LOADED).read_text(encoding="utf-8").split():
        if name not in sys.modules:
            importlib.import_module(name)
    shutil.rmtree(home.parent)


def cut_everywhere(source: Path, folder: Path, arguments: list[str]) -> None:
    load_all(source, folder, arguments)
    for cut in range(1, MOST_CUTS):
        home = folder / f"{cut:03d}" / "processing"
        shutil.copytree(source, home)
        first = run(home, arguments, cut)
        if first != -signal.SIGKILL:
            shutil.rmtree(home.parent)
            print(json.dumps({"whole": first, "cuts": cut - 1}), flush=True)
            return
        print(json.dumps({"folder": str(home.parent), "again": run(home, arguments)}), flush=True)


if __name__ == "__main__":
    cut_everywhere(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
