"""`sekisho site check` in a machine that is a network namespace: as declared, and with one thing changed at a time.

Root and nftables are needed; without them the whole file is skipped with the reason, and in CI nothing is skipped.
"""

import json
import subprocess
import sys
import time
from contextlib import suppress

import pytest

from sekisho.site.checking.roles import MARK, Machine, claim_role
from sekisho.site.plan.file import site_in
from sekisho.site.plan.hosts import Kind
from sekisho.site.proving.network import network_of
from tests.journey.site_machine import ROOT, SITE_FILE, declare, machine_in, make_files, needs_namespaces

SITE = site_in(SITE_FILE)
SEEN_SECONDS = 60.0


pytestmark = needs_namespaces


@pytest.fixture(scope="module")
def network():
    with network_of(SITE) as made:
        yield made


@pytest.fixture(scope="module")
def receiving(network, tmp_path_factory):
    with machine_in(network, "receiving", tmp_path_factory.mktemp("receiving") / "root") as made:
        yield made


@pytest.mark.requirement("B01", "B02", "B04", "B08", "C03")
@pytest.mark.parametrize("name", [one.name for one in SITE.ours])
def test_a_machine_that_is_as_the_site_file_says_differs_in_nothing(network, name, tmp_path):
    with machine_in(network, name, tmp_path / "root") as machine:
        assert machine.look() == []


IN, OUT = "inet sekisho chain input", "inet sekisho chain output"
RULES = {
    "a rule added": ("nft add rule inet sekisho input tcp dport 22 accept", "rule-added", IN, "tcp dport 22 accept"),
    "a rule put first": ("nft insert rule inet sekisho output accept", "rule-added", OUT, "accept"),
    "a table added": ("nft add table ip more", "rule-added", "nftables", "table ip more"),
    "a chain added": (
        "nft add chain inet sekisho more '{ type filter hook input priority -10; }'",
        "rule-added",
        "inet sekisho",
        "chain more",
    ),
    "a set added": ("nft add set inet sekisho more '{ type ipv4_addr; }'", "rule-added", "inet sekisho", "set more"),
    "a policy opened": (
        "nft add chain inet sekisho forward '{ policy accept; }'",
        "rule-added",
        "inet sekisho chain forward",
        "type filter hook forward priority filter; policy accept;",
    ),
    "a table removed": ("nft delete table netdev sekisho", "rule-missing", "nftables", "table netdev sekisho"),
    "all rules removed": ("nft flush ruleset", "rule-missing", "nftables", "table inet sekisho"),
}
PLACES = {
    "a default route": (
        "ip route add default via 10.61.2.1",
        "route-default",
        "ext0",
        "0.0.0.0/0 via 10.61.2.1 dev ext0",
    ),
    "half a default route": (
        "ip route add 0.0.0.0/1 via 10.61.2.1",
        "route-added",
        "ext0",
        "0.0.0.0/1 via 10.61.2.1 dev ext0",
    ),
    "a route in another table": (
        "ip route add 10.9.0.0/16 via 10.61.2.1 table 100",
        "route-added",
        "ext0",
        "10.9.0.0/16 via 10.61.2.1 dev ext0 table 100",
    ),
    "a route to itself for everybody": (
        "ip route add local 10.9.0.0/16 dev lo",
        "route-added",
        "lo",
        "local 10.9.0.0/16 dev lo table local",
    ),
    "a route removed": ("ip route del 10.61.1.0/24", "route-missing", "ext0", "10.61.1.0/24 via 10.61.2.1 dev ext0"),
    "another order of tables": (
        "ip rule add from 10.61.2.2 table 100 priority 10",
        "routing-rule",
        "IPv4",
        "10: src=10.61.2.2 table=100",
    ),
    "an address added": ("ip addr add 10.61.2.3/32 dev ext0", "address-added", "ext0", "10.61.2.3/32"),
    "an address of the Internet": ("ip addr add 8.8.4.4/32 dev int0", "address-public", "int0", "8.8.4.4/32"),
    "an address on the loopback card": ("ip addr add 10.9.9.9/32 dev lo", "address-added", "lo", "10.9.9.9/32"),
    "an address removed": ("ip addr del 10.61.3.1/30 dev int0", "address-missing", "int0", "10.61.3.1/30"),
    "IPv6 turned on": (
        "sysctl -q -w net.ipv6.conf.ext0.disable_ipv6=0",
        "switch",
        "net.ipv6.conf.ext0.disable_ipv6 = 1",
        "0",
    ),
    "packets handed on": ("sysctl -q -w net.ipv4.ip_forward=1", "switch", "net.ipv4.ip_forward = 0", "1"),
    "ARP answered for others": (
        "sysctl -q -w net.ipv4.conf.ext0.proxy_arp=1",
        "switch",
        "net.ipv4.conf.ext0.proxy_arp = 0",
        "1",
    ),
    "a card turned off": ("ip link set int0 down", "card-missing", "int0", "10.61.3.1/30"),
    "an unknown neighbour": (
        "ip neigh add 10.61.2.3 lladdr 02:00:00:00:00:09 dev ext0",
        "neighbour-unknown",
        "ext0",
        "10.61.2.3 (02:00:00:00:00:09)",
    ),
}
UNDONE = (
    "ip link del more0; ip rule del priority 10; ip route flush table 100; ip route del local 10.9.0.0/16 dev lo;"
    "ip addr del 10.61.2.3/32 dev ext0; ip addr del 8.8.4.4/32 dev int0; ip addr del 10.9.9.9/32 dev lo;"
    "ip addr add 10.61.3.1/30 dev int0; ip link set int0 up; ip neigh flush all; ip neigh del 10.61.2.3 dev ext0; true"
)


