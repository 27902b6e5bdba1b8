"""A site as network namespaces of one machine: each host a stack of its own, each line a wire or a switch (spec/site.md 6).

Made anew for each run under names of its own, and taken away at the end whatever happened. Needs root.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Interface

from sekisho.site.plan.hosts import Host, Kind, Line, Plug
from sekisho.site.plan.routes import Route, all_routes
from sekisho.site.plan.site import SitePlan

COMMAND_SECONDS = 30.0


@dataclass(frozen=True)
class Network:
    """A site that is up. `hosts` has strangers too: machines on the outer lines that the site file does not name."""

    site: SitePlan
    prefix: str
    hosts: tuple[Host, ...]
    cards: dict[tuple[str, Line], str] = field(default_factory=dict)

    def namespace(self, host: Host) -> str:
        return f"{self.prefix}-{host.name}"

    def run(self, host: Host, *command: str, given: str = "") -> str:
        """Give back what a command in a host says; CalledProcessError if it fails."""
        return run("ip", "netns", "exec", self.namespace(host), *command, given=given)


def run(*command: str, given: str = "") -> str:
    """Give back the output of a command; CalledProcessError if it fails."""
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=True, timeout=COMMAND_SECONDS)  # noqa: S603 - our own words
    return done.stdout


def strangers(site: SitePlan) -> tuple[Host, ...]:
    """Give back machines that stand on a line with room for them, and that nobody may hear."""
    found = []
    for line in Line:
        plugs = [one.plug(line) for one in site.on(line)]
        if plugs and (address := _free_address(plugs)) is not None:
            found.append(Host(f"stranger-{line.value}", Kind.RECIPIENT, (Plug("ext0", line, address),)))
    return tuple(found)


def _free_address(plugs: list[Plug]) -> IPv4Interface | None:
    network, taken = plugs[0].address.network, {one.ip for one in plugs}
    free = next((one for one in network.hosts() if one not in taken), None)
    return None if free is None else IPv4Interface(f"{free}/{network.prefixlen}")


@contextmanager
def network_of(site: SitePlan) -> Iterator[Network]:
    """Give the site as namespaces, with addresses and the routes that an attacker would wish for, and no rules."""
    made = Network(site, f"sk{os.getpid()}", (*site.hosts, *strangers(site)))
    try:
        _build(made)
        yield made
    finally:
        for name in (*(made.namespace(one) for one in made.hosts), f"{made.prefix}-lines"):
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False, timeout=COMMAND_SECONDS)  # noqa: S603, S607


def _build(network: Network) -> None:
    lines = f"{network.prefix}-lines"
    every = [(host, plug) for host in network.hosts for plug in host.plugs]
    batch = [f"netns add {network.namespace(one)}" for one in network.hosts]
    run("ip", "-batch", "-", given="\n".join([f"netns add {lines}", *batch]) + "\n")
    names = sorted({plug.line.value for _, plug in every})
    bridges = [f"link add {name} type bridge\nlink set {name} up" for name in names]
    wires = [
        f"link add c{number} type veth peer name {plug.interface} netns {network.namespace(host)}\n"
        f"link set c{number} master {plug.line.value} up"
        for number, (host, plug) in enumerate(every)
    ]
    run("ip", "-n", lines, "-batch", "-", given="\n".join([*bridges, *wires]) + "\n")
    for host in network.hosts:
        own = [f"addr add {one.address} dev {one.interface}\nlink set {one.interface} up" for one in host.plugs]
        run("ip", "-n", network.namespace(host), "-batch", "-", given="\n".join(["link set lo up", *own]) + "\n")
        for line in run("ip", "-n", network.namespace(host), "-o", "link").splitlines():
            name = line.split(":")[1].strip().partition("@")[0]
            for plug in host.plugs:
                if plug.interface == name:
                    network.cards[(host.name, plug.line)] = line.split("link/ether ")[1].split()[0]


def open_ways(network: Network) -> None:
    """Set every switch of the kernel as somebody would who took all machines over: routes everywhere, nothing checked."""
    for host in network.hosts:
        switches = {
            "net.ipv4.ip_forward": 1,
            "net.ipv4.conf.all.rp_filter": 0,
            "net.ipv4.conf.default.rp_filter": 0,
            "net.ipv4.conf.all.accept_redirects": 1,
            "net.ipv4.conf.all.arp_ignore": 0,
            "net.ipv4.icmp_echo_ignore_broadcasts": 0,
            "net.ipv4.icmp_ratelimit": 0,
            "net.ipv4.ping_group_range": "0 0",
            **{f"net.ipv4.conf.{one.interface}.rp_filter": 0 for one in host.plugs},
        }
        network.run(host, "sysctl", "-q", "-w", *(f"{name}={value}" for name, value in switches.items()))
        set_routes(network, host, all_routes(network.site, host))


def set_routes(network: Network, host: Host, routes: tuple[Route, ...]) -> None:
    """Take all routes through neighbours away and set these."""
    run("ip", "-n", network.namespace(host), "route", "flush", "scope", "global")
    lines = [f"route add {target} via {neighbour}" for target, neighbour in routes]
    run("ip", "-n", network.namespace(host), "-batch", "-", given="\n".join(lines) + "\n")
