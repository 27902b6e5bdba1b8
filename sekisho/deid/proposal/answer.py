"""The answer to a request, as canonical JSON (spec/proposal.md 6)."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, assert_never

from sekisho.deid.measure import six_decimals
from sekisho.deid.policy import Policy
from sekisho.deid.proposal.asking import Coarser, Drop, LeaveOut, Move, Widen
from sekisho.deid.proposal.loosening import Found, find_loosenings
from sekisho.deid.proposal.persons import Span, span_of
from sekisho.deid.proposal.request import Request
from sekisho.deid.proposal.trial import Ground, Trial, try_moves
from sekisho.deid.proposal.written import check_request
from sekisho.deid.schema import Schema
from sekisho.digest import Digest, digest_of
from sekisho.statement import write_canonical

FORMAT = "sekisho-feasibility-v1"
LEAST_PERSONS = 1_000  # 個人情報の保護に関する法律114条1項2号
RUNS = 60


@dataclass(frozen=True)
class Feasibility:
    """Whether a request can pass on the real table, and what would make it pass.

    `unit` is what counts of persons are told in, `in_file` the persons of the whole table, `fewest` those that are needed.
    """

    request: Request
    schema: Schema
    base: Policy
    on: date
    in_file: int
    fewest: int
    unit: int
    asked: Trial
    found: Found

    @property
    def feasible(self) -> bool:
        return self.asked.passes

    @property
    def digest(self) -> Digest:
        """SHA-256 of the canonical JSON."""
        return digest_of(write_feasibility(self))

    def span(self, count: int) -> Span:
        """Give back a count of persons or rows as it may be told."""
        return span_of(count, self.unit)


def weigh_request(ground: Ground, runs: int = RUNS) -> Feasibility:
    """Give back the answer to the request of `ground`; loosenings are looked for where it does not pass, with `runs` runs.

    Refuses with REQUEST_MALFORMED a request that does not go with the table.
    """
    check_request(ground.request, ground.schema, ground.base)
    asked = try_moves(ground, ())
    stopped = ground.stop is not None and ground.stop()
    quiet = replace(ground, progress=None)  # what is told from here on is the share of the runs
    done = asked.passes or stopped
    found = Found((), 0, not stopped) if done else find_loosenings(quiet, runs, ground.progress)
    return Feasibility(
        ground.request,
        ground.schema,
        ground.base,
        ground.on,
        ground.persons(ground.table),
        ground.fewest,
        ground.base.least_group,
        asked,
        found,
    )


def write_feasibility(one: Feasibility) -> bytes:
    """Give back the answer's canonical JSON (spec/proposal.md 6)."""
    return write_canonical(
        {
            "format": FORMAT,
            "on": one.on.isoformat(),
            "request": str(one.request.digest),
            "schema": str(one.schema.digest),
            "policy": str(one.base.digest),
            "proposer": one.request.proposer,
            "dataset": one.request.dataset,
            "feasible": one.feasible,
            "persons": {"in_file": _span(one.span(one.in_file)), "needed": one.fewest},
            "asked": _trial(one, one.asked),
            "loosenings": [_trial(one, trial) for trial in one.found.offers],
            "search": {"runs": one.found.runs, "whole": one.found.whole},
        }
    )


def _trial(one: Feasibility, trial: Trial) -> dict[str, Any]:
    return {
        "moves": [_move(move) for move in trial.moves],
        "passes": trial.passes,
        "objections": [{"why": each.why.value, **dict(each.facts)} for each in trial.objections],
        "persons": {"selected": _span(one.span(trial.persons)), "left": _span(one.span(trial.persons_left))},
        "rows": {"selected": _span(one.span(trial.rows)), "left": _span(one.span(trial.rows_left))},
        "lost": None if trial.lost is None else six_decimals(trial.lost),
        "columns": [
            {
                "name": column.name,
                "do": column.done,
                "lost": six_decimals(column.lost),
                "levels": [{"level": level, "share": six_decimals(share)} for level, share in column.levels],
            }
            for column in trial.columns
        ],
        "items": [{"item": item.value, "verdict": verdict.value} for item, verdict in trial.verdicts],
        "waiting": [
            {"item": each.item.value, "check": each.look, "column": each.column or None} for each in trial.waiting
        ],
        "interrupted": not trial.whole,
    }


def _move(move: Move) -> dict[str, Any]:
    match move:
        case Coarser(column=column, level=level):
            return {"do": "coarser", "column": column, "level": level}
        case Drop(column=column):
            return {"do": "drop", "column": column}
        case LeaveOut(share=share):
            return {"do": "leave-out", "share": six_decimals(share)}
        case Widen(place=place, column=column):
            return {"do": "widen", "condition": place, "column": column}
        case _:
            assert_never(move)


def _span(span: Span) -> dict[str, int]:
    return {"from": span.low, "to": span.high}
