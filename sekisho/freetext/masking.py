"""A free text with everything masked that may say who or where somebody is (spec/free-text.md).

Of spans that lie across one another one is made, from the first character of any to the last, with the kind of the
longest: so no letter of either stays.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from sekisho.deid.numbers.codes import Code
from sekisho.deid.numbers.text import find_in_text
from sekisho.freetext.accounts import find_accounts
from sekisho.freetext.facilities import find_facilities
from sekisho.freetext.folding import fold, pieces_of
from sekisho.freetext.morphemes import words_of
from sekisho.freetext.names import find_names
from sekisho.freetext.patterns import find_half_kana, find_said, find_shapes
from sekisho.freetext.places import find_places
from sekisho.freetext.readings import find_readings
from sekisho.freetext.spans import Kind, Masked, Span

LONGEST_PIECE = 8_000
"""Characters read at once; the analyser takes 49,149 bytes."""
AROUND = 128
"""Characters around a piece in which the word that explains a number, or the rest of it, may stand."""
KINDS = {Code.TELEPHONE: Kind.TELEPHONE, Code.EMAIL: Kind.MAIL, Code.ACCOUNT: Kind.ACCOUNT}
ORDER = (
    Kind.MAIL,
    Kind.ADDRESS_OF_SITE,
    Kind.ACCOUNT,
    Kind.PLATE,
    Kind.DATE,
    Kind.TELEPHONE,
    Kind.NUMBER,
    Kind.AGE,
    Kind.NAME,
    Kind.PLACE,
)
"""Of two spans of one length the one whose kind stands first gives its kind."""


def find_spans(text: str) -> tuple[Span, ...]:
    """Give back what is masked in a text, in its order, apart from one another.

    BadSettings (FREE_TEXT_READER_MISSING) where the analyser is not installed. One text after another: not for threads.
    """
    if not text:
        return ()
    folded = fold(text)
    found = [*find_shapes(folded.text), *find_said(folded.text), *_read(folded.text)]
    spans = [Span(*folded.original(one.start, one.end), one.kind) for one in found]
    return tuple(apart([*spans, *find_half_kana(text), *_find_numbers(text)]))


def mask(text: str) -> Masked:
    """Give back a text with a tag in place of each span; the rest of it stays as it is."""
    spans = find_spans(text)
    pieces: list[str] = []
    at = 0
    for span in spans:
        pieces += (text[at : span.start], span.kind.tag)
        at = span.end
    return Masked("".join((*pieces, text[at:])), Counter(span.kind for span in spans))


def _find_numbers(text: str) -> Iterator[Span]:
    """Give the numbers that name a person, as a column of numbers is searched for them (spec/numbers.md 7).

    A long text is searched piece by piece, each with what stands around it: each number is compared with all others.
    """
    for start, end in pieces_of(text, LONGEST_PIECE):
        first = max(0, start - AROUND)
        for hit in find_in_text(text[first : end + AROUND]):
            if start <= first + hit.start < end:
                yield Span(first + hit.start, first + hit.end, KINDS.get(hit.code, Kind.NUMBER))


def _read(folded: str) -> Iterator[Span]:
    for start, end in pieces_of(folded, LONGEST_PIECE):
        text = words_of(folded[start:end], start)
        names = list(find_names(text))
        yield from names
        yield from find_readings(folded, text, names)
        yield from find_places(folded, text)
        yield from find_facilities(text)
        yield from find_accounts(folded, text)


def apart(spans: Iterable[Span]) -> Iterator[Span]:
    """Give the spans joined where they share a character, in their order."""
    group: list[Span] = []
    end = 0
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        if group and span.start >= end:
            yield _joined(group)
            group = []
        group.append(span)
        end = max(end, span.end) if len(group) > 1 else span.end
    if group:
        yield _joined(group)


def _joined(group: list[Span]) -> Span:
    longest = max(group, key=lambda one: (one.end - one.start, -ORDER.index(one.kind)))
    return Span(group[0].start, max(one.end for one in group), longest.kind)
