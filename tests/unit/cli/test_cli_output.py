"""What a command does when nobody reads what it says, or it cannot be written."""

import os
import subprocess
import sys
from pathlib import Path

COMMAND = [sys.executable, "-m", "sekisho", "--lang", "en", "--help"]


def test_a_full_disk_under_the_output_is_told_as_one_and_not_as_our_fault():
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(COMMAND, stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
    assert ran.returncode == 4
    assert "[disk.full]" in ran.stderr
    assert "Next:" in ran.stderr


def test_a_reader_that_has_gone_ends_a_command_without_a_word():
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as gone:
        ran = subprocess.run(COMMAND, stdout=gone, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
    assert (ran.returncode, ran.stderr) == (1, "")  # as click ends it
