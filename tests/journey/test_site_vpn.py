"""A real VPN from the rendered files: strongSwan at both ends, the rendered rules on gw1 and receiving (spec/site.md 4.7)."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sekisho.site.checking.doors import strange_listeners
from sekisho.site.checking.sockets import read_sockets
from sekisho.site.plan.hosts import Host, Kind, Line
from sekisho.site.plan.reading import read_site
from tests.journey.raw_line import wait_for
from tests.journey.tunnel import CARD, CHARON, Tunnel, tunnel_of

TOLD = Path("examples/site/vpn.toml").read_text().replace('"vpn0"', f'"{CARD}"', 1)
SITE = read_site(TOLD.encode())
NEEDED = ("ip", "nft", "nsenter", "unshare", "swanctl", CHARON)
LACKING = [one for one in NEEDED if shutil.which(one) is None] + ([] if os.geteuid() == 0 else ["root"])
MISSING = "" if os.environ.get("CI") else ", ".join(LACKING)
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"the VPN needs {MISSING}")
CANARY, ANSWER = b"the parcel's bytes, in the open", b"the receipt's bytes"
GATEWAY, RECEIVING = SITE.host(Kind.GATEWAY_IN), SITE.host(Kind.RECEIVING)
TCP, UDP = 6, 17  # protocols of IP
OWN_TABLE = "220"  # strongSwan's, which is asked before all others
CALL = """\
import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2])), 5) as line:
    line.sendall(sys.argv[3].encode())
    print(line.recv(1000).decode())
"""
HEAR = """\
import socket, sys
with socket.create_server((sys.argv[1], int(sys.argv[2]))) as door:
    print("ready", flush=True)
    line, _ = door.accept()
    with line:
        print(line.recv(1000).decode(), flush=True)
        line.sendall(sys.argv[3].encode())
"""
WATCH = """\
import select, socket, sys
held = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
held.bind((sys.argv[1], 0))
print("ready", flush=True)
while 1:
    ready = select.select([held, 0], [], [])[0]
    if held in ready:
        print(held.recv(65536).hex(), flush=True)
    elif 0 in ready:
        break
