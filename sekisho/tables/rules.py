"""What a cell must be, as functions of one cell's text (spec/disarm.md 2): no engine, no file."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from functools import partial
from types import MappingProxyType
from typing import assert_never

from sekisho.deid.schema import ColumnSchema, Kind, Role
from sekisho.deid.table import Value
from sekisho.statement import LARGEST_INTEGER
from sekisho.tables.values.characters import compose
from sekisho.tables.values.days import read_day
from sekisho.tables.values.months import read_partial_month
from sekisho.tables.values.municipality import Digits, read_municipality
from sekisho.tables.values.partial import read_partial_day
from sekisho.tables.values.postal import read_postal_code


class Rule(Enum):
    """What can be broken, in the order of the report; the value is the stable name in `Finding.rule`."""

    COLUMNS = "columns"
    LINE_LENGTH = "line-length"
    QUOTES = "quotes"
    LINE_END = "line-end"
    RECORD_LENGTH = "record-length"
    RECORD_MARK = "record-mark"
    HEADER_MISSING = "header-missing"
    TRAILER_MISSING = "trailer-missing"
    TRAILER_COUNT = "trailer-count"
    STRAY_LINE = "stray-line"
    CLAIM_COUNT = "claim-count"
    SHAPE = "shape"
    BLANK = "blank"
    ENCODING = "encoding"
    FORMULA = "formula"
    CONTROL = "control"
    PRIVATE_USE = "private-use"
    TYPE = "type"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    VALUES = "values"
    PATTERN = "pattern"
    LONGEST = "longest"


SPACES = " \u3000"
FORMULA_STARTS = frozenset(
    "=+-@＝＋－＠﹦﹢﹣﹫\u2212\t\r\n"
)  # OWASP CSV injection, and what Japanese input makes of it
REPLACED = "\ufffd"
GETA = "\u3013"
"""〓, the sort turned over: stands for a character that nobody but its municipality can read."""
PRIVATE_USE = re.compile("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")
_NARROW_DIGITS = {ord("０") + digit: ord("0") + digit for digit in range(10)}
_NARROW_NUMBER = _NARROW_DIGITS | {ord("＋"): ord("+"), ord("－"): ord("-"), 0x2212: ord("-")}
_SIGNED_NUMBER = re.compile(r"[+-][0-9]+")
_INTEGER = re.compile(r"[+-]?[0-9]{1,25}")
_CONTROL = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Characters that NFC keeps and no rule minds; a whole text of them needs no second look.
_CALM = "0-9A-Za-zぁ-ゖァ-ヺー・々〆〇一-龠０-９Ａ-Ｚａ-ｚｦ-ﾟ"
CALM_TEXT = rf"[{_CALM}*](?:[{_CALM}{SPACES}.,:/()（）－-]*[{_CALM}*)）])?"  # for Python and for RE2
_CALM_TEXT = re.compile(CALM_TEXT)

CellReader = Callable[[str], Value | Rule]


_SPELLED: Mapping[Kind, Callable[[str], str | None]] = MappingProxyType(
    {
        Kind.MONTH: read_partial_month,
        Kind.MUNICIPALITY: read_municipality,
        Kind.POSTAL_CODE: read_postal_code,
    }
)


def cell_reader(column: ColumnSchema) -> CellReader:
    """Give back the function that reads one cell of `column`: its value (None is blank), or the rule that it breaks."""
    match column.kind:
        case Kind.TEXT | Kind.CODE | Kind.FREE_TEXT:
            return _text_reader(column)
        case Kind.INTEGER:
            return _integer_reader(column)
        case Kind.DATE:
            return _day_reader(column)
        case Kind.PARTIAL_DATE:
            return _partial_day_reader(column)
        case Kind.MONTH | Kind.MUNICIPALITY | Kind.POSTAL_CODE:
            if column.digits is not None:
                return _spelled_reader(column, partial(read_municipality, digits=Digits(column.digits)))
            return _spelled_reader(column, _SPELLED[column.kind])
    assert_never(column.kind)


def starts_formula(text: str) -> bool:
    """Give back whether a spreadsheet may take `text` for a formula (spec/disarm.md 2.1)."""
    return text[:1] in FORMULA_STARTS and not _SIGNED_NUMBER.fullmatch(text)


def write_cell(value: Value) -> str:
    """Give back the one spelling of a value: digits, `YYYY-MM-DD`, the text itself, nothing for blank."""
    match value:
        case None:
            return ""
        case str():
            return value
        case int():
            return str(value)
        case date():
            return value.isoformat()
    assert_never(value)


def clean_text(raw: str) -> str | Rule:
    """Give back the text trimmed, in NFC, with LF for CR LF; or the rule that its characters break.

    A sequence with a variation selector stays as it is: NFC would make another character of some that begin one.
    """
    if REPLACED in raw:
        return Rule.ENCODING
    text = compose(raw.strip(SPACES).replace("\r\n", "\n"))
    if starts_formula(text):
        return Rule.FORMULA
    kinds = {unicodedata.category(one) for one in set(text) - {"\n"}}
    if kinds & _CONTROL or ("Cn" in kinds and any(map(_is_noncharacter, text))):
        return Rule.CONTROL
    return Rule.PRIVATE_USE if "Co" in kinds else text


def hide_private_use(text: str) -> str:
    """Give back the text with 〓 for each private-use character (外字)."""
    return PRIVATE_USE.sub(GETA, text)


def shows_private_use(text: str) -> bool:
    """Give back whether a private-use character stands in the text, or what hides one."""
    return GETA in text or PRIVATE_USE.search(text) is not None


def _is_noncharacter(one: str) -> bool:
    return 0xFDD0 <= ord(one) <= 0xFDEF or ord(one) & 0xFFFE == 0xFFFE


def _text_reader(column: ColumnSchema) -> CellReader:
    is_code, longest = column.kind is Kind.CODE, column.longest
    spelling = {one.translate(_NARROW_DIGITS): one for one in column.values}
    pattern = re.compile(column.pattern) if column.pattern is not None else None

    def read(raw: str) -> Value | Rule:
        if not _CALM_TEXT.fullmatch(raw):
            cleaned = _clean(raw, column)
            if not isinstance(cleaned, str):
                return cleaned
            raw = cleaned
        if is_code:
            raw = raw if raw.isascii() else raw.translate(_NARROW_DIGITS)
            if spelling:
                return spelling.get(raw, Rule.VALUES)
        if len(raw) > longest:  # before the pattern: what a pattern costs grows with the text
            return Rule.LONGEST
        return raw if pattern is None or pattern.fullmatch(raw) else Rule.PATTERN

    return read


def _integer_reader(column: ColumnSchema) -> CellReader:
    smallest = column.minimum if isinstance(column.minimum, int) else -LARGEST_INTEGER
    largest = column.maximum if isinstance(column.maximum, int) else LARGEST_INTEGER

    def read(raw: str) -> Value | Rule:
        if not (raw.isascii() and raw.isdigit() and len(raw) <= 25):
            text = raw.strip(SPACES).translate(_NARROW_NUMBER)
            if not _INTEGER.fullmatch(text):
                return _not_read(raw, column)
            raw = text
        number = int(raw)
        if abs(number) > LARGEST_INTEGER:
            return Rule.TYPE
        if number < smallest:
            return Rule.MINIMUM
        return Rule.MAXIMUM if number > largest else number

    return read


def _day_reader(column: ColumnSchema) -> CellReader:
    earliest = column.minimum if isinstance(column.minimum, date) else date.min
    latest = column.maximum if isinstance(column.maximum, date) else date.max

    def read(raw: str) -> Value | Rule:
        day = read_day(raw.strip(SPACES))
        if day is None:
            return _not_read(raw, column)
        if day < earliest:
            return Rule.MINIMUM
        return Rule.MAXIMUM if day > latest else day

    return read


def _partial_day_reader(column: ColumnSchema) -> CellReader:
    """Read what is known of a day. Bounds hold for days that there are; of others nobody knows."""
    earliest = column.minimum if isinstance(column.minimum, date) else date.min
    latest = column.maximum if isinstance(column.maximum, date) else date.max

    def read(raw: str) -> Value | Rule:
        text = read_partial_day(raw.strip(SPACES))
        if text is None:
            return _not_read(raw, column)
        day = read_day(text)
        if day is not None and day < earliest:
            return Rule.MINIMUM
        return Rule.MAXIMUM if day is not None and day > latest else text

    return read


def _spelled_reader(column: ColumnSchema, spell: Callable[[str], str | None]) -> CellReader:
    def read(raw: str) -> Value | Rule:
        return spell(raw.strip(SPACES)) or _not_read(raw, column)

    return read


def _clean(raw: str, column: ColumnSchema) -> str | Rule | None:
    """Give back the cell's text; None where it is blank and may be; or the rule that its characters break."""
    if not raw.strip(SPACES):
        return None if column.blank else Rule.BLANK
    text = _clean_identifier(raw) if column.role is Role.IDENTIFIER else clean_text(hide_private_use(raw))
    if column.kind is Kind.CODE and isinstance(text, str) and "\n" in text:
        return Rule.CONTROL
    return text


def _clean_identifier(raw: str) -> str | Rule:
    """Give back the text with its private-use characters: what names a person is only ever compared, then deleted."""
    hidden = clean_text(hide_private_use(raw))
    return hidden if isinstance(hidden, Rule) else compose(raw.strip(SPACES).replace("\r\n", "\n"))


def _not_read(raw: str, column: ColumnSchema) -> Rule | None:
    """Give back why a cell is no integer and no day; None where it is blank and may be."""
    cleaned = _clean(raw, column)
    return Rule.TYPE if isinstance(cleaned, str) else cleaned
