"""What came of it, for people and for other programs: tables as files, reports as pages, refusals in words."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sekisho.deid.measure import Measure
from sekisho.deid.report.report import MeasurePair, Report, write_report
from sekisho.deid.table import Table
from sekisho.errors import BadTable, Reason, SekishoError
from sekisho.pages.measures_text import measures_text as text_of_measures
from sekisho.pages.refusal_text import facts_text, findings_text
from sekisho.pages.report.page import write_report_page
from sekisho.pages.words import Words, choose_language, words_at_the_desk, words_in
from sekisho.storage.files import on_disk, open_new
from sekisho.tables.arrow import write_parquet
from sekisho.tables.outgoing import write_csv


@contextmanager
def told_in_words() -> Iterator[None]:
    """Add to a refusal from inside, once, what a person has to know; Python shows it below the error."""
    try:
        yield
    except SekishoError as error:
        if not getattr(error, "__notes__", ()):
            error.add_note(_words_of(error, words_at_the_desk(choose_language(None, os.environ))))
        raise


@told_in_words()
def write_table(table: Table, path: str | Path) -> Path:
    """Give back `path`, written: CSV if it ends in `.csv`, else Parquet.

    Refuses what `write_csv` refuses, a table without rows (TABLE_EMPTY), and a file that is there already (FILE_EXISTS).
    """
    if table.rows == 0:
        raise BadTable(Reason.TABLE_EMPTY)
    found = Path(path)
    with open_new(found) as sink:
        try:
            with on_disk():
                (write_csv if found.suffix.lower() == ".csv" else write_parquet)(table, sink)
        except BaseException:
            found.unlink()
            raise
    return found


def report_page(report: Report, language: str | None = None, subject: str = "") -> str:
    """Give back the report as one page of HTML that needs nothing from outside.

    `language` is "ja" or "en", else that of SEKISHO_LANG and LANG, else Japanese; `subject` says which table it is.
    """
    return write_report_page(write_report(report), words_in(choose_language(language, os.environ)), subject).decode()


def measures_text(measures: Iterable[Measure | MeasurePair], language: str | None = None) -> str:
    """Give back measures as text for a terminal or a notebook: each number with a sentence that says what it means.

    They are those of `measure_table`, of `compare_tables`, or `measures` of a report; `language` as in `report_page`.
    """
    pairs = [one if isinstance(one, MeasurePair) else MeasurePair(None, one) for one in measures]
    return text_of_measures(words_in(choose_language(language, os.environ)), pairs)


def _words_of(error: SekishoError, words: Words) -> str:
    code = error.reason.value
    lines = [words.say(f"reason.{code}.what")]
    if error.findings:
        lines.append(findings_text(words, error.findings))
    if error.facts:
        lines.append(facts_text(words, error.facts))
    lines.append(words.say("refusal.next", next=words.say(f"reason.{code}.next")))
    return "\n".join(lines)
