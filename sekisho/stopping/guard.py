"""A process that works and ends the moment its zone is stopped (spec/stop.md 2)."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from sekisho.errors import Reason, Who
from sekisho.lines.client import cut_lines
from sekisho.stopping.mark import check_running, is_stopped

LOOK_SECONDS = 0.1
LAST_SECONDS = 2.0  # what does not end by itself after a stop is ended


@contextmanager
def heeding(shelf: Path) -> Iterator[None]:
    """Run what is inside only while the zone is not stopped; SITE_STOPPED is raised in the middle of it when it is.

    The main thread is interrupted wherever it is, and its lines are cut with every byte that they hold. Another thread is
    not interrupted: it asks `check_running` at each of its steps, and loses its lines all the same.
    """
    check_running(shelf)
    done = threading.Event()
    former = None
    if threading.current_thread() is threading.main_thread():
        former = signal.signal(signal.SIGUSR1, _interrupt(shelf, done))
    watch = threading.Thread(target=_watch, args=(shelf, done, former is not None), daemon=True)
    watch.start()
    try:
        yield
    finally:
        done.set()
        watch.join()
        if former is not None:
            signal.signal(signal.SIGUSR1, former)


def _interrupt(shelf: Path, done: threading.Event) -> Callable[[int, FrameType | None], None]:
    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        if not done.is_set():
            check_running(shelf)

    return interrupt


def _watch(shelf: Path, done: threading.Event, interrupts: bool) -> None:  # noqa: FBT001 - a thread's argument
    while not is_stopped(shelf):
        if done.wait(LOOK_SECONDS):
            return
    cut_lines()
    if interrupts:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)
    if not done.wait(LAST_SECONDS):
        os.write(2, f"[{Reason.SITE_STOPPED.value}]\n".encode())
        os._exit(Who.OPERATOR.value)
