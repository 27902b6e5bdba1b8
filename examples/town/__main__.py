"""`python -m examples.town --residents 50000 --seed 1 --folder OUT`: write the made town's files."""

import argparse
from pathlib import Path

from examples.town.exports.all import FOLDER, MAKERS, TRAPS, write_exports, write_traps
from examples.town.files import RESIDENTS, TRUTH, write_town
from examples.town.residents import FEWEST, make_town

SIMPLE = "residents"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m examples.town", description=__doc__)
    parser.add_argument("--residents", type=int, default=50_000, help=f"{FEWEST} or more (default: 50000)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same town (default: 1)")
    parser.add_argument("--folder", type=Path, required=True, help="where the files go")
    parser.add_argument("--only", choices=(SIMPLE, *MAKERS, TRAPS), help="one of the files alone, or the bad variants")
    asked = parser.parse_args()
    if asked.residents < FEWEST:
        parser.error(f"--residents: a town has {FEWEST} residents or more")
    town = make_town(asked.residents, asked.seed)
    exports = asked.folder / FOLDER
    if asked.only in {None, SIMPLE}:
        write_town(town, asked.seed, asked.folder)
        print(f"{asked.folder / RESIDENTS}: {len(town.rows)} residents")
        print(f"{asked.folder / TRUTH}: {len(town.planted)} planted people")
    if asked.only is None or asked.only in MAKERS:
        for one in write_exports(town, asked.seed, exports, asked.only):
            print(f"{exports / one.file}: {one.rows} rows, {len(one.truths)} traps ({one.dataset})")
    if asked.only in {None, TRAPS}:
        print(f"{exports / TRAPS}: {len(write_traps(asked.seed, exports / TRAPS))} bad variants")


main()
