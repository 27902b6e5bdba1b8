"""Where no machines can be set up as namespaces, the proof says so, names what is missing, and leaves nothing behind."""

import os
import shutil
import subprocess
import sys

import pytest

from sekisho.errors import Reason, Unavailable
from sekisho.site.proving.proof import NEEDED, check_can_prove
from tests.journey.apart import SITE_FILE
from tests.journey.trial_site import said_here

PROVE = [sys.executable, "-m", "sekisho", "--lang", "en", "site", "prove", SITE_FILE]


def namespaces():
    return subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.skipif(os.geteuid() != 0 and not os.environ.get("CI"), reason="only root has rights to lay down")
def test_a_root_without_the_right_to_make_namespaces_is_told_and_nothing_is_left():
    before = namespaces()
    command = ["setpriv", "--bounding-set", "-sys_admin", "--inh-caps", "-sys_admin", "--", *map(str, PROVE)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (ran.returncode, ran.stdout) == (4, "")
    assert "[site.proof-not-here]" in ran.stderr
    assert "network namespaces" in ran.stderr
    assert "Next:" in ran.stderr
    assert namespaces() == before


def test_who_is_not_root_is_told_that_root_is_missing(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    done = said_here("site", "prove", SITE_FILE)
    assert (done.code, done.out) == (4, "")
    assert "[site.proof-not-here]" in done.err
    assert "root" in done.err


@pytest.mark.parametrize(("command", "package"), NEEDED)
def test_a_command_that_is_not_there_is_named_by_its_package(monkeypatch, command, package):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    which = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if name == command else which(name) or f"/usr/sbin/{name}")
    with pytest.raises(Unavailable) as caught:
        check_can_prove()
    assert (caught.value.reason, caught.value.facts) == (Reason.PROOF_NOT_HERE, {"missing": package})
