"""The gate: whether a release meets the five items, judged one after another on what would go out (spec/standard.md)."""

from datetime import date

from sekisho.deid.plan import Plan
from sekisho.deid.policy import Policy
from sekisho.deid.report.report import Report
from sekisho.deid.schema import Schema
from sekisho.deid.standard.dictionary import Dictionary
from sekisho.deid.standard.items.direct import judge_direct
from sekisho.deid.standard.items.individual import judge_individual
from sekisho.deid.standard.items.inside import judge_file
from sekisho.deid.standard.items.links import judge_links
from sekisho.deid.standard.items.odd import judge_odd
from sekisho.deid.standard.judgement import Decision, Item, Judgement, decide
from sekisho.deid.standard.looked import Looked
from sekisho.deid.table import Table
from sekisho.errors import Reason, Refused


def judge(  # noqa: PLR0913 - named by keyword: all that a release is made of
    original: Table,
    released: Table,
    *,
    schema: Schema,
    policy: Policy,
    plan: Plan,
    report: Report,
    dictionary: Dictionary,
    on: date,
    decisions: tuple[Decision, ...] = (),
) -> Judgement:
    """Give back what is to be said of each item of the standard.

    `original` is the table before any change, `released` what would go out, synthetic rows and all; `on` the day to which
    ages are counted. Costs passes over distinct values, a few sorts of the rows, and no search.
    """
    looked = Looked(original, released, schema, policy, plan, report, dictionary, on)
    checks = {
        Item.DIRECT: judge_direct,
        Item.INDIVIDUAL_CODE: judge_individual,
        Item.LINK: judge_links,
        Item.ODD: judge_odd,
        Item.FILE: judge_file,
    }
    return Judgement(on, tuple(decide(item, checks[item](looked), decisions) for item in Item))


def check_passed(judgement: Judgement) -> Judgement:
    """Give back the judgement if all five items are met; else refuse with STANDARD_NOT_MET, which tells the items."""
    if not judgement.passed:
        raise Refused(Reason.STANDARD_NOT_MET, items=",".join(str(one.value) for one in judgement.failed))
    return judgement
