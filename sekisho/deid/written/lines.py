"""Which line of a TOML text each key stands on: Python's own reader does not tell."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sekisho.errors import Fact, Malformed, Reason

Key = tuple[str | int, ...]  # as `("bound", 1, "at_least")`; the members of a list count from 1
Lines = Mapping[Key, int]  # from 1; the empty key is the file itself

# Told apart by what they begin with. What stands between is spaces. A text in triple quotes may end in two more of them.
_TOKEN = re.compile(
    r'''(?P<text>"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*')'''
    r"""|(?P<comment>\#[^\n]*)|(?P<end>\n)|(?P<sign>[\[\]{}=,])|(?P<bare>[^\s\[\]{}=,\#"']+)""",
    re.DOTALL,
)


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    line: int


@dataclass
class _Walk:
    """The tokens that are left, last first, and what was found; `members` counts the tables of each `[[list]]`."""

    left: list[_Token]
    lines: dict[Key, int] = field(default_factory=lambda: {(): 1})
    members: dict[Key, int] = field(default_factory=dict)

    def sees(self, *texts: str) -> bool:
        """Say whether the next token is one of these signs or an end of line."""
        return bool(self.left) and self.left[-1].kind in {"sign", "end"} and self.left[-1].text in texts

    def found(self, key: Key, line: int) -> None:
        for length in range(1, len(key) + 1):
            self.lines.setdefault(key[:length], line)


def lines_of(text: str) -> Lines:
    """Give back the line of each key of a TOML text that Python's reader takes."""
    walk = _Walk(list(_tokens(text))[::-1])
    table: Key = ()
    while walk.left:
        if walk.sees("\n"):
            walk.left.pop()
        elif walk.sees("["):
            table = _header(walk)
        else:
            _value(walk, _named(walk, table))
    return walk.lines


def where(lines: Lines, key: Key) -> dict[str, Fact]:
    """Give back the facts `line` and `key`; the line of what is missing is that of the part that should have it.

    There is no line where the policy was made in Python.
    """
    line = next((lines[key[:length]] for length in range(len(key), -1, -1) if key[:length] in lines), None)
    name = ".".join(map(str, key))
    return {"key": name} if line is None else {"line": line, "key": name}


def malformed(lines: Lines, key: Key, *, rule: str, **facts: Fact) -> Malformed:
    """Give back the refusal of what a policy has at `key`."""
    return Malformed(Reason.POLICY_MALFORMED, findings=(), **{**where(lines, key), **facts, "rule": rule})


def _tokens(text: str) -> Iterator[_Token]:
    line, before = 1, 0
    for one in _TOKEN.finditer(text):
        line += text.count("\n", before, one.start())
        before = one.start()
        if one.lastgroup != "comment":
            yield _Token(one.lastgroup or "", one.group(), line)


def _header(walk: _Walk) -> Key:
    """Read `[a.b]` or `[[a.b]]`; a list of tables on the way means its last table."""
    line = walk.left.pop().line
    many = walk.sees("[")
    if many:
        walk.left.pop()
    key: Key = ()
    for part in (parts := _key(walk, "]"))[:-1]:
        key = _last(walk, (*key, part))
    key = (*key, parts[-1])
    if many:
        walk.left.pop()
        walk.members[key] = walk.members.get(key, 0) + 1
    key = _last(walk, key)
    walk.found(key, line)
    return key


def _last(walk: _Walk, key: Key) -> Key:
    return (*key, walk.members[key]) if key in walk.members else key


def _named(walk: _Walk, table: Key) -> Key:
    """Read a key and its `=`."""
    line = walk.left[-1].line
    key = (*table, *_key(walk, "="))
    walk.found(key, line)
    return key


def _key(walk: _Walk, end: str) -> tuple[str, ...]:
    """Give back the parts of a dotted key; Python's reader takes off the quotes."""
    written = ""
    while not walk.sees(end):
        written += walk.left.pop().text
    walk.left.pop()
    tree: Any = tomllib.loads(f"{written} = 0")
    parts = []
    while isinstance(tree, dict):
        ((part, tree),) = tree.items()
        parts.append(part)
    return tuple(parts)


def _value(walk: _Walk, key: Key) -> None:
    first = walk.left.pop()
    if first.kind == "sign":
        _members(walk, key, named=first.text == "{")
    while first.kind == "bare" and walk.left and walk.left[-1].kind == "bare":  # `1979-05-27 07:32:00` has a space
        walk.left.pop()


def _members(walk: _Walk, key: Key, *, named: bool) -> None:
    place = 0
    while not walk.sees("]", "}"):
        if walk.sees(",", "\n"):
            walk.left.pop()
        elif named:
            _value(walk, _named(walk, key))
        else:
            place += 1
            walk.found((*key, place), walk.left[-1].line)
            _value(walk, (*key, place))
    walk.left.pop()
