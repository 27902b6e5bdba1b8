"""What a report's page says in sentences: what came of it, how values were recoded, and whether that is the best way."""

from collections.abc import Iterator
from typing import assert_never

from sekisho.deid.policy import Mode
from sekisho.deid.schema import Role
from sekisho.pages.report.bounds import k_asked, k_reached, matches_anything
from sekisho.pages.report.changes import changes_of
from sekisho.pages.report.columns import is_mixed, level_of, stays
from sekisho.pages.report.measures import measure_name
from sekisho.pages.report.numbers import number_text
from sekisho.pages.report.parts import ReadReport
from sekisho.pages.words import Words


def lead_of(words: Words, report: ReadReport) -> str:
    """Give back what came of it, and that made rows stand beside."""
    lead = _came_of_it(words, report)
    if not report.rows_added:
        return lead
    return lead + words.say("report.gap") + words.say("report.lead.added", rows=f"{report.rows_added:,}")


def _came_of_it(words: Words, report: ReadReport) -> str:
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


def weakness_of(words: Words, report: ReadReport) -> str:
    """Give back what has to be known of the wildcard reading, or ""."""
    if not matches_anything(report):
        return ""
    unique = report.measure("unique-rows")
    return words.say("report.how.weak", unique=number_text(unique.after, unique.unit), rows=f"{report.rows_after:,}")


def deleted_quasi_identifiers(report: ReadReport) -> tuple[str, ...]:
    """Give back the names of those that no measure counts: before and after are those of the others (spec/report.md 2)."""
    return tuple(one.name for one in report.columns if one.role is Role.QUASI_IDENTIFIER and not stays(one))


def uncounted(words: Words, report: ReadReport, place: str) -> str:
    """Give back which quasi-identifiers the numbers of a place on the page, `big` or `measures`, leave out, or ""."""
    names = deleted_quasi_identifiers(report)
    if not names:
        return ""
    told = words.say("report.comma").join(words.say("report.change.column", name=one) for one in names)
    return words.say(f"report.deleted.{place}", count=f"{len(names):,}", names=told)


def how_recoded(words: Words, report: ReadReport) -> Iterator[str]:
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


def search_of(words: Words, report: ReadReport) -> str:
    """Give back what the search looked at, where that was counted, and whether it is proven."""
    search, fine = report.search, "report.fine"
    found = words.say(f"report.how.{_found(report)}", goal=measure_name(words, report.goal))
    if search.nodes:
        nodes = words.say(f"{fine}.search_nodes", nodes=f"{search.nodes:,}", evaluated=f"{search.evaluated:,}")
        return nodes + words.say("report.gap") + found
    if search.steps:
        return words.say(f"{fine}.search_steps", steps=f"{search.steps:,}") + words.say("report.gap") + found
    return found


def _uniform(words: Words, report: ReadReport) -> Iterator[str]:
    """Give back which quasi-identifiers are alike in all rows, and which are not."""
    columns = [one for one in report.columns if one.role is Role.QUASI_IDENTIFIER and stays(one)]
    names = {
        "exact": [one.name for one in columns if level_of(one) == 0 and not changes_of(words, one.name, report)],
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
