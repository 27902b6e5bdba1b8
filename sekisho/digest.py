"""SHA-256 as a type: one spelling, one strict reader."""

import hashlib
import re
from dataclasses import dataclass

from sekisho.errors import Malformed, Reason

_TEXT = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, order=True)
class Digest:
    """A SHA-256 digest (FIPS 180-4), 32 bytes."""

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != 32:
            raise ValueError("a SHA-256 digest has 32 bytes")

    def __str__(self) -> str:
        return f"sha256:{self.raw.hex()}"

    @property
    def hex(self) -> str:
        return self.raw.hex()


def digest_of(raw: bytes) -> Digest:
    return Digest(hashlib.sha256(raw).digest())


def read_digest(text: object) -> Digest:
    """Give back the digest that `text` spells: `sha256:` and 64 lower-case hex digits, nothing else."""
    if not isinstance(text, str) or not _TEXT.fullmatch(text):
        raise Malformed(Reason.STATEMENT_MALFORMED, field="digest")
    return Digest(bytes.fromhex(text.removeprefix("sha256:")))
