"""Numbers of a report: as its JSON spells them, and as people read them."""

import re
from decimal import ROUND_HALF_UP, Decimal

from sekisho.errors import Malformed, Reason

INFINITE = "∞"
_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{6})?")
_FRACTION = re.compile(r"([0-9]{1,40})/([1-9][0-9]{0,40})")


def read_number(text: object) -> Decimal:
    """Give back a number that is whole or has six decimals."""
    if not isinstance(text, str) or not _NUMBER.fullmatch(text):
        raise Malformed(Reason.STATEMENT_MALFORMED, field="number")
    return Decimal(text)


def read_ratio(value: int | str) -> Decimal:
    """Give back a whole number, one with six decimals, or a fraction `p/q`."""
    if isinstance(value, int):
        return Decimal(value)
    fraction = _FRACTION.fullmatch(value)
    return Decimal(fraction[1]) / Decimal(fraction[2]) if fraction else read_number(value)


def percent(share: Decimal) -> str:
    """Give back a share in percent with at most one decimal; more than nothing is never shown as 0%."""
    tenths = (share * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    if share > 0 and tenths == 0:
        return "<0.1%"
    return f"{tenths.normalize():f}%"


def number_text(number: Decimal, unit: str) -> str:
    """Give back a number of a measure: shares in percent, ratios with three decimals at most, else one, `∞` unbounded."""
    if number.is_infinite():
        return INFINITE
    match unit:
        case "share" | "probability":
            return percent(number)
        case "ratio":
            return _short(number, "0.001")
        case "values":
            return _short(number, "0.01")
        case _:
            return _short(number, "0.1")


def _short(number: Decimal, step: str) -> str:
    return f"{number.quantize(Decimal(step), ROUND_HALF_UP).normalize():,f}"
