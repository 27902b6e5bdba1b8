"""A de-identification report as one page for people: HTML with its own style and drawings, nothing from outside."""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import assert_never

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sekisho.deid.policy import Mode
from sekisho.deid.schema import Role
from sekisho.digest import Digest
from sekisho.pages.charts import Chart, paired_chart, size_pairs
from sekisho.pages.report.bounds import (
    Asked,
    asked_and_reached,
    k_asked,
    k_reached,
    least_shown,
    matches_anything,
    persons_asked,
)
from sekisho.pages.report.columns import is_mixed, level_of, stays, view_column
from sekisho.pages.report.numbers import number_text, percent
from sekisho.pages.report.parts import Measured, ReadReport, Step
from sekisho.pages.report.reading import read_report
from sekisho.pages.words import Words

_K_ALONE = frozenset({"k", "suppressed-share"})


@dataclass(frozen=True)
class BigNumber:
    """A number in large type, what it is, and one sentence that explains it; `was` is the number before."""

    name: str
    number: str
    says: str
    was: str = ""


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
            lead=_lead(words, report),
            weak=_weak(words, report),
            asked=(*asked_and_reached(words, report), _goal(words, report)),
            how=tuple(_how(words, report)),
            big=_big_numbers(words, report),
            sizes_say=_sizes_say(words, report),
            sizes=_sizes(words, report),
            kept=[view_column(words, one, report, place) for place, one in enumerate(report.columns) if stays(one)],
            removed=[
                view_column(words, one, report, place) for place, one in enumerate(report.columns) if not stays(one)
            ],
            shown=least_shown(report),
            measures=[_measure(words, one) for one in report.measures],
            search=_search(words, report),
            digests=_digests(words, report),
        )
    )
    return page.encode()


