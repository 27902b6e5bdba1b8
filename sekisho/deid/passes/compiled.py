"""Loops over millions of tuples, compiled by Numba when first called and kept beside the source for the next time."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Loop = TypeVar("Loop", bound=Callable[..., Any])


def compiled(loop: Loop) -> Loop:
    """Give back `loop` as machine code; it lets go of the interpreter, so that two of them run on two cores.

    Where neither the source's folder nor the user's cache may be written, it is compiled anew in every process.
    """
    try:
        return cast("Loop", numba.njit(cache=True, nogil=True, error_model="numpy")(loop))
    except RuntimeError:
        return cast("Loop", numba.njit(nogil=True, error_model="numpy")(loop))


def inner(loop: Loop) -> Loop:
    """Give back `loop` as machine code that counts no references: for innermost steps, which allocate nothing.

    Counting them, for each array that a step is handed, would cost more than the step.
    """
    return cast("Loop", cast("Any", numba.njit)(nogil=True, error_model="numpy", _nrt=False)(loop))
