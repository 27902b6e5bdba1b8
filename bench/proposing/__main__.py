"""How often the schema that inspection proposes is right, on the made town's files and Adult.

    python -m bench.proposing [--out bench/results/proposing.md]

The words by which names are recognised were written with such files in sight: the numbers are not of files nobody has seen.
"""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.proposing.tables import Compared, Known, compared, tables
from sekisho.ends.proposing import propose

RESIDENTS = 5_000
COMMAND = "python -m bench.proposing --out bench/results/proposing.md"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, help="write the table here too")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        told = "\n".join(_lines([_told(one) for one in tables(Path(name), RESIDENTS)])) + "\n"
    print(told, end="")
    if given.out is not None:
        given.out.write_text(told, encoding="utf-8")


def _told(one: Known) -> tuple[Compared, str, str]:
    """Give back the columns compared, whether encoding and layout are right, and whether the reader takes the file."""
    proposal = propose(one.path)
    layout = "yes" if type(proposal.found.layout.layout) is type(one.schema.layout) else "no"
    tried = proposal.tried
    reads = "not tried" if tried is None else "no" if tried.findings else "yes"
    return compared(one, proposal), layout, reads


def _lines(told: list[tuple[Compared, str, str]]) -> Iterator[str]:
    yield from ("# How often a proposed schema is right", "", f"Printed by `{COMMAND}`.", "")
    yield from (
        f"The made town has {RESIDENTS:,} residents. Columns are held against the schemas that people wrote.",
        "",
    )
    yield "| table | layout right | file reads | columns | type right | or reads alike | role right | role too loose | asked |"
    yield "|---|---|---|---:|---:|---:|---:|---:|---:|"
    for one, layout, reads in told:
        counts = (one.columns, one.types, one.alike, one.roles, one.loose, one.asked)
        yield f"| {one.name} | {layout} | {reads} | {' | '.join(map(str, counts))} |"
    sums = [
        sum(getattr(one, part) for one, _, _ in told)
        for part in ("columns", "types", "alike", "roles", "loose", "asked")
    ]
    yield f"| all |  |  | {' | '.join(map(str, sums))} |"
    yield from ("", "`or reads alike`: code for text, date for partial date, and the reverse.")
    yield "`role too loose`: a column stays that people delete, or is proposed as plain and is not. `asked`: a person is asked."
    yield from (
        "The words by which names are recognised were written with such files in sight: of others expect less.",
    )


main()
