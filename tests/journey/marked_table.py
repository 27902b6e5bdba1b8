"""A register in which every cell is a mark that stands nowhere else, and the search for marks in whatever was written."""

import json
import re
import shutil
import subprocess
import zlib
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from random import Random

from tests.journey.processing_made import files_under
from tests.unit.deid.numbers.numbers_made import my_numbers

ROWS = 60
WORD = "目印"  # in every text
NUMBERS = my_numbers(Random(11), ROWS)
HEADER = ("id", "name", "number", "born", "points", "area", "post", "kind", "income", "note")
SCHEMA = """\
format = "sekisho-schema-v1"
name = "marked register"
encoding = "utf-8"
column = [
  { name = "id", type = "text", role = "identifier" },
  { name = "name", type = "text", role = "identifier", holds = "name" },
  { name = "number", type = "code", role = "stripped", holds = "my-number" },
  { name = "born", type = "date", role = "quasi-identifier", minimum = 1900-01-01 },
  { name = "points", type = "integer", role = "quasi-identifier", maximum = 9_900_000_000 },
  { name = "area", type = "text", role = "quasi-identifier" },
  { name = "post", type = "postal-code", role = "quasi-identifier" },
  { name = "kind", type = "code", role = "sensitive" },
  { name = "income", type = "integer", role = "sensitive" },
  { name = "note", type = "free-text", role = "sensitive", blank = true },
]
"""
SEALED_SCHEMA = "".join(one for one in SCHEMA.splitlines(keepends=True) if "stripped" not in one)
POLICY = """\
format = "sekisho-policy-v1"
k = 3
suppression_limit = 0.1
mode = "local"
labels = "{labels}"
delete = [{delete}]
[ladder]
born = {{ date = ["year", "decade"] }}
points = {{ bands = [1_000_000] }}
area = {{ file = "area.csv" }}
post = {{ prefix = [2] }}
[[change]]
do = "round"
columns = ["income"]
to = 30_000_000
"""


def points(row: int) -> int:
    """Give back a number that no band and no bin of a chart begins or ends with."""
    return 9_876_540_007 + row * 20


def income(row: int) -> int:
    """Give back a number below what is odd anywhere."""
    return 98_765_003 + row * 10


# What is sought: the first for texts of every type, then numbers, postal codes and days in each spelling that they have.
# A digit or letter before or behind would make it part of a digest or a key.
_ALONE = r"(?<![0-9A-Za-z+/])({})(?![0-9A-Za-z+/])"
_SOUGHT = {
    "word": re.compile(WORD),
    "my-number": re.compile(_ALONE.format("|".join(NUMBERS))),
    "number": re.compile(_ALONE.format("|".join(f"{one}|{one:,}" for one in (*map(points, range(ROWS)), *map(income, range(ROWS)))))),
    "postal-code": re.compile(_ALONE.format(r"987-?65\d\d")),
    "day": re.compile(r"1964[-/]\d\d?[-/]\d\d?|1964年\d\d?月\d\d?日|昭和39年\d+月|[S昭]39[./年]\d|" + _ALONE.format(r"1964[01]\d[0-3]\d")),
}  # fmt: skip


def cells(row: int) -> dict[str, str]:
    """Give back the cells of a row, counted from 0, as the export spells them."""
    born = date(1964, 1, 8) + timedelta(days=5 * row)
    return {
        "id": f"{WORD}番号{row:04d}",
        "name": f"{WORD}花子{row:04d}",
        "number": NUMBERS[row],
        "born": f"昭和39年{born.month}月{born.day}日",
        "points": f"{points(row)}",
        "area": f"{WORD}町{row:04d}",
        "post": f"987-65{row:02d}",
        "kind": f"{WORD}K{row:04d}",
        "income": f"{income(row)}",
        "note": f"{WORD}さんから電話があった。{row:04d}",
    }


def table(changed: Mapping[int, Mapping[str, str]] | None = None, without: str = "") -> bytes:
    """Give back the export; `changed` has cells by row and column, `without` names a column that is left out."""
    rows = [{**cells(row), **(changed or {}).get(row, {})} for row in range(ROWS)]
    names = [name for name in HEADER if name != without]
    return "".join(",".join(one) + "\n" for one in [names, *([row[name] for name in names] for row in rows)]).encode()


def ladder() -> str:
    """Give back the operator's ladder of areas: it has to hold the values."""
    return "".join(f"{WORD}町{row:04d};市;*\n" for row in range(ROWS))


def policy(delete: tuple[str, ...] = ("kind",), labels: str = "intervals") -> str:
    return POLICY.format(labels=labels, delete=", ".join(f'"{one}"' for one in delete))


def marks_in(text: str) -> list[str]:
    """Give back which kinds of marks stand in the text; not the marks, for these are nobody's to print."""
    return [kind for kind, pattern in _SOUGHT.items() if pattern.search(text)]


def marks_in_bytes(raw: bytes) -> list[str]:
    """Give back which kinds of marks stand in a file's bytes, in any encoding, as JSON escapes them, or in a PDF's streams."""
    texts = [raw.decode(name, "replace") for name in ("utf-8", "cp932", "utf-16-le", "utf-16-be")]
    texts.append(texts[0].replace(json.dumps(WORD)[1:-1], WORD))
    if raw.startswith(b"%PDF"):
        texts += [_words_of_pdf(raw), *(one.decode("latin-1") for one in _streams_of_pdf(raw))]
    return sorted({kind for text in texts for kind in marks_in(text)})


def marked_files(folder: Path) -> dict[str, list[str]]:
    """Give back the files under `folder` that hold marks, or are named by one, and of which kinds."""
    found = {}
    for path in files_under(folder):
        name = str(path.relative_to(folder))
        if kinds := sorted({*marks_in(name), *marks_in_bytes(path.read_bytes())}):
            found[name] = kinds
    return found


def _words_of_pdf(raw: bytes) -> str:
    reader = shutil.which("pdftotext")
    if reader is None:
        return ""
    text = subprocess.run([reader, "-raw", "-", "-"], input=raw, capture_output=True, check=True).stdout.decode()
    return text + "".join(text.split())  # a line may end within a word


def _streams_of_pdf(raw: bytes) -> Iterator[bytes]:
    for one in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", raw, re.DOTALL):
        try:
            yield zlib.decompress(one.group(1))
        except zlib.error:
            yield one.group(1)
