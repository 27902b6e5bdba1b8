"""Moments in statements: UTC, whole seconds, one spelling."""

import re
from datetime import UTC, datetime

from sekisho.errors import Malformed, Reason

_TEXT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)  # full-width digits are digits to \d otherwise


def write_instant(moment: datetime) -> str:
    """Give back RFC 3339 text such as `2026-11-23T09:00:00Z`; fractions of a second are cut off."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def read_instant(text: object) -> datetime:
    if not isinstance(text, str) or not _TEXT.fullmatch(text):
        raise Malformed(Reason.STATEMENT_MALFORMED, field="instant")
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise Malformed(Reason.STATEMENT_MALFORMED, field="instant") from error
