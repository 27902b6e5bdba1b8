"""What is measured: false alarms of cells and columns, misses, and time."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from bench.detect import made
from bench.detect.made import Chance, Columns
from sekisho.deid.numbers.check_digits import (
    CARE_INSURER,
    ELDERLY_INSURED,
    INSURER_6,
    INSURER_8,
    LICENCE,
    MY_NUMBER,
    RESIDENT_CODES,
    Scheme,
    digits_of,
    passed,
)
from sekisho.deid.numbers.codes import Code
from sekisho.deid.numbers.columns import Ground, Sighting
from sekisho.deid.numbers.scan import scan_texts

AT_A_TIME = 1_000_000
SILENT = "column"  # a name that says nothing
SIZES = (12, 16, 20, 25, 30, 40, 60, 80, 100, 150, 200, 300)
ERRORS = (0.0, 0.2, 0.4, 0.6)
BLANKS = (0.0, 0.3, 0.6)
SCHEMES = (MY_NUMBER, LICENCE, INSURER_8, INSURER_6, CARE_INSURER, *RESIDENT_CODES)
CHECKED: dict[Code, Columns] = {
    Code.MY_NUMBER: made.with_check_digit(MY_NUMBER),
    Code.RESIDENT_CODE: made.with_check_digit(RESIDENT_CODES[0]),
    Code.LICENCE_NUMBER: made.with_check_digit(LICENCE, made.licence_heads),
    Code.INSURED_NUMBER: made.with_check_digit(ELDERLY_INSURED, made.in_series(10_000)),
    Code.INSURER_NUMBER: made.with_check_digit(INSURER_8, made.insurer_heads),
}
NAMED: dict[Code, tuple[str, Columns]] = {
    Code.MY_NUMBER: ("個人番号", CHECKED[Code.MY_NUMBER]),
    Code.RESIDENT_CODE: ("住民票コード", CHECKED[Code.RESIDENT_CODE]),
    Code.PENSION_NUMBER: ("基礎年金番号", lambda chance, count: made.drawn(chance, 10, count)),
    Code.LICENCE_NUMBER: ("運転免許証番号", CHECKED[Code.LICENCE_NUMBER]),
    Code.PASSPORT_NUMBER: ("旅券番号", lambda chance, count: [f"TR{one}" for one in made.drawn(chance, 7, count)]),
    Code.RESIDENCE_CARD: (
        "在留カード番号",
        lambda chance, count: [f"AB{one}CD" for one in made.drawn(chance, 8, count)],
    ),
    Code.INSURED_NUMBER: ("被保険者番号", CHECKED[Code.INSURED_NUMBER]),
    Code.CARE_INSURED_NUMBER: ("介護保険被保険者番号", lambda chance, count: made.drawn(chance, 10, count)),
    Code.EMPLOYMENT_INSURED_NUMBER: ("雇用保険被保険者番号", lambda chance, count: made.drawn(chance, 11, count)),
}


@dataclass(frozen=True)
class Misses:
    """Of `columns` columns of each of SIZES, the shares that were missed."""

    code: Code
    blanks: float
    errors: float
    shares: tuple[float, ...]


def cell_passes(chance: Chance, count: int) -> dict[Scheme, float]:
    """Give back the share of numbers drawn at random that pass, by scheme."""
    passes = dict.fromkeys(SCHEMES, 0)
    for start in range(0, count, AT_A_TIME):
        block = min(AT_A_TIME, count - start)
        for length in sorted({one.length for one in SCHEMES}):
            digits = digits_of(chance.integers(0, 10**length, block).astype(np.uint64), length)
            for scheme in SCHEMES:
                if scheme.length == length:
                    passes[scheme] += int(passed(scheme, digits).sum())
    return {scheme: found / count for scheme, found in passes.items()}


def column_alarms(chance: Chance, sizes: dict[int, int]) -> dict[int, int]:
    """Give back the alarms over columns of random 12-digit numbers; `sizes`: how many columns of each size."""
    return {
        size: sum(bool(seen(made.drawn(chance, 12, size))) for _ in range(columns)) for size, columns in sizes.items()
    }


def look_alikes(chance: Chance, size: int, columns: int) -> dict[str, int]:
    """Give back the alarms over columns of what only looks like a number."""
    return {
        name: sum(bool(seen(make(chance, size))) for _ in range(columns)) for name, make in made.LOOK_ALIKES.items()
    }


def misses(chance: Chance, code: Code, blanks: float, errors: float, columns: int) -> Misses:
    """Give back the shares of columns under a silent name in which the code was missed, by SIZES."""
    return Misses(
        code,
        blanks,
        errors,
        tuple(
            sum(
                code not in {one.code for one in seen(made.spoilt(chance, CHECKED[code](chance, size), blanks, errors))}
                for _ in range(columns)
            )
            / columns
            for size in SIZES
        ),
    )


def named_misses(chance: Chance, code: Code, size: int, columns: int) -> float:
    """Give back the share of columns missed under their own name, six in ten cells blank and six in ten others mistyped.

    A column whose cells are all blank is none that could be found; each has at least one that is not.
    """
    name, make = NAMED[code]
    missed = 0
    for _ in range(columns):
        numbers = make(chance, size)
        cells = made.spoilt(chance, numbers, 0.6, 0.6)
        cells[0] = numbers[0]
        missed += not any(one.code is code and one.ground is not Ground.HEADER_ONLY for one in seen(cells, name))
    return missed / columns


def seconds(texts: Sequence[str]) -> float:
    """Give back the wall seconds of one scan."""
    start = perf_counter()
    scan_texts(SILENT, texts, np.ones(len(texts), dtype=np.int64))
    return perf_counter() - start


def speeds(chance: Chance, count: int) -> dict[str, float]:
    """Give back the seconds that a column of so many distinct cells takes, by the way it is written."""
    numbers = [f"{one:012}" for one in chance.choice(10**11, count, replace=False, shuffle=False).tolist()]
    return {
        "digits": seconds(numbers),
        "digits in fours with hyphens": seconds([f"{one[:4]}-{one[4:8]}-{one[8:]}" for one in numbers]),
        "a remark with a number": seconds([f"窓口にて確認。受付 {one} のとおり" for one in numbers]),
        "a remark without one": seconds([f"佐藤様来庁、{one[:3]} 件を確認" for one in numbers]),
    }


def seen(cells: Sequence[str | None], name: str = SILENT) -> tuple[Sighting, ...]:
    """Give back what is seen in a column with these cells."""
    distinct = dict.fromkeys(cells, 0)
    for one in cells:
        distinct[one] += 1
    return scan_texts(name, list(distinct), list(distinct.values()))
