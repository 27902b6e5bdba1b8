"""The bound of what goes back on an outer line, with the rendered rules: answers pass, tables do not (spec/site.md 3)."""

import subprocess
import sys

import pytest

from sekisho.site.plan.file import site_in
from sekisho.site.plan.hosts import Kind, Line
from sekisho.site.plan.routes import routes_of
from sekisho.site.proving.network import network_of, set_routes
from tests.journey.site_machine import SITE_FILE, declare, needs_namespaces

SITE = site_in(SITE_FILE)
MEGABYTE = 1_000_000
CALLED = """
import socket, sys
host, port, sends = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
with socket.create_server((host, port)) as server:
    print("ready", flush=True)
    line, _ = server.accept()
    line.settimeout(2)
    got = 0
    try:
        line.sendall(bytes(sends))
        while raw := line.recv(65536):
            got += len(raw)
    except OSError:
        pass
    print(got, flush=True)
"""
CALLER = """
import socket, sys
host, port, sends = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
line = socket.create_connection((host, port), 5)
line.settimeout(2)
got = 0
try:
    line.sendall(bytes(sends))
    line.shutdown(socket.SHUT_WR)
    while raw := line.recv(65536):
        got += len(raw)
except OSError:
    pass
print(got, flush=True)
"""


pytestmark = needs_namespaces


@pytest.fixture(scope="module")
def network():
    with network_of(SITE) as made:
        for host in SITE.hosts:
            if host.kind.is_ours:
                declare(made, host)
            else:
                set_routes(made, host, routes_of(SITE, host))
        yield made


def carried(network, caller, called, line, port, *, there, back):
    """Give back how many bytes came to the called and to the caller on one connection."""
    address = str(called.plug(line).ip)
    enter = lambda host: ["ip", "netns", "exec", network.namespace(host), sys.executable, "-c"]  # noqa: E731
    with subprocess.Popen([*enter(called), CALLED, address, str(port), str(back)], stdout=subprocess.PIPE, text=True) as server:  # fmt: skip
        assert server.stdout.readline() == "ready\n"
        command = [*enter(caller), CALLER, address, str(port), str(there)]
        got = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
        return int(server.stdout.readline()), int(got)


@pytest.fixture(scope="module")
def inward(network):
    town = next(one for one in SITE.hosts if one.kind is Kind.MUNICIPALITY)
    return network, town, SITE.host(Kind.RECEIVING), Line.INTAKE, SITE.ports.senders


@pytest.fixture(scope="module")
def outward(network):
    outlet = SITE.outlets[0]
    return network, SITE.host(Kind.DELIVERY), SITE.named(f"recipient-{outlet.recipient}"), Line.RECIPIENTS, outlet.port


@pytest.mark.requirement("B02", "B04")
@pytest.mark.parametrize("way", ["inward", "outward"])
def test_what_is_sent_forward_passes_whole_and_a_short_answer_too(way, request):
    assert carried(*request.getfixturevalue(way), there=30 * MEGABYTE, back=2_000) == (30 * MEGABYTE, 2_000)


@pytest.mark.requirement("B02", "B04")
@pytest.mark.parametrize("way", ["inward", "outward"])
def test_a_table_that_is_sent_back_on_a_connection_breaks_off_at_the_bound(way, request):
    _, back = carried(*request.getfixturevalue(way), there=1_000, back=20 * MEGABYTE)
    assert back < SITE.bounds.reply_bytes + 0.1 * MEGABYTE
