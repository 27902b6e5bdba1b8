"""A site whose machines stand apart: each a network namespace with the files that `sekisho site render` writes for it.

The rendered tree of a machine lies over `/etc` and `/var/lib` of this host, for its processes alone.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sekisho.digest import digest_of
from sekisho.site.plan.file import site_in
from sekisho.site.plan.hosts import Host
from sekisho.site.plan.routes import routes_of
from sekisho.site.plan.site import SitePlan
from sekisho.site.proving.network import Network, network_of, set_routes
from tests.journey.trial_site import POLICY, SCHEMA, Done, said_here, table

SITE_FILE = Path(__file__).parents[2] / "examples" / "site" / "site.toml"
TOWN, BUSINESS = "132993", "riyou"
READY_SECONDS, COMMAND_SECONDS = 60, 120
OVER = (
    'for one in etc var/lib; do mkdir -p "$1/$one" "$1.work/$one"; '
    'mount -t overlay overlay -o "lowerdir=/$one,upperdir=$1/$one,workdir=$1.work/$one" "/$one"; done; shift; exec "$@"'
)


@dataclass
class ApartSite:
    """The machines that are up. `roots`: the tree of each, by the machine's name."""

    network: Network
    folder: Path
    servers: dict[str, subprocess.Popen] = field(default_factory=dict)

    @property
    def site(self) -> SitePlan:
        return self.network.site

    def root(self, name: str) -> Path:
        return self.folder / name

    def home(self, name: str) -> Path:
        """Give back a role's folder as it lies on this host."""
        return self.root(name) / ("etc/sekisho" if self.site.named(name).kind.is_ours else "sekisho")

    def command(self, name: str, *words: object) -> list[str]:
        """Give back what runs ours in a machine: in its network, and with its own files if it is one of ours."""
        host = self.site.named(name)
        ours = [sys.executable, "-m", "sekisho", "--lang", "en", *map(str, words)]
        enter = ["ip", "netns", "exec", self.network.namespace(host)]
        if not host.kind.is_ours:
            return [*enter, *ours]
        return [*enter, "unshare", "-m", "sh", "-ec", OVER, "sh", str(self.root(name)), *ours]

    def run(self, name: str, *words: object) -> Done:
        """Give back what a command said in a machine; its home is added where the command belongs to a role."""
        ran = subprocess.run(
            self.command(name, *words), capture_output=True, text=True, check=False, timeout=COMMAND_SECONDS
        )
        return Done(ran.returncode, ran.stdout, ran.stderr)

    def at_home(self, name: str, *words: object) -> Done:
        """Run a command of the role that lives there."""
        home = "/etc/sekisho" if self.site.named(name).kind.is_ours else self.home(name)
        return self.run(name, *words, "--home", home)

    def start(self, name: str, role: str, what: str = "serve") -> None:
        home = "/etc/sekisho" if self.site.named(name).kind.is_ours else self.home(name)
        command = self.command(name, role, what, "--home", home)
        said = (self.folder / f"{name}.said").open("wb")
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True, start_new_session=True)
        said.close()
        self.servers[name] = server
        assert server.stdout is not None
        assert server.stdout.readline(), (self.folder / f"{name}.said").read_text()

    def stop(self, name: str) -> None:
        server = self.servers.pop(name)
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=READY_SECONDS)
        if server.stdout is not None:
            server.stdout.close()

    def said(self, name: str) -> str:
        return (self.folder / f"{name}.said").read_text()

    def counted(self, name: str) -> dict[str, int]:
        """Give back how many packets each named counter of a machine's rules has seen."""
        raw = self.network.run(self.site.named(name), "nft", "-j", "list", "counters")
        found = [one["counter"] for one in json.loads(raw)["nftables"] if "counter" in one]
        return {one["name"]: one["packets"] for one in found}

    def close(self) -> None:
        for name in list(self.servers):
            self.stop(name)


@contextmanager
def apart(folder: Path) -> Iterator[ApartSite]:
    """Give the made site, with every machine of ours set from its rendered files and keys as its people would put there."""
    file = folder / "site.toml"
    text = SITE_FILE.read_text(encoding="utf-8")
    file.write_text(text.replace("\n[gateway_in]", "trial = true\n\n[gateway_in]", 1), encoding="utf-8")
    site = site_in(file)
    rendered = folder / "rendered"
    done = said_here("site", "render", file, "--out", rendered, "--trial-keys")
    assert done.code == 0, done.err
    with network_of(site) as network:
        made = ApartSite(network, rendered)
        for host in site.hosts:
            if host.kind.is_ours:
                (made.root(host.name) / "etc/machine-id").write_text(f"{digest_of(host.name.encode()).hex[:32]}\n")
                declare_from_files(network, host, made.root(host.name))
            else:
                set_routes(network, host, routes_of(site, host))
        try:
            yield made
        finally:
            made.close()


def declare_from_files(network: Network, host: Host, root: Path) -> None:
    """Set a machine as its own start would: switches and packet filter from its rendered files, then its routes."""
    network.run(host, "sysctl", "-q", "-e", "-p", str(root / "etc/sysctl.d/90-sekisho.conf"))
    network.run(host, "nft", "-f", str(root / "etc/nftables.conf"))
    set_routes(network, host, routes_of(network.site, host))


def put_work(made: ApartSite) -> dict[str, Path]:
    """Give back the files that the clerk and the operator bring: table, schema, policy."""
    desk = made.folder / "desk"
    desk.mkdir()
    files = {
        "table.csv": table(),
        "schema.toml": SCHEMA.encode(),
        "policy.toml": POLICY.encode(),
        "sex.csv": b"F;*\nM;*\n",
    }
    for name, raw in files.items():
        (desk / name).write_bytes(raw)
    return {name: desk / name for name in files}
