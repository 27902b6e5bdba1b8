"""Work shared out over the machine's cores."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Piece = TypeVar("Piece")
Result = TypeVar("Result")


def spread(work: Callable[[Piece], Result], pieces: Iterable[Piece]) -> Iterator[Result]:
    """Give back the results in the order of the pieces, as `map` does, worked out on all cores that this process may use.

    For work that lets go of the interpreter, as compiled loops do. Where the caller stops asking, what has not begun is
    never begun.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if cores == 1:
        yield from map(work, pieces)
        return
    with ThreadPoolExecutor(cores) as pool:
        pending = [pool.submit(work, piece) for piece in pieces]
        try:
            for one in pending:
                yield one.result()
        finally:
            for one in pending:
                one.cancel()
