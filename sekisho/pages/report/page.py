"""A de-identification report as one page for people: HTML with its own style and drawings, nothing from outside."""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sekisho.digest import Digest
from sekisho.pages.report.bounds import (
    Asked,
    asked_and_reached,
    k_asked,
    k_reached,
    least_shown,
    matches_anything,
    persons_asked,
)
from sekisho.pages.report.changes import view_changes
from sekisho.pages.report.columns import stays, view_column
from sekisho.pages.report.figures import risk_figure, rows_figure, sizes_figure, sizes_say
from sekisho.pages.report.measures import SCALE_WIDTH, measure_name, view_assumed, view_groups
from sekisho.pages.report.numbers import number_text, percent
from sekisho.pages.report.parts import ReadReport
from sekisho.pages.report.reading import read_report
from sekisho.pages.report.story import (
    deleted_quasi_identifiers,
    how_recoded,
    lead_of,
    search_of,
    uncounted,
    weakness_of,
)
from sekisho.pages.words import Words

_K_ALONE = frozenset({"k", "suppressed-share"})


@dataclass(frozen=True)
class BigNumber:
    """A number in large type, what it is, and one sentence that explains it; `was` is the number before."""

    name: str
    number: str
    says: str
    was: str = ""


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
            lead=lead_of(words, report),
            weak=weakness_of(words, report),
            asked=(*asked_and_reached(words, report), _goal(words, report)),
            how=tuple(how_recoded(words, report)),
            big=_big_numbers(words, report),
            uncounted={place: uncounted(words, report, place) for place in ("big", "measures")},
            rows=rows_figure(words, report),
            changes=view_changes(words, report),
            sizes_say=sizes_say(words, report),
            risk=risk_figure(words, report),
            sizes=sizes_figure(words, report),
            kept=[view_column(words, one, report, place) for place, one in enumerate(report.columns) if stays(one)],
            removed=[
                view_column(words, one, report, place) for place, one in enumerate(report.columns) if not stays(one)
            ],
            shown=least_shown(report),
            groups=view_groups(words, report),
            assumed=tuple(view_assumed(words, report)),
            scale_width=SCALE_WIDTH,
            search=search_of(words, report),
            digests=_digests(words, report),
        )
    )
    return page.encode()


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("sekisho.pages", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _big_numbers(words: Words, report: ReadReport) -> tuple[BigNumber, ...]:
    unique = report.measure("unique-rows")
    was = number_text(unique.before, unique.unit) if unique.before is not None else "–"
    now = number_text(unique.after, unique.unit)
    big = "report.big"
    loss_says = "loss_says_stay" if deleted_quasi_identifiers(report) else "loss_says"
    return (
        _smallest(words, report),
        BigNumber(words.say(f"{big}.unique"), now, words.say(f"{big}.unique_says", before=was, after=now), was),
        BigNumber(
            words.say(f"{big}.suppressed"),
            percent(report.measure("suppressed-share").after),
            words.say("report.gap").join(_left_out(words, report)),
        ),
        BigNumber(words.say(f"{big}.loss"), percent(report.measure("loss").after), words.say(f"{big}.{loss_says}")),
    )


def _left_out(words: Words, report: ReadReport) -> Iterator[str]:
    """Give back why rows were left out, and how many others the changes had left out before."""
    suppressed, first = report.rows_changed - report.rows_after, report.rows_before - report.rows_changed
    why = "none" if not suppressed else "k" if all(one.measure in _K_ALONE for one in report.bounds) else "bounds"
    came = f"{report.rows_changed:,}"
    yield words.say(f"report.big.suppressed_{why}", rows=f"{suppressed:,}", came=came, k=k_asked(report))
    if first:
        yield words.say("report.big.suppressed_first", rows=f"{first:,}")


def _smallest(words: Words, report: ReadReport) -> BigNumber:
    """Give back the number that hides a person: k in the reading that was asked for, or the population's."""
    big = "report.big"
    if k_asked(report) < 2 and persons_asked(report):
        persons = number_text(report.measure("k-map").after, "rows")
        return BigNumber(words.say(f"{big}.population"), persons, words.say(f"{big}.population_says", persons=persons))
    k = f"{k_reached(report):,}"
    key = "anything" if matches_anything(report) else "k"
    return BigNumber(words.say(f"{big}.{key}"), k, words.say(f"{big}.{key}_says", k=k))


def _goal(words: Words, report: ReadReport) -> Asked:
    goal = report.measure(report.goal)
    says = words.say("report.asked.goal", name=measure_name(words, goal.name))
    return Asked(says, number_text(goal.after, goal.unit))


def _digests(words: Words, report: ReadReport) -> tuple[tuple[str, Digest, str], ...]:
    """Give back each digest with its name and what it is taken of: a file, or a canonical form that lies nowhere."""
    of_file = words.say("report.fine.of_file")
    return (
        ("report", report.digest, of_file),
        ("plan", report.plan, of_file),
        ("policy", report.policy, words.say("report.fine.of_canonical", page="policy.md")),
        ("schema", report.schema, words.say("report.fine.of_canonical", page="schema.md")),
    )