@pytest.fixture
def spoilt(receiving):
    """The machine, and afterwards as it was: what a test has changed is taken back, and nothing differs again."""
    yield receiving
    receiving.ask("close")
    receiving.sh(UNDONE.replace(";", " 2>/dev/null || true;"))
    declare(receiving.network, receiving.host)
    make_files(receiving.root)
    assert receiving.look() == []


@pytest.mark.requirement("B01", "B02", "B04", "B08")
@pytest.mark.parametrize("what", [*RULES, *PLACES])
def test_one_thing_changed_on_a_machine_is_told(spoilt, what):
    command, *told = {**RULES, **PLACES}[what]
    spoilt.sh(command)
    assert told in spoilt.look()


def test_a_rule_that_was_taken_out_is_told_with_its_words(spoilt):
    rule, handle = _rule_of(spoilt, "input", "ct direction original accept")
    spoilt.sh(f"nft delete rule inet sekisho input handle {handle}")
    assert spoilt.look() == [["rule-missing", IN, rule]]


def test_two_rules_that_changed_places_are_told(spoilt):
    rule, handle = _rule_of(spoilt, "input", 'iifname "lo" accept')
    spoilt.sh(f"nft delete rule inet sekisho input handle {handle}; nft 'add rule inet sekisho input {rule}'")
    assert spoilt.look() == [["rule-moved", IN, rule]]


def test_a_rule_that_was_widened_is_told_as_it_was_and_as_it_is(spoilt):
    rule, handle = _rule_of(spoilt, "output", "ct direction reply accept")
    wide = rule.replace(" ip daddr { 10.61.1.1, 10.61.1.2 }", "")
    assert wide != rule
    spoilt.sh(f"nft 'replace rule inet sekisho output handle {handle} {wide}'")
    assert sorted(spoilt.look()) == [["rule-added", OUT, wide], ["rule-missing", OUT, rule]]


def _rule_of(machine, chain, ending):
    """Give back the first rule with that ending, as nft writes it, and its handle."""
    for line in machine.sh(f"nft -a list chain inet sekisho {chain}").splitlines():
        rule, _, handle = line.strip().partition(" # handle ")
        if rule.endswith(ending):
            return rule, handle
    raise AssertionError(ending)


def test_what_the_rules_count_is_no_drift(spoilt):
    before = spoilt.sh("nft list counter inet sekisho out_refused")
    spoilt.sh(f'{sys.executable} -c \'import socket; socket.socket(type=2).sendto(b"x", ("10.61.2.1", 9))\' || true')
    assert spoilt.sh("nft list counter inet sekisho out_refused") != before
    assert spoilt.look() == []


LISTENERS = [
    ("tcp", "10.61.2.2", 5000, "tcp 10.61.2.2:5000"),
    ("tcp", "127.0.0.1", 5000, "tcp 127.0.0.1:5000"),
    ("tcp", "0.0.0.0", 8443, "tcp 0.0.0.0:8443"),  # a door's port, on every address
    ("tcp", "10.61.3.1", 8443, "tcp 10.61.3.1:8443"),  # a door's port, on the other card
    ("tcp", "", 0, "tcp 0.0.0.0:"),
    ("mptcp", "10.61.2.2", 5000, "tcp 10.61.2.2:5000"),
    ("tcp6", "::", 5000, "tcp6 [::]:5000"),
    ("udp", "10.61.2.2", 53, "udp 10.61.2.2:53"),
    ("udp6", "::", 53, "udp6 [::]:53"),
    ("raw", "", 0, "raw 0.0.0.0:1"),
    ("packet", "", 0, "packet"),
]