def measure_name(words: Words, name: str) -> str:
    return words.say(f"report.measure.{name}.name") if words.knows(f"report.measure.{name}.name") else name


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("sekisho.pages", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _lead(words: Words, report: ReadReport) -> str:
    before, after = f"{report.rows_before:,}", f"{report.rows_after:,}"
    lead = "report.lead"
    if not report.rows_after:
        return words.say(f"{lead}.empty")
    if matches_anything(report):
        return words.say(f"{lead}.anything", before=before, after=after, others=f"{k_reached(report) - 1:,}")
    if k_asked(report) < 2:  # the population hides the rows
        persons = number_text(report.measure("k-map").after, "rows")
        return words.say(f"{lead}.population", before=before, after=after, persons=persons)
    return words.say(f"{lead}.done", before=before, after=after, others=f"{k_reached(report) - 1:,}")


def _weak(words: Words, report: ReadReport) -> str:
    """Give back what has to be known of the wildcard reading, or ""."""
    if not matches_anything(report):
        return ""
    unique = report.measure("unique-rows")
    return words.say("report.how.weak", unique=number_text(unique.after, unique.unit), rows=f"{report.rows_after:,}")


def _how(words: Words, report: ReadReport) -> Iterator[str]:
    """Give back, sentence by sentence, how values were recoded, and whether that is the best way."""
    how, search = "report.how", report.search
    match search.mode:
        case Mode.LOCAL:
            yield words.say(f"{how}.local")
            if search.labels is not None:
                yield words.say(f"{how}.labels.{search.labels.value}")
            yield from _uniform(words, report)
        case Mode.GLOBAL:
            yield words.say(f"{how}.global")
        case Mode.CELLS:
            key = "anything" if matches_anything(report) else "value"
            counts = {"k": report.measure("k").after, "wildcard": report.measure("k-wildcard").after}
            told = {name: number_text(number, "rows") for name, number in counts.items()}
            yield words.say(f"{how}.cells.{key}", **told)
        case _:
            assert_never(search.mode)
    yield words.say(f"{how}.{_found(report)}", goal=measure_name(words, report.goal))


def _uniform(words: Words, report: ReadReport) -> Iterator[str]:
    """Give back which quasi-identifiers are alike in all rows, and which are not."""
    columns = [one for one in report.columns if one.role is Role.QUASI_IDENTIFIER and stays(one)]
    names = {
        "exact": [one.name for one in columns if level_of(one) == 0],
        "uniform": [one.name for one in columns if level_of(one) and not is_mixed(one)],
        "mixed": [one.name for one in columns if is_mixed(one)],
    }
    for key, found in names.items():
        if found:
            yield words.say(f"report.how.columns.{key}", names=words.say("report.comma").join(found))


def _found(report: ReadReport) -> str:
    if report.search.interrupted:
        return "interrupted"
    return "proven" if report.search.proven else "found"


def _big_numbers(words: Words, report: ReadReport) -> tuple[BigNumber, ...]:
    unique = report.measure("unique-rows")
    was = number_text(unique.before, unique.unit) if unique.before is not None else "–"
    now = number_text(unique.after, unique.unit)
    suppressed = report.rows_changed - report.rows_after
    loss = report.measure("loss")
    big = "report.big"
    why = "none" if not suppressed else "k" if all(one.measure in _K_ALONE for one in report.bounds) else "bounds"
    return (
        _smallest(words, report),
        BigNumber(words.say(f"{big}.unique"), now, words.say(f"{big}.unique_says", before=was, after=now), was),
        BigNumber(
            words.say(f"{big}.suppressed"),
            percent(report.measure("suppressed-share").after),
            words.say(f"{big}.suppressed_{why}", rows=f"{suppressed:,}", k=k_asked(report)),
        ),
        BigNumber(words.say(f"{big}.loss"), percent(loss.after), words.say(f"{big}.loss_says")),
    )


def _smallest(words: Words, report: ReadReport) -> BigNumber:
    """Give back the number that hides a person: k in the reading that was asked for, or the population's."""
    big = "report.big"
    if k_asked(report) < 2 and persons_asked(report):
        persons = number_text(report.measure("k-map").after, "rows")
        return BigNumber(words.say(f"{big}.population"), persons, words.say(f"{big}.population_says", persons=persons))
    k = f"{k_reached(report):,}"
    key = "anything" if matches_anything(report) else "k"
    return BigNumber(words.say(f"{big}.{key}"), k, words.say(f"{big}.{key}_says", k=k))


def _sizes_say(words: Words, report: ReadReport) -> str:
    k = k_asked(report)
    key = "anything" if matches_anything(report) else "line" if k > 1 else "no_line"
    return f"{words.say('report.sizes.says')}{words.say('report.gap')}{words.say(f'report.sizes.{key}', k=k)}"


def _sizes(words: Words, report: ReadReport) -> Chart:
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


def _measure(words: Words, one: Measured) -> MeasureView:
    key = f"report.measure.{one.name}"
    known = words.knows(f"{key}.name")
    attacker = words.say(f"{key}.attacker") if known else one.attacker
    name = measure_name(words, one.name)
    return MeasureView(
        name=words.say("report.fine.of_column", name=name, column=one.column) if one.column else name,
        before=words.say("report.fine.nothing") if one.before is None else number_text(one.before, one.unit),
        after=number_text(one.after, one.unit),
        formula=words.say(f"{key}.formula") if known else one.formula,
        attacker=words.say("report.fine.attacker", attacker=attacker) if attacker else "",
        source=words.say("report.fine.source", source=one.source),
    )


def _goal(words: Words, report: ReadReport) -> Asked:
    goal = report.measure(report.goal)
    says = words.say("report.asked.goal", name=measure_name(words, goal.name))
    return Asked(says, number_text(goal.after, goal.unit))


def _search(words: Words, report: ReadReport) -> str:
    """Give back what the search looked at, where that was counted, and whether it is proven."""
    search, fine = report.search, "report.fine"
    found = words.say(f"report.how.{_found(report)}", goal=measure_name(words, report.goal))
    if search.nodes:
        nodes = words.say(f"{fine}.search_nodes", nodes=f"{search.nodes:,}", evaluated=f"{search.evaluated:,}")
        return nodes + words.say("report.gap") + found
    if search.steps:
        return words.say(f"{fine}.search_steps", steps=f"{search.steps:,}") + words.say("report.gap") + found
    return found


def _digests(words: Words, report: ReadReport) -> tuple[tuple[str, Digest, str], ...]:
    """Give back each digest with its name and what it is taken of: a file, or a canonical form that lies nowhere."""
    of_file = words.say("report.fine.of_file")
    return (
        ("report", report.digest, of_file),
        ("plan", report.plan, of_file),
        ("policy", report.policy, words.say("report.fine.of_canonical", page="policy.md")),
        ("schema", report.schema, words.say("report.fine.of_canonical", page="schema.md")),
    )
