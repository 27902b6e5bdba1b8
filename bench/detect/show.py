"""Results as Markdown; every number is measured in this run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.detect.figures import SIZES, Misses
from sekisho.deid.numbers.check_digits import Scheme
from sekisho.deid.numbers.codes import Code

FOUND = 0.01  # at most this share of columns may be missed for a size to count as found


@dataclass(frozen=True)
class Run:
    """What one run measured; `count`: random numbers of the first table, `columns`: columns behind each share."""

    count: int
    columns: int
    cells: Mapping[Scheme, float]
    alarms: Mapping[int, tuple[int, int]]
    alike: Mapping[str, int]
    alike_size: int
    alike_columns: int
    missed: Sequence[Misses]
    named: Mapping[Code, Mapping[int, float]]
    speeds: Mapping[str, float]
    speed_count: int
    total_s: float


def markdown(run: Run, facts: Mapping[str, str]) -> Iterator[str]:
    """Give the lines of the whole result."""
    yield from ("# Finding numbers that name a person", "", "    make bench-detect", "")
    yield from (f"- {name}: {said}" for name, said in facts.items())
    yield f"- the whole run takes {run.total_s:.0f} s; what is looked for and how: [spec/numbers.md](../../spec/numbers.md)"
    yield from _cells(run)
    yield from _alarms(run)
    yield from _missed(run)
    yield from _named(run)
    yield from _speeds(run)


def _cells(run: Run) -> Iterator[str]:
    yield from ("", "## One number by itself", "")
    yield f"Of {run.count:,} numbers drawn at random, as many have the right check digit. One number therefore proves nothing."
    yield from ("", "| check digit | digits | source | pass |", "|---|---|---|---|")
    for scheme, share in run.cells.items():
        yield f"| {scheme.name} | {scheme.length} | {scheme.source.value} | {share:.4%} |"


def _alarms(run: Run) -> Iterator[str]:
    yield from ("", "## False alarms of columns", "", "Columns of 12-digit numbers drawn at random, no name:", "")
    yield from ("| cells | columns | alarms |", "|---|---|---|")
    yield from (f"| {size:,} | {columns:,} | {found} |" for size, (columns, found) in run.alarms.items())
    yield from (
        "",
        f"What only looks like such a number, {run.alike_size:,} cells, {run.alike_columns} columns each:",
        "",
    )
    yield from ("| cells | columns with an alarm |", "|---|---|")
    yield from (f"| {name} | {found} |" for name, found in run.alike.items())


def _missed(run: Run) -> Iterator[str]:
    yield from ("", "## Misses of columns without a name", "")
    yield f"Share of {run.columns} columns in which the numbers were missed, by the column's cells (blank ones included)."
    yield "A mistyped cell has a wrong digit, two neighbours swapped or a digit missing. Found from: the cells from which on"
    yield f"at most {FOUND:.0%} are missed."
    heads = " | ".join(str(one) for one in SIZES)
    yield from ("", f"| code | blank | mistyped | {heads} | found from |", "|---" * (len(SIZES) + 4) + "|")
    for one in run.missed:
        shares = " | ".join(f"{share:.0%}" for share in one.shares)
        yield f"| {one.code.value} | {one.blanks:.0%} | {one.errors:.0%} | {shares} | {_found_from(one)} |"


def _found_from(one: Misses) -> str:
    """Give the smallest size from which on no size has more misses than FOUND."""
    enough = ""
    for size, share in zip(reversed(SIZES), reversed(one.shares), strict=True):
        if share > FOUND:
            break
        enough = str(size)
    return enough or f"more than {SIZES[-1]}"


def _named(run: Run) -> Iterator[str]:
    sizes = list(next(iter(run.named.values())))
    yield from ("", "## Misses of columns under their own name", "")
    yield f"60 % of the cells blank, 60 % of the others mistyped, {run.columns} columns. The column is told as a name alone if missed."
    yield from ("", f"| code | {' | '.join(f'{one} cells' for one in sizes)} |", "|---" * (len(sizes) + 1) + "|")
    for code, shares in run.named.items():
        yield f"| {code.value} | {' | '.join(f'{one:.0%}' for one in shares.values())} |"


def _speeds(run: Run) -> Iterator[str]:
    yield from ("", "## Time", "", f"One column of {run.speed_count:,} distinct cells, wall seconds, one thread:", "")
    yield from ("| cells | s |", "|---|---|")
    yield from (f"| {name} | {spent:.1f} |" for name, spent in run.speeds.items())
