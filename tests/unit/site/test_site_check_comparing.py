"""What differs between a machine and its site file, from made listings: what a namespace cannot show stands here."""

from dataclasses import replace
from ipaddress import ip_address, ip_interface, ip_network
from pathlib import Path

import pytest

from sekisho.errors import BadSettings, Malformed, Reason, Unavailable
from sekisho.pages.words import Language, words_in
from sekisho.site.checking.cards import check_cards, check_neighbours, check_routes, check_routing_rules
from sekisho.site.checking.check import Check, check_of, reasons_of
from sekisho.site.checking.doors import strange_listeners
from sekisho.site.checking.drifts import DriftKind, drift
from sekisho.site.checking.links import Link, LiveRoute, Neighbour
from sekisho.site.checking.names import check_name_order
from sekisho.site.checking.roles import MARK, Machine, check_roles, claim_role
from sekisho.site.checking.sockets import Listener
from sekisho.site.checking.switches import check_switches
from sekisho.site.checking.telling import MOST_TOLD, check_text, drift_text
from sekisho.site.plan.file import site_in
from sekisho.site.plan.hosts import Kind
from sekisho.site.plan.reading import read_site
from sekisho.site.plan.site import SitePlan
from sekisho.site.rendering.sysctl import switches_of

FILE = Path("examples/site/site.toml")
TEXT = FILE.read_text(encoding="utf-8")
SITE = site_in(FILE)
RECEIVING = SITE.host(Kind.RECEIVING)
MAC, OTHER_MAC = "02:00:00:00:00:01", "02:00:00:00:00:02"


def with_mac(mac: str = MAC) -> SitePlan:
    declared = f'intake = {{ interface = "int0", address = "10.61.2.1/30", mac = "{mac}" }}'
    return read_site(TEXT.replace('intake = { interface = "int0", address = "10.61.2.1/30" }', declared).encode())


def told(found):
    return [(one.kind, one.place, one.what) for one in found]


def cards():
    lo = Link("lo", True, "", (ip_interface("127.0.0.1/8"),), False)
    return (lo, *(Link(one.interface, True, MAC, (one.address,), False) for one in RECEIVING.plugs))


@pytest.mark.requirement("B01")
def test_declared_cards_differ_in_nothing_and_a_program_before_the_rules_is_told():
    lo, ext0, int0 = cards()
    assert told(check_cards(RECEIVING, (lo, ext0, int0))) == []
    assert told(check_cards(RECEIVING, (lo, ext0, replace(int0, program=True)))) == [
        (DriftKind.CARD_PROGRAM, "int0", "XDP")
    ]


def test_a_card_that_is_gone_and_one_that_was_exchanged_are_told():
    gateway = with_mac().host(Kind.GATEWAY_IN)
    outer, inner = gateway.plugs
    there = (
        Link(outer.interface, True, OTHER_MAC, (outer.address,), False),
        Link(inner.interface, True, OTHER_MAC, (inner.address,), False),
    )
    assert told(check_cards(gateway, there)) == [(DriftKind.CARD_OTHER, "int0", OTHER_MAC)]
    assert told(check_cards(gateway, ()))[0] == (DriftKind.CARD_MISSING, "ext0", "10.61.1.254/24")


@pytest.mark.requirement("B09")
def test_a_neighbour_with_another_card_than_the_declared_one_is_told_at_the_first_look():
    site = with_mac()
    found = (Neighbour("ext0", ip_address("10.61.2.1"), OTHER_MAC),)
    host = site.host(Kind.RECEIVING)
    told_now = told(check_neighbours(site, host, found, {}))
    assert told_now == [(DriftKind.NEIGHBOUR_OTHER, "ext0", f"10.61.2.1: {MAC} → {OTHER_MAC}")]
    assert told(check_neighbours(site, host, (replace(found[0], mac=MAC),), {})) == []
    assert told(check_neighbours(SITE, RECEIVING, found, {})) == []  # nothing is declared, and nobody was seen before


@pytest.mark.parametrize("mac", ["02:00:00:00:00:0", "02-00-00-00-00-01", "03:00:00:00:00:01", "02:00:00:00:00:0A"])
def test_a_hardware_address_that_is_not_one_cards_is_refused(mac):
    with pytest.raises(Malformed) as refused:
        with_mac(mac)
    assert refused.value.reason is Reason.SITE_MALFORMED


