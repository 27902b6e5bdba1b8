"""`make faults`: what the way does when things go wrong, as a table (docs/faults.md). Ends with 1 if anything is wrong.

--quick tries a part of everything; --only F1,F8 runs these alone; --out FILE keeps the table as a page.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.faults import hostile
from tests.faults.calls import campaign
from tests.faults.lines import bits, callers
from tests.faults.power import cuts
from tests.faults.row import Row
from tests.faults.table import head, line, markdown, verdict

FAMILIES: tuple[tuple[tuple[str, ...], Callable[..., Iterator[Row]]], ...] = (
    (("F1", "F2", "F3", "F4"), campaign.rows),
    (("F5", "F6", "F7"), cuts.rows),
    (("F8", "F9"), bits.rows),
    (("F11", "F12", "F19", "F20", "F21"), callers.rows),
    (("F22",), hostile.rows),
)
SHOWN = 5


def main() -> int:
    given = _arguments()
    only = set(given.only.split(",")) if given.only else set()
    began, found = time.monotonic(), []
    print(head(), flush=True)
    for numbers, rows in FAMILIES:
        if only and not only & set(numbers):
            continue
        for row in rows(quick=given.quick):
            found.append(row)
            print(line(row), flush=True)
            for one in (*([row.note] if row.note else []), *row.wrong[:SHOWN]):
                print(f"     {one}", flush=True)
    print(f"\n{verdict(found)}; {time.monotonic() - began:.0f} s", flush=True)
    if given.out:
        part = "\nA part of everything only (`QUICK=1`).\n" if given.quick else ""
        given.out.write_text(f"{INTRODUCTION}{part}\n{markdown(found)}\n{verdict(found)}.\n", encoding="utf-8")
    return 0 if found and all(row.holds for row in found) else 1


INTRODUCTION = """\
# Faults

What `make faults` printed; [docs/faults.md](../../docs/faults.md) says what is done and what must hold.
"""


def _arguments() -> argparse.Namespace:
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--quick", action="store_true")
    reading.add_argument("--only", default="")
    reading.add_argument("--out", type=Path)
    return reading.parse_args()


if __name__ == "__main__":
    sys.exit(main())