@pytest.mark.requirement("B02", "B04")
@pytest.mark.parametrize("one", LISTENERS, ids=lambda one: f"{one[0]}-{one[1]}-{one[2]}")
def test_a_listener_that_is_no_door_is_told_with_its_program(spoilt, one):
    spoilt.ask("open", *one[:3])
    ((kind, place, program),) = spoilt.look()
    assert (kind, place.startswith(one[3]), program) == ("listener", True, "python")


def test_the_doors_of_a_machine_are_no_drift(spoilt):
    for address, port in (("10.61.2.2", 8443), ("10.61.2.2", 2222), ("10.61.3.1", 9443)):
        spoilt.ask("open", "tcp", address, port)
    assert spoilt.look() == []


def test_a_card_that_was_added_is_told(spoilt):
    spoilt.sh("ip link add more0 type veth peer name more1")
    assert spoilt.look() == []  # it is not up
    spoilt.sh("ip link set more0 up")
    ((kind, place, _mac),) = spoilt.look()
    assert (kind, place) == ("card-added", "more0")


def test_an_ipv6_address_is_told(spoilt):
    spoilt.sh("sysctl -q -w net.ipv6.conf.int0.disable_ipv6=0; ip addr add fd00::5/64 dev int0 nodad")
    assert ["address-ipv6", "int0", "fd00::5/64"] in spoilt.look()


@pytest.mark.requirement("B09")
def test_a_neighbour_who_comes_with_another_card_is_told(spoilt, network):
    gateway = SITE.named("gateway-in")
    knock = (sys.executable, "-c", "import socket; socket.create_connection(('10.61.2.2', 8443), 0.2)")
    old = network.cards[gateway.name, gateway.plugs[1].line]
    network.run(gateway, "nft", "flush", "ruleset")  # somebody took it over

    def call():
        with suppress(subprocess.CalledProcessError):
            network.run(gateway, *knock)

    call()
    assert spoilt.look() == []
    assert old in spoilt.sh("ip neigh show 10.61.2.1")
    try:
        network.run(gateway, "ip", "link", "set", "int0", "address", "02:00:00:00:00:07")
        network.run(gateway, "ip", "neigh", "flush", "all")
        call()
        assert spoilt.look() == [["neighbour-other", "ext0", f"10.61.2.1: {old} → 02:00:00:00:00:07"]]
    finally:
        network.run(gateway, "ip", "link", "set", "int0", "address", old)


@pytest.mark.requirement("B09")
def test_a_stranger_on_a_line_is_told_once_the_rules_let_him_be_heard(spoilt, network):
    processing = SITE.named("processing")
    stranger = next(one for one in network.hosts if one.name == "stranger-console")
    own = str(stranger.plugs[0].ip)
    network.run(processing, "nft", "flush", "ruleset")
    with suppress(subprocess.CalledProcessError):
        network.run(stranger, sys.executable, "-c", "import socket; socket.create_connection(('10.61.7.1', 8444), 0.2)")
    assert own in network.run(processing, "ip", "neigh")
    with machine_in(network, "processing", spoilt.root.parent / "processing") as machine:
        told = [one for one in machine.look() if one[0] == "neighbour-unknown"]
    network.run(processing, "ip", "neigh", "flush", "all")
    assert [(place, what.split()[0]) for _, place, what in told] == [("desk0", own)]


@pytest.mark.requirement("C03")
def test_a_name_server_within_reach_is_told_and_one_without_a_way_to_it_is_not(spoilt):
    resolv = spoilt.root / "etc" / "resolv.conf"
    resolv.write_text("nameserver 192.0.2.53\nnameserver fd00::53\nsearch example\n")
    assert spoilt.look() == []
    resolv.write_text("nameserver 10.61.1.9\n")
    assert spoilt.look() == [["name-server", "/etc/resolv.conf", "10.61.1.9"]]


@pytest.mark.requirement("C03")
def test_names_that_are_looked_up_elsewhere_than_in_files_are_told(spoilt):
    (spoilt.root / "etc" / "nsswitch.conf").write_text("hosts: files dns\n")
    assert spoilt.look() == [["name-order", "/etc/nsswitch.conf", "hosts: files dns"]]


