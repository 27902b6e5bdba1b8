"""What the import contracts cannot see: calls that need no import, and tests that reach for clocks and chance."""

import ast
import re

import pytest
from house_code import calls_in, files_under, pure_files, spot, tree_of

CLIENTS = {
    "http.client",
    "urllib.request",
    "ftplib",
    "smtplib",
    "telnetlib",
    "xmlrpc.client",
    "requests",
    "httpx",
    "aiohttp",
}
REACHES_OUT = {"open", "input", "print", "exec", "eval", "compile", "__import__", "breakpoint", "import_module"}
CLOCKS = re.compile(r"(\w+\.)*(now|utcnow|today|time|time_ns|monotonic|perf_counter)")
CLOCK_OWNERS = ("time", "datetime", "date", "datetime.datetime", "datetime.date")
GLOBAL_CHANCE = re.compile(
    r"random\.(?!Random\b)\w+|(np|numpy)\.random\.(?!default_rng\b|Generator\b)\w+|uuid\.uuid[14]"
)


def is_clock(call: str) -> bool:
    owner, _, name = call.rpartition(".")
    return owner in CLOCK_OWNERS and CLOCKS.fullmatch(name) is not None


def test_the_pure_rooms_are_all_here():
    assert len(pure_files()) > 40


def test_pure_rooms_open_no_file_and_read_no_clock():
    found = [
        spot(path, line)
        for path in pure_files()
        for call, line in calls_in(path)
        if call in REACHES_OUT or is_clock(call) or GLOBAL_CHANCE.fullmatch(call)
    ]
    assert found == []


def test_pure_tests_read_no_clock_and_no_global_chance():
    found = [
        spot(path, line)
        for path in files_under("tests/unit", "tests/spec", "tests/laws", "tests/vectors")
        for call, line in calls_in(path)
        if is_clock(call) or GLOBAL_CHANCE.fullmatch(call)
    ]
    assert found == []


def test_nobody_calls_with_anything_but_our_own_client():
    found = [
        spot(path, node.lineno)
        for path in files_under("sekisho")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in {getattr(node, "module", None), *(one.name for one in node.names)}
        if name in CLIENTS or (isinstance(node, ast.ImportFrom) and f"{node.module}.{name}" in CLIENTS)
    ]
    assert [one.rpartition(":")[0] for one in found] == ["sekisho/lines/client.py"]


@pytest.mark.parametrize("call", ["time.time", "datetime.now", "datetime.datetime.utcnow", "date.today"])
def test_a_clock_is_known_by_its_call(call):
    assert is_clock(call)


@pytest.mark.parametrize("call", ["desk.clock", "datetime.combine", "self.time", "words.now"])
def test_what_is_no_clock_is_let_be(call):
    assert not is_clock(call)
