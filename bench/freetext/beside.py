"""Masking beside GiNZA's entities, and both together: what a neural reader would add, and what it costs.

    python -m bench.freetext.beside PYTHON [--out freetext_ginza.md]

PYTHON is an interpreter with the packages ginza and ja-ginza.
"""

import argparse
import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.freetext import entities
from bench.freetext.labelled import Sentence, read_sentences
from bench.freetext.scored import Finder, Score, score
from sekisho.freetext.folding import fold
from sekisho.freetext.masking import apart, find_spans
from sekisho.freetext.spans import Kind, Span

PARTS = ("test", "unseen")
KINDS = (
    {"Person": Kind.NAME, "Phone_Number": Kind.TELEPHONE, "Email": Kind.MAIL, "URL": Kind.ADDRESS_OF_SITE}
    | dict.fromkeys(
        ("City", "Province", "Country", "County", "Domestic_Region", "GPE_Other", "Postal_Address"), Kind.PLACE
    )
    | dict.fromkeys(("Station", "River", "Island", "Mountain", "Lake", "Sea", "Bay", "Spa", "Park", "Port"), Kind.PLACE)
    | dict.fromkeys(("Location_Other", "Geological_Region_Other", "Continental_Region", "School", "Museum"), Kind.PLACE)
    | dict.fromkeys(("Worship_Place", "Public_Institution"), Kind.PLACE)
)
"""GiNZA's sorts of entities (Sekine's extended hierarchy) that are masked, each with its kind."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("python", help="an interpreter with ginza and ja-ginza")
    parser.add_argument("--out", type=Path, help="write the tables here too")
    given = parser.parse_args()
    load = os.getloadavg()[0]
    sentences = {part: read_sentences(part) for part in PARTS}
    told = read_by(given.python, [one.text for part in sentences.values() for one in part])
    text = "\n".join(markdown(sentences, told, load)) + "\n"
    print(text)
    if given.out:
        given.out.write_text(text, encoding="utf-8")


def read_by(python: str, texts: Sequence[str]) -> dict[str, Any]:
    """Give back what the other interpreter tells, its entities by text, as spans of the text and not of its folded form."""
    folded = [fold(text) for text in texts]
    asked = json.dumps([one.text for one in folded])
    done = subprocess.run([python, entities.__file__], input=asked, capture_output=True, text=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    told["spans"] = {
        text: tuple(Span(*one.original(start, end), KINDS[label]) for start, end, label in found if label in KINDS)
        for text, one, found in zip(texts, folded, told.pop("entities"), strict=True)
    }
    return told


def markdown(sentences: Mapping[str, Sequence[Sentence]], told: Mapping[str, Any], load: float) -> Iterator[str]:
    """Give the lines of the whole result."""
    versions = ", ".join(f"{name} {number}" for name, number in told["versions"].items())
    yield "# Masking of free text beside GiNZA"
    yield ""
    yield f"Printed by `python -m bench.freetext.beside` with {versions}; {os.cpu_count()} cores, load {load:.1f} at the"
    yield "start. GiNZA reads the folded text; of its entities names, places, telephones, mail and sites count. How recall and"
    yield "precision are counted: [freetext.md](freetext.md)."
    found: Mapping[str, tuple[Span, ...]] = told["spans"]
    finders: dict[str, Finder] = {
        "Sekisho": find_spans,
        "GiNZA": lambda text: tuple(apart(found[text])),
        "both": lambda text: tuple(apart([*find_spans(text), *found[text]])),
    }
    for part, those in sentences.items():
        yield from ("", f"## {part}.txt, {len(those)} sentences", "")
        yield "| by | names | places | all kinds | masked | of them needless | precision |"
        yield "|" + "---|" * 7
        for name, find in finders.items():
            yield _row(name, those, find)
    yield ""
    yield f"GiNZA takes {told['seconds_per_1000']:.1f} s for 1,000 sentences, {told['load_seconds']:.1f} s to load,"
    yield f"{told['peak_mib']:,.0f} MiB of memory, and {told['installed_mib']:,.0f} MiB on disk beside the dictionary."


def _row(name: str, sentences: Sequence[Sentence], find: Finder) -> str:
    scores = score(sentences, find)
    total, none = scores.total, Score(0, 0, 0, 0, 0)
    shares = [
        f"{one.recall:.3f} ({one.whole} of {one.wanted})"
        for one in (*(scores.kinds.get(kind, none) for kind in (Kind.NAME, Kind.PLACE)), total)
    ]
    return f"| {name} | {' | '.join(shares)} | {total.masked} | {total.masked - total.right} | {total.precision:.3f} |"


if __name__ == "__main__":
    main()
