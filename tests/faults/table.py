"""How the table of faults is told (docs/faults.md)."""

from collections.abc import Iterable

from tests.faults.row import Row

WIDTHS = (4, 42, 24)
HEAD = ("", "fault", "where", "injected", "left undone", "healed", "wrong", "s")


def line(row: Row) -> str:
    """Give back one row in columns."""
    told = (row.id, row.name, row.where, row.injected, row.undone, row.healed, len(row.wrong), f"{row.seconds:.0f}")
    return _columns(tuple(map(str, told)))


def head() -> str:
    return _columns(HEAD)


def _columns(told: tuple[str, ...]) -> str:
    named = " ".join(f"{one:<{width}}" for one, width in zip(told, WIDTHS, strict=False))
    return f"{named} " + " ".join(f"{one:>11}" for one in told[len(WIDTHS) :])


def markdown(rows: Iterable[Row]) -> str:
    """Give back the table as a page."""
    lines = ["| " + " | ".join((*HEAD, "beside")) + " |", "|---|---|---|" + "--:|" * 5 + "---|"]
    for row in rows:
        told = (
            row.id,
            row.name,
            row.where,
            row.injected,
            row.undone,
            row.healed,
            len(row.wrong),
            f"{row.seconds:.0f}",
            row.note,
        )
        lines.append("| " + " | ".join(map(str, told)) + " |")
    return "\n".join(lines) + "\n"


def verdict(rows: list[Row]) -> str:
    """Give back the last line: what it adds up to."""
    injected, wrong = sum(row.injected for row in rows), sum(len(row.wrong) for row in rows)
    unhealed = sum(row.undone - row.healed for row in rows)
    return f"{injected:,} faults, {wrong} violations, {unhealed} not healed by one repetition"