"""


def test_a_town_with_the_certificate_of_another_gets_no_tunnel(tmp_path):
    """Stands first: a process has one site as namespaces at a time."""
    with tunnel_of(SITE, tmp_path, bearing="municipality-142999") as tunnel:
        wait_for(lambda: "AUTHENTICATION_FAILED" in tunnel.log() or "AUTH_FAILED" in tunnel.log(), "the refusal")
        limit = time.monotonic() + 1
        while time.monotonic() < limit:
            assert not tunnel.is_up()


@pytest.fixture(scope="module")
def tunnel(tmp_path_factory) -> Iterator[Tunnel]:
    with tunnel_of(SITE, tmp_path_factory.mktemp("vpn")) as made:
        wait_for(made.is_up, "the tunnel")
        yield made


@contextmanager
def running(tunnel: Tunnel, host: Host, script: str, *words: str) -> Iterator[subprocess.Popen[str]]:
    """Give a script that runs in a machine and has said that it is ready; its input ends with the block."""
    command = ["ip", "netns", "exec", tunnel.network.namespace(host), sys.executable, "-c", script, *words]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as made:
        try:
            assert made.stdout is not None
            assert made.stdout.readline() == "ready\n"
            yield made
        finally:
            assert made.stdin is not None
            made.stdin.close()
            made.wait(10)


def frames(watcher: subprocess.Popen[str]) -> list[bytes]:
    """Give back what a watcher saw; it ends with that."""
    assert watcher.stdin is not None
    assert watcher.stdout is not None
    watcher.stdin.close()
    return [bytes.fromhex(line) for line in watcher.stdout.read().split()]


@pytest.mark.requirement("B01", "B10")
def test_a_connection_goes_through_the_tunnel_and_on_the_carriers_line_nothing_of_it_can_be_read(tunnel: Tunnel):
    door = (str(RECEIVING.plug(Line.INTAKE).ip), str(SITE.ports.senders))
    with (
        running(tunnel, GATEWAY, WATCH, GATEWAY.plug(Line.CARRIER_IN).interface) as outside,
        running(tunnel, GATEWAY, WATCH, GATEWAY.plug(Line.INTAKE).interface) as inside,
        running(tunnel, RECEIVING, HEAR, *door, ANSWER.decode()) as server,
    ):
        said = tunnel.network.run(tunnel.town.host, sys.executable, "-c", CALL, *door, CANARY.decode())
        assert said.strip().encode() == ANSWER
        assert server.stdout is not None
        assert server.stdout.readline().strip().encode() == CANARY
        wires = {"outside": frames(outside), "inside": frames(inside)}
    assert any(CANARY in one for one in wires["inside"])  # so the watcher can see it
    assert any(ANSWER in one for one in wires["inside"])
    packets = [one for one in wires["outside"] if one[12:14] == b"\x08\x00"]
    assert len(packets) > 6
    assert not any(CANARY in one or ANSWER in one for one in wires["outside"])
    assert {one[23] for one in packets} == {UDP}
    ports = {(int.from_bytes(one[34:36], "big"), int.from_bytes(one[36:38], "big")) for one in packets}
    assert ports == {(4500, 4500)}


@pytest.mark.requirement("B10")
def test_the_tunnel_has_the_algorithms_that_the_site_asks_for(tunnel: Tunnel):
    told = tunnel.gateway.swanctl("--list-sas")
    assert "IKEv2" in told
    assert "AES_GCM_16-256/PRF_HMAC_SHA2_384/ECP_384" in told
    assert "TUNNEL-in-UDP, ESP:AES_GCM_16-256" in told
    assert "ECDSA_WITH_SHA384" in tunnel.log()


@pytest.mark.requirement("B10")
def test_a_next_key_of_the_tunnel_has_a_key_agreement_of_its_own(tunnel: Tunnel):
    said = tunnel.gateway.swanctl("--rekey", "--child", "line")
    assert "rekey completed successfully" in said
    wait_for(lambda: "ESP:AES_GCM_16-256/ECP_384" in tunnel.gateway.swanctl("--list-sas"), "the next key")


def test_strongswan_is_no_listener_too_many_for_the_check_of_the_machine(tunnel: Tunnel):
    told = tunnel.network.run(GATEWAY, "cat", "/proc/self/net/udp", "/proc/self/net/udp6")
    v4, v6 = (f"  sl{one}" for one in told.split("  sl")[1:])
    found = (*read_sockets("udp", v4), *read_sockets("udp6", v6))
    assert {one.port for one in found} == {500, 4500}
    assert strange_listeners(SITE, GATEWAY, found) == ()
    assert strange_listeners(SITE, RECEIVING, found) == found


def test_what_is_not_in_the_tunnel_is_not_let_in(tunnel: Tunnel):
    """Past the tunnel, over the carrier's line: the gateway drops it, and says how often."""
    town, gateway = tunnel.town.host, str(GATEWAY.plug(Line.CARRIER_IN).ip)
    door = str(RECEIVING.plug(Line.INTAKE).ip)
    inner = str(town.plug(Line.MUNICIPALITIES).ip)
    past = (f"{door}/32", "via", gateway, "src", inner, "table", OWN_TABLE)
    tunnel.network.run(town, "ip", "route", "add", *past)
    try:
        with running(tunnel, RECEIVING, WATCH, RECEIVING.plug(Line.INTAKE).interface) as watcher:
            with pytest.raises(subprocess.CalledProcessError) as caught:
                tunnel.network.run(town, sys.executable, "-c", CALL, door, str(SITE.ports.senders), "x")
            assert "timed out" in caught.value.stderr
            assert not [one for one in frames(watcher) if one[12:14] == b"\x08\x00" and one[23] == TCP]
    finally:
        tunnel.network.run(town, "ip", "route", "del", *past)
