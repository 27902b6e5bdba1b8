"""Stop 4: profile, plan, apply, measure: the operator's work on one case."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from pathlib import Path

from sekisho.cores import spread
from sekisho.deid.apply import add_rows, apply_plan
from sekisho.deid.deidentify import Planned, measure_release, plan_table, whose_rows
from sekisho.deid.measure import Measure, six_decimals
from sekisho.deid.plan import write_plan
from sekisho.deid.policy import Policy
from sekisho.deid.report.profile import profile_table
from sekisho.deid.report.report import Report, write_report
from sekisho.deid.schema import Schema, read_schema, write_schema
from sekisho.deid.standard.dictionary import Dictionary
from sekisho.deid.standard.written import write_judgement
from sekisho.deid.table import Column, Table
from sekisho.deid.written.checking import check_policy
from sekisho.digest import digest_of
from sekisho.errors import BadSettings, Malformed, Reason, Refused
from sekisho.freetext.columns import masking_for
from sekisho.journey import Event
from sekisho.pages.report.measures import OF_COLUMNS
from sekisho.pages.report.page import write_report_page
from sekisho.pages.words import Language, words_in
from sekisho.release.rules import StaffMove, check_move
from sekisho.storage.files import on_disk, open_new, read_file, remove, sync_file, write_durably
from sekisho.storage.hashing import file_digest
from sekisho.tables.arrow import read_table
from sekisho.tables.outgoing import recipient_schema, write_csv
from sekisho.tables.policy_file import open_policy
from sekisho.zones.processing.desk import Desk
from sekisho.zones.processing.judging import ToJudge, judge_first, open_dictionary
from sekisho.zones.processing.parsing import LARGEST_SCHEMA_BYTES

SECRET_BYTES = 32


def run(
    desk: Desk,
    case: str,
    operator: str,
    policy_file: Path,
    entropy: Callable[[int], bytes],
    progress: Callable[[float], None] | None = None,
    dictionary_file: Path | None = None,
) -> Report:
    """Give back the report of the table that now lies in the case's work folder, de-identified by the policy and measured.

    What the search claims was measured again on the rows that will leave. The entropy of shuffle, tokens, noise and swaps is kept nowhere.
    `progress` is told the share of the search that is done. What the five items of the law make of it lies beside the report;
    `conclude` says whether it may be sealed.
    """
    began = desk.clock()
    work = desk.work(case)
    with desk.denying(case, StaffMove.PROFILE.value, operator):
        check_move(desk.roster.person(operator), StaffMove.PROFILE, desk.case(case))
        if not (work / "table.parquet").is_file():
            raise Refused(Reason.CASE_NOT_OPEN)
    schema = read_schema(read_file(work / "schema.toml", LARGEST_SCHEMA_BYTES))
    with desk.denying(case, StaffMove.PLAN.value, operator):
        policy = _policy(policy_file, schema)
        dictionary = open_dictionary(dictionary_file)
    table = read_table(work / "table.parquet")
    profile = profile_table(table, schema)
    desk.record(
        case, Event.PROFILED, operator=operator, rows=profile.rows, tuples=profile.tuples, unique=profile.unique
    )
    secret = entropy(SECRET_BYTES)
    with desk.denying(case, StaffMove.PLAN.value, operator):
        planned = plan_table(
            table, schema, policy, entropy=secret, progress=progress, spread=spread, masking=masking_for(policy)
        )
    desk.record(
        case,
        Event.PLANNED,
        plan_sha256=str(planned.plan.digest),
        policy_sha256=str(policy.digest),
        mode=policy.mode.value,
        nodes=planned.answer.nodes,
        evaluated=planned.answer.evaluated,
        steps=planned.answer.steps,
    )
    with desk.denying(case, StaffMove.PLAN.value, operator):
        released = apply_plan(planned.table, planned.plan, planned.answer, entropy=secret)
        finished = add_rows(released, planned.policy, schema, entropy=secret)
        subjects = whose_rows(planned, entropy=secret)
    return _measure(desk, case, _Work(began, table, schema, planned, dictionary, subjects), released, finished)


@dataclass(frozen=True)
class _Work:
    """What has been done so far, and since when; whose each released row is, where the policy says how to tell."""

    began: datetime
    table: Table
    schema: Schema
    planned: Planned
    dictionary: Dictionary
    subjects: Column | None


def _measure(desk: Desk, case: str, work: _Work, released: Table, finished: Table) -> Report:
    """Give back the report of what the plan released, once all of it lies in the case's work folder."""
    table, schema, planned = work.table, work.schema, work.planned
    added = {"rows_added": finished.rows - released.rows} if finished.rows > released.rows else {}
    desk.record(case, Event.APPLIED, rows_before=table.rows, rows_after=finished.rows, **added)
    report = measure_release(table, released, schema, planned, finished=finished, subjects=work.subjects, spread=spread)
    written = _write_down(desk, case, finished, schema, planned, report)
    to_judge = ToJudge(table, finished, schema, planned.policy, planned.plan, report)
    standard = write_judgement(judge_first(desk, to_judge, work.dictionary))
    write_durably(desk.report(case, "first.standard.json"), standard)
    desk.record(
        case,
        Event.MEASURED,
        free_text_columns=len(planned.policy.masked),
        standard_sha256=str(digest_of(standard)),
        work_seconds=ceil((desk.clock() - work.began).total_seconds()),
        report_sha256=str(report.digest),
        schema_sha256=str(schema.digest),
        **{name.replace("-", "_"): text for name, text in numbers(report)},
        **written,
    )
    return report


