"""The text of a published reason of change (改正事由): which code took the place of which (spec/policy.md 4.4)."""

import re
import unicodedata
from collections.abc import Mapping

Pair = tuple[str, str]
"""The code that ended, and the one that took its place."""

_NAME = r"[^()、]*?"
_ONE = rf"{_NAME}\((?:[^()、]*、)?[0-9]{{5}}\)"
_MANY = rf"{_ONE}(?:[、と]{_ONE})*"
_PART = r"(?:大字[^()]*)?"
_CHANGES = tuple(
    re.compile(one)
    for one in (
        rf"(?P<before>{_MANY})が(?:合併|統合)し、(?P<after>{_ONE}|{_NAME})を新設",
        rf"(?P<before>{_MANY}){_PART}が(?P<after>{_ONE}|{_NAME})に編入(?:合併)?",
        rf"(?P<before>{_ONE})の(?P<after>{_ONE})への政令指定都市[施移]行",
        rf"(?P<before>{_ONE})が(?:[^()]*に(?:[市町]制施行|名称変更)し、)?(?P<after>{_ONE})に(?:[市町]制施行|名称変更)",
        rf"(?P<before>{_MANY})が(?P<after>{_MANY})に(?:郡の)?区域変更",
        rf"(?P<before>{_ONE})を分割し、(?P<after>{_MANY})を新設",
        rf"(?P<before>{_MANY})を(?P<after>{_ONE})に再編",
    )
)
_PARTED = re.compile(rf"(?P<before>{_ONE}){_PART}が(?P<first>{_ONE})に編入し、大字[^()]*が(?P<second>{_ONE})に編入")
_NO_CODE = tuple(
    re.compile(one)
    for one in (
        rf"{_MANY}から分離し、{_MANY}を新設",
        rf"{_MANY}の新設",
        rf"{_NAME}(?:郡|支庁|振興局)\([0-9]{{5}}\)の廃止",
        rf"{_ONE}が[^()]*(?:中核市|特例市)に移行",
        rf"{_ONE}の区の再編",
        r".*の?境界変更",
    )
)
"""What ends no code: a ward that parts from another leaves it its code; counties and marks of cities have none of ours."""

_REMARK = re.compile(r"\((?![^()]*[0-9]{5}\))[^()]*\)")
_CODE = re.compile(rf"({_NAME})\((?:[^()、]*、)?([0-9]{{5}})\)[、と]?")
_BREAK = re.compile(r"[\r\n\u3000]+")


def sentences_of(reason: str) -> tuple[str, ...]:
    """Give back the sentences of a cell, each one change, in NFKC and without blanks and remarks in brackets."""
    parts = (unicodedata.normalize("NFKC", "".join(one.split())) for one in _BREAK.split(reason))
    return tuple(_REMARK.sub("", one) for one in parts if one)


def read_sentence(sentence: str, names: Mapping[str, str]) -> tuple[Pair, ...] | None:
    """Give back which codes ended for which; none where no code ends, None for a sentence that is not understood.

    A new municipality that is named without its code has that of the one of its name among those that merged, or the one
    that `names` has for it.
    """
    if any(one.fullmatch(sentence) for one in _NO_CODE):
        return ()
    if parted := _PARTED.fullmatch(sentence):
        (gone,) = _codes(parted["before"]).values()
        return tuple((gone, code) for key in ("first", "second") for code in _codes(parted[key]).values())
    for form in _CHANGES:
        if found := form.fullmatch(sentence):
            before = _codes(found["before"])
            after = _codes(found["after"]) or _by_name(found["after"], {**names, **before})
            return _pairs(tuple(before.values()), tuple(after.values()))
    return None


def _codes(text: str) -> dict[str, str]:
    """Give back the codes of a list by their names; names that come twice are told apart by their codes."""
    found: dict[str, str] = {}
    for name, code in _CODE.findall(text):
        found[name if name not in found else f"{name}({code})"] = code
    return found


def _by_name(name: str, names: Mapping[str, str]) -> dict[str, str]:
    return {name: names[name]} if name in names else {}


def _pairs(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[Pair, ...] | None:
    """Give back each with each where one side is one, else one by one; None where they do not go together."""
    if len(before) == 1 or len(after) == 1:
        pairs = [(old, new) for old in before for new in after]
    elif len(before) == len(after):
        pairs = list(zip(before, after, strict=True))
    else:
        return None
    return tuple((old, new) for old, new in pairs if old != new) if pairs else None