@pytest.mark.requirement("B08")
def test_a_route_that_is_there_twice_and_one_with_two_ways_are_told():
    network = ip_network("10.61.2.0/30")
    own = LiveRoute("main", "unicast", network, None, "ext0")
    others = (
        LiveRoute("main", "unicast", ip_network("10.61.3.0/30"), None, "int0"),
        LiveRoute("main", "unicast", ip_network("10.61.1.0/24"), ip_address("10.61.2.1"), "ext0"),
    )
    assert told(check_routes(SITE, RECEIVING, (own, *others))) == []
    assert told(check_routes(SITE, RECEIVING, (own, own, *others))) == [
        (DriftKind.ROUTE_ADDED, "ext0", "10.61.2.0/30 dev ext0")
    ]


def test_a_rule_of_routing_that_is_missing_is_told_for_ipv4_only():
    assert len(told(check_routing_rules((), 4))) == 3
    assert told(check_routing_rules((), 6)) == []


def test_a_port_that_is_a_door_of_another_protocol_is_none():
    door = Listener("tcp", ip_address("10.61.2.2"), 8443, 1)
    assert strange_listeners(SITE, RECEIVING, (door,)) == ()
    assert strange_listeners(SITE, RECEIVING, (replace(door, protocol="udp"),)) != ()
    assert strange_listeners(SITE, SITE.host(Kind.GATEWAY_IN), (door,)) != ()


@pytest.mark.parametrize(
    "text", ["", "hosts:\n", "hosts: files dns\n", "hosts: dns\n", "passwd: files\n", "#hosts: files\n"]
)
def test_names_that_are_not_looked_up_in_files_alone_are_told(text):
    assert [one.kind for one in check_name_order(text)] == [DriftKind.NAME_ORDER]


@pytest.mark.parametrize("text", ["hosts: files\n", "hosts:\tfiles [NOTFOUND=return]  # so\n"])
def test_names_that_are_looked_up_in_files_alone_are_as_they_should_be(text):
    assert list(check_name_order(text)) == []


def test_switches_are_compared_and_a_kernel_without_ipv6_needs_none_of_its(tmp_path):
    for name, value in switches_of(RECEIVING):
        if not name.startswith("net.ipv6."):
            file = tmp_path / name.replace(".", "/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{value}\n")
    assert list(check_switches(RECEIVING, tmp_path)) == []
    (tmp_path / "net" / "ipv4" / "ip_forward").unlink()
    assert told(check_switches(RECEIVING, tmp_path)) == [(DriftKind.SWITCH, "net.ipv4.ip_forward = 0", "–")]


def machine(root: Path, number: str = "0" * 32) -> Machine:
    (root / "etc").mkdir(parents=True, exist_ok=True)
    (root / "etc" / "machine-id").write_text(f"{number}\n")
    return Machine(root)


def home(root: Path, role: str) -> Path:
    made = root / "var" / "lib" / "sekisho" / role
    made.mkdir(parents=True, exist_ok=True)
    return made


@pytest.mark.requirement("B06")
def test_a_role_marks_its_folder_at_the_first_start_and_starts_there_again(tmp_path):
    here, folder = machine(tmp_path), home(tmp_path, "receiving")
    claim_role(folder, Kind.RECEIVING, here)
    before = (folder / MARK).read_bytes()
    claim_role(folder, Kind.RECEIVING, here)
    assert (folder / MARK).read_bytes() == before
    assert b"0" * 32 not in before  # a machine's number stays its own (machine-id(5))
    assert list(check_roles(Kind.RECEIVING, here)) == []


@pytest.mark.requirement("B06")
def test_a_second_role_on_a_machine_is_refused_at_its_start(tmp_path):
    here = machine(tmp_path)
    claim_role(home(tmp_path, "receiving"), Kind.RECEIVING, here)
    with pytest.raises(BadSettings) as refused:
        claim_role(home(tmp_path, "delivery"), Kind.DELIVERY, here)
    assert (refused.value.reason, refused.value.facts["role"]) == (Reason.ROLE_SECOND, "receiving")
    with pytest.raises(BadSettings) as refused:
        claim_role(home(tmp_path, "receiving"), Kind.DELIVERY, here)
    assert refused.value.reason is Reason.ROLE_SECOND


