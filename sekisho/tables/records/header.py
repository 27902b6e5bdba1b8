"""The header row against the declared columns (spec/disarm.md 1.4)."""

import unicodedata
from collections import Counter

from sekisho.deid.schema import Schema
from sekisho.tables.records.tally import WHOLE_FILE, Tally
from sekisho.tables.rules import SPACES, Rule

PERHAPS_ENCODING = "perhaps-encoding"


def check_header(fields: list[str], schema: Schema, tally: Tally) -> bool:
    """Give back whether the header is the declared one; what differs goes into the tally, never an undeclared name."""
    written = [unicodedata.normalize("NFC", one.strip(SPACES)) for one in fields]
    if tuple(written) == schema.names:
        return True
    declared = set(schema.names)
    counts = Counter(one for one in written if one in declared)
    # Names that are there keep their mutual order if each stands where the ones that are there should stand.
    order = [name for name in schema.names if counts[name]]
    found = list(dict.fromkeys(one for one in written if one in declared))
    displaced = {name for name, other in zip(order, found, strict=True) if name != other}
    for name in schema.names:
        if counts[name] != 1 or name in displaced:
            tally.add(name, Rule.COLUMNS, max(1, counts[name] - 1), 0)
            _list(tally, name, "")
    extra = len(written) - counts.total()
    if extra:
        tally.add(WHOLE_FILE, Rule.COLUMNS, extra, 0)
        for one in written:
            if one not in declared:
                _list(tally, WHOLE_FILE, one)
    doubled = sum(1 for one in counts.values() if one > 1)
    missing = len(schema.names) - len(counts)
    tally.explain(missing=missing, displaced=len(displaced), doubled=doubled, extra=extra)
    if _may_be_encoded_otherwise(written, schema):
        tally.explain(problem=PERHAPS_ENCODING)
    return False


def _list(tally: Tally, column: str, text: str) -> None:
    """Put it on the clerk's list: an undeclared name may be a person's, where a file has no header."""
    if tally.errors is not None:
        tally.errors.add(0, 1, column, Rule.COLUMNS, text)


def _may_be_encoded_otherwise(written: list[str], schema: Schema) -> bool:
    """Say whether this looks like a sound header read in the wrong encoding (spec/disarm.md 1.4)."""
    if any("\N{REPLACEMENT CHARACTER}" in one for one in written):
        return True
    beyond = {one for one in schema.names if not one.isascii()}  # ASCII is read alike in every encoding
    strange = [one for one in written if one not in schema.names and not one.isascii()]
    return beyond.isdisjoint(written) and len(strange) == len(beyond) > 0
