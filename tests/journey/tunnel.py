"""One VPN of a site as rendered: strongSwan at gw1 and at a municipality, in the namespaces of the proof.

This kernel may have no ESP, so strongSwan does it itself (kernel-libipsec); its own card takes the place of the
kernel's. The rules are those that are rendered, and do not know the difference.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sekisho.cli.clock import now
from sekisho.site.authority import Authority, issue, make_authority
from sekisho.site.plan.hosts import Host, Kind, Line
from sekisho.site.plan.routes import routes_of
from sekisho.site.plan.site import SitePlan
from sekisho.site.proving.network import Network, network_of, set_routes
from sekisho.site.rendering.files import files_of
from sekisho.site.rendering.nftables import ruleset_of
from sekisho.site.rendering.sysctl import switches_of
from sekisho.site.rendering.vpn import AUTHORITY, CONNECTIONS, OPTIONS, PLUGINS
from tests.journey.raw_line import wait_for

CHARON = "/usr/lib/ipsec/charon"
LOG = "charon.log"
CARD = "ipsec0"
"""What kernel-libipsec calls its card; the site file calls the tunnel's so too."""
PATIENCE_SECONDS = 30
VALID_FOR = timedelta(days=1)
PRIVATE = 'mount --make-rprivate / && mount -t tmpfs -o mode=0755 none /run && exec "$@"'


@dataclass(frozen=True)
class End:
    """strongSwan on one machine."""

    network: Network
    host: Host
    folder: Path
    charon: subprocess.Popen[bytes]

    def swanctl(self, *words: str) -> str:
        enter = ["nsenter", "-t", str(self.charon.pid), "-m", "-n"]
        surroundings = {**os.environ, "SWANCTL_DIR": str(self.folder / "etc" / "swanctl")}
        done = subprocess.run(
            [*enter, "swanctl", *words], env=surroundings, capture_output=True, text=True, check=False,
            timeout=PATIENCE_SECONDS,
        )  # fmt: skip
        return done.stdout + done.stderr


@dataclass(frozen=True)
class Tunnel:
    """A VPN with both its ends running, and the site around it."""

    network: Network
    town: End
    gateway: End

    def is_up(self) -> bool:
        return "INSTALLED, TUNNEL" in self.gateway.swanctl("--list-sas")

    def log(self) -> str:
        return "".join((one.folder / LOG).read_text() for one in (self.town, self.gateway))


@contextmanager
def tunnel_of(site: SitePlan, folder: Path, *, bearing: str = "") -> Iterator[Tunnel]:
    """Give a site whose first municipality comes through its VPN; its certificate bears another name if `bearing` says so."""
    authority = make_authority(site.id, now(), VALID_FOR)
    town = next(one for one in site.hosts if one.kind is Kind.MUNICIPALITY)
    with network_of(site) as network, ExitStack() as stack:
        ends = [
            stack.enter_context(_end(network, host, folder / host.name, authority, name))
            for host, name in ((site.host(Kind.GATEWAY_IN), ""), (town, bearing))
        ]
        for host in (site.host(Kind.GATEWAY_IN), site.host(Kind.RECEIVING)):
            network.run(host, "nft", "-f", "-", given=ruleset_of(site, host).text)
            network.run(host, "sysctl", "-q", "-e", "-w", *(f"{name}={value}" for name, value in switches_of(host)))
            set_routes(network, host, routes_of(site, host))
        inside = site.host(Kind.RECEIVING).plug(Line.INTAKE).ip
        network.run(town, "ip", "route", "replace", f"{inside}/32", "dev", CARD)
        made = Tunnel(network, ends[1], ends[0])
        for one in ends:
            one.swanctl("--load-all", "--noprompt")
        yield made


@contextmanager
def _end(network: Network, host: Host, folder: Path, authority: Authority, bearing: str) -> Iterator[End]:
    for path, content in files_of(network.site, host, b"").items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    _put_keys(network.site, host, folder / "etc" / "swanctl", authority, bearing)
    _widen(network.site, folder / CONNECTIONS)
    options = folder / OPTIONS
    text = options.read_text()
    assert PLUGINS in text
    more = PLUGINS.replace("kernel-netlink", "kernel-libipsec kernel-netlink")
    log = f"filelog {{\n log {{\n path = {folder / LOG}\n default = 1\n flush_line = yes\n }}\n }}\n"
    options.write_text(text.replace(PLUGINS, more).replace("charon {\n", f"charon {{\n{log}"))
    plug = next(one for one in host.plugs if host.is_tunnel(one))
    network.run(host, "ip", "link", "del", plug.interface)  # what stands for it in the proof
    command = ["ip", "netns", "exec", network.namespace(host), "unshare", "-m", "sh", "-c", PRIVATE, "sh", CHARON]
    with (
        (folder / "charon.txt").open("wb") as said,
        subprocess.Popen(
            command, stdout=said, stderr=said, env={**os.environ, "STRONGSWAN_CONF": str(options)}
        ) as charon,
    ):
        try:
            end = End(network, host, folder, charon)
            wait_for(lambda: CARD in network.run(host, "ip", "-br", "link"), "strongSwan's card")
            network.run(host, "ip", "addr", "add", str(plug.address), "dev", CARD)
            network.run(host, "ip", "link", "set", CARD, "mtu", "1380")
            wait_for(lambda: "uptime" in end.swanctl("--stats"), "strongSwan")
            yield end
        finally:
            charon.terminate()
            charon.wait(PATIENCE_SECONDS)


def _put_keys(site: SitePlan, host: Host, folder: Path, authority: Authority, bearing: str) -> None:
    pair = issue(authority, f"{bearing or host.name}.{site.id}", now(), VALID_FOR)
    for place, name, raw in (
        ("x509ca", AUTHORITY, authority.pem),
        ("x509", f"{host.name}.pem", pair.certificate),
        ("private", f"{host.name}.pem", pair.key),
    ):
        (folder / place).mkdir(exist_ok=True)
        (folder / place / name).write_bytes(raw)
    (folder / "swanctl.conf").write_text(f"include {folder.parent.parent / CONNECTIONS}\n")


def _widen(site: SitePlan, file: Path) -> None:
    """Have the gateway's own address among what goes through; kernel-libipsec makes a route for one, and the kernel does not."""
    inside = site.host(Kind.GATEWAY_IN).plug(Line.INTAKE).address.network
    receiving = site.host(Kind.RECEIVING).plug(Line.INTAKE).ip
    doors = f"{receiving}/32[tcp/{site.ports.senders}],{receiving}/32[tcp/{site.ports.drop_box}]"
    told = file.read_text()
    assert doors in told
    file.write_text(told.replace(doors, f"{inside}[tcp/{site.ports.senders}]"))
