"""Numbers of a report as people read them."""

from decimal import ROUND_HALF_UP, Decimal

INFINITE = "∞"


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
