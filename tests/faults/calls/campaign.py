"""Every fault at every call that writes, in every scene: F1 to F4 (docs/faults.md 1)."""

import shutil
import tempfile
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.queues import Queue
from pathlib import Path
from queue import Empty

from tests.faults.calls.scenes import Scene, scenes
from tests.faults.calls.traced import Fault, load_what_was_loaded, places, run
from tests.faults.row import Row

OPENS, MAKES = ("openat", "open", "creat"), ("mkdir", "mkdirat")
FILLS = (*OPENS, *MAKES, "write", "pwrite64", "writev", "fsync", "fdatasync", "rename", "renameat2", "link", "linkat", "ftruncate")  # fmt: skip
CHANGES = (*FILLS, "renameat", "unlink", "unlinkat", "rmdir", "chmod", "fchmod", "fchmodat", "sendto", "sendmsg")
"""What changes a disk or is heard by somebody: killed anywhere between two of these leaves the same."""
KINDS: dict[str, tuple[str, dict[str, tuple[str, ...]]]] = {
    "F1": ("killed", {"signal=SIGKILL": CHANGES}),
    "F2": ("input/output error", {"error=EIO": ()}),
    "F3": ("no space", {"error=ENOSPC": FILLS}),
    "F4": (
        "interrupted, over quota, no descriptor",
        {
            "error=EINTR": (*OPENS, "write", "fsync", "flock"),
            "error=EDQUOT": (*OPENS, *MAKES, "write"),
            "error=EMFILE": OPENS,
        },
    ),
}
"""By id: what it is called, and each fault with the calls that it can meet (none named: all)."""
OURS = "[fault.ours]"
WORKERS, QUICK_STEP, WAIT_SECONDS = 2, 40, 5.0


def rows(*, quick: bool = False) -> Iterator[Row]:
    """Give a row for each fault and scene as soon as it is there; `quick` tries every 40th call."""
    context = get_context("fork")  # the scenes are functions, and the children must be warm
    with tempfile.TemporaryDirectory() as name, scenes(Path(name)) as found:
        told: Queue[Row | str] = context.Queue()
        shares = [found[number::WORKERS] for number in range(WORKERS)]
        workers = [
            context.Process(target=_work, args=(one, QUICK_STEP if quick else 1, Path(name), told)) for one in shares
        ]
        for one in workers:
            one.start()
        try:
            left = len(found) * len(KINDS)
            while left:
                row = _next(told, workers)
                left -= 1
                yield row
        finally:
            for one in workers:
                one.terminate()
                one.join()


def _next(told: "Queue[Row | str]", workers: list) -> Row:  # type: ignore[type-arg]
    while True:
        try:
            row = told.get(timeout=WAIT_SECONDS)
        except Empty:
            assert any(one.is_alive() for one in workers), "a worker ended before its work"
            continue
        assert isinstance(row, Row), row
        return row


def _work(found: tuple[Scene, ...], step: int, parent: Path, told: "Queue[Row | str]") -> None:
    try:
        for scene in found:
            folder = parent / scene.name
            folder.mkdir()
            trial = Trial(scene, folder)
            called = trial.calls()[::step]
            for number in KINDS:
                told.put(trial.row(number, called))
    except Exception:  # noqa: BLE001 - the parent says it
        told.put(traceback.format_exc())


@dataclass
class Trial:
    """One scene, tried in a folder of its own."""

    scene: Scene
    folder: Path
    wrong: list[str] = field(default_factory=list)

    @property
    def said(self) -> Path:
        return self.folder / "said"

    def calls(self) -> list[tuple[str, int]]:
        """Give back the calls of a run in which nothing goes wrong; of the second one, when all is imported."""
        for _ in range(2):
            home = self._home()
            code = run(lambda: self.scene.act(home), self.said, log=self.folder / "log")  # noqa: B023 - run at once
            found = (code, self.scene.done(home), self.scene.wrong(home))
            assert found == (0, True, []), (self.scene.name, found, self.said.read_text()[-2000:])
            load_what_was_loaded(self.said)
        return places(self.folder / "log")

    def row(self, number: str, called: list[tuple[str, int]]) -> Row:
        name, faults = KINDS[number]
        began, self.wrong = time.monotonic(), []
        tried = [
            self._try(Fault(call, place, how))
            for how, only in faults.items()
            for call, place in called
            if not only or call in only
        ]
        undone = [healed for done, healed in tried if not done]
        return Row(
            number, name, self.scene.name, len(tried), sum(undone), len(undone), time.monotonic() - began, tuple(self.wrong)
        )  # fmt: skip

    def _try(self, fault: Fault) -> tuple[bool, bool]:
        """Give back whether the work was done in spite of a fault, and whether one repetition did it."""
        home = self._home()
        code = run(lambda: self.scene.act(home), self.said, fault)
        done = self.scene.done(home)
        if code == 0 and not done:
            self.wrong.append(f"{fault.text}: said done and is not")
        if OURS in self.said.read_text(errors="replace"):
            self.wrong.append(f"{fault.text}: told as a fault of the software")
        healed = done or (run(lambda: self.scene.act(home), self.said) == 0 and self.scene.done(home))
        if healed:
            self.wrong += [f"{fault.text}: {one}" for one in self.scene.wrong(home)]
        return done, healed

    def _home(self) -> Path:
        """Give back a fresh copy of what was there before."""
        home = self.folder / "home"
        if home.exists():
            shutil.rmtree(home)
        self.said.write_bytes(b"")
        return Path(shutil.copytree(self.scene.source, home))