@pytest.mark.requirement("B06")
def test_a_second_role_on_a_machine_is_told(spoilt):
    state = spoilt.root / "var" / "lib" / "sekisho"
    for role in (Kind.RECEIVING, Kind.DELIVERY):
        (state / role.value).mkdir(parents=True)
    claim_role(state / "receiving", Kind.RECEIVING, Machine(spoilt.root))
    assert spoilt.look() == []
    (state / "delivery" / MARK).write_text((state / "receiving" / MARK).read_text().replace("receiving", "delivery"))
    assert spoilt.look() == [["role-second", str(state / "delivery"), "delivery"]]
    for role in (Kind.RECEIVING, Kind.DELIVERY):
        (state / role.value / MARK).unlink()


@pytest.mark.requirement("B06", "B08")
def test_a_role_starts_only_on_a_machine_that_is_as_the_site_file_says(spoilt, tmp_path):
    home = tmp_path / "homes" / "receiving"
    home.mkdir(parents=True)

    def start():
        return spoilt.ask("start", str(SITE_FILE), str(home))

    assert start() == []
    assert (home / MARK).exists()
    spoilt.sh("ip route add default via 10.61.2.1")
    assert start() == ["site.drifted", {"host": "receiving", "count": 1, "first": "route-default", "place": "ext0"}]
    spoilt.sh("ip route del default")
    assert start() == []
    mark = (home / MARK).read_text()
    (home / MARK).write_text(mark.replace('"machine": "', '"machine": "0'))
    assert start() == ["site.other-machine", {"folder": str(home), "role": "receiving"}]
    (home / MARK).write_text(mark.replace("receiving", "delivery"))
    assert start()[0] == "site.second-role"


@pytest.mark.requirement("B06")
def test_a_unit_of_another_role_keeps_a_role_from_starting_and_a_trial_site_does_not_ask(spoilt, tmp_path):
    unit = spoilt.root / "run" / "systemd" / "system" / "sekisho-delivery.service"
    unit.parent.mkdir(parents=True)
    unit.touch()
    assert spoilt.ask("start", str(SITE_FILE), str(tmp_path))[0] == "site.second-role"
    (tmp_path / MARK).unlink()
    trial = tmp_path / "site.toml"
    trial.write_text(SITE_FILE.read_text(encoding="utf-8").replace("\n[gateway_in]", "trial = true\n\n[gateway_in]", 1))
    assert spoilt.ask("start", str(trial), str(tmp_path)) == []
    assert not (tmp_path / MARK).exists()
    unit.unlink()


def test_the_command_says_in_both_languages_what_differs_and_leaves_with_4(spoilt):
    def run(lang, *more):
        command = spoilt.sekisho("--lang", lang, "site", "check", str(SITE_FILE), "--as", "receiving", *more)
        return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)

    well = run("en")
    assert (well.returncode, well.stderr) == (0, "")
    assert well.stdout == "receiving of example.sekisho.example: the machine is as the site file says.\n"
    spoilt.sh("ip route add default via 10.61.2.1")
    told = run("ja")
    assert told.returncode == 4
    assert "ext0: デフォルト経路があります: 0.0.0.0/0 via 10.61.2.1 dev ext0 [route-default]" in told.stdout
    assert "役割を起動しないでください" in told.stderr
    drift = {"kind": "route-default", "place": "ext0", "what": "0.0.0.0/0 via 10.61.2.1 dev ext0"}
    assert json.loads(run("en", "--json").stdout)["drifts"] == [drift]


def test_the_watch_is_silent_until_something_differs_and_then_tells_it_and_ends(spoilt):
    command = spoilt.sekisho("--lang", "en", "site", "check", str(SITE_FILE), "--as", "receiving", "--watch")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) as watch:
        assert "the machine is as the site file says" in watch.stdout.readline()
        assert "Looking again" in watch.stdout.readline()
        began = time.monotonic()
        spoilt.sh("nft add rule inet sekisho input tcp dport 22 accept")
        out, err = watch.communicate(timeout=SEEN_SECONDS)
    assert (watch.returncode, time.monotonic() - began < SEEN_SECONDS) == (4, True)
    assert "inet sekisho chain input: a rule that the site file does not make: tcp dport 22 accept [rule-added]" in out
    assert "Next: Do not start its role." in err
