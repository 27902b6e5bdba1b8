"""Power cuts, also while the machine comes back from one, and syncs that fail once: F5, F6 and F7 (docs/faults.md)."""

import multiprocessing
import os
import random
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path

from sekisho.errors import SekishoError
from tests.faults.power.disk import LOG_FLUSH, NO_FLUSH, Disk, mounts_of_its_own
from tests.faults.power.moments import counted, lying
from tests.faults.power.paths import Way, made_ways
from tests.faults.power.promises import SLOTS, Promises
from tests.faults.row import Row

RANDOM_CUTS = 200
QUICK_CUTS = 3
EVERY = 25  # the quick sample takes every so many-th step
ASKED_AGAIN = 3  # by who brings a parcel to a machine that goes on after a failed sync
SEED = 20261124
LIED = SLOTS - 1


@dataclass
class Outcome:
    """What one kind of fault did on one way so far."""

    injected: int = 0
    undone: int = 0
    healed: int = 0
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Bench:
    """A disk, a way that works on it, and what was promised there."""

    disk: Disk
    way: Way
    promises: Promises

    def seconds(self) -> float:
        """Give back how long the whole of the work takes; it must end well."""
        self.disk.renew()
        began = time.monotonic()
        assert in_child(self.work) == 0, self.way.name
        took = time.monotonic() - began
        rest = self._unfinished({})
        assert rest == [], (self.way.name, rest)
        self.promises.forget()
        self.disk.unmount()
        return took

    def cut_after(self, step: int, how: int, during: Callable[[], None]) -> bool:
        """Cut the power when `during` has done so many steps; say whether it came that far."""

        def cutting(done: int) -> None:
            if done == step:
                self.disk.cut(how)
                os.kill(os.getpid(), signal.SIGKILL)

        def counted_work() -> None:
            with counted(cutting):
                during()

        return in_child(counted_work) == -signal.SIGKILL

    def cut_at(self, seconds: float, how: int) -> None:
        """Cut the power so long after the work began, or right after it."""
        in_child(self.work, lambda: (time.sleep(seconds), self.disk.cut(how)))

    def judge(self, outcome: Outcome, when: str) -> None:
        """Come back from a cut, look, start, look, do all the work once more, look; the disk is free then."""
        kept = self.promises.kept()
        self.disk.come_back()
        home = self.disk.home
        wrong = self.way.broken(home)
        started = in_child(self._start)
        wrong += self.way.broken(home) + self.way.unkept(home, kept)
        self.promises.forget()
        again = in_child(self.work)
        rest = self._unfinished(kept) if (started, again) == (0, 0) else ["it does not work again"]
        outcome.injected += 1
        outcome.undone += 1
        outcome.healed += not rest
        outcome.wrong += [f"{when}: {one}" for one in (*wrong, *rest)]
        self.promises.forget()
        self.disk.unmount()

    def start_cut(self, step: int, how: int) -> bool:
        """Cut the power once more, while the machine comes back; say whether it came that far."""
        self.disk.come_back()
        return self.cut_after(step, how, self._start)

    def work(self) -> None:
        self.way.work(self.disk.home, self.promises)

    def work_lying(self, at: int) -> None:
        with lying(at, lambda: self.promises.keep(LIED, b"lied")):
            self.way.work(self.disk.home, self.promises, ASKED_AGAIN)

    def _start(self) -> None:
        self.way.start(self.disk.home)

    def _unfinished(self, kept: dict[int, bytes]) -> list[str]:
        """Look after one more start, which sweeps."""
        if in_child(self._start) != 0:
            return ["it does not start again"]
        try:
            return self.way.unfinished(self.disk.home, kept, self.promises.kept())
        except SekishoError as error:
            return [error.reason.value]


