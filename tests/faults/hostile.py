"""F22: hostile files (docs/faults.md 5)."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from sekisho.storage.settings import ProcessingSettings, read_settings
from sekisho.zones.processing.parsing import MEMORY_BYTES
from tests.faults.row import Row
from tests.hostile.corpus import corpus
from tests.hostile.reading import read, reads_a_good_one
from tests.journey.trial_site import TrialSite

MOST_SECONDS = 10.0
QUICK_STEP = 11


def rows(*, quick: bool = False) -> Iterator[Row]:
    began, wrong, peak, longest = time.monotonic(), [], 0, 0.0
    tried = corpus()[:: QUICK_STEP if quick else 1]
    with tempfile.TemporaryDirectory() as name:
        site = TrialSite(Path(name)).init()
        settings = read_settings(site.home("processing") / "settings.toml", ProcessingSettings)
        for one in tried:
            ended = read(one, Path(name), settings)
            peak, longest = max(peak, ended.peak_bytes), max(longest, ended.seconds)
            wrong += [] if ended.outcome and ended.outcome <= one.expected else [f"{one.name}: {sorted(ended.outcome)}"]
            wrong += [f"{one.name}: {ended.seconds:.0f} s"] if ended.seconds > MOST_SECONDS else []
            wrong += [f"{one.name}: {ended.peak_bytes:,} bytes"] if ended.peak_bytes > MEMORY_BYTES else []
        wrong += [] if reads_a_good_one(Path(name), settings) else ["the next good file is not read"]
    note = f"at most {longest:.1f} s and {peak / 2**20:.0f} MiB"
    yield Row("F22", "hostile files", "the reader of tables", len(tried), 0, 0, time.monotonic() - began, tuple(wrong), note)  # fmt: skip
