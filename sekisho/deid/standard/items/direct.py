"""Item 1: nothing that names a person is left, neither as a column nor inside one (spec/standard.md 4.1)."""

import re
import unicodedata
from collections.abc import Iterator

from sekisho.deid.changes.adding.pseudonyms import LETTERS, TOKEN_LETTERS
from sekisho.deid.numbers.codes import Code
from sekisho.deid.numbers.direct import SURNAMES, Share, direct_shares
from sekisho.deid.schema import ColumnSchema, Kind, Role
from sekisho.deid.standard.items.deleted import deleted_values
from sekisho.deid.standard.judgement import Check, Look, Outcome, counted
from sekisho.deid.standard.looked import Looked, count_cells, parts_of, size_of
from sekisho.deid.table import Column, Value

NAMES_UNSAID = 0.2  # share of cells like names from which a column is one of names; frequent surnames reach 0.4
NAMES_SAID = 0.05  # where the column's own name says so too
_DIRECT = frozenset({Code.NAME, Code.ADDRESS, Code.TELEPHONE, Code.EMAIL, Code.ACCOUNT})
_LEFT = {
    Code.NAME: Look.NAME_LEFT,
    Code.TELEPHONE: Look.TELEPHONE_LEFT,
    Code.EMAIL: Look.EMAIL_LEFT,
    Code.ACCOUNT: Look.ACCOUNT_LEFT,
}
_HOUSE = re.compile(r"[0-9]+番地|[0-9]+番[0-9]+号?|丁目[0-9]+|[0-9]+-[0-9]+-[0-9]+(?![0-9])")
_MAYBE_HOUSE = re.compile(r"番|丁目|[0-9０-９〇一二三四五六七八九][-‐-―−ー－の]")
_PLACE = re.compile(r"[都道府県市区町村郡]|丁目|[\u4e00-\u9fff]{2}[0-9]+-")
_TITLE = re.compile(r"さん|さま|様|氏|殿|君|くん|ちゃん|先生")
_KANJI = re.compile(r"[々\u3400-\u9fff]")
_LONG_SURNAMES = sorted(one for one in SURNAMES if len(one) > 1)
_LONE = re.compile(  # not inside of a longer word, and followed by what stands behind a noun
    rf"(?<![々\u3400-\u9fff])(?=[{''.join(sorted({one[0] for one in _LONG_SURNAMES}))}])"
    rf"(?:{'|'.join(_LONG_SURNAMES)})(?=[はがのにをともへ、。 「」(（])"
)
_FARTHEST = 8  # characters from a surname to the title behind the given name
_TOKEN = re.compile(f"[{LETTERS}]{{{TOKEN_LETTERS}}}")


def judge_direct(looked: Looked) -> tuple[Check, ...]:
    """Give back the checks of item 1, clear ones too."""
    return (
        *_columns(looked),
        *_left(looked),
        *_houses(looked),
        *deleted_values(looked),
        *_free_text(looked),
        *_replacements(looked),
    )


def _columns(looked: Looked) -> Iterator[Check]:
    """Columns declared to name a person: gone, tokens, or coarser than an address."""
    for column in looked.schema.columns:
        if not _names_a_person(column):
            continue
        done = looked.done(column.name)
        stays = column.name in looked.released.names
        harmless = (
            not stays or done == "pseudonym" or (column.holds is Code.ADDRESS and done in {"generalise", "recode"})
        )
        yield Check(
            Look.DIRECT_COLUMN,
            Outcome.CLEAR if harmless else Outcome.FAULT,
            column.name,
            about=column.holds.value if column.holds else "",
            looked=counted(cells=len(looked.original.column(column.name))),
            found=counted(columns=0 if harmless else 1),
            done=done,
        )


def _names_a_person(column: ColumnSchema) -> bool:
    if column.holds is not None:
        return column.holds in _DIRECT
    return column.role in {Role.IDENTIFIER, Role.STRIPPED}


def _left(looked: Looked) -> Iterator[Check]:
    """Names, telephones, mail addresses and accounts in what is released."""
    told = {declared.name: _shares(column) for declared, column in looked.texts}
    for code, look in _LEFT.items():
        found = [
            Check(
                look,
                Outcome.FAULT,
                declared.name,
                looked=counted(cells=len(column), values=len(column.values)),
                found=counted(cells=share.cells),
                done=looked.done(declared.name),
            )
            for declared, column in looked.texts
            for share in told[declared.name]
            if share.code is code and _is_left(share, declared)
        ]
        if code is Code.NAME:
            found += [one for one in _surnames(looked) if one.column not in {each.column for each in found}]
        yield from found or [_clear(looked, look)]


def _clear(looked: Looked, look: Look) -> Check:
    return Check(look, Outcome.CLEAR, looked=size_of(one for _, one in looked.texts), found=counted(cells=0))


