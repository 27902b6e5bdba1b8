"""What is rendered beside rules and units: settings, accounts, the VPN, and what the two ends get (spec/site.md 4)."""

import tomllib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sekisho.errors import BadSettings, Malformed, Reason
from sekisho.signing import Ed25519Signer, write_public_key
from sekisho.site.plan.flows import flows_of
from sekisho.site.plan.hosts import Kind, Line
from sekisho.site.plan.reading import read_site
from sekisho.site.rendering.files import files_of
from sekisho.site.rendering.nftables import ruleset_of
from sekisho.site.rendering.settings import FOUNDERS
from sekisho.storage.settings import (
    DeliverySettings,
    MunicipalitySettings,
    ProcessingSettings,
    ReceivingSettings,
    RecipientSettings,
    read_settings,
)

PLAIN, VPN = Path("examples/site/site.toml").read_bytes(), Path("examples/site/vpn.toml").read_bytes()
SITE, TUNNELLED = read_site(PLAIN), read_site(VPN)
KINDS = {
    "receiving": ReceivingSettings,
    "processing": ProcessingSettings,
    "delivery": DeliverySettings,
    "municipality-132993": MunicipalitySettings,
    "recipient-riyou": RecipientSettings,
}


def _founder(number: int) -> Ed25519Signer:
    return Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes([number + 1]) * 32))


def files(site, name: str) -> dict[str, str]:
    return {path: raw.decode() for path, raw in files_of(site, site.named(name), PLAIN).items()}


def settings_in(folder: Path, name: str) -> Path:
    (text,) = [text for path, text in files(SITE, name).items() if path.endswith("settings.toml")]
    file = folder / "settings.toml"
    file.write_text(text)
    return file


@pytest.mark.parametrize("name", KINDS)
def test_settings_without_the_founders_keys_are_refused_and_the_refusal_names_the_place(name, tmp_path):
    with pytest.raises(BadSettings) as caught:
        read_settings(settings_in(tmp_path, name), KINDS[name])
    assert caught.value.reason is Reason.SETTINGS_MALFORMED
    facts = caught.value.facts
    assert (facts["key"], facts["problem"], facts["problems"]) == ("site.founders.0", "public_key", 2)


@pytest.mark.parametrize("name", KINDS)
def test_settings_are_whole_as_soon_as_the_founders_keys_are_in_them(name, tmp_path):
    file = settings_in(tmp_path, name)
    text = file.read_text()
    for place, words in enumerate(FOUNDERS):
        text = text.replace(words, write_public_key(_founder(place).verifier))
    file.write_text(text)
    read = read_settings(file, KINDS[name])
    assert (read.site.id, read.site.trial) == (SITE.id, False)
    assert name in {read.role, f"{read.role}-{read.id}"}


def test_settings_have_the_doors_neighbours_and_days_of_the_site_file():
    told = {name: tomllib.loads(settings) for name in KINDS for settings in _settings(name)}
    assert told["receiving"]["listen"]["senders"] == {"host": "10.61.2.2", "port": 8443}
    assert told["receiving"]["listen"]["processing"] == {"host": "10.61.3.1", "port": 9443}
    assert told["processing"]["peers"]["delivery"] == {
        "host": "10.61.4.2",
        "port": 9444,
        "name": "delivery.example.sekisho.example",
    }
    assert told["municipality-132993"]["peers"]["receiving"]["host"] == "10.61.2.2"
    assert told["recipient-riyou"]["listen"]["delivery"] == {"host": "10.61.6.1", "port": 8445}
    assert {told[one]["limits"]["retention_days"] for one in ("receiving", "processing", "delivery")} == {1_095}
    assert told["receiving"]["folders"]["shelf"] == "/var/lib/sekisho/shelf"


def _settings(name: str) -> list[str]:
    return [text for path, text in files(SITE, name).items() if path.endswith("settings.toml")]


def test_the_two_ends_get_folders_of_their_own_and_nothing_that_is_ours():
    assert sorted(files(SITE, "municipality-132993")) == ["sekisho/settings.toml", "ssh/config"]
    assert sorted(files(SITE, "recipient-riyou")) == ["sekisho/settings.toml"]
    assert sorted(files(SITE, "recipient-kenkyu")) == ["sekisho/settings.toml", "ssh/sshd_config"]
    assert sorted(files(TUNNELLED, "recipient-kenkyu")) == [
        "etc/strongswan.conf",
        "etc/swanctl/conf.d/sekisho.conf",
        "sekisho/settings.toml",
        "ssh/sshd_config",
    ]
    assert "[listen" not in files(SITE, "recipient-kenkyu")["sekisho/settings.toml"]
    others = {one.name for one in SITE.hosts if one.kind is Kind.MUNICIPALITY} - {"municipality-132993"}
    told = "".join(files(TUNNELLED, "municipality-132993").values())
    assert not any(other.removeprefix("municipality-") in told for other in others)


