"""What a published list of changed codes was found to say (spec/policy.md 4.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from sekisho.deid.ladders.builtin.given_up import Change

Record = Sequence[str]


class Source(Enum):
    """Who publishes lists of this layout."""

    E_STAT = "e-stat"  # 廃置分合等情報
    MINISTRY = "ministry"  # 都道府県コード及び市区町村コード 改正一覧


@dataclass(frozen=True)
class Unread:
    """A record, counted from 1 after the header, that may say of a change and was not understood; its text is public."""

    row: int
    text: str


@dataclass(frozen=True)
class Published:
    """The changes of a list, each with its record, and what was not understood; `rows` counts the records."""

    source: Source
    rows: int
    changes: tuple[tuple[Change, int], ...]
    unread: tuple[Unread, ...]
