"""Table in, table out: change, plan, apply, measure, in one call or one by one."""

from dataclasses import dataclass

from sekisho.deid.apply import add_rows, apply_plan, recode_population, subjects_of_release
from sekisho.deid.changes.perform import Masking, change_table
from sekisho.deid.plan import Plan, make_plan
from sekisho.deid.policy import Policy
from sekisho.deid.report.measuring import measure_released
from sekisho.deid.report.released import Released
from sekisho.deid.report.report import Report
from sekisho.deid.risk.records.individual import weights_of_rows
from sekisho.deid.schema import Schema
from sekisho.deid.search.answer import Answer
from sekisho.deid.search.find import find_answer
from sekisho.deid.search.question import Progress, Spreading, Stop, Watch, pose_question
from sekisho.deid.settling import settle_policy
from sekisho.deid.table import Column, Table
from sekisho.deid.written.checking import check_policy
from sekisho.errors import BadTable, CannotMeet, Reason


@dataclass(frozen=True)
class Planned:
    """A plan, and the answer of the search that it was made from: bound to the table that it was made for.

    `table` is that table after the policy's changes, `policy` the policy with its limits settled by it.
    """

    plan: Plan
    answer: Answer
    table: Table
    policy: Policy


@dataclass(frozen=True)
class Outcome:
    """A de-identified table with its plan and report."""

    table: Table
    plan: Plan
    report: Report


def deidentify(  # noqa: PLR0913 - named by keyword, each with what is usual
    table: Table,
    schema: Schema,
    policy: Policy,
    *,
    entropy: bytes,
    population: Table | None = None,
    progress: Progress | None = None,
    stop: Stop | None = None,
    spread: Spreading = map,
    masking: Masking | None = None,
) -> Outcome:
    """Give back the table that keeps the policy's bounds with the best goal, its plan and its report.

    `entropy`: at least 32 secret bytes for the changes that chance decides, and for the order of the rows. Costs a group-by
    of the table, a search over its distinct tuples and one pass over its rows. Refuses what `plan_table` and
    `measure_release` refuse.
    """
    planned = plan_table(
        table,
        schema,
        policy,
        entropy=entropy,
        population=population,
        progress=progress,
        stop=stop,
        spread=spread,
        masking=masking,
    )
    return release_table(table, schema, planned, entropy=entropy, population=population, spread=spread)


def release_table(
    table: Table,
    schema: Schema,
    planned: Planned,
    *,
    entropy: bytes,
    population: Table | None = None,
    spread: Spreading = map,
) -> Outcome:
    """Give back what goes out by a plan that was made for `table`, and the report of it."""
    released = apply_plan(planned.table, planned.plan, planned.answer, entropy=entropy)
    finished = add_rows(released, planned.policy, schema, entropy=entropy)
    report = measure_release(
        table,
        released,
        schema,
        planned,
        population=population,
        finished=finished,
        subjects=whose_rows(planned, entropy=entropy),
        spread=spread,
    )
    return Outcome(finished, planned.plan, report)


def plan_table(  # noqa: PLR0913 - named by keyword, each with what is usual
    table: Table,
    schema: Schema,
    policy: Policy,
    *,
    entropy: bytes | None = None,
    population: Table | None = None,
    progress: Progress | None = None,
    stop: Stop | None = None,
    spread: Spreading = map,
    masking: Masking | None = None,
) -> Planned:
    """Give back the best plan of the policy's mode for `table`, once the policy's changes are done to it.

    `entropy`: at least 32 secret bytes where changes draw on chance. `population`: the persons among whom a bound of k-map
    hides the rows, with the same quasi-identifiers. `progress` is told the share of the search that is done; where `stop`
    answers True it ends with the best so far, and the report says so. `spread` is `map`, or the ordered map of a thread
    pool, for work on more than one core; the plan is the same. `masking` masks free text where the policy asks for it.

    Refuses: a table with other columns than `schema` or without rows, a policy that does not fit, a change that cannot be
    done, a population below the rows, unusable weights, a ladder without a value that the table has, k above the rows, a
    lattice that is too large, bounds that no plan can keep (NO_PLAN: which, and what is in reach), k-map without a population.
    """
    if table.names != schema.names:
        raise BadTable(Reason.TABLE_DOES_NOT_FIT, columns=len(table.names), declared=len(schema.names))
    check_policy(policy, schema)
    persons = policy.exam.population
    if persons is not None and persons < table.rows:
        raise CannotMeet(Reason.POPULATION_TOO_SMALL, rows=table.rows, population=persons)
    if policy.exam.weights:
        weights_of_rows(table.column(policy.exam.weights))
    changed = change_table(table, policy.changes, schema, entropy, masking)
    settled = settle_policy(policy, changed)
    answer = find_answer(pose_question(changed, schema, settled, population), Watch(progress, stop, spread))
    return Planned(make_plan(schema, settled, answer.recoding), answer, changed, settled)


def whose_rows(planned: Planned, *, entropy: bytes) -> Column | None:
    """Give back whose each row of the release by this plan and entropy is; None where the exam names no subject."""
    subject = planned.policy.exam.subject
    return subjects_of_release(planned.table, subject, planned.answer, entropy=entropy) if subject else None


def measure_release(
    before: Table,
    after: Table,
    schema: Schema,
    planned: Planned,
    *,
    population: Table | None = None,
    finished: Table | None = None,
    subjects: Column | None = None,
    spread: Spreading = map,
) -> Report:
    """Give back the report, counted anew on the cells of `after` by other code than the search.

    `before` is the table before any change, `after` the released one, `finished` that with synthetic rows;
    `subjects` says whose each row of `after` is (`whose_rows`), for persons to be counted where that column is deleted:
    without it a bound on them is one that cannot be shown to hold. Refuses with CLAIM_NOT_KEPT where a bound does not hold
    or the search claimed another number.
    """
    recoded = None if population is None else recode_population(planned.answer)
    return measure_released(
        Released(
            original=before,
            before=planned.table,
            after=after,
            finished=after if finished is None else finished,
            schema=schema,
            policy=planned.policy,
            plan=planned.plan,
            answer=planned.answer,
            population=recoded,
            subjects=subjects,
            spread=spread,
        )
    )
