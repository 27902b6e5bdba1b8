"""A made register of residents: eight quasi-identifiers with ladders, any number of rows, the same for the same seed.

    python -m bench.search.register 10000000 register.parquet

Nobody in it lives: municipalities are numbers within the 47 prefectures, sized like a country's (log-normal); ages follow
an old country's pyramid; relation, household, insurance, disability and nationality hang on age, sex and place.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from sekisho.deid.declared.layout import Csv
from sekisho.deid.ladders.file import FileLadder
from sekisho.deid.policy import Climb
from sekisho.deid.schema import ColumnSchema, Encoding, Kind, Role, Schema

Lines = tuple[tuple[str, ...], ...]
Codes = npt.NDArray[np.int16]
Floats = npt.NDArray[np.float64]
SEED = 20_261_123
PIECE = 1_000_000  # rows drawn, and written as one row group, at a time
DRAWS = 1 << 16  # shares are rounded to one of so many
REGION_STARTS = (1, 2, 8, 15, 24, 31, 36, 40)  # the first prefecture of each region
MUNICIPALITIES, FIRST_YEAR, YEARS = 1_741, 1926, 100
RELATIONS = ("head", "spouse", "child", "parent", "grandchild", "sibling", "child-in-law", "other kin", "lodger")
INSURANCES = ("company", "association", "mutual-aid", "national", "late-stage", "welfare")
DISABILITIES = ("none", "slight", "moderate", "severe")
NATIONALITIES = 60


def ladders() -> Mapping[str, Lines]:
    """Give back the ladder of each column, in the order of the columns: value, labels from level 1, `*`."""
    rng = np.random.default_rng(SEED)
    prefectures = np.sort(np.concatenate([np.arange(47), rng.integers(0, 47, MUNICIPALITIES - 47)]))
    towns = [_town(int(one), place) for place, one in enumerate(prefectures)]
    months = [(FIRST_YEAR + place // 12, place % 12 + 1) for place in range(YEARS * 12)]
    return {
        "municipality": tuple(towns),
        "birth-month": tuple(_month(*one) for one in months),
        "sex": (("female", "*"), ("male", "*")),
        "nationality": tuple(
            (f"N{one:02}", f"continent {one % 6}" if one else "home", "*") for one in range(NATIONALITIES)
        ),
        "relation": tuple((one, "core" if place < 3 else "wider", "*") for place, one in enumerate(RELATIONS)),
        "household-size": tuple(
            (str(one), "1-2" if one < 3 else "3-5" if one < 6 else "6-10", "*") for one in range(1, 11)
        ),
        "insurance": tuple((one, "by work" if place < 3 else "by place", "*") for place, one in enumerate(INSURANCES)),
        "disability": tuple((one, "some" if place else "none", "*") for place, one in enumerate(DISABILITIES)),
    }


def climbs() -> dict[str, Climb]:
    return {name: Climb(FileLadder(lines)) for name, lines in ladders().items()}


def schema() -> Schema:
    columns = tuple(ColumnSchema(name, Kind.TEXT, Role.QUASI_IDENTIFIER) for name in ladders())
    return Schema("made register", Encoding.UTF_8, Csv(), columns)


def write_register(path: Path, rows: int) -> None:
    """Write the register as Parquet with dictionaries, zstd, one row group a million rows."""
    texts = {name: [line[0] for line in lines] for name, lines in ladders().items()}
    shape = pa.schema([(name, pa.dictionary(pa.int16(), pa.string())) for name in texts])
    dictionaries = {name: pa.array(one) for name, one in texts.items()}
    with pq.ParquetWriter(path, shape, compression="zstd") as out:
        for place, start in enumerate(range(0, rows, PIECE)):
            codes = draw(min(PIECE, rows - start), place)
            arrays = [pa.DictionaryArray.from_arrays(pa.array(codes[name]), dictionaries[name]) for name in texts]
            out.write_table(pa.Table.from_arrays(arrays, schema=shape), row_group_size=PIECE)


def draw(rows: int, piece: int) -> dict[str, Codes]:
    """Give back the codes of the ladders' lines for the rows of one piece; shape (rows,) each."""
    rng = np.random.default_rng([SEED, piece])
    size = np.random.default_rng(SEED + 1).lognormal(0, 1.3, MUNICIPALITIES)
    town = _pick(rng, size[None, :], np.zeros(rows, np.int16), draws=1 << 20)
    age = _pick(rng, _pyramid()[None, :], np.zeros(rows, np.int16))
    month = ((YEARS - 1 - age) * 12 + rng.integers(0, 12, rows)).astype(np.int16)
    decade = (age // 10).astype(np.int16)
    sex = _pick(rng, np.array([[0.49 + max(0, one - 6) * 0.06, 0.51] for one in range(10)]), decade)
    relation = _pick(rng, _relations(), decade * 2 + sex)
    foreign = _pick(rng, _nationalities(), (town % 4) * 10 + decade)
    return {
        "municipality": town,
        "birth-month": month,
        "sex": sex,
        "nationality": foreign,
        "relation": relation,
        "household-size": _pick(rng, _sizes(), relation),
        "insurance": _pick(rng, _insurances(), decade),
        "disability": _pick(rng, np.array([[97 - one, 1, 1, 1 + one * one / 12] for one in range(10)]), decade),
    }


def _pick(rng: np.random.Generator, shares: Floats, given: Codes, draws: int = DRAWS) -> Codes:
    """Give back for each row a code drawn by the shares of the row `given`; shares have shape (givens, codes)."""
    table = np.empty((shares.shape[0], draws), dtype=np.int16)
    for place, one in enumerate(shares):
        table[place] = np.searchsorted(np.cumsum(one) / one.sum(), (np.arange(draws) + 0.5) / draws)
    picked: Codes = table[given, rng.integers(0, draws, given.size, dtype=np.uint32)]
    return picked


def _pyramid() -> Floats:
    age = np.arange(YEARS)
    waves = 0.6 * np.exp(-(((age - 74) / 6) ** 2)) + 0.7 * np.exp(-(((age - 50) / 7) ** 2))
    shares: Floats = (1 + waves) * np.where(age < 60, 0.75 + age / 240, 1) / (1 + np.exp((age - 84) / 5))
    return shares


def _relations() -> Floats:
    """By decade of age and sex; shape (20, 9)."""
    child = [[2, 0, 88, 0, 9, 0.1, 0, 0.8, 0.1], [8, 0.2, 82, 0, 7, 0.6, 0.1, 1.5, 0.6]]
    grown = [[40, 30, 22, 0.5, 0.5, 2, 2, 1, 2], [70, 3, 20, 0.5, 0.5, 2, 1, 1, 2]]
    old = [[48, 30, 2, 14, 0, 2, 1, 2, 1], [84, 3, 2, 6, 0, 2, 0.4, 1.6, 1]]
    return np.array([(child if one < 2 else grown if one < 6 else old)[sex] for one in range(10) for sex in range(2)])


def _nationalities() -> Floats:
    """By kind of place and decade of age; shape (40, 60). Home has nearly all, the others fall off as 1 / rank."""
    rank = 1 / np.arange(1, NATIONALITIES)
    young = [0.3, 0.5, 3.0, 2.0, 1.2, 1.0, 0.5, 0.3, 0.1, 0.05]
    return np.array(
        [[1.0, *(np.roll(rank, place * 7) * one * (0.2 + place) * 0.006)] for place in range(4) for one in young]
    )


def _sizes() -> Floats:
    """Persons in the household, by relation; shape (9, 10)."""
    usual = [1.6, 2.6, 3.8, 3.6, 5.2, 2.6, 4.8, 3.6, 2.2]
    persons = np.arange(1, 11)
    shares = np.array([np.exp(-(((persons - one) / 1.2) ** 2)) + 1e-4 for one in usual])
    shares[1:, 0] = 0  # a household of one is its head
    return shares


def _insurances() -> Floats:
    """By decade of age; shape (10, 6)."""
    work, late = [50, 20, 12, 14, 0, 1], [0.5, 0.2, 0.2, 2, 96, 2]
    middle = [14, 8, 4, 70, 2, 3]
    return np.array([work if one < 6 else middle if one == 6 else late for one in range(10)])


def _town(prefecture: int, place: int) -> tuple[str, ...]:
    region = sum(start <= prefecture + 1 for start in REGION_STARTS)
    return (f"{prefecture + 1:02}{place:04}", f"prefecture {prefecture + 1:02}", f"region {region}", "*")


def _month(year: int, month: int) -> tuple[str, ...]:
    spans = [f"{year // width * width}-{year // width * width + width - 1}" for width in (5, 10, 20)]
    return (f"{year}-{month:02}", str(year), *spans, "*")


def main(arguments: Sequence[str]) -> None:
    write_register(Path(arguments[1]), int(arguments[0]))


if __name__ == "__main__":
    main(sys.argv[1:])