@pytest.mark.requirement("B06")
def test_a_folder_that_was_copied_to_another_machine_is_refused_and_told(tmp_path):
    folder = home(tmp_path, "receiving")
    claim_role(folder, Kind.RECEIVING, machine(tmp_path))
    other = machine(tmp_path, "1" * 32)
    with pytest.raises(BadSettings) as refused:
        claim_role(folder, Kind.RECEIVING, other)
    assert refused.value.reason is Reason.ROLE_MOVED
    assert told(check_roles(Kind.RECEIVING, other)) == [(DriftKind.ROLE_MOVED, str(folder), "receiving")]


@pytest.mark.requirement("B06")
def test_units_of_another_role_are_told(tmp_path):
    units = tmp_path / "etc" / "systemd" / "system"
    units.mkdir(parents=True)
    for name in ("sekisho-receiving.service", "sekisho-deliverer.service", "sekisho-site-check.timer"):
        (units / name).touch()
    found = told(check_roles(Kind.RECEIVING, machine(tmp_path)))
    assert found == [(DriftKind.ROLE_SECOND, str(units / "sekisho-deliverer.service"), "delivery")]


def test_a_mark_that_is_not_one_is_refused(tmp_path):
    folder = home(tmp_path, "receiving")
    (folder / MARK).write_text("{}")
    with pytest.raises(BadSettings) as refused:
        claim_role(folder, Kind.RECEIVING, machine(tmp_path))
    assert refused.value.reason is Reason.SETTINGS_MALFORMED


@pytest.mark.parametrize("number", [None, "", "short"])
def test_a_machine_without_a_number_is_refused(tmp_path, number):
    if number is not None:
        machine(tmp_path, number)
    with pytest.raises(Unavailable) as refused:
        claim_role(home(tmp_path, "receiving"), Kind.RECEIVING, Machine(tmp_path))
    assert refused.value.reason is Reason.HOST_UNREADABLE


def test_a_file_of_the_machine_that_cannot_be_read_is_refused(tmp_path):
    (tmp_path / "etc" / "resolv.conf").mkdir(parents=True)
    with pytest.raises(Unavailable) as refused:
        Machine(tmp_path).text("etc/resolv.conf")
    assert refused.value.reason is Reason.HOST_UNREADABLE


def test_a_trial_site_is_not_asked_for_its_roles_and_says_so():
    site = read_site(TEXT.replace("\n[gateway_in]", "trial = true\n\n[gateway_in]").encode())
    text = check_text(words_in(Language.EN), Check(site, RECEIVING, (), Machine()), ())
    assert "This is a trial site" in text


@pytest.mark.parametrize("name", ["nobody", "municipality-132993"])
def test_a_machine_that_is_not_set_up_from_the_site_file_is_refused(name):
    with pytest.raises(BadSettings) as refused:
        check_of(SITE, name)
    assert (refused.value.reason, refused.value.facts["host"]) == (Reason.HOST_UNKNOWN, name)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", DriftKind)
def test_every_drift_has_words_that_name_place_and_thing(kind, language):
    text = drift_text(words_in(language), drift(kind, "HERE", "THAT\x1b[2J"))
    assert "HERE" in text
    assert "THAT·[2J" in text


def test_a_terminal_is_told_of_so_many_things_and_how_many_more_there_are():
    found = tuple(drift(DriftKind.LISTENER, f"udp {one}", "?") for one in range(MOST_TOLD + 3))
    text = check_text(words_in(Language.EN), Check(SITE, RECEIVING, (), Machine()), found)
    assert "in 43 places" in text
    assert "and 3 more" in text


def test_each_drift_has_its_reason_and_each_reason_stands_once():
    found = tuple(drift(one, "here", "what") for one in DriftKind)
    assert set(reasons_of(found)) == {Reason.HOST_DRIFTED, Reason.ROLE_SECOND, Reason.ROLE_MOVED}
    assert len(reasons_of(found)) == 3
