"""Loops over millions of tuples, compiled by Numba when first called and kept beside the source for the next time."""

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
from numba.core.dispatcher import Dispatcher

Loop = TypeVar("Loop", bound=Callable[..., Any])

_LOOPS: dict[str, bytes] = {}  # by module: SHA-256 over its loops so far, and over all that they call elsewhere


def compiled(loop: Loop) -> Loop:
    """Give back `loop` as machine code; it lets go of the interpreter, so that two of them run on two cores.

    Where neither the source's folder nor the user's cache may be written, it is compiled anew in every process.
    """
    stamp = _stamp(loop)
    try:
        made = cast("Any", numba.njit(cache=True, nogil=True, error_model="numpy")(loop))
    except RuntimeError:
        return cast("Loop", numba.njit(nogil=True, error_model="numpy")(loop))
    kept = made._cache._cache_file  # noqa: SLF001 - Numba sees a change of this file, but not one in a file that it calls
    kept._source_stamp = (*kept._source_stamp, stamp)  # noqa: SLF001 - as above
    return cast("Loop", made)


def inner(loop: Loop) -> Loop:
    """Give back `loop` as machine code that counts no references: for innermost steps, which allocate nothing.

    Counting them, for each array that a step is handed, would cost more than the step. It is not kept for itself, only as a
    part of the loops that call it: whoever is not compiled calls one of those.
    """
    _stamp(loop)
    return cast("Loop", cast("Any", numba.njit)(nogil=True, error_model="numpy", _nrt=False)(loop))


def _stamp(loop: Callable[..., Any]) -> bytes:
    """Give back a digest of what other modules give to the loop's module: their loops and constants, and theirs in turn."""
    known = loop.__globals__
    given = [
        (name, _LOOPS.get(one.py_func.__module__, b"") if isinstance(one, Dispatcher) else repr(one).encode())
        for name, one in sorted(known.items())
        if (isinstance(one, Dispatcher) and one.py_func.__module__ != loop.__module__)
        or (name.isupper() and isinstance(one, int | float | tuple))
    ]
    stamp = hashlib.sha256(b"".join(name.encode() + b"\0" + told for name, told in given)).digest()
    code = loop.__code__
    plain = [one for one in code.co_consts if isinstance(one, int | float | str | tuple)]
    before = _LOOPS.get(loop.__module__, b"")
    _LOOPS[loop.__module__] = hashlib.sha256(
        before + stamp + code.co_code + repr((code.co_names, plain)).encode()
    ).digest()
    return stamp
