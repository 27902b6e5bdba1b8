"""The rules of a stopped machine: a flow under load stops, whatever the programs do (spec/stop.md 5)."""

import json
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager

import pytest

from sekisho.site.plan.file import site_in
from sekisho.site.plan.hosts import Kind, Line
from sekisho.site.plan.routes import routes_of
from sekisho.site.proving.network import network_of, set_routes
from sekisho.site.rendering.stopped import stopped_rules
from tests.journey.raw_line import wait_for
from tests.journey.site_machine import SITE_FILE, declare, needs_namespaces
from tests.journey.test_site_stop import BOUND_SECONDS, QUIET_SECONDS
from tests.journey.trial_site import said_here

SITE = site_in(SITE_FILE)
CALLED = """
import socket, sys, threading, time
host, port = sys.argv[1], int(sys.argv[2])
got = 0
def count(line):
    global got
    while raw := line.recv(1 << 20):
        got += len(raw)
def accept(server):
    while True:
        threading.Thread(target=count, args=server.accept()[:1], daemon=True).start()
server = socket.create_server((host, port))
threading.Thread(target=accept, args=(server,), daemon=True).start()
print("ready", flush=True)
for asked in sys.stdin:
    print(got, flush=True)
"""
CALLER = """
import socket, sys
line = socket.create_connection((sys.argv[1], int(sys.argv[2])), 5)
line.settimeout(60)
while True:
    line.sendall(bytes(1 << 20))
"""
CALLERS = 4
LOAD_BYTES = 20_000_000

pytestmark = needs_namespaces


@pytest.fixture
def network():
    with network_of(SITE) as made:
        for host in SITE.hosts:
            if host.kind.is_ours:
                declare(made, host)
            else:
                set_routes(made, host, routes_of(SITE, host))
        yield made


def inside(network, host, *command):
    return ["ip", "netns", "exec", network.namespace(host), *command]


@contextmanager
def flooded(network, called_by, calls, door):
    """Have callers that send without end, and what they call; gives how to ask it for the bytes that came, and the call."""
    called = inside(network, calls, sys.executable, "-c", CALLED, *door)
    caller = inside(network, called_by, sys.executable, "-c", CALLER, *door)
    with ExitStack() as held:
        server = held.enter_context(subprocess.Popen(called, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        held.callback(server.kill)
        assert server.stdout.readline() == "ready\n"
        for _ in range(CALLERS):
            held.callback(held.enter_context(subprocess.Popen(caller, stderr=subprocess.DEVNULL)).kill)

        def count():
            server.stdin.write("\n")
            server.stdin.flush()
            return int(server.stdout.readline())

        yield count, caller


@pytest.mark.requirement("E05")
def test_four_flows_under_load_stop_with_the_rules_alone_and_none_begins(network, tmp_path):
    """The stop is given on receiving, where no program of ours runs that could cut its lines."""
    town = next(one for one in SITE.hosts if one.kind is Kind.MUNICIPALITY)
    receiving = SITE.host(Kind.RECEIVING)
    door = [str(receiving.plug(Line.INTAKE).ip), str(SITE.ports.senders)]
    assert said_here("site", "init", tmp_path / "site", "--trial").code == 0
    home = tmp_path / "site" / "receiving"
    (home / "stop.nft").write_text(stopped_rules(receiving).text, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "sekisho",
        "--lang",
        "en",
        "site",
        "stop",
        "--home",
        str(home),
        "--reason",
        "drill",
    ]
    with flooded(network, town, receiving, door) as (count, caller):
        wait_for(lambda: count() > LOAD_BYTES, "no load")
        done = subprocess.run(inside(network, receiving, *command), capture_output=True, text=True, check=False)
        assert (done.returncode, "Every card of this machine is shut" in done.stdout) == (0, True), done.stderr
        time.sleep(BOUND_SECONDS)
        passed = count()
        time.sleep(QUIET_SECONDS)
        assert count() == passed
        late = subprocess.run(caller, capture_output=True, text=True, check=False, timeout=30)
        assert (late.returncode, count()) == (1, passed)
    listed = json.loads(network.run(receiving, "nft", "-j", "list", "chains"))["nftables"]
    chains = [one["chain"] for one in listed if "chain" in one]
    assert len(chains) == 3 + 2 * len(receiving.plugs)
    assert {one["policy"] for one in chains} == {"drop"}


@pytest.mark.requirement("E05")
def test_the_rules_of_a_stop_are_rendered_for_every_machine_and_take_the_place_of_all_others(network):
    for host in SITE.ours:
        network.run(host, "nft", "-f", "-", given=stopped_rules(host).text)
        rules = json.loads(network.run(host, "nft", "-j", "list", "ruleset"))["nftables"]
        accepted = [one["rule"] for one in rules if "rule" in one]
        assert [one["chain"] for one in accepted] == ["input", "output"]
        assert all('"lo"' in json.dumps(one["expr"]) for one in accepted)
