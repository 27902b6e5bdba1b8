"""Table in, table out: plan, apply, measure, in one call or one by one."""

from dataclasses import dataclass

from sekisho.deid.apply import apply_plan, recode_population
from sekisho.deid.plan import Plan, make_plan
from sekisho.deid.policy import Policy, check_policy
from sekisho.deid.report.measuring import Released, measure_released
from sekisho.deid.report.report import Report
from sekisho.deid.schema import Schema
from sekisho.deid.search.answer import Answer
from sekisho.deid.search.find import find_answer
from sekisho.deid.search.question import Progress, Spreading, Stop, Watch, pose_question
from sekisho.deid.table import Table
from sekisho.errors import BadTable, Reason


@dataclass(frozen=True)
class Planned:
    """A plan, and the answer of the search that it was made from: bound to the table that it was made for."""

    plan: Plan
    answer: Answer


@dataclass(frozen=True)
class Outcome:
    """A de-identified table with its plan and report."""

    table: Table
    plan: Plan
    report: Report


def deidentify(
    table: Table,
    schema: Schema,
    policy: Policy,
    *,
    entropy: bytes,
    population: Table | None = None,
    progress: Progress | None = None,
    stop: Stop | None = None,
    spread: Spreading = map,
) -> Outcome:
    """Give back the table that keeps the policy's bounds with the best goal, its plan and its report.

    `entropy`: at least 32 secret bytes that shuffle the rows. Costs a group-by of the table, a search over its distinct
    tuples and one pass over its rows. Refuses what `plan_table` and `measure_release` refuse.
    """
    planned = plan_table(table, schema, policy, population=population, progress=progress, stop=stop, spread=spread)
    released = apply_plan(table, planned.plan, planned.answer, entropy=entropy)
    report = measure_release(table, released, schema, policy, planned, population=population)
    return Outcome(released, planned.plan, report)


def plan_table(
    table: Table,
    schema: Schema,
    policy: Policy,
    *,
    population: Table | None = None,
    progress: Progress | None = None,
    stop: Stop | None = None,
    spread: Spreading = map,
) -> Planned:
    """Give back the best plan of the policy's mode for `table`.

    `population`: the persons among whom a bound of k-map hides the rows, with the same quasi-identifiers. `progress` is told
    the share of the search that is done; where `stop` answers True it ends with the best so far, and the report says so.
    `spread` is `map`, or the ordered map of a thread pool, for work on more than one core; the plan is the same.

    Refuses: a table with other columns than `schema` or without rows, a policy that does not fit, a ladder without a value
    that the table has, k above the rows, a lattice that is too large, bounds that no plan can keep (NO_PLAN: which, and what
    is in reach), k-map without a population.
    """
    if table.names != schema.names:
        raise BadTable(Reason.TABLE_DOES_NOT_FIT, columns=len(table.names), declared=len(schema.names))
    check_policy(policy, schema)
    answer = find_answer(pose_question(table, schema, policy, population), Watch(progress, stop, spread))
    return Planned(make_plan(schema, policy, answer.recoding), answer)


def measure_release(
    before: Table, after: Table, schema: Schema, policy: Policy, planned: Planned, *, population: Table | None = None
) -> Report:
    """Give back the report, counted anew on the cells of `after` by other code than the search.

    Refuses with CLAIM_NOT_KEPT where a bound does not hold or the search claimed another number.
    """
    recoded = None if population is None else recode_population(planned.answer)
    return measure_released(Released(before, after, schema, policy, planned.plan, planned.answer, recoded))
