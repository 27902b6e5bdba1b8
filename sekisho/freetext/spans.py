"""What is found in a free text, and the tags that stand for it afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What a span holds. The value stands in the masked text between 【 and 】, in Japanese for every reader."""

    NAME = "氏名"
    PLACE = "地名"
    TELEPHONE = "電話番号"
    MAIL = "メール"
    ADDRESS_OF_SITE = "URL"
    ACCOUNT = "口座"
    NUMBER = "番号"
    PLATE = "車両番号"
    DATE = "日付"
    AGE = "年齢"

    @property
    def tag(self) -> str:
        return f"【{self.value}】"


@dataclass(frozen=True, order=True)
class Span:
    """The characters of a text from `start` to before `end`, counted in code points from 0."""

    start: int
    end: int
    kind: Kind

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError("a span has at least one character")


@dataclass(frozen=True)
class Masked:
    """A text with tags in place of its spans, and how many spans of each kind there were."""

    text: str
    counts: Mapping[Kind, int]
