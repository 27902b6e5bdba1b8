"""A proposal made wider where the reader refused what the sample had not shown (spec/inspect.md 6)."""

from collections.abc import Iterable
from dataclasses import replace

from sekisho.deid.schema import Kind
from sekisho.deid.workshop.proposing.evidence import Evidence, Ground, Sure
from sekisho.deid.workshop.proposing.proposal import Proposal, ProposedColumn
from sekisho.deid.workshop.proposing.types import LENGTHS
from sekisho.errors import Finding

_WIDER = {Kind.DATE: Kind.PARTIAL_DATE}


def loosened(proposal: Proposal, findings: Iterable[Finding]) -> Proposal:
    """Give back the proposal with wider columns where that lets the refused cells through; the same one where none would."""
    broken: dict[str, set[str]] = {}
    for one in findings:
        broken.setdefault(one.column, set()).add(one.rule)
    return proposal.with_columns(tuple(_wider(one, broken.get(one.facts.name, set())) for one in proposal.columns))


def _wider(column: ProposedColumn, rules: set[str]) -> ProposedColumn:
    kind = column.kind
    if "blank" in rules:
        column = replace(column, blank=True)
    if "values" in rules:
        kind = replace(kind, values=(), sure=Sure.ASK, evidence=(Evidence(Ground.RARE_VALUES), *kind.evidence))
    if "longest" in rules:
        kind = replace(kind, longest=next((one for one in LENGTHS if one > kind.longest), LENGTHS[-1]))
    if "type" in rules:
        unread = (*kind.evidence, Evidence(Ground.SOME_UNREAD))
        kind = replace(kind, kind=_WIDER.get(kind.kind, Kind.TEXT), sure=Sure.ASK, evidence=unread)
    if "control" in rules and kind.kind is Kind.CODE:
        kind = replace(kind, kind=Kind.TEXT, values=(), sure=Sure.ASK)
    return replace(column, kind=kind)
