"""The columns of a report, one by one: what was done to each, why no less, and what stands in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import assert_never

from sekisho.deid.plan import Code, Delete, Generalise, Keep, Recode, Star, Token
from sekisho.deid.policy import Wording
from sekisho.deid.schema import Kind, Role
from sekisho.pages.charts import Chart, Naming, Side, columns_chart, group_digits, lines_chart, pair_up, paired_chart
from sekisho.pages.report.bounds import why_no_finer
from sekisho.pages.report.changes import changes_of
from sekisho.pages.report.measures import MeasureView, view_measures_of
from sekisho.pages.report.numbers import percent
from sekisho.pages.report.parts import Bar, ReadReport, ReportColumn
from sekisho.pages.words import Words

_FEW = 16  # values that can stand as pairs of bars
_MOST_STEPS = 8  # of a ladder that are all named, used or not


@dataclass(frozen=True)
class ColumnView:
    """A column as the page tells it."""

    name: str
    role: str
    role_says: str
    done: tuple[str, ...]
    why: str
    figures: tuple[tuple[str, Chart], ...]
    no_figures: str
    measures: tuple[MeasureView, ...]


def view_column(words: Words, column: ReportColumn, report: ReadReport, place: int) -> ColumnView:
    """Give back the column; `place` keeps the names of its drawings apart from those of others."""
    return ColumnView(
        name=column.name,
        role=words.say(f"report.role.{column.role.value}"),
        role_says=words.say(f"report.role.{column.role.value}_says"),
        done=tuple(_sentences(words, column, report)),
        why=words.say("report.gap").join(_why(words, column, report)),
        figures=tuple(_figures(words, column, report, place)) if stays(column) else (),
        no_figures="" if isinstance(column.done, Token) else words.say("report.columns.no_bars"),
        measures=view_measures_of(words, report, column.name),
    )


def stays(column: ReportColumn) -> bool:
    return not isinstance(column.done, Delete)


def level_of(column: ReportColumn) -> int | None:
    """Give back the level that all rows of a quasi-identifier have in common, or None where it differs by row."""
    match column.done:
        case Generalise(level=level):
            return level
        case Recode() | Star():
            return column.levels[0].level if len(column.levels) == 1 else None
        case _:
            return 0


def is_mixed(column: ReportColumn) -> bool:
    """Say whether rows of this column differ in how exact they are; nobody's row does where there is none."""
    return bool(column.levels) and level_of(column) is None


def _sentences(words: Words, column: ReportColumn, report: ReadReport) -> Iterator[str]:
    yield from _done(words, column, report)
    if not stays(column):
        return
    key = "distinct_labels" if is_mixed(column) else "distinct_both"
    yield words.say(f"report.columns.{key}", before=f"{column.distinct_before:,}", after=f"{column.distinct_after:,}")
    if column.loss is not None:
        only_rows = level_of(column) == 0 and column.loss > 0
        yield words.say(f"report.columns.{'loss_rows' if only_rows else 'loss'}", loss=percent(column.loss))


def _done(words: Words, column: ReportColumn, report: ReadReport) -> Iterator[str]:
    """Give back, sentence by sentence, what was done to a column."""
    changes = changes_of(words, column.name, report) if stays(column) else ""
    if changes:
        yield words.say("report.done.changed", changes=changes)
    if not (changes and isinstance(column.done, Keep)):
        yield from _recoded(words, column, report, none="generalise_changed" if changes else "generalise_none")


def _recoded(words: Words, column: ReportColumn, report: ReadReport, none: str) -> Iterator[str]:
    """Give back what the plan did to a column; `none` says of a ladder that no step of it was needed."""
    done = "report.done"
    match column.done:
        case Delete():
            always = column.role in {Role.IDENTIFIER, Role.STRIPPED}
            yield words.say(f"{done}.delete_{column.role.value}" if always else f"{done}.delete")
        case Keep():
            yield words.say(f"{done}.keep")
        case Token():
            yield words.say(f"{done}.pseudonym")
        case Code(top=top, bottom=bottom):
            if top is not None:
                yield words.say(f"{done}.code_top", top=f"{top:,}")
            if bottom is not None:
                yield words.say(f"{done}.code_bottom", bottom=f"{bottom:,}")
        case Generalise() | Recode() | Star() if is_mixed(column):
            changed = sum(one.rows for one in column.levels if one.level)
            key = "star" if isinstance(column.done, Star) else "recode" if column.levels[0].level == 0 else "recode_all"
            yield words.say(f"{done}.{key}", changed=percent(Decimal(changed) / max(report.rows_after, 1)))
        case Generalise() | Recode() | Star():
            level, height = level_of(column) or 0, _height(column)
            key = none if level == 0 else "generalise_all" if level == height else "generalise"
            yield words.say(f"{done}.{key}", level=level, height=height)
        case _:
            assert_never(column.done)


