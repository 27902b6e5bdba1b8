"""PDF of a template and texts: set by typst, offline, with Japanese fonts of the machine.

Texts reach the template as JSON, never as markup. The same texts and fonts give the same bytes.
"""

import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from sekisho.errors import BadSettings, Reason

if TYPE_CHECKING:
    import typst

GETA = "〓"  # stands for what no font of ours can show: a PDF/A has no empty boxes
_ENCODINGS = ("cp932", "euc_jis_2004")  # whatever these know, every Japanese font has
_PROBE = b'#set text(font: json(bytes(sys.inputs.fonts)), lang: "ja", fallback: false)\n#json(bytes(sys.inputs.texts))'


@dataclass(frozen=True)
class Typeface:
    """Two families that go together, and the Debian package that brings them."""

    serif: str
    sans: str
    package: str


TYPEFACES = (
    Typeface("Noto Serif CJK JP", "Noto Sans CJK JP", "fonts-noto-cjk"),
    Typeface("IPAexMincho", "IPAexGothic", "fonts-ipaexfont"),
)
"""In the order of preference."""


def typeset(template: str, texts: Mapping[str, Any], on: date) -> bytes:
    """Give back a PDF/A-2b of a template (`templates/<template>.typ`, set on `paper.typ`); `on` is the day that it bears.

    `texts` holds texts, numbers, lists and mappings of them, and truths. Characters that the fonts lack become 〓. Refuses with
    PRINT_TYPST_MISSING or PRINT_FONT_MISSING where the machine lacks what it takes.
    """
    typst = find_typst()
    fonts = _fonts()
    face = choose_typeface(fonts.families())
    folder = files("sekisho.pages") / "templates"
    source = b"\n".join((folder / f"{name}.typ").read_bytes() for name in ("paper", template))
    shown = _shown(texts, partial(_can_show, (face.serif, face.sans)))
    parts = {**shown, "serif": face.serif, "sans": face.sans, "on": [on.year, on.month, on.day]}
    midnight = datetime(on.year, on.month, on.day, tzinfo=UTC)
    printed: bytes = typst.compile(
        source,
        format="pdf",
        pdf_standards=["a-2b"],
        font_paths=fonts,
        sys_inputs={"texts": json.dumps(parts, ensure_ascii=False)},
        timestamp=int(midnight.timestamp()),
    )
    return printed


def choose_typeface(families: list[str]) -> Typeface:
    """Give back the first pair of families that are all there, or refuse with PRINT_FONT_MISSING."""
    found = next((one for one in TYPEFACES if {one.serif, one.sans} <= set(families)), None)
    if found is None:
        raise BadSettings(Reason.PRINT_FONT_MISSING, package=TYPEFACES[0].package)
    return found


def find_typst() -> Any:
    """Give back the typesetter, or refuse with PRINT_TYPST_MISSING."""
    try:
        import typst
    except ImportError as error:
        raise BadSettings(Reason.PRINT_TYPST_MISSING, package="sekisho[print]") from error
    return typst


@cache
def _fonts() -> "typst.Fonts":
    """Give back the fonts in the folders of the system, and no others; looking for them takes a fifth of a second."""
    fonts: typst.Fonts = find_typst().Fonts(include_system_fonts=True, include_embedded_fonts=False)
    return fonts


def _shown(part: Any, can_show: Callable[[str], bool]) -> Any:
    """Give back texts, however nested, with 〓 for every character that cannot be shown."""
    match part:
        case str():
            return "".join(one if can_show(one) else GETA for one in clusters_of(part))
        case Mapping():
            return {name: _shown(one, can_show) for name, one in part.items()}
        case list() | tuple():
            return [_shown(one, can_show) for one in part]
        case _:
            return part


def clusters_of(text: str) -> Iterator[str]:
    """Give back characters, each with the marks and variation selectors that follow it.

    >>> [len(one) for one in clusters_of("葛󠄀飾")]
    [2, 1]
    """
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or not unicodedata.category(text[place]).startswith("M"):
            yield text[start:place]
            start = place


@cache
def _can_show(families: tuple[str, ...], cluster: str) -> bool:
    """Say whether every family has the character; only rare ones are tried, each of them once."""
    if cluster == "\n":
        return True
    if unicodedata.category(cluster[0]) in {"Cc", "Cf", "Cs", "Co", "Cn"}:
        return False  # what is no sign, or steers the order of others
    if any(_knows(encoding, cluster) for encoding in _ENCODINGS):
        return True
    typst = find_typst()
    for family in families:
        inputs = {"fonts": json.dumps(family), "texts": json.dumps(cluster)}
        try:
            typst.compile(_PROBE, format="pdf", pdf_standards=["a-2b"], font_paths=_fonts(), sys_inputs=inputs)
        except typst.TypstError:
            return False
    return True


def _knows(encoding: str, cluster: str) -> bool:
    try:
        cluster.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
