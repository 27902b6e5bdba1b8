"""The rules that tests/conftest.py lays on tests bite: no line, no sleep, and in CI no skip."""

import os
import shutil
import subprocess
import sys

import pytest
from house_code import ROOT

TESTS = """
import socket, time
import pytest

def test_calls():
    with socket.socket() as line:
        line.connect(("127.0.0.1", 9))

def test_listens():
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))

def test_sleeps():
    time.sleep(0)

def test_speaks_inside_one_process():
    here, there = socket.socketpair()
    here.close()
    there.close()

def test_skips():
    pytest.skip("needs what is not here")

@pytest.mark.xfail(strict=True)
def test_fails_as_said():
    raise AssertionError
"""


@pytest.fixture
def outcome(tmp_path):
    """Run the tests above in one folder of a made tree, in CI or not; give back each test's outcome."""

    def run(folder, ci):
        shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "test_made.py").write_text(TESTS)
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            "-v",
            str(tmp_path),
            "--rootdir",
            str(tmp_path),
        ]
        told = subprocess.run(command, env={**os.environ, "CI": ci}, capture_output=True, text=True, check=False).stdout
        lines = [line.split() for line in told.splitlines() if "::" in line and "%" in line]
        return {line[0].partition("::")[2]: line[1] for line in lines}

    return run


def test_a_pure_test_neither_calls_nor_listens_nor_sleeps(outcome):
    assert outcome("unit", "") == {
        "test_calls": "FAILED",
        "test_listens": "FAILED",
        "test_sleeps": "FAILED",
        "test_speaks_inside_one_process": "PASSED",
        "test_skips": "SKIPPED",
        "test_fails_as_said": "XFAIL",
    }


def test_in_ci_a_skipped_test_has_failed(outcome):
    found = outcome("journey", "true")
    assert (found["test_skips"], found["test_sleeps"], found["test_fails_as_said"]) == ("FAILED", "PASSED", "XFAIL")
