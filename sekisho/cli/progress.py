"""A line that says how far long work has come, on terminals only."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

MEBIBYTE = 1024 * 1024
SECONDS_BETWEEN = 0.2


@contextmanager
def bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """Give a callable for bytes done and bytes in all; it rewrites one line of stderr, with what remains in seconds."""
    began = time.monotonic()
    shown = 0.0
    on = sys.stderr.isatty()

    def progress(done: int, total: int) -> None:
        nonlocal shown
        moment = time.monotonic()
        if not on or (moment - shown < SECONDS_BETWEEN and done < total):
            return
        shown = moment
        share = done / total if total else 1.0
        rest = (moment - began) * (1 - share) / share if share else 0.0
        click.echo(f"\r{label}  {share:4.0%}  {done // MEBIBYTE:,} MiB  {rest:,.0f} s ", err=True, nl=False)

    try:
        yield progress
    finally:
        if on and shown:
            click.echo(err=True)
