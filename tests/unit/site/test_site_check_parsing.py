"""What `ip -j` and /proc/net say is read as it is meant; the listings were taken from Linux 6 with iproute2 6.1."""

import json
import struct
import sys
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_interface, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.errors import Reason, Unavailable
from sekisho.site.checking.links import LiveRoute, read_links, read_neighbours, read_routes, read_routing_rules
from sekisho.site.checking.rules import check_old_tables, differing, lines_by_block, listed, said_here
from sekisho.site.checking.sockets import (
    listeners,
    programs_of,
    read_hex_address,
    read_packet_sockets,
    read_sctp,
    read_sockets,
)

TCP = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0202A3C0:20FB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0
   1: 0100007F:1F90 0200007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 20 4 30 10 -1
"""
TCP6 = """\
  sl  local_address                         remote_address                        st tx rx tr tm retrnsmt uid timeout inode
   0: 00000000000000000000000001000000:0016 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 4713 1 0 100 0 0 10 0
"""
UDP = """\
   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  533: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4714 2 0 0
"""
PACKET = """\
sk               RefCnt Type Proto  Iface R Rmem   User   Inode
0000000000000000 3      3    0003   2     1 0      0      4715
"""
SCTP = """\
 ENDPT     SOCK   STY SST HBKT LPORT   UID INODE LADDRS
