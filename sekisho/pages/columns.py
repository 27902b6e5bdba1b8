"""Text in columns on a terminal, where a full-width character takes two cells (Unicode UAX 11)."""

import unicodedata
from collections.abc import Iterator, Sequence

GAP = 2
HANGING = 14  # cells of stops that may stand beyond the end of a line
_NOT_FIRST = frozenset(
    "、。，．・：；？！）」』】〕ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ,.)]:;!?%"
)  # JIS X 4051: line starts
_NOT_LAST = frozenset("（「『【〔([")
_STOPS = frozenset("、。，．・：；？！）」』】〕")


def width_of(text: str) -> int:
    """Give back how many cells `text` takes: two for wide and full-width characters."""
    return sum(2 if unicodedata.east_asian_width(one) in {"W", "F"} else 1 for one in text)


def in_columns(rows: Sequence[Sequence[str]], *, right: frozenset[int] = frozenset(), indent: int = 2) -> list[str]:
    """Give back one line a row, cells padded to the widest of their column; columns in `right` end together."""
    widths = [max(width_of(row[place]) for row in rows) for place in range(len(rows[0]))] if rows else []
    lines = []
    for row in rows:
        cells = []
        for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
            space = " " * (width - width_of(cell))
            cells.append(space + cell if place in right else cell + space)
        lines.append((" " * indent + (" " * GAP).join(cells)).rstrip())
    return lines


def described(rows: Sequence[tuple[str, str]], width: int, *, indent: int = 2, widest: int = 32) -> Iterator[str]:
    """Yield a list of terms and their descriptions: terms at the left, descriptions wrapped beside them."""
    column = max((width_of(term) for term, _ in rows if width_of(term) <= widest), default=0)
    left = indent + column + GAP
    for term, text in rows:
        wrapped = list(wrap(text, max(width - left, 20)))
        first = " " * indent + term
        if not wrapped:
            yield first
            continue
        if width_of(term) > column:
            yield first
            first = ""
        yield first + " " * (left - width_of(first)) + wrapped[0]
        for line in wrapped[1:]:
            yield " " * left + line


def wrap(text: str, width: int) -> Iterator[str]:
    """Yield lines of at most `width` cells: words stay whole, Japanese breaks where a phrase (文節) is likely to end."""
    line = ""
    for piece in _pieces(text, width):
        if line and width_of(line + piece.rstrip()) > width:
            yield line.rstrip()
            line = piece.lstrip()
        else:
            line += piece
    if line.strip():
        yield line.rstrip()


def _pieces(text: str, width: int) -> Iterator[str]:
    """Yield the smallest pieces that a line end may not cut; one that is wider than a line is cut, before no stop if it can."""
    piece = ""
    for one in text:
        widest = width + HANGING if one in _NOT_FIRST else width
        if piece and (_may_end(piece[-1], one) or width_of(piece + one) > widest):
            yield piece
            piece = ""
        piece += one
    yield piece


def _may_end(last: str, following: str) -> bool:
    """Say whether a line may end between two characters: after a space or a stop, or where kana ends a phrase."""
    if following == " " or following in _NOT_FIRST or last in _NOT_LAST:
        return False
    if last == " " or last in _STOPS:
        return True
    return _is_hiragana(last) and not _is_hiragana(following)


def _is_hiragana(one: str) -> bool:
    return "ぁ" <= one <= "ゟ"
