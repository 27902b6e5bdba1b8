"""How the records of a file lie in its bytes (spec/schema.md 4)."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, assert_never


class Ends(Enum):
    """What ends a record of fixed length."""

    CRLF = "crlf"
    LF = "lf"
    NONE = "none"

    @property
    def octets(self) -> bytes:
        return {Ends.CRLF: b"\r\n", Ends.LF: b"\n", Ends.NONE: b""}[self]


@dataclass(frozen=True)
class Csv:
    """Fields apart by `delimiter`. `header`: the first record names the columns; the last `totals` records are nobody's."""

    delimiter: str = ","
    header: bool = True
    totals: int = 0


@dataclass(frozen=True)
class Fixed:
    """Records of `record_bytes` bytes, their end not counted; each column lies at its own bytes.

    The first byte or bytes of a record say what it is where a mark is declared: the one header, the rows, the one trailer. The
    trailer's `count_bytes` from byte `count_at` (1-based) on say how many rows there are.
    """

    record_bytes: int
    ends: Ends = Ends.CRLF
    header: str = ""
    data_mark: str = ""
    trailer: str = ""
    count_at: int = 0
    count_bytes: int = 0


@dataclass(frozen=True)
class Uke:
    """Claims for medical fees (レセプト電算): each line's first item says its kind; lines of the kind `row` become rows.

    A claim begins with a line `RE`. A column of another kind of line has, in each row, what the latest such line of the same
    claim says (of the file for `IR` and `UK`).
    """

    row: str = "RE"


Layout = Csv | Fixed | Uke


def write_layout(layout: Layout) -> dict[str, Any]:
    """Give back the layout as it stands in the schema's canonical JSON (spec/schema.md 5)."""
    match layout:
        case Csv():
            return {"is": "csv", "delimiter": layout.delimiter, "header": layout.header, "totals": layout.totals}
        case Fixed():
            return {
                "is": "fixed",
                "record_bytes": layout.record_bytes,
                "ends": layout.ends.value,
                "header": layout.header,
                "data": layout.data_mark,
                "trailer": layout.trailer,
                "count_at": layout.count_at,
                "count_bytes": layout.count_bytes,
            }
        case Uke():
            return {"is": "uke", "row": layout.row}
        case _:
            assert_never(layout)
