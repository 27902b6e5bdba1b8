"""Tables with the schema that people wrote for them, and a proposal held against it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from examples.town.exports.all import write_exports
from examples.town.files import RESIDENTS, write_town
from examples.town.residents import make_town
from sekisho.datasets.ready import ready_folder
from sekisho.deid.declared.layout import Csv
from sekisho.deid.schema import ColumnSchema, Kind, Role, Schema, read_schema
from sekisho.deid.workshop.proposing.evidence import Sure
from sekisho.deid.workshop.proposing.proposal import Proposal, ProposedColumn

ROOT = Path(__file__).parents[2]
SEED = 1
# What the tests hold, a little below what was measured.
LEAST_TYPES, LEAST_ROLES, LARGEST_LOOSE = 0.7, 0.6, 0.08
_ALIKE = {Kind.CODE: Kind.TEXT, Kind.DATE: Kind.PARTIAL_DATE}  # as which the cells read too
_GONE = {Role.IDENTIFIER, Role.STRIPPED}


@dataclass(frozen=True)
class Known:
    """A file and its schema."""

    name: str
    path: Path
    schema: Schema


@dataclass(frozen=True)
class Compared:
    """Of `columns`: how many have the type, a type that reads the same cells, the role, a role that protects less, a question."""

    name: str
    columns: int
    types: int
    alike: int
    roles: int
    loose: int
    asked: int


def tables(folder: Path, residents: int) -> Iterator[Known]:
    """Give back the town's list and exports, written into `folder`, and Adult; each export by the name of its dataset."""
    town = make_town(residents, SEED)
    write_town(town, SEED, folder)
    yield Known("town", folder / RESIDENTS, _schema(ROOT / "examples/town/schema.toml"))
    for one in write_exports(town, SEED, folder / "exports"):
        yield Known(one.dataset, folder / "exports" / one.file, _schema(ready_folder(one.dataset) / "schema.toml"))
    yield Known("adult", ROOT / "examples/adult/adult.csv", _schema(ROOT / "examples/adult/schema.toml"))


def compared(known: Known, proposal: Proposal) -> Compared:
    """Give back how the proposal's columns fare; columns go by name, or by place where the file has no header."""
    pairs = list(_pairs(known.schema, proposal))
    return Compared(
        known.name,
        len(pairs),
        sum(one.kind.kind is other.kind for one, other in pairs),
        sum(one.kind.kind is other.kind or _are_alike(one.kind.kind, other.kind) for one, other in pairs),
        sum(one.role.role is other.role for one, other in pairs),
        sum(_is_loose(one.role.role, other.role) for one, other in pairs),
        sum(one.sure is Sure.ASK for one, _ in pairs),
    )


def _pairs(schema: Schema, proposal: Proposal) -> Iterator[tuple[ProposedColumn, ColumnSchema]]:
    by_place = isinstance(schema.layout, Csv) and not schema.layout.header
    declared = {one.source or one.name: one for one in schema.columns}
    for place, one in enumerate(proposal.columns):
        other = schema.columns[place] if by_place else declared.get(one.facts.source or one.facts.name)
        if other is not None:
            yield one, other


def _are_alike(one: Kind, other: Kind) -> bool:
    return _ALIKE.get(one) is other or _ALIKE.get(other) is one


def _is_loose(one: Role, wanted: Role) -> bool:
    """Say whether the role lets more through: a column stays that should be deleted, or counts as harmless and is not."""
    return (wanted in _GONE and one not in _GONE) or (one is Role.PLAIN and wanted is not Role.PLAIN)


def _schema(path: Path) -> Schema:
    return read_schema(path.read_bytes())
