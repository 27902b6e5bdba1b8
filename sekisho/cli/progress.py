"""What a person at a terminal sees of long work, and how it is asked to stop."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import click

MEBIBYTE = 1024 * 1024
SECONDS_BETWEEN = 0.2
STDERR = 2


class _Line:
    """One line of stderr, written anew with the share done and what remains in seconds."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.on = sys.stderr.isatty()
        self.began = time.monotonic()
        self.shown = 0.0
        self.last = 0.0

    def show(self, share: float, amount: str = "") -> None:
        moment = time.monotonic()
        if share < self.last:  # the work began anew
            self.began = moment
        self.last = share
        if not self.on or (moment - self.shown < SECONDS_BETWEEN and share < 1):
            return
        self.shown = moment
        rest = (moment - self.began) * (1 - share) / share if share else 0.0
        click.echo(f"\r{self.label}  {share:4.0%}  {amount}{rest:,.0f} s ", err=True, nl=False)

    def end(self) -> None:
        if self.on and self.shown:
            click.echo(err=True)


@contextmanager
def bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """Give a callable for bytes done and bytes in all; it rewrites one line of stderr, with what remains in seconds."""
    line = _Line(label)

    def progress(done: int, total: int) -> None:
        line.show(done / total if total else 1.0, f"{done // MEBIBYTE:,} MiB  ")

    try:
        yield progress
    finally:
        line.end()


@contextmanager
def share_bar(label: str) -> Iterator[Callable[[float], None]]:
    """Give a callable for the share of work that is done, 0 to 1; where it falls, the work began anew."""
    line = _Line(label)
    try:
        yield line.show
    finally:
        line.end()


@contextmanager
def stopping(says: str) -> Iterator[Callable[[], bool]]:
    """Give a callable that answers True once Ctrl-C was pressed; then `says` is told, and the next one raises as ever.

    Outside the main thread, where no signal arrives, it never answers True.
    """
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return
    before = signal.getsignal(signal.SIGINT)

    def first(_signal: int, _frame: FrameType | None) -> None:
        asked.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.write(STDERR, f"\n{says}\n".encode())  # what writes to the terminal may be in the middle of a line

    signal.signal(signal.SIGINT, first)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)
