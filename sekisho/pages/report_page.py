"""A de-identification report as one page for people: HTML with its own style and drawings, nothing from outside."""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files
from typing import assert_never

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sekisho.deid.plan import Code, Delete, Generalise, Keep
from sekisho.deid.schema import Kind, Role
from sekisho.digest import Digest
from sekisho.pages.charts import (
    Chart,
    Naming,
    Side,
    columns_chart,
    lines_chart,
    pair_up,
    paired_chart,
    size_pairs,
)
from sekisho.pages.report_reading import Bound, Measured, ReadReport, ReportColumn, Step, read_report
from sekisho.pages.words import Words


@dataclass(frozen=True)
class BigNumber:
    """A number in large type, what it is, and one sentence that explains it; `was` is the number before."""

    name: str
    number: str
    says: str
    was: str = ""


@dataclass(frozen=True)
class ColumnView:
    """A column as the page tells it."""

    name: str
    role: str
    role_says: str
    done: tuple[str, ...]
    figures: tuple[tuple[str, Chart], ...]


@dataclass(frozen=True)
class MeasureView:
    """A line of the table of measures."""

    name: str
    before: str
    after: str
    formula: str
    attacker: str
    source: str


def write_report_page(raw: bytes, words: Words, subject: str = "", *, trial: bool = False) -> bytes:
    """Give back the page, UTF-8, of a report's canonical JSON; `subject` says which table it is about.

    `trial` says on the page that it comes from a trial site (design 3).

    The same report gives the same bytes. Refuses with STATEMENT_MALFORMED what is no report.
    """
    report = read_report(raw)
    style = (files("sekisho.pages") / "templates" / "report.css").read_text(encoding="utf-8")
    page = (
        _environment()
        .get_template("report.html.j2")
        .render(
            say=words.say,
            lang=words.language.value,
            subject=subject,
            trial=trial,
            style=Markup(style),  # noqa: S704  # our own file
            style_digest=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
            report=report,
            rows_before=f"{report.rows_before:,}",
            rows_after=f"{report.rows_after:,}",
            k=_k_asked(report),
            others=f"{_k_reached(report) - 1:,}",
            asked=[_bound(words, one, report) for one in report.bounds],
            goal=measure_name(words, report.goal),
            big=_big_numbers(words, report),
            sizes=_sizes(words, report),
            kept=[_column(words, one, report, place) for place, one in enumerate(report.columns) if _stays(one)],
            removed=[_column(words, one, report, place) for place, one in enumerate(report.columns) if not _stays(one)],
            measures=[_measure(words, one) for one in report.measures],
            search=_search(words, report),
            digests=_digests(words, report),
        )
    )
    return page.encode()


def measure_name(words: Words, name: str) -> str:
    return words.say(f"report.measure.{name}.name") if words.knows(f"report.measure.{name}.name") else name


