"""How values and bands are spelled: in ladder files, in labels, and wherever a released text is read back."""

from datetime import date
from typing import assert_never

from sekisho.deid.table import Value


def written(value: Value) -> str:
    """Give back a value as it stands in a ladder file: ASCII digits, `YYYY-MM-DD`, nothing for a blank cell."""
    match value:
        case None:
            return ""
        case date():
            return value.isoformat()
        case int() | str():
            return str(value)
        case _:
            assert_never(value)


def signed(number: int) -> str:
    """Give back the number with U+2212 for minus, which no hyphen of a band is taken for."""
    return str(number).replace("-", "−")


def code_number(value: int, top: int | None, bottom: int | None) -> int | str:
    """Give back the number, or `≥top` or `≤bottom` where it reaches a limit (spec/policy.md 4)."""
    if top is not None and value >= top:
        return f"≥{signed(top)}"
    if bottom is not None and value <= bottom:
        return f"≤{signed(bottom)}"
    return value


def band(low: int, high: int) -> str:
    """Give back `30-34`, or `[−10, −1]` where the band begins below zero: no label begins as a formula does."""
    return f"{low}-{high}" if low >= 0 else f"[{signed(low)}, {signed(high)}]"