def in_child(work: Callable[[], None], meanwhile: Callable[[], object] = lambda: None) -> int:
    """Give back how a child that did `work` ended: 0, 1 for an error, or minus the signal."""
    child = os.fork()
    if not child:
        code = 1
        try:
            work()
            code = 0
        except BaseException as error:  # noqa: BLE001 - it is told by the code, and by words where somebody looks for them
            if "SEKISHO_FAULTS_TOLD" in os.environ:
                os.write(2, f"{error!r}\n".encode())
        finally:
            os._exit(code)
    meanwhile()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def rows(*, quick: bool = False) -> Iterator[Row]:
    """Give a row for each kind of fault and way; `quick` takes a few of each. The ways are struck side by side."""
    with tempfile.TemporaryDirectory() as name:
        ways = made_ways(Path(name))
        folders = [Path(name) / f"disk-{place}" for place in range(len(ways))]
        forked = multiprocessing.get_context("fork")
        with forked.Pool(
            min(len(ways), len(os.sched_getaffinity(0))),
            partial(_keep, quick=quick),
            (list(zip(ways, folders, strict=True)),),
        ) as pool:
            for found in pool.imap(_struck, range(len(ways))):
                yield from found


_kept: list[tuple[Way, Path]] = []  # in a worker: what it was forked with, since a way cannot be sent
_is_quick: list[bool] = []


def _keep(ways: list[tuple[Way, Path]], *, quick: bool) -> None:
    mounts_of_its_own()
    _kept[:], _is_quick[:] = ways, [quick]


def _struck(place: int) -> list[Row]:
    way, folder = _kept[place]
    folder.mkdir()
    with Disk(folder) as disk:
        return list(_rows_of(Bench(disk, way, Promises()), quick=_is_quick[0]))


def _rows_of(bench: Bench, *, quick: bool) -> Iterator[Row]:
    strikes = {
        ("F5", "power cut after each step"): _after_each,
        ("F5", "power cut at any time"): _at_any_time,
        ("F6", "power cut twice"): _twice,
        ("F7", "a sync that fails, then lies"): _after_lies,
    }
    bench.seconds()  # the first time imports what is imported late
    for (number, name), strike in strikes.items():
        began = time.monotonic()
        found = strike(bench, quick=quick)
        took = time.monotonic() - began
        yield Row(number, name, bench.way.name, found.injected, found.healed, found.undone, took, tuple(found.wrong))


def _hows(place: int) -> int:
    """Give back one of the two ways to lose power, in turn."""
    return (NO_FLUSH, LOG_FLUSH)[place % 2]


def _after_each(bench: Bench, *, quick: bool) -> Outcome:
    outcome = Outcome()
    for step in count(1, EVERY if quick else 1):
        for how in (NO_FLUSH,) if quick else (NO_FLUSH, LOG_FLUSH):
            bench.disk.renew()
            if not bench.cut_after(step, how, bench.work):
                bench.promises.forget()
                bench.disk.unmount()
                return outcome
            bench.judge(outcome, f"step {step}")
    return outcome


def _at_any_time(bench: Bench, *, quick: bool) -> Outcome:
    outcome, whole, chosen = Outcome(), bench.seconds(), random.Random(SEED)
    for place in range(QUICK_CUTS if quick else RANDOM_CUTS):
        moment = chosen.uniform(0, whole)
        bench.disk.renew()
        bench.cut_at(moment, _hows(place))
        bench.judge(outcome, f"after {moment * 1000:.1f} ms")
    return outcome


def _twice(bench: Bench, *, quick: bool) -> Outcome:
    """Cut at steps spread over the work, then after each step of coming back."""
    outcome = Outcome()
    for step in count(2, EVERY if quick else 5):
        for second in count(1, 4 if quick else 1):
            bench.disk.renew()
            came = bench.cut_after(step, _hows(step), bench.work)
            if came and bench.start_cut(second, _hows(second)):
                bench.judge(outcome, f"steps {step} and {second}")
                continue
            bench.promises.forget()
            bench.disk.unmount()
            if not came:
                return outcome
            break
    return outcome


def _after_lies(bench: Bench, *, quick: bool) -> Outcome:
    """Let each sync fail once and lie then, in a machine that goes on and is asked again; then cut its power."""
    outcome = Outcome()
    for at in count(1, EVERY if quick else 1):
        bench.disk.renew()
        in_child(lambda: bench.work_lying(at))  # noqa: B023 - run at once
        if not bench.promises.take(LIED):
            bench.promises.forget()
            bench.disk.unmount()
            return outcome
        bench.disk.cut(NO_FLUSH)
        bench.judge(outcome, f"sync {at}")
    return outcome
