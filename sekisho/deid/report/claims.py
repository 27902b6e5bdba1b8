"""Whether a release keeps what the search claimed."""

from fractions import Fraction

from sekisho.deid.bounds import TOLERANCE, AverageRisk, HighestRisk, KMap, KSubjects, Presence, SensitiveBound
from sekisho.deid.policy import Goal, Mode, Policy
from sekisho.deid.policy import Star as StarReading
from sekisho.deid.report.released import Released
from sekisho.deid.report.report import Report
from sekisho.deid.schema import Role
from sekisho.deid.search.answer import Answer
from sekisho.errors import Reason, SekishoError

_CLOSE = Fraction(1, 10**9)  # entropies are floats


def check_columns(released: Released) -> None:
    """Refuse with CLAIM_NOT_KEPT columns that the plan does not release, and an identifier with a value that it had."""
    after = released.after
    if after.names != released.plan.names:
        raise SekishoError(Reason.CLAIM_NOT_KEPT, claim="columns")
    for one in released.schema.with_role(Role.IDENTIFIER):
        if one.name not in after.names:
            continue
        if one.name not in released.policy.pseudonyms:
            raise SekishoError(Reason.CLAIM_NOT_KEPT, claim="columns")
        known = set(released.original.column(one.name).used().values) - {None}
        if known & set(released.finished.column(one.name).used().values):
            raise SekishoError(Reason.CLAIM_NOT_KEPT, claim="pseudonyms")


def check_claims(report: Report, policy: Policy, answer: Answer) -> Report:
    """Give back the report if every bound holds in it and its goal is the number that the search claimed."""
    suppressed = report.rows_changed - report.rows_after
    strict = policy.mode is not Mode.CELLS or policy.star is StarReading.VALUE
    claims = {
        "k": report.rows_after == 0 or report.number("k" if strict else "k-wildcard") >= policy.least_rows,
        "suppression": suppressed == answer.suppressed <= policy.most_suppressed(report.rows_changed),
        "goal": abs(report.number(policy.goal.value) - answer.value)
        <= (_CLOSE if policy.goal is Goal.ENTROPY_LOSS else 0),
        **{
            _risk_name(one): _risk_kept(report, policy, one)
            for one in policy.bounds
            if not isinstance(one, SensitiveBound)
        },
    }
    for claim, held in claims.items():
        if not held:
            raise SekishoError(Reason.CLAIM_NOT_KEPT, claim=claim)
    return report


def _risk_name(bound: KMap | KSubjects | Presence | HighestRisk | AverageRisk) -> str:
    match bound:
        case KMap():
            return "k-map"
        case KSubjects():
            return "k-subjects"
        case Presence():
            return "presence"
        case HighestRisk():
            return "highest-risk"
        case AverageRisk():
            return "average-risk"


def _risk_kept(report: Report, policy: Policy, bound: KMap | KSubjects | Presence | HighestRisk | AverageRisk) -> bool:
    if report.rows_after == 0:
        return True
    match bound:
        case KMap(at_least=least):
            return report.number("k-map") >= least
        case KSubjects(at_least=least):
            counted = any(one.after.kind.name == "k-subjects" for one in report.measures)
            return counted and report.number("k-subjects") >= least
        case Presence(at_most=most, at_least=least):
            greatest, smallest = report.number("presence-greatest"), report.number("presence-least")
            return greatest <= most + 2 * TOLERANCE and smallest >= least - 2 * TOLERANCE
        case HighestRisk(at_most=most):
            wildcard = policy.mode is Mode.CELLS and policy.star is StarReading.ANYTHING
            return wildcard or report.number("highest-risk") <= most
        case AverageRisk(at_most=most):
            return report.number("average-risk") <= most
