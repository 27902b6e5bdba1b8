"""Item 1: nothing that names a person is left, neither as a column nor inside one (spec/standard.md 4.1)."""

import re
from collections.abc import Iterator

from sekisho.deid.changes.adding.pseudonyms import LETTERS, TOKEN_LETTERS
from sekisho.deid.numbers.codes import Code
from sekisho.deid.numbers.direct import Share, direct_shares
from sekisho.deid.numbers.text import Find
from sekisho.deid.schema import ColumnSchema, Kind, Role
from sekisho.deid.standard.items.deleted import deleted_values
from sekisho.deid.standard.items.houses import houses_left
from sekisho.deid.standard.items.names import NAMES_SAID, NAMES_UNSAID, names_left
from sekisho.deid.standard.judgement import Check, Look, Outcome, counted
from sekisho.deid.standard.looked import Looked, count_cells, parts_of, size_of
from sekisho.deid.table import Column, Value

_DIRECT = frozenset({Code.NAME, Code.ADDRESS, Code.TELEPHONE, Code.EMAIL, Code.ACCOUNT})
_LEFT = {Code.TELEPHONE: Look.TELEPHONE_LEFT, Code.EMAIL: Look.EMAIL_LEFT, Code.ACCOUNT: Look.ACCOUNT_LEFT}
_TOKEN = re.compile(f"[{LETTERS}]{{{TOKEN_LETTERS}}}")


def judge_direct(looked: Looked) -> tuple[Check, ...]:
    """Give back the checks of item 1, clear ones too."""
    return (
        *_columns(looked),
        *_left(looked),
        *(houses_left(looked) or [_clear(looked, Look.ADDRESS_LEFT)]),
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
    told = {declared.name: _shares(column, looked.find) for declared, column in looked.texts}
    yield from names_left(looked, told) or [_clear(looked, Look.NAME_LEFT)]
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
        yield from found or [_clear(looked, look)]


def _clear(looked: Looked, look: Look) -> Check:
    return Check(look, Outcome.CLEAR, looked=size_of(one for _, one in looked.texts), found=counted(cells=0))


def _shares(column: Column, find: Find) -> tuple[Share, ...]:
    pairs = [
        (part, count)
        for value, count in zip(column.values, column.counts.tolist(), strict=True)
        for part in parts_of(value)
    ]
    return direct_shares(column.name, [text for text, _ in pairs], [count for _, count in pairs], find)


def _is_left(share: Share, column: ColumnSchema) -> bool:
    """Say whether a share is more than chance: codes of digits may look like a telephone here and there."""
    if share.code is Code.TELEPHONE and column.kind in {Kind.CODE, Kind.POSTAL_CODE, Kind.MUNICIPALITY}:
        return share.share >= (NAMES_SAID if share.named else NAMES_UNSAID)
    return share.cells > 0


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
