"""Chance that only secret entropy tells: streams of SHAKE-256 (FIPS 202), one for each purpose."""

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LEAST_ENTROPY_BYTES = 32

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Chance:
    """Entropy, at least 32 secret bytes, and what it is drawn on for: each purpose has a stream of its own.

    The same entropy and purpose give the same draws on every machine. Nobody without the entropy can tell them.
    """

    entropy: bytes
    purpose: str

    def __post_init__(self) -> None:
        if len(self.entropy) < LEAST_ENTROPY_BYTES:
            raise ValueError("chance needs at least 32 bytes of entropy")

    def of(self, purpose: str) -> "Chance":
        """Give back a stream below this one."""
        return Chance(self.entropy, f"{self.purpose}/{purpose}")

    def words(self, count: int) -> Words:
        """Give back `count` even 64-bit numbers."""
        seed = self.purpose.encode()
        stream = hashlib.shake_256(len(seed).to_bytes(8, "little") + seed + self.entropy)
        return np.frombuffer(stream.digest(8 * count), dtype="<u8").astype(np.uint64)

    def shares(self, count: int) -> Floats:
        """Give back `count` even numbers between 0 and 1, neither of them among these, of 52 bits."""
        even: Floats = ((self.words(count) >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52
        return even

    def below(self, limit: int, count: int) -> npt.NDArray[np.int64]:
        """Give back `count` whole numbers from 0 to `limit` − 1; for limits up to 2⁴⁰ uneven by less than 2⁻¹³."""
        return (self.shares(count) * limit).astype(np.int64)

    def normals(self, count: int) -> Floats:
        """Give back `count` standard normal numbers (Box and Muller 1958)."""
        even = self.shares(2 * count)
        radius = np.sqrt(-2.0 * np.log(even[:count]))
        normal: Floats = radius * np.cos(2.0 * np.pi * even[count:])
        return normal

    def order(self, count: int) -> npt.NDArray[np.int64]:
        """Give back an order of `count` things, all orders alike."""
        from sekisho.deid.passes.sorting import order_of_random  # compiled loops take half a second to load

        return order_of_random(self.words(count)).astype(np.int64)
