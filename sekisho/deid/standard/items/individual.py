"""Item 2: no 個人識別符号 is left, by declaration or by what the cells show (spec/standard.md 4.2). Nobody can decide otherwise."""

from collections.abc import Iterator

from sekisho.deid.numbers.codes import Code
from sekisho.deid.numbers.scan import scan_table
from sekisho.deid.standard.judgement import Check, Look, Outcome, counted
from sekisho.deid.standard.looked import Looked, size_of


def judge_individual(looked: Looked) -> tuple[Check, ...]:
    """Give back the checks of item 2: declared columns, and numbers seen in released ones."""
    return (*_declared(looked), *_seen(looked))


def _declared(looked: Looked) -> Iterator[Check]:
    """All of a 個人識別符号 has to go: neither a coarser value nor a token may stand for it."""
    for column in looked.schema.columns:
        if column.holds is None or not column.holds.is_individual_code:
            continue
        stays = column.name in looked.released.names
        yield Check(
            Look.CODE_COLUMN,
            Outcome.FAULT if stays else Outcome.CLEAR,
            column.name,
            about=column.holds.value,
            looked=counted(cells=len(looked.original.column(column.name))),
            found=counted(columns=int(stays)),
            done=looked.done(column.name),
        )


def _seen(looked: Looked) -> Iterator[Check]:
    found = [one for one in scan_table(looked.released, looked.find) if _is_individual(one.code)]
    for one in found:
        yield Check(
            Look.CODE_SEEN,
            Outcome.FAULT,
            one.column,
            about=one.code.value,
            looked=counted(cells=len(looked.released.column(one.column))),
            found=counted(cells=one.cells),
            done=looked.done(one.column),
        )
    if not found:
        size = size_of(column for _, column in looked.columns)
        yield Check(Look.CODE_SEEN, Outcome.CLEAR, looked=size, found=counted(cells=0))


def _is_individual(code: Code) -> bool:
    return code.is_individual_code