def test_a_site_without_a_drop_box_has_no_file_of_one():
    site = read_site(PLAIN.replace(b"drop_box_port = 2222\n", b""))
    for host in site.hosts:
        assert not [path for path in files_of(site, host, b"") if "drop-box" in path or path.startswith("ssh/config")]


def test_each_machine_has_the_site_file_that_it_is_compared_with():
    assert {files(SITE, one.name)["etc/sekisho/site.toml"] for one in SITE.ours} == {PLAIN.decode()}


def test_no_file_of_ours_is_another_machines_role():
    for host in SITE.ours:
        told = [path for path in files(SITE, host.name) if path.endswith("settings.toml")]
        assert bool(told) == (host.kind in {Kind.RECEIVING, Kind.PROCESSING, Kind.DELIVERY})


@pytest.mark.requirement("B01", "B10")
def test_outside_a_vpn_nothing_but_its_own_two_ports_is_let_through():
    flows = {one.name: one for one in flows_of(TUNNELLED) if one.transport.value == "udp"}
    assert {name: {port for _, port in one.targets} for name, one in flows.items()} == {
        "vpn-municipalities": {500, 4500},
        "vpn-recipients": {500, 4500},
    }
    assert {one.kind for one in flows["vpn-municipalities"].callers} == {Kind.MUNICIPALITY}
    assert {one.kind for one in flows["vpn-recipients"].callers} == {Kind.GATEWAY_OUT}
    for kind in (Kind.GATEWAY_IN, Kind.GATEWAY_OUT):
        outer = [table for table in ruleset_of(TUNNELLED, TUNNELLED.host(kind)).tables if table.family == "netdev"]
        rules = [rule.text for chain in outer[0].chains if chain.name.startswith("ext0") for rule in chain.rules]
        assert rules
        assert not [one for one in rules if "udp" not in one and "arp" not in one]


@pytest.mark.requirement("B10")
def test_a_vpn_is_of_one_kind_and_both_ends_say_the_same_of_it():
    told = {}
    for name in ("gateway-in", "municipality-132993", "gateway-out", "recipient-riyou"):
        text = files(TUNNELLED, name)["etc/swanctl/conf.d/sekisho.conf"]
        for line in ("version = 2", "encap = yes", "childless = never", "mobike = no", "auth = ecdsa-384-sha384"):
            assert text.count(line) >= text.count("children {")
        proposals = {one.split(" = ")[1] for one in text.splitlines() if "proposals" in one}
        assert proposals == {"aes256gcm16-prfsha384-ecp384", "aes256gcm16-ecp384"}
        told[name] = text
    assert "local_ts = 10.61.2.2/32[tcp/8443],10.61.2.2/32[tcp/2222]" in told["gateway-in"]
    assert "remote_ts = 10.61.2.2/32[tcp/8443],10.61.2.2/32[tcp/2222]" in told["municipality-132993"]
    assert "remote_ts = 10.61.6.1/32[tcp/8445]" in told["gateway-out"]
    assert "local_ts = 10.61.6.1/32[tcp/8445]" in told["recipient-riyou"]
    starts = {name: text.count("start_action = start") for name, text in told.items()}
    assert starts == {"gateway-in": 0, "municipality-132993": 1, "gateway-out": 2, "recipient-riyou": 0}


def test_what_goes_into_a_tunnel_is_small_enough_for_it_from_the_start():
    told = files(TUNNELLED, "receiving")["etc/systemd/network/10-ext0.network"]
    assert "Destination=10.61.1.0/24\nGateway=10.61.2.1\nMTUBytes=1380\n" in told
    assert "MTUBytes" not in files(SITE, "receiving")["etc/systemd/network/10-ext0.network"]
    assert "MTUBytes=1380" in files(TUNNELLED, "gateway-in")["etc/systemd/network/10-vpn0.network"]


@pytest.mark.parametrize(
    ("old", "key"),
    [
        (b'carrier = "10.71.1.2"\n', "municipality.carrier"),
        (b'carrier = "10.71.6.1"\n', "recipient.carrier"),
        (b'carrier = { interface = "ext0", address = "10.71.1.254/24" }\n', "municipality.carrier"),
        (b'carrier = { interface = "ext0", address = "10.71.6.254/24" }\n', "recipient.carrier"),
    ],
)
def test_half_a_vpn_is_refused(old, key):
    assert old in VPN
    with pytest.raises(Malformed) as caught:
        read_site(VPN.replace(old, b"", 1))
    assert caught.value.reason is Reason.SITE_MALFORMED
    assert (caught.value.facts["key"], caught.value.facts["rule"]) == (key, "incomplete")


def test_the_inside_of_a_vpn_is_a_card_of_its_own():
    town, gateway = TUNNELLED.named("municipality-132993"), TUNNELLED.host(Kind.GATEWAY_IN)
    assert [town.is_tunnel(one) for one in town.plugs] == [True, False]
    assert {one.line for one in gateway.plugs if gateway.is_tunnel(one)} == {Line.MUNICIPALITIES}
    assert not any(one.is_tunnel(plug) for one in SITE.hosts for plug in one.plugs)
