"""The one place where commands read clock and chance."""

import secrets
from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the command line is where the clock is read


def entropy(size_bytes: int) -> bytes:
    return secrets.token_bytes(size_bytes)
