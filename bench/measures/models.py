"""What models learn from the released table, timed apart: they train, and are no pass over the rows.

python -m bench.measures.models 10000 --out models.json
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.measures.made import CARE, NAMES, make
from bench.search.scale import Steps
from sekisho.library.models import compare_models


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("rows", type=int)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    made, watch = make(given.rows), Steps()
    policy = replace(made.planned.policy, bounds=())
    with watch.step("work"):
        found = compare_models(made.original, made.schema, policy, CARE, NAMES)
    told: dict[str, Any] = {
        **watch.took["work"],
        "rows": given.rows,
        "folds": found.folds,
        "baseline": found.baseline.text,
        "accuracy": {one.model.value: [one.before.text, one.after.text] for one in found.models},
    }
    given.out.write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main()
