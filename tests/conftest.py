"""What holds for every test: one Hypothesis profile, no line or sleep where the test is pure, no skip in CI."""

import os
import socket
import sys
import time
from pathlib import Path

import pytest
from hypothesis import settings

HERE = Path(__file__).parent
PURE = ("unit", "spec", "laws", "vectors")
IN_CI = os.environ.get("CI") == "true"

settings.register_profile("house", deadline=None, derandomize=IN_CI)
settings.load_profile("house")


class ReachedOut(AssertionError):
    """A pure test opened a line or slept."""


@pytest.fixture(autouse=True)
def _stay_inside(request, monkeypatch):
    """Refuse lines to anywhere and sleeping, in the tests that must need neither (STYLE.md 30)."""
    if request.path.relative_to(HERE).parts[0] not in PURE:
        return

    def refuse(method):
        real = getattr(socket.socket, method)

        def guarded(self, *given):
            if self.family != socket.AF_UNIX:
                raise ReachedOut(method)
            return real(self, *given)

        return guarded

    for method in ("bind", "connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, method, refuse(method))

    sleep = time.sleep

    def no_sleep(seconds):
        if Path(sys._getframe(1).f_code.co_filename).is_relative_to(HERE):  # the product may wait for a lock
            raise ReachedOut("sleep")
        sleep(seconds)

    monkeypatch.setattr(time, "sleep", no_sleep)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    return _no_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    return _no_skip((yield))


def _no_skip(report):
    """Give back the report; in CI a skipped test or file has failed, and its reason says what is missing."""
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        told = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome, report.longrepr = "failed", f"Nothing is skipped in CI. {told}"
    return report
