"""Stop 4, its end: the result is judged by the five items of the law; what does not meet them is not sealed (requirement A16)."""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from sekisho.deid.plan import Plan
from sekisho.deid.policy import Policy
from sekisho.deid.report.report import Report
from sekisho.deid.schema import Schema, read_schema
from sekisho.deid.standard.decisions import read_decisions
from sekisho.deid.standard.dictionary import Dictionary, read_dictionary
from sekisho.deid.standard.gate import check_passed, judge
from sekisho.deid.standard.judgement import Decision, Judgement, decide, unused_decisions
from sekisho.deid.standard.written import read_judgement, write_judgement
from sekisho.deid.table import Table
from sekisho.digest import digest_of, read_digest
from sekisho.errors import BadSettings, Malformed, Reason, Refused, Tampered
from sekisho.journey import Event
from sekisho.pages.standard.facts import CaseFacts
from sekisho.pages.standard.page import write_standard_page
from sekisho.pages.standard.printed import print_standard
from sekisho.pages.words import Language, words_in
from sekisho.release.rules import StaffMove, check_move
from sekisho.storage.files import read_file, write_durably
from sekisho.zones.processing.desk import Desk

LARGEST_FILE_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Judged:
    """What was judged. `unused` counts decisions that no check needed; `page` and `paper` are the printed judgement."""

    judgement: Judgement
    unused: int
    page: Path
    paper: Path


@dataclass(frozen=True)
class ToJudge:
    """All that a release is made of."""

    original: Table
    released: Table
    schema: Schema
    policy: Policy
    plan: Plan
    report: Report


def open_dictionary(file: Path | None) -> Dictionary:
    """Give back the dictionary of what is odd anywhere: the operator's, or the one that comes with Sekisho."""
    usual = files("sekisho.deid.standard") / "japan.toml"
    try:
        return read_dictionary(usual.read_bytes() if file is None else read_file(file, LARGEST_FILE_BYTES))
    except Malformed as error:
        raise Refused(error.reason, findings=(), **error.facts) from error


def open_decisions(desk: Desk, case: str, operator: str, file: Path | None) -> tuple[Decision, ...]:
    """Give back the operator's decisions of today, or none."""
    if file is None:
        return ()
    with desk.denying(case, StaffMove.JUDGE.value, operator):
        try:
            return read_decisions(read_file(file, LARGEST_FILE_BYTES), by=operator, on=desk.clock().date())
        except (Malformed, BadSettings) as error:
            raise Refused(error.reason, findings=(), **error.facts) from error


def judge_first(desk: Desk, one: ToJudge, dictionary: Dictionary) -> Judgement:
    """Give back the judgement before anybody has decided anything."""
    return judge(
        one.original,
        one.released,
        schema=one.schema,
        policy=one.policy,
        plan=one.plan,
        report=one.report,
        dictionary=dictionary,
        on=desk.clock().date(),
    )


def conclude(desk: Desk, case: str, operator: str, decisions: tuple[Decision, ...]) -> Judged:
    """Give back the judgement of a measured case with these decisions, once it is kept and printed; nothing more is undecided.

    Where an item is not met, refuses with STANDARD_NOT_MET (and writes the refusal down): the judgement lies at `page` all
    the same, so that one can read what to mend or to decide.
    """
    with desk.denying(case, StaffMove.JUDGE.value, operator):
        check_move(desk.roster.person(operator), StaffMove.JUDGE, desk.case(case))
        if desk.latest(case, Event.PROFILED)["operator"] != operator:  # who did the work answers for it
            raise Refused(Reason.WRONG_ROLE, move=StaffMove.JUDGE.value)
    first = _first(desk, case)
    judgement = Judgement(first.on, tuple(decide(one.item, one.checks, decisions) for one in first.items))
    judged = Judged(
        judgement, len(unused_decisions(judgement, decisions)), *_write_down(desk, case, judgement, operator)
    )
    with desk.denying(case, StaffMove.JUDGE.value, operator):
        try:
            check_passed(judgement)
        except Refused as error:
            error.facts["page"] = str(judged.page)
            raise
    raw = write_judgement(judgement)
    measured = desk.latest(case, Event.MEASURED)
    desk.record(
        case,
        Event.JUDGED,
        decisions=sum(len(one.decisions) for one in judgement.items),
        free_text_columns=int(measured["free_text_columns"]),
        standard_sha256=str(desk.keep(raw)),
    )
    return judged


def _first(desk: Desk, case: str) -> Judgement:
    """Give back the judgement that was made when the case was measured, if it is still that one to the bit."""
    raw = read_file(desk.report(case, "first.standard.json"), LARGEST_FILE_BYTES)
    if str(digest_of(raw)) != desk.latest(case, Event.MEASURED)["standard_sha256"]:
        raise Tampered(Reason.WORK_CHANGED, file="standard.json")
    return read_judgement(raw)


def _write_down(desk: Desk, case: str, judgement: Judgement, operator: str) -> tuple[Path, Path]:
    """Give back where the judgement lies as a page and as paper, both in the first language of our readers."""
    raw, facts = write_judgement(judgement), _facts(desk, case, operator)
    write_durably(desk.report(case, "standard.json"), raw)
    for language in Language:
        words = words_in(language)
        write_durably(desk.report(case, f"standard.{language.value}.html"), write_standard_page(raw, facts, words))
        write_durably(desk.report(case, f"standard.{language.value}.pdf"), print_standard(raw, facts, words))
    return (
        desk.report(case, f"standard.{Language.JA.value}.html").absolute(),
        desk.report(case, f"standard.{Language.JA.value}.pdf").absolute(),
    )


def _facts(desk: Desk, case: str, operator: str) -> CaseFacts:
    applied, measured = desk.latest(case, Event.APPLIED), desk.latest(case, Event.MEASURED)
    schema = read_schema(read_file(desk.work(case) / "schema.toml", LARGEST_FILE_BYTES))
    return CaseFacts(
        case=case,
        municipality=desk.roster.municipality(case.rpartition("-")[0]).name,
        dataset=schema.name,
        rows_before=int(applied["rows_before"]),
        rows_after=int(applied["rows_after"]),
        table=read_digest(measured["file_table_csv"]),
        plan=read_digest(desk.latest(case, Event.PLANNED)["plan_sha256"]),
        report=read_digest(measured["report_sha256"]),
        operator=operator,
        on=desk.clock().date(),
        work_seconds=int(measured["work_seconds"]),
        free_text_columns=int(measured["free_text_columns"]),
        trial=desk.roster.trial,
    )
