"""From the site file to flows, routes and rules (spec/site.md 1 to 5)."""

from dataclasses import replace
from pathlib import Path

import pytest

from sekisho.errors import Malformed, Reason
from sekisho.site.plan.flows import flows_of, legs_of
from sekisho.site.plan.hosts import Kind, Line
from sekisho.site.plan.reading import read_site
from sekisho.site.plan.routes import all_routes, path_to, routes_of
from sekisho.site.rendering.nftables import ruleset_of
from sekisho.site.rendering.ruleset import alterations

EXAMPLE = Path("examples/site/site.toml").read_bytes()
HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "A" * 43


def site_with(old: str, new: str) -> bytes:
    text = EXAMPLE.decode()
    assert old in text
    return text.replace(old, new, 1).encode()


def test_the_made_site_has_six_machines_of_ours_in_the_order_of_the_way():
    names = [one.name for one in read_site(EXAMPLE).ours]
    assert names == ["gateway-in", "receiving", "processing", "delivery", "gateway-out", "console"]


@pytest.mark.requirement("B08", "B15")
def test_the_flows_are_six_and_none_leads_from_out_to_in():
    flows = {one.name: one for one in flows_of(read_site(EXAMPLE))}
    assert sorted(flows) == ["console", "deliver", "drop-box", "pull", "push", "senders"]
    callers = {name: {one.kind for one in flow.callers} for name, flow in flows.items()}
    assert callers["pull"] == callers["push"] == {Kind.PROCESSING}
    assert callers["deliver"] == {Kind.DELIVERY}
    called = {one.kind for flow in flows.values() for one, _ in flow.called}
    assert called == {Kind.RECEIVING, Kind.DELIVERY, Kind.RECIPIENT, Kind.PROCESSING}
    assert not any(Kind.RECEIVING in each for each in callers.values())


def test_what_may_go_back_is_bounded_where_only_answers_may():
    assert {one.name for one in flows_of(read_site(EXAMPLE)) if one.capped} == {"senders", "drop-box", "deliver"}


def test_a_site_without_drop_box_and_console_has_neither_flow_nor_rule():
    text = EXAMPLE.decode()
    for gone in (
        "drop_box_port = 2222\n",
        'console = { interface = "desk0", address = "10.61.7.1/29" }\n',
        "console_port = 8444\n",
        '[console]\nconsole = { interface = "desk0", address = "10.61.7.2/29" }\n',
    ):
        assert gone in text
        text = text.replace(gone, "")
    site = read_site(text.encode())
    assert {one.name for one in flows_of(site)} == {"senders", "pull", "push", "deliver"}
    rules = "".join(ruleset_of(site, one).text for one in site.ours)
    assert "2222" not in rules
    assert "8444" not in rules


@pytest.mark.requirement("B01", "B08", "C03")
def test_no_machine_has_a_default_route_and_each_has_only_the_routes_that_its_flows_need():
    site = read_site(EXAMPLE)
    told = {one.name: [str(network) for network, _ in routes_of(site, one)] for one in site.ours}
    assert told == {
        "gateway-in": [],
        "receiving": ["10.61.1.0/24"],
        "processing": [],
        "delivery": ["10.61.6.0/24"],
        "gateway-out": [],
        "console": [],
    }


def test_an_attacker_would_find_a_way_from_every_machine_to_every_line():
    site = read_site(EXAMPLE)
    lines = [one for one in Line if site.on(one)]
    for host in site.hosts:
        assert len(all_routes(site, host)) == len(lines) - len(host.plugs)


def test_the_way_from_a_municipality_to_a_recipient_meets_all_five_machines():
    site = read_site(EXAMPLE)
    way = path_to(site, site.named("municipality-132993"), Line.RECIPIENTS)
    assert [one.kind for one in way[1:]] == [
        Kind.GATEWAY_IN,
        Kind.RECEIVING,
        Kind.PROCESSING,
        Kind.DELIVERY,
        Kind.GATEWAY_OUT,
    ]


def test_no_chain_of_any_machine_accepts_what_no_rule_names():
    site = read_site(EXAMPLE)
    for host in site.ours:
        for table in ruleset_of(site, host).tables:
            assert {one.policy for one in table.chains} == {"drop"}