def _why(words: Words, column: ReportColumn, report: ReadReport) -> Iterator[str]:
    """Give back which bounds keep the column from being finer, those of most rows first, and where only the goal does."""
    why = "report.why"
    bounds = sorted((one for one in column.causes if one.bound != "goal"), key=lambda one: (-one.rows, one.bound))
    told = [words.say(f"{why}.part", bound=why_no_finer(words, one, report), rows=f"{one.rows:,}") for one in bounds]
    if told:
        yield words.say(f"{why}.bounds", parts=words.say("report.comma").join(told))
    goal = sum(one.rows for one in column.causes if one.bound == "goal")
    if goal:
        yield words.say(f"{why}.goal", rows=f"{goal:,}")


def _height(column: ReportColumn) -> int:
    match column.done:
        case Generalise(height=height) | Recode(height=height):
            return height
        case _:
            return 1


def _figures(words: Words, column: ReportColumn, report: ReadReport, place: int) -> Iterator[tuple[str, Chart]]:
    """Give back the drawings with their captions.

    One of pairs where the values stayed, else one for each side; where labels are mixed, in place of the second how
    exact they are.
    """
    upright = column.kind in {Kind.INTEGER, Kind.DATE}
    spell = group_digits if upright else str  # a code of digits is no number
    naming = Naming(words.say("report.columns.others"), words.say("report.columns.blank"), spell)
    sides = (Side("before", column.before, report.rows_before), Side("after", column.after, report.rows_after))
    few = max(len(column.before), len(column.after)) <= _FEW
    if not upright and few and column.after and level_of(column) == 0:
        title = words.say("report.columns.chart_both", name=column.name)
        yield "", paired_chart(f"c{place}", title, pair_up(*sides, naming))
        return
    draw = columns_chart if upright else lines_chart
    for side in sides:
        when = words.say(f"report.columns.{side.side}")
        title = words.say("report.columns.chart", name=column.name, when=when)
        if side.bars:
            yield when, draw(f"c{place}-{side.side}", title, side, naming)
    if column.levels and not column.after:
        title = words.say("report.columns.chart_levels", name=column.name)
        side = Side("after", tuple(_level_bars(words, column)), report.rows_after)
        yield words.say("report.columns.levels"), lines_chart(f"c{place}-levels", title, side, naming)


def _level_bars(words: Words, column: ReportColumn) -> Iterator[Bar]:
    """Give back a bar for each step of the ladder, exact values first; of a long ladder only those that are used."""
    rows = {one.level: one.rows for one in column.levels}
    height = _height(column)
    for level in range(height + 1) if height < _MOST_STEPS else sorted(rows):
        yield Bar(_level_name(words, column, level), rows.get(level, 0))


def _level_name(words: Words, column: ReportColumn, level: int) -> str:
    """Give back the name of a step; what lies beyond all others is `*` unless narrower labels may stand there."""
    steps = "report.columns.level"
    if level == 0:
        return words.say(f"{steps}_exact")
    if level < _height(column):
        return words.say(f"{steps}_step", level=level)
    if not _has_narrower(column):
        return words.say(f"{steps}_any")
    return words.say(f"{steps}_coarser") if level == 1 else words.say(f"{steps}_beyond", level=level - 1)


def _has_narrower(column: ReportColumn) -> bool:
    """Say whether labels of no level may stand in the column: intervals of numbers and days, or sets."""
    match column.done:
        case Recode(labels=Wording.SETS):
            return True
        case Recode(labels=Wording.INTERVALS):
            return column.kind in {Kind.INTEGER, Kind.DATE}
        case _:
            return False