def percent(share: Decimal) -> str:
    """Give back a share in percent with at most one decimal; more than nothing is never shown as 0%."""
    tenths = (share * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    if share > 0 and tenths == 0:
        return "<0.1%"
    return f"{tenths.normalize():f}%"


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("sekisho.pages", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _k_asked(report: ReadReport) -> int:
    return next((int(one.at_least) for one in report.bounds if one.measure == "k" and one.at_least is not None), 2)


def _k_reached(report: ReadReport) -> int:
    return int(report.measure("k").after)


def _number(number: Decimal, unit: str) -> str:
    match unit:
        case "share" | "probability":
            return percent(number)
        case "ratio":
            return f"{number.quantize(Decimal('0.01'), ROUND_HALF_UP):,f}"
        case _:
            return f"{number.normalize():,f}"


def _bound(words: Words, bound: Bound, report: ReadReport) -> str:
    unit = report.measure(bound.measure).unit
    key = f"report.asked.{bound.measure}"
    limit = bound.at_least if bound.at_least is not None else bound.at_most
    assert limit is not None
    if words.knows(key):
        return words.say(key, number=_number(limit, unit))
    sign = "≥" if bound.at_least is not None else "≤"
    return words.say(
        "report.asked.other", name=measure_name(words, bound.measure), bound=f"{sign} {_number(limit, unit)}"
    )


def _big_numbers(words: Words, report: ReadReport) -> tuple[BigNumber, ...]:
    unique = report.measure("unique-rows")
    was = _number(unique.before, unique.unit) if unique.before is not None else "–"
    now = _number(unique.after, unique.unit)
    suppressed = f"{report.rows_before - report.rows_after:,}"
    k = f"{_k_reached(report):,}"
    big = "report.big"
    return (
        BigNumber(words.say(f"{big}.k"), k, words.say(f"{big}.k_says", k=k)),
        BigNumber(words.say(f"{big}.unique"), now, words.say(f"{big}.unique_says", before=was, after=now), was),
        BigNumber(
            words.say(f"{big}.suppressed"),
            percent(report.measure("suppressed-share").after),
            words.say(f"{big}.suppressed_says", rows=suppressed, k=_k_asked(report)),
        ),
        BigNumber(words.say(f"{big}.loss"), percent(report.measure("loss").after), words.say(f"{big}.loss_says")),
    )


def _stays(column: ReportColumn) -> bool:
    return not isinstance(column.done, Delete)


def _column(words: Words, column: ReportColumn, report: ReadReport, place: int) -> ColumnView:
    return ColumnView(
        name=column.name,
        role=words.say(f"report.role.{column.role.value}"),
        role_says=words.say(f"report.role.{column.role.value}_says"),
        done=tuple(_done(words, column)),
        figures=tuple(_figures(words, column, report, place)) if _stays(column) else (),
    )


def _done(words: Words, column: ReportColumn) -> Iterator[str]:
    """Give back, sentence by sentence, what was done to a column."""
    done = "report.done"
    match column.done:
        case Delete():
            key = "delete_identifier" if column.role is Role.IDENTIFIER else "delete"
            yield words.say(f"{done}.{key}")
            return
        case Keep():
            yield words.say(f"{done}.keep")
        case Generalise(level=0):
            yield words.say(f"{done}.generalise_none")
        case Generalise(level=level, height=height) if level == height:
            yield words.say(f"{done}.generalise_all")
        case Generalise(level=level, height=height):
            yield words.say(f"{done}.generalise", level=level, height=height)
        case Code(top=top, bottom=bottom):
            if top is not None:
                yield words.say(f"{done}.code_top", top=f"{top:,}")
            if bottom is not None:
                yield words.say(f"{done}.code_bottom", bottom=f"{bottom:,}")
        case _:
            assert_never(column.done)
    yield words.say(
        "report.columns.distinct_both", before=f"{column.distinct_before:,}", after=f"{column.distinct_after:,}"
    )
    if column.loss is not None and isinstance(column.done, Generalise):
        key = "loss" if column.done.level else "loss_rows"
        yield words.say(f"report.columns.{key}", loss=percent(column.loss))


def _figures(words: Words, column: ReportColumn, report: ReadReport, place: int) -> Iterator[tuple[str, Chart]]:
    """Give back the drawings with their captions: one of pairs where the values stayed, else one for each side."""
    naming = Naming(words.say("report.columns.others"), words.say("report.columns.blank"))
    sides = (Side("before", column.before, report.rows_before), Side("after", column.after, report.rows_after))
    told = {side.side: words.say(f"report.columns.{side.side}") for side in sides}
    upright = column.kind in {Kind.INTEGER, Kind.DATE}
    few = max(len(column.before), len(column.after)) <= 16
    if not upright and few and not (isinstance(column.done, Generalise) and column.done.level):
        title = words.say("report.columns.chart_both", name=column.name)
        yield "", paired_chart(f"c{place}", title, pair_up(*sides, naming))
        return
    draw = columns_chart if upright else lines_chart
    for side in sides:
        when = told[side.side]
        title = words.say("report.columns.chart", name=column.name, when=when)
        if side.bars:
            yield when, draw(f"c{place}-{side.side}", title, side, naming)


def _sizes(words: Words, report: ReadReport) -> Chart:
    labels = [_size_label(words, one) for one in report.sizes_before]
    k = _k_asked(report)
    below_k = sum(one.low < k for one in report.sizes_before)
    pairs = size_pairs(report.sizes_before, report.sizes_after, labels)
    return paired_chart("sizes", words.say("report.sizes.chart"), pairs, below_k)


def _size_label(words: Words, step: Step) -> str:
    if step.high is None:
        return words.say("report.sizes.above", low=step.low)
    if step.low == step.high == 1:
        return words.say("report.sizes.alone")
    return words.say("report.sizes.range", low=step.low, high=step.high)


def _measure(words: Words, one: Measured) -> MeasureView:
    key = f"report.measure.{one.name}"
    known = words.knows(f"{key}.name")
    attacker = words.say(f"{key}.attacker") if known else one.attacker
    return MeasureView(
        name=measure_name(words, one.name),
        before=words.say("report.fine.nothing") if one.before is None else _number(one.before, one.unit),
        after=_number(one.after, one.unit),
        formula=words.say(f"{key}.formula") if known else one.formula,
        attacker=words.say("report.fine.attacker", attacker=attacker) if attacker else "",
        source=words.say("report.fine.source", source=one.source),
    )


def _search(words: Words, report: ReadReport) -> str:
    key = "search_proven" if report.proven else "search_stopped"
    return words.say(f"report.fine.{key}", nodes=f"{report.nodes:,}", evaluated=f"{report.evaluated:,}")


def _digests(words: Words, report: ReadReport) -> tuple[tuple[str, Digest, str], ...]:
    """Give back each digest with its name and what it is taken of: a file, or a canonical form that lies nowhere."""
    of_file = words.say("report.fine.of_file")
    return (
        ("report", report.digest, of_file),
        ("plan", report.plan, of_file),
        ("policy", report.policy, words.say("report.fine.of_canonical", page="policy.md")),
        ("schema", report.schema, words.say("report.fine.of_canonical", page="schema.md")),
    )