def _shares(column: Column) -> tuple[Share, ...]:
    pairs = [
        (part, count)
        for value, count in zip(column.values, column.counts.tolist(), strict=True)
        for part in parts_of(value)
    ]
    return direct_shares(column.name, [text for text, _ in pairs], [count for _, count in pairs])


def _is_left(share: Share, column: ColumnSchema) -> bool:
    """Say whether a share is more than chance: codes of digits may look like a telephone here and there."""
    match share.code:
        case Code.NAME:
            return share.share >= (NAMES_SAID if share.named else NAMES_UNSAID)
        case Code.TELEPHONE if column.kind in {Kind.CODE, Kind.POSTAL_CODE, Kind.MUNICIPALITY}:
            return share.share >= (NAMES_SAID if share.named else NAMES_UNSAID)
        case _:
            return share.cells > 0


def _surnames(looked: Looked) -> Iterator[Check]:
    """Frequent surnames inside of texts: before a title for sure, else alone, where they may be a place."""
    for declared, column in looked.texts:
        if declared.kind not in {Kind.TEXT, Kind.FREE_TEXT}:
            continue
        titled = count_cells(column, lambda value: any(map(has_titled_surname, parts_of(value))))
        alone = count_cells(column, lambda value: any(map(has_lone_surname, parts_of(value))))
        if not dict(titled)["cells"] and not dict(alone)["cells"]:
            continue
        sure = dict(titled)["cells"] > 0
        yield Check(
            Look.NAME_LEFT,
            Outcome.FAULT if sure else Outcome.DECIDE,
            declared.name,
            about="surname",
            looked=counted(cells=len(column), values=len(column.values)),
            found=titled if sure else alone,
            done=looked.done(declared.name),
        )


def has_titled_surname(text: str) -> bool:
    """Say whether a frequent surname stands before a title such as さん, with or without a given name between."""
    for title in _TITLE.finditer(text):
        before = text[max(title.start() - _FARTHEST, 0) : title.start()].replace(" ", "").replace("\u3000", "")
        if any(before[at : at + size] in SURNAMES for size in (3, 2) for at in range(len(before) - size + 1)):
            return True
        if before[-1:] in SURNAMES and not _KANJI.fullmatch(before[-2:-1]):
            return True
    return False


def has_lone_surname(text: str) -> bool:
    """Say whether a frequent surname of two letters or more stands by itself in a longer text."""
    return _LONE.search(text) is not None


def _houses(looked: Looked) -> Iterator[Check]:
    """Places down to the house; a town or a block is no address, and is weighed with the quasi-identifiers."""
    found = []
    for declared, column in looked.texts:
        cells = count_cells(column, lambda value: any(map(is_house, parts_of(value))))
        if dict(cells)["cells"]:
            whole = counted(cells=len(column), values=len(column.values))
            done = looked.done(declared.name)
            found.append(Check(Look.ADDRESS_LEFT, Outcome.FAULT, declared.name, "", whole, cells, done))
    yield from found or [_clear(looked, Look.ADDRESS_LEFT)]


def is_house(text: str) -> bool:
    """Say whether a text has a place and the number of a house in it."""
    if _MAYBE_HOUSE.search(text) is None or text.isascii():
        return False
    plain = unicodedata.normalize("NFKC", text).translate(_STROKES)
    return _HOUSE.search(plain) is not None and _PLACE.search(plain) is not None


_STROKES = {ord(one): "-" for one in "‐‑‒–—―−ー－の"} | {
    ord(one): str(n) for n, one in enumerate("〇一二三四五六七八九")
}


def _free_text(looked: Looked) -> Iterator[Check]:
    """Free text that was masked is still somebody's story: a person has to read and decide."""
    for declared, column in looked.columns:
        if declared.kind is not Kind.FREE_TEXT:
            continue
        masked = declared.name in looked.policy.masked
        yield Check(
            Look.MASKED_TEXT,
            Outcome.DECIDE if masked else Outcome.FAULT,
            declared.name,
            looked=counted(cells=len(column), values=len(column.values)),
            found=count_cells(column, lambda value: value is not None),
            done=looked.done(declared.name),
        )


def _replacements(looked: Looked) -> Iterator[Check]:
    """Tokens drawn by chance stand for deleted values, so that no rule leads back to them."""
    for name in sorted(looked.tokens & frozenset(looked.released.names)):
        column = looked.released.column(name).used()
        strange = count_cells(column, _is_no_token)
        yield Check(
            Look.REPLACEMENT,
            Outcome.FAULT if dict(strange)["cells"] else Outcome.CLEAR,
            name,
            looked=counted(cells=len(column), values=len(column.values)),
            found=strange,
            done=looked.done(name),
        )


def _is_no_token(value: Value) -> bool:
    return value is not None and not (isinstance(value, str) and _TOKEN.fullmatch(value))
