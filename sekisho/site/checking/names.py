"""Nobody is asked for a name: how a machine is set to find addresses (requirements B08, C03; spec/site.md 7.2)."""

import re
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import ip_address

from sekisho.site.checking.drifts import Drift, DriftKind, drift
from sekisho.site.plan.hosts import Host
from sekisho.site.plan.routes import routes_of
from sekisho.site.plan.site import SitePlan

_ACTION = re.compile(r"\[[^\]]*\]")


def check_name_servers(site: SitePlan, host: Host, resolv_conf: str) -> Iterator[Drift]:
    """Give the name servers of resolv.conf(5) that a route leads to; one that nothing leads to answers nobody."""
    near = (*(one.address.network for one in host.plugs), *(target for target, _ in routes_of(site, host)))
    for line in resolv_conf.splitlines():
        match line.split():
            case ["nameserver", server, *_]:
                with suppress(ValueError):  # the C library passes over what is no address
                    if any(ip_address(server) in one for one in near):
                        yield drift(DriftKind.NAME_SERVER, "/etc/resolv.conf", server)
            case _:
                continue


def check_name_order(nsswitch_conf: str) -> Iterator[Drift]:
    """Give the line `hosts:` of nsswitch.conf(5), unless it names files and nothing else; without it the C library asks DNS."""
    lines = [line.partition("#")[0] for line in nsswitch_conf.splitlines()]
    told = [line.partition(":")[2] for line in lines if line.partition(":")[0].strip() == "hosts"]
    last = told[-1] if told else ""
    if _ACTION.sub(" ", last).split() != ["files"]:
        yield drift(DriftKind.NAME_ORDER, "/etc/nsswitch.conf", " ".join(("hosts:", *last.split())))