0 0 2 10 41 5000 0 4716 10.61.2.2
"""


def test_of_tcp_only_those_that_accept_are_listeners_and_of_udp_all_are():
    assert [(one.text, one.inode) for one in read_sockets("tcp", TCP, "little")] == [("tcp 192.163.2.2:8443", 4711)]
    assert [one.text for one in read_sockets("tcp6", TCP6, "little")] == ["tcp6 [::1]:22"]
    assert [one.text for one in read_sockets("udp", UDP, "little")] == ["udp 0.0.0.0:53"]


def test_packet_and_sctp_sockets_are_listeners():
    assert [(one.text, one.inode) for one in read_packet_sockets(PACKET)] == [("packet", 4715)]
    assert [(one.text, one.inode) for one in read_sctp(SCTP)] == [("sctp 10.61.2.2:5000", 4716)]


@given(st.integers(0, 2**32 - 1) | st.integers(2**64, 2**128 - 1), st.sampled_from(["little", "big"]))
def test_an_address_is_read_back_from_the_words_the_kernel_writes(number, byteorder):
    address = ip_address(number)
    words = struct.unpack(f"!{len(address.packed) // 4}I", address.packed)
    order = "<" if byteorder == "little" else ">"
    written = "".join(f"{struct.unpack('>I', struct.pack(f'{order}I', one))[0]:08X}" for one in words)
    assert read_hex_address(written, byteorder) == address


def test_a_machine_without_a_list_of_sockets_has_no_listener_of_that_kind(tmp_path):
    net = tmp_path / "self" / "net"
    net.mkdir(parents=True)
    (net / "tcp").write_text(TCP)
    assert [one.inode for one in listeners(tmp_path)] == [4711]


def test_a_list_of_sockets_that_cannot_be_read_is_refused(tmp_path):
    (tmp_path / "self" / "net" / "tcp").mkdir(parents=True)
    with pytest.raises(Unavailable) as told:
        listeners(tmp_path)
    assert told.value.reason is Reason.HOST_UNREADABLE


def test_the_program_that_holds_a_socket_is_found_by_its_number(tmp_path):
    held = tmp_path / "12" / "fd"
    held.mkdir(parents=True)
    (held / "3").symlink_to("socket:[4711]")
    (held / "4").symlink_to("/dev/null")
    (tmp_path / "12" / "comm").write_text("sshd\n")
    (tmp_path / "13").mkdir()  # it has just ended
    assert programs_of([4711, 9], tmp_path) == {4711: "sshd"}


ADDR = [
    {},
    {
        "ifname": "ext0",
        "flags": ["BROADCAST", "UP", "LOWER_UP"],
        "address": "02:00:00:00:00:01",
        "addr_info": [{"local": "10.61.2.2", "prefixlen": 30}, {"local": "fe80::1", "prefixlen": 64}],
        "xdp": {"mode": 1},
    },
    {"ifname": "tun0", "flags": ["NOARP"]},
]


def test_cards_are_read_with_their_addresses_and_programs():
    ext0, tun0 = read_links(json.dumps(ADDR))
    assert (ext0.up, ext0.program, ext0.mac) == (True, True, "02:00:00:00:00:01")
    assert ext0.addresses == (ip_interface("10.61.2.2/30"), ip_interface("fe80::1/64"))
    assert (tun0.up, tun0.program, tun0.mac, tun0.addresses) == (False, False, "", ())


@pytest.mark.parametrize(
    ("listing", "version", "texts"),
    [
        ({"dst": "default", "gateway": "10.0.0.1", "dev": "a"}, 4, ["0.0.0.0/0 via 10.0.0.1 dev a"]),
        ({"dst": "default", "gateway": "fe80::1", "dev": "a"}, 6, ["::/0 via fe80::1 dev a"]),
        ({"dst": "10.1.0.0/16", "dev": "a", "scope": "link"}, 4, ["10.1.0.0/16 dev a"]),
        (
            {"type": "local", "dst": "10.1.0.1", "dev": "a", "table": "local"},
            4,
            ["local 10.1.0.1/32 dev a table local"],
        ),
        ({"type": "blackhole", "dst": "10.1.0.0/16"}, 4, ["blackhole 10.1.0.0/16"]),
        (
            {"dst": "default", "via": {"family": "inet6", "host": "fe80::1"}, "dev": "a"},
            4,
            ["0.0.0.0/0 via fe80::1 dev a"],
        ),
        (
            {"dst": "default", "nexthops": [{"gateway": "10.0.0.1", "dev": "a"}, {"gateway": "10.0.0.2", "dev": "b"}]},
            4,
            ["0.0.0.0/0 via 10.0.0.1 dev a", "0.0.0.0/0 via 10.0.0.2 dev b"],
        ),
    ],
)
def test_a_route_is_read_whatever_its_form(listing, version, texts):
    assert [one.text for one in read_routes(json.dumps([listing]), version)] == texts


def test_a_route_of_no_table_is_of_the_main_one():
    (route,) = read_routes('[{"dst":"10.1.0.0/16","dev":"a"}]', 4)
    assert route == LiveRoute("main", "unicast", ip_network("10.1.0.0/16"), None, "a")


def test_nothing_listed_is_nothing_read():
    assert (read_links(""), read_routes("", 4), read_routing_rules("[]"), read_neighbours("")) == ((), (), (), ())


def test_a_listing_that_is_no_json_is_refused():
    with pytest.raises(Unavailable) as told:
        read_links("Option -j is unknown")
    assert told.value.reason is Reason.HOST_UNREADABLE


def test_a_neighbour_who_never_answered_is_not_there():
    raw = [
        {"dst": "10.1.0.1", "dev": "a", "lladdr": "02:AB:00:00:00:01", "state": ["STALE"]},
        {"dst": "10.1.0.2", "dev": "a", "state": ["FAILED"]},
        {"dst": "fe80::2", "dev": "a", "lladdr": "02:ab:00:00:00:02", "state": ["REACHABLE"]},
    ]
    assert [(one.address, one.mac) for one in read_neighbours(json.dumps(raw))] == [
        (IPv4Address("10.1.0.1"), "02:ab:00:00:00:01"),
        (IPv6Address("fe80::2"), "02:ab:00:00:00:02"),
    ]


LISTING = """\
table inet sekisho {
	counter more {
	}

	chain input {
		type filter hook input priority filter; policy drop;
		iifname "lo" accept
		ip saddr { 10.1.0.1, 10.1.0.2 } accept
	}
}
"""


def test_a_listing_of_nft_falls_into_blocks():
    assert lines_by_block(LISTING) == {
        "nftables": ["table inet sekisho"],
        "inet sekisho": ["counter more", "chain input"],
        "inet sekisho counter more": [],
        "inet sekisho chain input": [
            "type filter hook input priority filter; policy drop;",
            'iifname "lo" accept',
            "ip saddr { 10.1.0.1, 10.1.0.2 } accept",
        ],
    }


def test_a_listing_differs_from_itself_in_nothing_and_from_none_in_its_tables_only():
    assert list(differing(LISTING, LISTING)) == []
    assert [(one.kind.value, one.what) for one in differing(LISTING, "")] == [("rule-missing", "table inet sekisho")]


rules = st.lists(st.sampled_from(["accept", "drop", "counter", "log"]), max_size=6)


@given(rules, rules)
def test_two_chains_differ_exactly_if_their_rules_do(one, other):
    def chain(rules):
        return "table ip t {\nchain c {\n" + "".join(f"{rule}\n" for rule in rules) + "}\n}\n"

    assert bool(list(differing(chain(one), chain(other)))) == (one != other)


def test_counts_and_handles_are_left_out_of_a_listing_and_conditions_are_not():
    def listing(packets, handle, port):
        rule = {
            "expr": [{"match": {"right": port}}, {"counter": {"packets": packets, "bytes": packets}}],
            "handle": handle,
        }
        return json.dumps({"nftables": [{"metainfo": {}}, {"rule": rule}]})

    assert listed(listing(1, 2, 443)) == listed(listing(9, 8, 443))
    assert listed(listing(1, 2, 443)) != listed(listing(1, 2, 444))


def test_tables_of_the_older_packet_filter_are_told(tmp_path):
    assert list(check_old_tables(tmp_path)) == []
    (tmp_path / "ip_tables_names").write_text("nat\nfilter\n")
    assert [(one.place, one.what) for one in check_old_tables(tmp_path)] == [
        ("ip_tables", "nat"),
        ("ip_tables", "filter"),
    ]


def test_tables_of_the_older_packet_filter_that_cannot_be_read_are_refused(tmp_path):
    (tmp_path / "ip_tables_names").mkdir()
    with pytest.raises(Unavailable) as told:
        list(check_old_tables(tmp_path))
    assert told.value.reason is Reason.RULES_UNREADABLE


@pytest.mark.parametrize("reason", [Reason.RULES_UNREADABLE, Reason.HOST_UNREADABLE])
@pytest.mark.parametrize("command", [("sekisho-no-such-program",), (sys.executable, "-c", "raise SystemExit(1)")])
def test_a_command_that_is_not_there_or_fails_is_refused_with_its_reason(command, reason):
    with pytest.raises(Unavailable) as told:
        said_here(command, reason=reason)
    assert (told.value.reason, told.value.facts["command"]) == (reason, command[0])
