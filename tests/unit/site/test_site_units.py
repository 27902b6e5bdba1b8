"""The rendered systemd units, asked of systemd itself and of the command line (spec/site.md 4.4)."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from sekisho.cli.main import command_tree
from sekisho.pages.words import Language, words_in
from sekisho.site.plan.flows import flows_of
from sekisho.site.plan.hosts import Kind
from sekisho.site.plan.reading import read_site
from sekisho.site.rendering.files import files_of
from sekisho.site.rendering.places import PROGRAM
from sekisho.site.rendering.units import SYSTEM

SITE = read_site(Path("examples/site/vpn.toml").read_bytes())
MISSING = "" if os.environ.get("CI") or shutil.which("systemd-analyze") else "systemd"
needs_systemd = pytest.mark.skipif(bool(MISSING), reason=f"units are checked by {MISSING}")
LIB = Path("/usr/lib/systemd/system")
EXPOSURE = re.compile(r"Overall exposure level for \S+: ([0-9.]+)")


def units(host) -> dict[str, str]:
    files = files_of(SITE, host, b"")
    return {path.removeprefix(f"{SYSTEM}/"): raw.decode() for path, raw in files.items() if path.startswith(SYSTEM)}


def values(text: str, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", text, re.MULTILINE)


def in_root(root: Path, host) -> list[str]:
    """Write a machine's units below a root of their own, with systemd's, and every program that one starts; give back ours."""
    shutil.copytree(LIB, root / "usr/lib/systemd/system", symlinks=True)
    for path, raw in files_of(SITE, host, b"").items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(raw)
    texts = [*units(host).values(), *(one.read_text() for one in LIB.glob("nftables.service"))]
    texts += [one.read_text() for one in LIB.glob("systemd-networkd.service")]
    for line in (
        one
        for text in texts
        for key in ("ExecStart", "ExecStartPre", "ExecReload", "ExecStop")
        for one in values(text, key)
    ):
        program = line.lstrip("-!").split()[0]
        for place in [program] if program.startswith("/") else [f"/usr/bin/{program}", f"/bin/{program}"]:
            stub = root / place.lstrip("/")
            stub.parent.mkdir(parents=True, exist_ok=True)
            stub.write_text("#!/bin/sh\n")
            stub.chmod(0o755)
    return [name for name in units(host) if "/" not in name]


@needs_systemd
@pytest.mark.parametrize("host", SITE.ours, ids=lambda one: one.name)
def test_systemd_finds_nothing_wrong_with_the_units_of_a_machine(host, tmp_path):
    names = [*in_root(tmp_path, host), "nftables.service", "systemd-networkd.service"]
    done = subprocess.run(
        ["systemd-analyze", f"--root={tmp_path}", "verify", *names], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@needs_systemd
def test_systemd_would_find_a_mistake_in_a_unit(tmp_path):
    in_root(tmp_path, SITE.host(Kind.RECEIVING))
    unit = tmp_path / SYSTEM / "sekisho-receiving.service"
    unit.write_text(unit.read_text().replace("PrivateNetwork=yes", "PrivateNetwork=perhaps"))
    done = subprocess.run(
        ["systemd-analyze", f"--root={tmp_path}", "verify", "sekisho-receiving.service"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Failed to parse boolean value" in done.stderr


@needs_systemd
@pytest.mark.requirement("B02", "B04")
@pytest.mark.parametrize(
    ("kind", "unit", "most"),
    [
        (Kind.RECEIVING, "sekisho-receiving.service", 1.0),
        (Kind.RECEIVING, "sekisho-drop-box@.service", 2.0),
        (Kind.DELIVERY, "sekisho-delivery.service", 1.0),
        (Kind.DELIVERY, "sekisho-deliverer.service", 1.5),
        (Kind.PROCESSING, "sekisho-pull.service", 2.0),
        (Kind.PROCESSING, "sekisho-watch.service", 1.5),
    ],
)
def test_a_role_is_exposed_to_no_more_than_so_much(tmp_path, kind, unit, most):
    told = {}
    for held in (True, False):
        text = units(SITE.host(kind))[unit]
        if not held:  # the same unit, with nothing but what it starts: systemd sees the difference
            text = "".join(f"{one}\n" for one in text.splitlines() if one.startswith(("[", "ExecStart", "User")))
        (tmp_path / unit).write_text(text)
        done = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", str(tmp_path / unit)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        found = EXPOSURE.search(done.stdout)
        assert found, done.stderr
        told[held] = float(found[1])
    assert told[True] <= most < 8 < told[False]


def test_every_command_that_a_unit_starts_exists_with_its_options():
    root = command_tree(words_in(Language.EN))
    seen = set()
    for host in SITE.ours:
        for text in units(host).values():
            for line in values(text, "ExecStart"):
                program, *given = shlex.split(line.lstrip("-"))
                if program != PROGRAM:
                    assert program.startswith("/usr/")
                    continue
                command = root
                while given and not given[0].startswith("-") and hasattr(command, "commands"):
                    command = command.commands[given.pop(0)]
                options = {text for one in command.params for text in one.opts}
                assert {one for one in given if one.startswith("-")} <= options
                seen.add(command.name)
    assert seen == {"serve", "intake", "deliver", "pull", "check", "watch"}


@pytest.mark.requirement("B02", "B04")
def test_who_hears_has_no_network_and_who_calls_cannot_hear():
    receiving, delivery = units(SITE.host(Kind.RECEIVING)), units(SITE.host(Kind.DELIVERY))
    for text in (receiving["sekisho-receiving.service"], delivery["sekisho-delivery.service"]):
        assert values(text, "PrivateNetwork") == ["yes"]
        assert values(text, "RestrictAddressFamilies") == ["none"]
        assert "connect" in " ".join(values(text, "SystemCallFilter")).split()
    deliverer = delivery["sekisho-deliverer.service"]
    flow = next(one for one in flows_of(SITE) if one.name == "deliver")
    assert values(deliverer, "IPAddressDeny") == ["any"]
    assert values(deliverer, "IPAddressAllow") == [f"{address}/32" for address, _ in flow.targets]
    assert values(deliverer, "RestrictNetworkInterfaces") == ["ext0"]
    assert "~bind listen accept accept4 sendmmsg" in values(deliverer, "SystemCallFilter")
    assert "/etc/sekisho/keys" in deliverer
    assert not values(deliverer, "Sockets")


def test_a_filter_of_calls_begins_with_what_is_allowed():
    """The first line decides whether a list allows or refuses; what a role must not do would else be all that it must not."""
    for host in SITE.ours:
        for name, text in units(host).items():
            filters = values(text, "SystemCallFilter")
            assert not filters or filters[0].startswith("@system-service"), name


def test_systemd_listens_at_each_door_on_its_card_for_its_callers_alone():
    told = {}
    for host in SITE.ours:
        for name, text in units(host).items():
            if name.endswith(".socket"):
                allowed = tuple(values(text, "IPAddressAllow"))
                told[name] = (*values(text, "ListenStream"), *values(text, "BindToDevice"), allowed)
    towns = ("10.61.1.1/32", "10.61.1.2/32")
    assert told == {
        "sekisho-receiving-senders.socket": ("10.61.2.2:8443", "ext0", towns),
        "sekisho-receiving-processing.socket": ("10.61.3.1:9443", "int0", ("10.61.3.2/32",)),
        "sekisho-drop-box.socket": ("10.61.2.2:2222", "ext0", towns),
        "sekisho-delivery-processing.socket": ("10.61.4.2:9444", "int0", ("10.61.4.1/32",)),
    }


@pytest.mark.requirement("B01")
@pytest.mark.parametrize("host", SITE.ours, ids=lambda one: one.name)
def test_no_card_gets_an_address_before_the_rules_are_loaded(host):
    told = units(host)
    assert values(told["systemd-networkd.service.d/sekisho.conf"], "Requires") == ["nftables.service"]
    cards = values(told["nftables.service.d/sekisho.conf"], "Requires")[0].split()
    assert cards == [f"sys-subsystem-net-devices-{one.interface}.device" for one in host.plugs]
    tunnels = [one.interface for one in host.plugs if host.is_tunnel(one)]
    assert ("sekisho-vpn-card.service" in told) == bool(tunnels)
    for card in tunnels:
        assert f"ip link add {card} type xfrm" in told["sekisho-vpn-card.service"]


def test_every_machine_is_compared_with_the_site_file_twice_a_minute_and_a_drift_stops_its_role():
    for host in SITE.ours:
        told = units(host)
        assert values(told["sekisho-site-check.timer"], "OnUnitInactiveSec") == ["30"]
        roles = [one for one in told if one.endswith((".socket", ".timer", ".service")) and _is_role(one)]
        check = told["sekisho-site-check.service"]
        assert bool(roles) == bool(values(check, "OnFailure"))
        if roles:
            (command,) = values(told["sekisho-halt.service"], "ExecStart")
            assert {one for one in command.split()[2:] if "*" not in one} == set(roles)


@pytest.mark.requirement("E05")
def test_a_mark_on_a_machine_has_its_network_shut_and_its_role_ended_and_kept_from_starting():
    for host in SITE.ours:
        told = units(host)
        roles = [one for one in told if one.endswith((".socket", ".timer", ".service")) and _is_role(one)]
        assert bool(roles) == ("sekisho-stop.path" in told) == ("sekisho-stop.service" in told)
        if roles:
            assert values(told["sekisho-stop.path"], "PathExists") == ["/var/lib/sekisho/shelf/stop.json"]
            rules, ended = values(told["sekisho-stop.service"], "ExecStart")
            assert rules == "/usr/sbin/nft -f /etc/sekisho/stop.nft"
            assert {one for one in ended.split()[2:] if "*" not in one} == set(roles)
        for name in roles:
            if name.endswith(".service") and "drop-box" not in name:
                assert values(told[name], "ConditionPathExists") == ["!/var/lib/sekisho/shelf/stop.json"], name


def _is_role(name: str) -> bool:
    others = (
        "sekisho-site-check",
        "sekisho-halt",
        "sekisho-stop",
        "sekisho-vpn-card",
        "sekisho-drop-box-accounts",
        "sekisho-drop-box@",
    )
    return not name.startswith(others)
