"""One step along all rows: keys put together and taken apart, codes translated and counted.

NumPy's own ways to the last two copy every code to 64 bits first.
"""

import numpy as np
import numpy.typing as npt

from sekisho.deid.passes.compiled import compiled

Codes = npt.NDArray[np.int32]
Keys = npt.NDArray[np.uint64]


@compiled
def add_field(keys: Keys, bits: int, codes: Codes) -> None:
    """Move each key up by `bits` and put its code below, in place; `keys` and `codes` have one length."""
    shift = np.uint64(bits)
    for row in range(keys.size):
        keys[row] = (keys[row] << shift) | np.uint64(codes[row])


@compiled
def cut_field(keys: Keys, low: int, bits: int) -> Codes:
    """Give back the code that lies in each key from bit `low` on."""
    codes = np.empty(keys.size, np.int32)
    shift, mask = np.uint64(low), np.uint64((1 << bits) - 1)
    for row in range(keys.size):
        codes[row] = (keys[row] >> shift) & mask
    return codes


@compiled
def translate(codes: Codes, words: Codes) -> Codes:
    """Give back `words[code]` for each of `codes`."""
    out = np.empty(codes.size, np.int32)
    for row in range(codes.size):
        out[row] = words[codes[row]]
    return out


@compiled
def count_codes(codes: Codes, size: int) -> npt.NDArray[np.int64]:
    """Give back how often each code below `size` occurs; shape (size,)."""
    counts = np.zeros(size, np.int64)
    for row in range(codes.size):
        counts[codes[row]] += 1
    return counts
