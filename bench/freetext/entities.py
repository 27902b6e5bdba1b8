"""Run by a Python that has GiNZA: reads texts as a JSON list, writes the entities that it finds and what that cost.

Nothing of Sekisho is imported here: GiNZA asks for an older SudachiPy than Sekisho does, so they cannot be in one place.
"""

import json
import re
import resource
import sys
import time
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

MODEL = "ja_ginza"
OURS = {"sudachipy", "sudachidict-core"}
"""What Sekisho needs anyway, and what GiNZA therefore does not add."""


def main() -> None:
    import spacy  # type: ignore[import-not-found,unused-ignore]  # only where GiNZA is

    texts = json.load(sys.stdin)
    begun = time.perf_counter()
    reader = spacy.load(MODEL)
    loaded = time.perf_counter()
    read = list(reader.pipe(texts))
    done = time.perf_counter()
    told = {
        "versions": {name: distribution(name).version for name in ("ginza", "ja-ginza", "spacy", "sudachipy")},
        "load_seconds": loaded - begun,
        "seconds_per_1000": (done - loaded) / len(texts) * 1000,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "installed_mib": installed_mib("ginza", "ja-ginza"),
        "entities": [[[one.start_char, one.end_char, one.label_] for one in text.ents] for text in read],
    }
    json.dump(told, sys.stdout)


def installed_mib(*names: str) -> float:
    """Give back the size on disk of packages and all that they ask for, but for what Sekisho has anyway."""
    open_names, seen, size = list(names), set(OURS), 0
    while open_names:
        name = re.sub(r"[-_.]+", "-", open_names.pop()).lower()
        try:
            one = None if name in seen else distribution(name)
        except PackageNotFoundError:
            one = None  # asked for on another system only
        seen.add(name)
        if one is not None:
            size += sum(path.stat().st_size for path in files_of(one))
            open_names += [
                re.split(r"[^A-Za-z0-9._-]", wanted)[0] for wanted in one.requires or () if "extra ==" not in wanted
            ]
    return size / 2**20


def files_of(one: Distribution) -> list[Path]:
    located = [Path(str(one.locate_file(path))) for path in one.files or ()]
    return [path for path in located if path.is_file()]


if __name__ == "__main__":
    main()
