"""What one column showed, in numbers (spec/inspect.md 4): the only thing that types and roles are decided by."""

from collections.abc import Mapping
from dataclasses import dataclass

from sekisho.deid.numbers.columns import Sighting
from sekisho.deid.numbers.direct import Share
from sekisho.deid.schema import Kind


@dataclass(frozen=True)
class ColumnFacts:
    """Counts of sampled cells; `distinct` counts values as a schema's reader writes them, blanks left out.

    `reads` says of a kind how many filled cells its reader takes; a kind that hardly any of the first distinct values read as
    is missing. `marked_days`, `eras`: days and months written with signs, or by an era. `shared`: every value that K rows have,
    where there are few values in all; `rare`: how many values stand in fewer rows. `source`: kind of line and item of a claim.
    """

    name: str
    cells: int
    blank: int
    distinct: int
    longest: int
    reads: Mapping[Kind, int]
    marked_days: int = 0
    eras: int = 0
    leading_zeros: int = 0
    one_length: bool = False
    sentences: int = 0
    mean_length: float = 0.0
    newlines: int = 0
    serial: bool = False
    shared: tuple[str, ...] = ()
    rare: int = 0
    sightings: tuple[Sighting, ...] = ()
    shares: tuple[Share, ...] = ()
    source: str | None = None

    @property
    def filled(self) -> int:
        return self.cells - self.blank

    def share(self, kind: Kind) -> float:
        """Share of the filled cells that read as `kind`; 0 where none is filled."""
        return self.reads.get(kind, 0) / self.filled if self.filled else 0.0

    @property
    def uniqueness(self) -> float:
        """Distinct values for each filled cell."""
        return self.distinct / self.filled if self.filled else 0.0
