"""A proposed schema in words: the parts that the terminal, the page and the written schema have alike."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import assert_never

from sekisho.deid.declared.layout import Csv, Fixed, Uke
from sekisho.deid.workshop.proposing.evidence import Evidence, K, Sure
from sekisho.deid.workshop.proposing.found import Notice, WritingFound
from sekisho.deid.workshop.proposing.proposal import Found, Proposal, ProposedColumn
from sekisho.pages.charts import share_text
from sekisho.pages.words import Words
from sekisho.pages.workshop.telling import printable

_DELIMITERS = {",": "comma", "\t": "tab", ";": "semicolon", "|": "bar"}
MOST_FINDINGS = 10


@dataclass(frozen=True)
class ColumnTold:
    """A column in words."""

    name: str
    line: str
    type_by: str
    role_by: str
    more: str
    asks: bool


def column_told(words: Words, column: ProposedColumn) -> ColumnTold:
    """Give back what is proposed for the column and why."""
    what = words.say(
        "inspect.column_line",
        type=words.say(f"inspect.type.{column.kind.kind.value}"),
        role=words.say(f"inspect.role.{column.role.role.value}"),
        sure=words.say(f"inspect.sure.{column.sure.value}"),
    )
    more = []
    if column.kind.values:
        more.append(words.say("inspect.values_listed", count=len(column.kind.values), k=K))
    if column.facts.blank and column.facts.filled:
        counted = column.facts
        more.append(words.say("inspect.blanks", cells=f"{counted.cells:,}", blank=f"{counted.blank:,}"))
    return ColumnTold(
        printable(column.facts.name),
        what,
        grounds_say(words, column.kind.evidence),
        grounds_say(words, column.role.evidence),
        words.say("inspect.gap").join(more),
        column.sure is Sure.ASK,
    )


def grounds_say(words: Words, evidence: tuple[Evidence, ...]) -> str:
    """Give back the grounds in one line: shares in percent, names of codes, no values."""
    grounds = words.say("inspect.ground_between").join(_ground(words, one) for one in evidence)
    return words.say("inspect.grounds", grounds=grounds) if grounds else ""


def _ground(words: Words, one: Evidence) -> str:
    code = words.say(f"numbers.code.{one.code.value}") if one.code is not None else ""
    return words.say(f"inspect.ground.{one.ground.value}", share=_share(one.share), code=code, k=K)


def about(words: Words, proposal: Proposal) -> Iterator[tuple[str, str]]:
    """Yield what the file is, as terms and sentences, in the order in which somebody asks."""
    found = proposal.found
    yield words.say("inspect.written"), _written(words, found.writing)
    if found.writing.writing.encoding is None:
        return
    yield words.say("inspect.layout"), words.say("inspect.gap").join(_layout(words, found))
    if found.first_rows:
        yield words.say("inspect.rows"), _rows(words, found)
    key = proposal.key
    if key is not None and key.columns:
        names = words.say("inspect.between").join(map(printable, key.columns))
        shares = {"distinction": _share(key.distinction), "separation": _share(key.separation)}
        yield (
            words.say("inspect.key"),
            words.say("inspect.key_says", columns=names, rows=f"{key.rows:,}", **shares),
        )
    if proposal.schema is not None:
        yield words.say("inspect.tried"), _tried(words, proposal)


def notices(words: Words, found: Found) -> list[str]:
    """Give back what somebody should know before the schema is used."""
    told = [one for one in found.notices if one.notice is not Notice.SAMPLED]
    return [words.say(f"inspect.notice.{one.notice.value}", count=f"{one.count:,}") for one in told]


def closing(words: Words, proposal: Proposal) -> str:
    """Give back what is to be done next."""
    if proposal.schema is None:
        return words.say("inspect.no_schema")
    if isinstance(proposal.found.layout.layout, Fixed):
        return words.say("inspect.questions_fixed")
    if proposal.open_questions:
        return words.say("inspect.questions", count=proposal.open_questions)
    return words.say("inspect.no_questions")


def _written(words: Words, found: WritingFound) -> str:
    writing = words.say(f"inspect.writing.{found.writing.value}")
    if found.writing.encoding is None:
        how = words.say(f"inspect.convert.{found.writing.value}")
        return words.say("inspect.gap").join(
            [words.say("inspect.written_is", writing=writing), words.say("inspect.to_convert", how=how)]
        )
    if found.readable == 1:
        return words.say("inspect.written_is", writing=writing)
    return words.say("inspect.written_partly", writing=writing, readable=_share(found.readable))


def _layout(words: Words, found: Found) -> Iterator[str]:
    told, layout = found.layout, found.layout.layout
    match layout:
        case None:
            yield words.say("inspect.no_layout")
            return
        case Csv(delimiter=delimiter):
            header = words.say("inspect.there" if layout.header else "inspect.none")
            yield words.say(
                "inspect.csv", delimiter=words.say(f"inspect.delimiter.{_DELIMITERS[delimiter]}"), header=header
            )
        case Fixed(record_bytes=length, ends=ends):
            yield words.say("inspect.fixed", bytes=f"{length:,}", ends=words.say(f"inspect.ends.{ends.value}"))
            if layout.data_mark:
                yield words.say("inspect.fixed_marks")
        case Uke():
            yield words.say("inspect.uke")
            kinds = words.say("inspect.between").join(f"{kind} {count:,}" for kind, count in told.lines)
            yield words.say("inspect.lines", lines=kinds)
        case _:
            assert_never(layout)
    if told.even < 1:
        yield words.say("inspect.even", share=_share(told.even))
    if told.header is not None:
        head = told.header
        yield words.say("inspect.header_why", cells=head.cells, known=head.known, misfitting=head.misfitting)


def _rows(words: Words, found: Found) -> str:
    rows = found.layout.records
    if not found.spread_rows:
        return words.say("inspect.rows_all", rows=f"{found.first_rows:,}")
    counts = {"rows": rows, "first": found.first_rows, "spread": found.spread_rows}
    return words.say("inspect.rows_sampled", **{name: f"{count:,}" for name, count in counts.items()})


def _tried(words: Words, proposal: Proposal) -> str:
    tried = proposal.tried
    if tried is None:
        return words.say("inspect.not_tried")
    if not tried.findings:
        layout = proposal.found.layout.layout
        if isinstance(layout, Fixed):
            return _tried_fixed(words, layout, tried.rows)
        return words.say("inspect.fits", rows=f"{tried.rows:,}")
    findings = [
        words.say(
            "inspect.finding",
            column=printable(one.column) or words.say("inspect.whole_file"),
            rule=words.say(f"rule.{one.rule}") if words.knows(f"rule.{one.rule}") else one.rule,
            count=f"{one.count:,}",
        )
        for one in tried.findings[:MOST_FINDINGS]
    ]
    return words.say("inspect.fits_not", findings=words.say("inspect.between").join(findings))


def _tried_fixed(words: Words, layout: Fixed, rows: int) -> str:
    """Give back what the reading of records of fixed length showed, and what it cannot show."""
    told = [words.say("inspect.fits_fixed", rows=f"{rows:,}", bytes=f"{layout.record_bytes:,}")]
    if layout.data_mark:
        told.append(words.say("inspect.fits_marks"))
    if layout.count_bytes:
        told.append(words.say("inspect.fits_count"))
    return words.say("inspect.gap").join([*told, words.say("inspect.fits_fixed_not")])


def _share(share: float | None) -> str:
    """Give back a share in percent; not all is never shown as 100 %."""
    if share is None:
        return "-"
    if share == 1:
        return "100%"
    return ">99.9%" if 0.9995 <= share < 1 else share_text(Fraction(share))