def _write_down(
    desk: Desk, case: str, released: Table, schema: Schema, planned: Planned, report: Report
) -> dict[str, str]:
    """Give back the digests of what will be sealed, once written: table, its schema and plan, report and its pages."""
    work = desk.work(case)
    remove(work / "released.csv")
    with on_disk(), open_new(work / "released.csv") as stream:  # closing writes too
        write_csv(released, stream)
        sync_file(stream)
        stream.seek(0)
        table_digest = file_digest(stream)
    texts = {
        "schema.json": (work / "released.schema.json", write_schema(recipient_schema(released, schema.name))),
        "plan.json": (work / "plan.json", write_plan(planned.plan)),
        "report.json": (desk.report(case, "json"), write_report(report)),
    }
    for language in Language:
        page = write_report_page(write_report(report), words_in(language), case, trial=desk.roster.trial)
        texts[f"report.{language.value}.html"] = (desk.report(case, f"{language.value}.html"), page)
    for path, raw in texts.values():
        write_durably(path, raw)
    digests = {fact_of_file(name): str(digest_of(raw)) for name, (_, raw) in texts.items()}
    return {**digests, fact_of_file("table.csv"): table_digest}


def fact_of_file(name: str) -> str:
    """Give back the fact under which a file of the outgoing parcel is named in the ledger: `file_table_csv`."""
    return "file_" + name.replace(".", "_")


def _policy(policy_file: Path, schema: Schema) -> Policy:
    """Give back the operator's policy; what is wrong with it is for the operator to mend."""
    try:
        return check_policy(open_policy(policy_file), schema)
    except (Malformed, BadSettings) as error:
        raise Refused(error.reason, findings=(), **error.facts) from error


def numbers(report: Report) -> tuple[tuple[str, str], ...]:
    """Give back the measures of the released table as text, by name: what dossier and ledger repeat.

    One that is told of a second sensitive column has a number behind its name. What is told beside each column stays in
    the report.
    """
    found: dict[str, str] = {}
    for one in report.measures:
        name, place = one.after.kind.name, 2
        if name in OF_COLUMNS:
            continue
        while name in found:
            name, place = f"{one.after.kind.name}-{place}", place + 1
        found[name] = _in_decimals(one.after)
    return tuple(found.items())


def _in_decimals(measure: Measure) -> str:
    return measure.text if measure.amount is None else six_decimals(measure.amount)
