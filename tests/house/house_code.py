"""The code as the house tests read it: every Python file of ours, as text and as tree."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = ("sekisho", "examples", "tools", "bench")
PURE = ("deid", "parcel", "ledger", "release", "audit")
PURE_FILES = ("errors", "digest", "statement", "signing", "instant", "note", "journey", "audit")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def files_under(*tops: str) -> list[Path]:
    return [path for top in tops for path in sorted((ROOT / top).rglob("*.py")) if "__pycache__" not in path.parts]


def pure_files() -> list[Path]:
    package = ROOT / "sekisho"
    alone = [package / f"{name}.py" for name in PURE_FILES]
    rooms = [f"sekisho/{name}" for name in PURE if (package / name).is_dir()]
    return [*(one for one in alone if one.is_file()), *files_under(*rooms)]


def calls_in(path: Path) -> Iterator[tuple[str, int]]:
    """Give back every call in the file: what is called, spelled as in the source, and the line."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node.lineno


def spot(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT).as_posix()}:{line}"
