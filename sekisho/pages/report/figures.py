"""The drawings of a report's rows with their words: how many stayed, how many are alike, how likely a guess is right."""

from itertools import pairwise

from sekisho.pages.charts import Chart, paired_chart, size_pairs
from sekisho.pages.report.bounds import k_asked, matches_anything
from sekisho.pages.report.flow import RISKS, Stage, risk_chart, rows_chart
from sekisho.pages.report.parts import ReadReport, Step
from sekisho.pages.words import Words


def rows_figure(words: Words, report: ReadReport) -> Chart | None:
    """Give back how many rows came in, were left, and were made; None where all that came in stayed."""
    rows = (report.rows_before, report.rows_changed, report.rows_after, report.rows_after + report.rows_added)
    came, changed, after, finished = rows
    stages = [Stage(words.say("report.rows.came"), came)]
    if changed != came:
        stages.append(Stage(words.say("report.rows.changed"), changed))
    stages.append(Stage(words.say("report.rows.after"), after))
    if finished != after:
        stages.append(Stage(words.say("report.rows.finished"), finished))
    return rows_chart("rows", words.say("report.rows.chart"), stages) if len(set(rows)) > 1 else None


def risk_figure(words: Words, report: ReadReport) -> Chart:
    sides = [
        (words.say("report.columns.before"), report.sizes_before),
        (words.say("report.columns.after"), report.sizes_after),
    ]
    labels = [
        words.say("report.risk.sure"),
        *(words.say("report.risk.range", low=low, high=above - 1) for low, above in pairwise(RISKS)),
        words.say("report.risk.least", low=RISKS[-1]),
    ]
    return risk_chart("risk", words.say("report.risk.chart"), sides, labels)


def sizes_say(words: Words, report: ReadReport) -> str:
    k = k_asked(report)
    key = "anything" if matches_anything(report) else "line" if k > 1 else "no_line"
    return f"{words.say('report.sizes.says')}{words.say('report.gap')}{words.say(f'report.sizes.{key}', k=k)}"


def sizes_figure(words: Words, report: ReadReport) -> Chart:
    labels = [_size_label(words, one) for one in report.sizes_before]
    k = k_asked(report)
    below_k = sum(one.low < k for one in report.sizes_before)
    pairs = size_pairs(report.sizes_before, report.sizes_after, labels)
    return paired_chart("sizes", words.say("report.sizes.chart"), pairs, below_k)


def _size_label(words: Words, step: Step) -> str:
    if step.high is None:
        return words.say("report.sizes.above", low=step.low)
    if step.low == step.high == 1:
        return words.say("report.sizes.alone")
    return words.say("report.sizes.range", low=step.low, high=step.high)
