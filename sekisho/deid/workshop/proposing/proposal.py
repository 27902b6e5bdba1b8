"""A schema that is proposed, and why (spec/inspect.md 1)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sekisho.deid.declared.layout import Fixed, Layout
from sekisho.deid.schema import ColumnSchema, Kind, Role, Schema
from sekisho.deid.table import Codes
from sekisho.deid.workshop.proposing.evidence import Sure
from sekisho.deid.workshop.proposing.facts import ColumnFacts
from sekisho.deid.workshop.proposing.found import LayoutFound, Notice, Noticed, WritingFound
from sekisho.deid.workshop.proposing.keys import Key, find_key, separation
from sekisho.deid.workshop.proposing.roles import Apart, RoleFound, find_naming_role, find_role
from sekisho.deid.workshop.proposing.types import LENGTHS, KindFound, find_kind
from sekisho.errors import Finding

_NO_PART = frozenset({Role.IDENTIFIER, Role.STRIPPED, Role.SENSITIVE})


@dataclass(frozen=True)
class ProposedColumn:
    """One column as it would stand in the schema; `facts` is what was counted."""

    facts: ColumnFacts
    kind: KindFound
    role: RoleFound
    blank: bool

    @property
    def sure(self) -> Sure:
        """The less sure of type and role."""
        return max(self.kind.sure, self.role.sure, key=list(Sure).index)


@dataclass(frozen=True)
class Found:
    """What the file's bytes showed, and how many rows the columns were judged by."""

    writing: WritingFound
    layout: LayoutFound
    notices: tuple[Noticed, ...] = ()
    first_rows: int = 0  # from the beginning
    spread_rows: int = 0  # drawn from the rest


@dataclass(frozen=True)
class Tried:
    """What the reader said of the file under this schema: how many rows it read, or what it refused."""

    rows: int = 0
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """A schema as far as the file shows one; `schema` is None where it must be converted, or described, first."""

    found: Found
    columns: tuple[ProposedColumn, ...] = ()
    key: Key | None = None
    tried: Tried | None = None

    @property
    def schema(self) -> Schema | None:
        """The schema that is proposed, named as nothing; None where none can be."""
        encoding, layout = self.found.writing.writing.encoding, self.found.layout.layout
        if encoding is None or layout is None or not self.columns:
            return None
        if any(one.notice in _NO_SCHEMA for one in self.found.notices):
            return None
        return Schema("-", encoding, layout, tuple(_declared(one, layout) for one in self.columns))

    @property
    def open_questions(self) -> int:
        """How many columns a person must decide about."""
        return sum(one.sure is Sure.ASK for one in self.columns)

    def with_columns(self, columns: tuple[ProposedColumn, ...]) -> "Proposal":
        return replace(self, columns=columns)


_NO_SCHEMA = frozenset(
    {Notice.BLANK_NAME, Notice.BAD_NAME, Notice.DOUBLED_NAME, Notice.TOO_MANY_COLUMNS, Notice.ALL_STRIPPED}
)


def propose_columns(found: Found, facts: tuple[ColumnFacts, ...], codes: Mapping[str, Codes]) -> Proposal:
    """Give back the proposal for columns that showed `facts`; `codes` are the sampled rows' values as numbers, by column."""
    kinds = [find_kind(one) for one in facts]
    named = [find_naming_role(one, kind.kind) for one, kind in zip(facts, kinds, strict=True)]
    open_names = [one.name for one, role in zip(facts, named, strict=True) if role is None or role.role not in _NO_PART]
    key = find_key({name: codes[name] for name in open_names if name in codes})
    columns = tuple(
        ProposedColumn(one, kind, role or find_role(one, _apart(one, codes, key)), blank=bool(one.blank))
        for one, kind, role in zip(facts, kinds, named, strict=True)
    )
    if columns and all(one.role.role is Role.STRIPPED for one in columns):
        found = replace(found, notices=(*found.notices, Noticed(Notice.ALL_STRIPPED, len(columns))))
    return Proposal(found, columns, key)


def propose_record(found: Found) -> Proposal:
    """Give back the proposal for records of fixed length, whose columns only their vendor's description can say.

    All of the record is one column that is always deleted: such a schema reads the file, and nothing of it comes out.
    """
    facts = ColumnFacts("record", found.layout.records, 0, 0, 0, {})
    kind = KindFound(Kind.TEXT, Sure.ASK, (), longest=LENGTHS[-1])
    column = ProposedColumn(facts, kind, RoleFound(Role.IDENTIFIER, Sure.ASK, ()), blank=True)
    return Proposal(replace(found, notices=(*found.notices, Noticed(Notice.BORDERS))), (column,))


def _apart(facts: ColumnFacts, codes: Mapping[str, Codes], key: Key) -> Apart:
    by_itself = separation(codes[facts.name][: key.rows]) if facts.name in codes else 0.0
    return Apart(by_itself, facts.name in key.columns)


def _declared(column: ProposedColumn, layout: Layout) -> ColumnSchema:
    width = layout.record_bytes if isinstance(layout, Fixed) else None
    return ColumnSchema(
        name=column.facts.name,
        kind=column.kind.kind,
        role=column.role.role,
        blank=column.blank,
        values=column.kind.values,
        longest=column.kind.longest,
        holds=column.role.holds,
        at=None if width is None else 1,
        width_bytes=width,
        source=column.facts.source,
    )
