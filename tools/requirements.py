"""The 68 requirements with the tests that show each, and those without. Run by `make requirements`.

Marks are read from the tests' source, so nothing has to run; an id that spec/requirements.md does not know is an error.
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "spec" / "requirements.md"
_GROUP = re.compile(r"## ([A-F])\. (.+)")
_ROW = re.compile(r"\| ([A-F][0-9]{2})( †)? \| ([^|]+) \| ([^|]+) \| ([^|]+) \|")


@dataclass(frozen=True)
class Requirement:
    """One row of the page; `human` where software alone can never prove it."""

    id: str
    name: str
    human: bool


@dataclass(frozen=True)
class Mark:
    """One test that says which requirement it shows; `test` is `file::name`."""

    id: str
    test: str


def read_requirements(text: str) -> dict[str, list[Requirement]]:
    """Give back the page's groups, by heading, with their rows in order."""
    groups: dict[str, list[Requirement]] = {}
    rows: list[Requirement] = []
    for line in text.splitlines():
        if heading := _GROUP.fullmatch(line):
            rows = groups.setdefault(f"{heading[1]}  {heading[2]}", [])
        elif groups and (row := _ROW.fullmatch(line)):
            rows.append(Requirement(row[1], row[3].strip(), row[2] is not None))
    return groups


def find_marks(tests: Path) -> list[Mark]:
    """Give back every mark under `tests`, by file and place; a mark on a module or class counts for its tests."""
    return [
        mark
        for path in sorted(tests.rglob("test_*.py"))
        for mark in _marks_in(ast.parse(path.read_text(encoding="utf-8")), path.relative_to(tests.parent).as_posix())
    ]


def _marks_in(tree: ast.Module, file: str) -> Iterator[Mark]:
    whole = [one for part in tree.body if isinstance(part, ast.Assign) for one in _ids(part)]
    yield from _marks_of(tree.body, file, whole)


def _marks_of(body: list[ast.stmt], file: str, inherited: list[str]) -> Iterator[Mark]:
    for part in body:
        if isinstance(part, ast.ClassDef):
            own = [one for mark in part.decorator_list for one in _ids(mark)]
            yield from _marks_of(part.body, file, [*inherited, *own])
        elif isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) and part.name.startswith("test_"):
            own = [one for mark in part.decorator_list for one in _ids(mark)]
            for one in dict.fromkeys([*inherited, *own]):
                yield Mark(one, f"{file}::{part.name}")


def _ids(tree: ast.AST) -> Iterator[str]:
    """Give back the ids of every `pytest.mark.requirement(…)` inside; what is no plain text shows as `?`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.requirement":
            for one in node.args:
                yield one.value if isinstance(one, ast.Constant) and isinstance(one.value, str) else "?"


def table_text(groups: dict[str, list[Requirement]], marks: list[Mark]) -> str:
    """Give back the whole table as text for a terminal."""
    lines = []
    shown = {mark.id for mark in marks}
    for heading, rows in groups.items():
        lines += ["", f"{heading}: {_count(rows, shown)}"]
        for row in rows:
            tests = [mark.test for mark in marks if mark.id == row.id]
            lines.append(f"  {row.id}{'†' if row.human else ' '} {'✓' if tests else '·'} {row.name}")
            lines += [f"           {test}" for test in tests]
    everything = [row for rows in groups.values() for row in rows]
    without = [row.id for row in everything if row.id not in shown]
    lines += ["", f"All: {_count(everything, shown)}, by {len({mark.test for mark in marks})} tests"]
    lines += [f"Without a test: {' '.join(without) or 'none'}"]
    lines += ["A test shows a part of its requirement, not the whole. † needs a human act that no software can prove."]
    return "\n".join(lines).lstrip("\n")


def unknown_ids(groups: dict[str, list[Requirement]], marks: list[Mark]) -> list[str]:
    """Give back each mark whose id the page does not have."""
    known = {row.id for rows in groups.values() for row in rows}
    return [f"{mark.test}: {mark.id}" for mark in marks if mark.id not in known]


def _count(rows: list[Requirement], shown: set[str]) -> str:
    return f"{sum(row.id in shown for row in rows)} of {len(rows)} shown by a test"


def main() -> None:
    groups = read_requirements(PAGE.read_text(encoding="utf-8"))
    marks = find_marks(ROOT / "tests")
    print(table_text(groups, marks))
    unknown = unknown_ids(groups, marks)
    if unknown:
        print("\nUnknown ids (spec/requirements.md has no such row):", *unknown, sep="\n  ", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
