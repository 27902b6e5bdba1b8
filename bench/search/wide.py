"""Made wide tables: a survey of 16 quasi-identifiers and a lender's table of 24, with ladders, the same for the same seed.

The survey has correlated answers of one to seven (two factors behind them), age, gender and region; nearly every row is
the only one of its kind. The lender's table has whole numbers of large domains that hang together month by month.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from bench.search.tables import Sample, sample_of
from sekisho.deid.declared.layout import Csv
from sekisho.deid.schema import ColumnSchema, Encoding, Kind, Role, Schema
from sekisho.deid.table import Column, Table

SEED = 20_261_124
SURVEY_ROWS, SURVEY_ITEMS, LENDER_ROWS = 70_000, 13, 30_000
Numbers = npt.NDArray[np.int64]
Lines = Sequence[tuple[str, ...]]


def survey() -> Sample:
    """Give back 70,000 persons who answered 13 questions, with three columns about themselves."""
    rng = np.random.default_rng(SEED)
    factors = rng.normal(size=(SURVEY_ROWS, 2))
    cells: dict[str, Numbers] = {}
    for item in range(SURVEY_ITEMS):
        lean = factors @ rng.normal(0.6, 0.3, 2) + rng.normal(0, 0.9, SURVEY_ROWS) + rng.normal(0, 0.4)
        cells[f"answer-{item + 1:02}"] = np.digitize(lean, [-1.6, -0.9, -0.3, 0.3, 0.9, 1.6]) + 1
    cells["age"] = np.clip(15 + rng.gamma(2.2, 8, SURVEY_ROWS), 13, 95).astype(np.int64)
    cells["gender"] = rng.choice(3, SURVEY_ROWS, p=[0.55, 0.42, 0.03]) + 1
    cells["region"] = rng.choice(12, SURVEY_ROWS, p=_falling(12)) + 1
    widths = {name: (5, 10, 20, 40) if name == "age" else (2, 4) if name != "gender" else () for name in cells}
    return _sample("survey", cells, widths)


def lender() -> Sample:
    """Give back 30,000 borrowers: five columns about them, seven of delay, six bills and six payments."""
    rng = np.random.default_rng(SEED + 1)
    limit = np.round(np.exp(rng.normal(11.7, 0.9, LENDER_ROWS)), -4).astype(np.int64) + 10_000
    delay = rng.normal(-0.4, 1.0, LENDER_ROWS)
    used = rng.beta(0.7, 1.0, LENDER_ROWS)
    cells: dict[str, Numbers] = {"limit": limit}
    for name, kinds in (("sex", 2), ("education", 4), ("marriage", 3)):
        cells[name] = rng.choice(kinds, LENDER_ROWS, p=_falling(kinds)) + 1
    cells["age"] = np.clip(21 + rng.gamma(2.4, 6, LENDER_ROWS), 21, 79).astype(np.int64)
    for month in range(6):
        delay = 0.85 * delay + rng.normal(0, 0.55, LENDER_ROWS)
        used = np.clip(used + rng.normal(0, 0.08, LENDER_ROWS), -0.02, 1.1)
        bill = (limit * used * (rng.random(LENDER_ROWS) > 0.08)).astype(np.int64)
        cells[f"delay-{month + 1}"] = np.clip(np.floor(delay * 1.3), -2, 8).astype(np.int64)
        cells[f"bill-{month + 1}"] = bill
        cells[f"paid-{month + 1}"] = (np.abs(bill) * np.minimum(1, rng.beta(0.4, 4, LENDER_ROWS))).astype(np.int64)
    cells["missed"] = (delay + rng.normal(0, 1, LENDER_ROWS) > 0.9).astype(np.int64)
    money = (1_000, 5_000, 25_000, 100_000, 500_000)
    steps = {"limit": money[2:], "age": (5, 10, 20, 40), "education": (2,), "marriage": (2,)}
    steps |= {name: (2, 4) for name in cells if name.startswith("delay")}
    steps |= {name: money for name in cells if name.startswith(("bill", "paid"))}
    return _sample("lender", cells, {name: steps.get(name, ()) for name in cells})


def _sample(name: str, cells: Mapping[str, Numbers], widths: Mapping[str, Sequence[int]]) -> Sample:
    columns, lines = [], {}
    for column, numbers in cells.items():
        present, codes = np.unique(numbers, return_inverse=True)
        values = tuple(int(one) for one in present)
        columns.append(Column(column, values, codes.astype(np.int32)))
        lines[column] = tuple((str(one), *(_band(one, width) for width in widths[column]), "*") for one in values)
    declared = tuple(ColumnSchema(one, Kind.INTEGER, Role.QUASI_IDENTIFIER) for one in cells)
    schema = Schema(name, Encoding.UTF_8, Csv(";"), declared)
    return sample_of(name, schema, Table(tuple(columns)), lines, numbers=frozenset(cells))


def _band(value: int, width: int) -> str:
    low = value // width * width
    ends = f"{low}, {low + width - 1}".replace("-", "−")
    return f"[{ends}]"


def _falling(kinds: int) -> npt.NDArray[np.float64]:
    shares: npt.NDArray[np.float64] = 1 / np.arange(1, kinds + 1)
    whole: npt.NDArray[np.float64] = shares / shares.sum()
    return whole


WIDE: Mapping[str, Callable[[], Sample]] = {"survey": survey, "lender": lender}
