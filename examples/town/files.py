"""The files of the made town: residents as a CP932 CSV, the truth about planted people, the ladder of places."""

import csv
import io
import json
from pathlib import Path
from typing import Any

from examples.town.places import CITY, CITY_CODE, places
from examples.town.residents import AS_OF, COLUMNS, Planted, Row, Town

RESIDENTS = "residents.csv"
TRUTH = "truth.json"
ENCODING = "cp932"


def write_town(town: Town, seed: int, folder: Path) -> None:
    """Write residents.csv and truth.json into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / RESIDENTS).write_bytes(residents_csv(town.rows))
    (folder / TRUTH).write_bytes(truth_json(town, seed))


def residents_csv(rows: tuple[Row, ...]) -> bytes:
    """Give back the CSV: CP932, header line, CRLF."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return text.getvalue().encode(ENCODING)


def truth_json(town: Town, seed: int) -> bytes:
    """Give back who was planted: row, kind, why, and the cells that no other row shares. All of it is made up."""
    truth = {
        "format": "sekisho-town-truth-v1",
        "municipality": {"name": CITY, "code": CITY_CODE},
        "residents": len(town.rows),
        "seed": seed,
        "as_of": AS_OF.isoformat(),
        "planted": [_truth_of(one, town.rows[one.row - 1]) for one in town.planted],
    }
    return (json.dumps(truth, ensure_ascii=False, indent=2) + "\n").encode()


def places_ladder() -> bytes:
    """Give back the ladder of 町丁目: block, quarter, district, `*`."""
    return "".join(f"{one.block};{one.quarter};{one.district};*\n" for one in places()).encode()


def _truth_of(planted: Planted, row: Row) -> dict[str, Any]:
    cells = dict(zip(COLUMNS, row, strict=True))
    return {
        "row": planted.row,
        "kind": planted.plant.kind,
        "why": planted.plant.why,
        "unique_on": {column: cells[column] for column in planted.plant.unique_on},
        "cells": cells,
    }
