"""What delivery and processing are in the middle of when one person stops them, and how it goes on (spec/stop.md 2)."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from tests.journey.hostile_peer import answer, hostile, until_it_hangs_up
from tests.journey.outgoing import ROLE, Outgoing, child_of, is_alive
from tests.journey.raw_line import settings_of, wait_for
from tests.journey.test_site_stop import BOUND_SECONDS, QUIET_SECONDS, consent, restart, stop
from tests.journey.trial_site import CASE, TrialSite, table

LARGE = 60 * 1024 * 1024
ENDS_SECONDS = 5.0
SMALL_BUFFER = 65_536  # so that what arrives is what the recipient reads, not what its kernel still holds


@contextmanager
def running(trial: TrialSite, *arguments: object):
    """Have a command of processing running as a process of its own."""
    command = [sys.executable, "-m", "sekisho", "--lang", "en", *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def start_again(trial: TrialSite, role: str) -> None:
    done = restart(trial, role, consent(trial, role, "shinsa"), consent(trial, role, "anzen"))
    assert done.code == 0, done.err


class SlowRecipient:
    """Takes an upload a little at a time, and counts what arrived."""

    def __init__(self):
        self.bytes = 0

    def __call__(self, line, asked):
        if asked.startswith(b"POST"):
            line.sendall(answer(json.dumps({"upload": "ab" * 32, "offset": 0}).encode(), b"201 Created"))
            return
        self.bytes += len(asked)
        time.sleep(0.01)


@pytest.mark.requirement("E05")
def test_no_byte_leaves_delivery_a_second_after_it_was_stopped_and_the_parcel_arrives_after_the_restart(trial):
    trial.start("delivery")
    outgoing, slow = Outgoing(trial), SlowRecipient()
    deliverer = child_of(trial.servers["delivery"])
    made = outgoing.parcel(1, os.urandom(LARGE))
    with hostile(trial, ROLE, outgoing.roster.recipient("riyou").endpoint.port, slow) as peer:
        peer.server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        outgoing.hand_over(CASE, made)
        wait_for(lambda: slow.bytes > 2_000_000, "nothing is delivered")
        assert stop(trial, "delivery").code == 0
        time.sleep(BOUND_SECONDS)
        after = slow.bytes
        assert after < LARGE / 2
        time.sleep(QUIET_SECONDS)
        assert slow.bytes == after
    assert trial.servers["delivery"].wait(timeout=10) == 4
    assert not is_alive(deliverer)
    assert outgoing.events(CASE) == ["Admitted"]
    assert trial.events("delivery")[-1]["event"] == "Stopped"
    start_again(trial, "delivery")
    trial.servers.pop("delivery").stdout.close()
    trial.start("delivery", ROLE)
    assert outgoing.ended(CASE) == ["Admitted", "Delivered", "Acknowledged"]


@pytest.mark.requirement("E05")
def test_a_pull_that_waits_for_its_neighbour_ends_when_processing_is_stopped(trial):
    asked = []

    def drip(line, first):
        asked.append(first)
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        with contextlib.suppress(OSError):
            until_it_hangs_up(line, b"x", 0.05)
        asked.append(b"over")

    port = settings_of(trial, "receiving")["listen"]["processing"]["port"]
    home = trial.home("processing")
    with hostile(trial, "receiving", port, drip), running(trial, "processing", "pull", "--home", home) as pull:
        wait_for(lambda: asked, "nobody asked")
        assert stop(trial, "processing").code == 0
        wait_for(lambda: len(asked) > 1, "the line was not cut")
        _, err = pull.communicate(timeout=ENDS_SECONDS)
    assert (pull.returncode, "[site.stopped]" in err) == (4, True), err
    assert [one["event"] for one in trial.events("processing")] == ["Stopped"]


@pytest.mark.requirement("E05")
def test_a_run_is_broken_off_when_processing_is_stopped_and_can_be_done_again(trial):
    trial.start("receiving")
    head, end, rows = table().partition(b"\n")
    for done in (trial.seal(head + end + rows * 8_000), trial.send(), trial.pull()):
        assert done.code == 0, done.err
    arguments = ("processing", "run", CASE, "--operator", "kakou", "--policy", trial.folder / "policy.toml")
    home = trial.home("processing")
    with running(trial, *arguments, "--home", home) as run:
        wait_for(lambda: any(one["event"] == "Planned" for one in trial.events("processing")), "no plan")
        assert stop(trial, "processing").code == 0
        _, err = run.communicate(timeout=ENDS_SECONDS)
    assert (run.returncode, "[site.stopped]" in err) == (4, True), err
    written = len(trial.events("processing"))
    for command in (("pull",), ("cases",), ("seal", CASE, "--recipient", "riyou"), ("push", CASE)):
        refused = trial.run("processing", *command, "--home", home)
        assert (refused.code, "[site.stopped]" in refused.err) == (4, True), command
    for move in ("approve", "resume"):
        refused = trial.release(move, "shinsa", *(["anzen"] if move == "resume" else []))
        assert (refused.code, "[site.stopped]" in refused.err) == (4, True), move
    assert len(trial.events("processing")) == written
    start_again(trial, "processing")
    done = trial.work()
    assert done.code == 0, done.err
    assert trial.audit().code == 0
