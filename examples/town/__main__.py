"""`python -m examples.town --residents 50000 --seed 1 --folder OUT`: write the made town's files."""

import argparse
from pathlib import Path

from examples.town.files import RESIDENTS, TRUTH, write_town
from examples.town.residents import FEWEST, make_town


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m examples.town", description=__doc__)
    parser.add_argument("--residents", type=int, default=50_000, help=f"{FEWEST} or more (default: 50000)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same town (default: 1)")
    parser.add_argument("--folder", type=Path, required=True, help="where the files go")
    asked = parser.parse_args()
    if asked.residents < FEWEST:
        parser.error(f"--residents: a town has {FEWEST} residents or more")
    town = make_town(asked.residents, asked.seed)
    write_town(town, asked.seed, asked.folder)
    print(f"{asked.folder / RESIDENTS}: {len(town.rows)} residents")
    print(f"{asked.folder / TRUTH}: {len(town.planted)} planted people")


main()