@pytest.mark.requirement("B02")
def test_receiving_has_no_rule_that_lets_it_open_a_connection():
    site = read_site(EXAMPLE)
    output = ruleset_of(site, site.host(Kind.RECEIVING)).tables[0].chains[1]
    assert not any("ct state new" in rule.matches or "ct direction original" in rule.matches for rule in output.rules)


@pytest.mark.requirement("B04")
def test_delivery_has_no_rule_that_lets_anybody_outside_open_a_connection():
    site = read_site(EXAMPLE)
    coming = ruleset_of(site, site.host(Kind.DELIVERY)).tables[0].chains[0]
    new = [rule for rule in coming.rules if "ct state new" in rule.matches]
    assert [rule.matches[0] for rule in new] == ['iifname "int0"']


def test_every_alteration_is_another_rule_set_and_each_rule_and_condition_has_its_own():
    site = read_site(EXAMPLE)
    for host in site.ours:
        whole = ruleset_of(site, host)
        made = list(alterations(whole))
        chains = [chain for table in whole.tables for chain in table.chains]
        asked = sum(1 + sum(1 + len(rule.matches) for rule in chain.rules) for chain in chains)
        assert len(made) == asked
        assert len({one.ruleset.text for one in made} | {whole.text}) == asked + 1


@pytest.mark.requirement("B04", "B13")
def test_delivery_may_open_to_each_recipient_the_one_port_of_its_way_and_no_other():
    site = read_site(EXAMPLE)
    assert {(one.recipient, one.way, one.port) for one in site.outlets} == {
        ("riyou", "https", 8445),
        ("kenkyu", "sftp", 22),
    }
    going = ruleset_of(site, site.host(Kind.DELIVERY)).text
    assert "10.61.6.1 . 8445" in going
    assert "10.61.6.2 . 22" in going
    assert "10.61.6.1 . 22" not in going


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('address = "10.61.2.1/30"', 'address = "10.61.2.9/30"', "other-network"),
        ('address = "10.61.2.1/30"', 'address = "8.8.8.9/30"', "address_public"),
        ('address = "10.61.2.1/30"', 'address = "10.61.2.0/30"', "address_unusable"),
        ('address = "10.61.2.1/30"', 'address = "10.61.2.1"', "address"),
        ('address = "10.61.1.2"', 'address = "10.61.1.1"', "twice"),
        ('address = "10.61.1.2"', 'address = "10.61.1.255"', "address_unusable"),
        ('address = "10.61.1.2"', 'address = "10.61.9.2"', "other-network"),
        ('address = "10.61.1.254/24"', 'address = "10.61.1.254/16"', "networks-overlap"),
        ('id = "142999"', 'id = "132993"', "twice"),
        ("pull_port = 9443", "pull_port = 8443", "twice"),
        ("console_port = 8444\n", "", "incomplete"),
        ("port = 8443", "port = 0", "greater_than_equal"),
        ('way = "sftp"', 'way = "ftp"', "literal_error"),
        ("[console]", "[consoles]", "extra_forbidden"),
        ('way = "sftp"', 'way = "sftp"\nhost_key = "ssh-rsa AAAA"', "host_key"),
        ('way = "sftp"', 'way = "sftp"\nhost_key = 22', "host_key"),
        ('way = "sftp"', f'host_key = "{HOST_KEY}"', "sftp-only"),
    ],
)
def test_a_site_file_with_a_mistake_is_refused_with_the_rule_that_it_breaks(old, new, rule):
    with pytest.raises(Malformed) as caught:
        read_site(site_with(old, new))
    assert caught.value.reason is Reason.SITE_MALFORMED
    assert caught.value.facts["rule"] == rule


def test_a_leg_of_a_gateway_comes_in_at_one_card_and_leaves_by_the_other():
    site = read_site(EXAMPLE)
    for leg in legs_of(site, site.host(Kind.GATEWAY_IN)):
        assert leg.enters is not None
        assert leg.leaves is not None
        assert leg.enters.line is Line.MUNICIPALITIES
        assert leg.leaves.line is Line.INTAKE


def test_the_parts_of_a_rule_set_do_not_know_which_machine_they_are_for():
    site = read_site(EXAMPLE)
    moved = replace(site, name="another")
    assert all(ruleset_of(site, one) == ruleset_of(moved, one) for one in site.ours)
