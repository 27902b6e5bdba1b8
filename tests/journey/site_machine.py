"""One machine of a site that is up as network namespaces, set as the site file says, with a process in it that looks."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from sekisho.errors import Unavailable
from sekisho.site.plan.hosts import Host
from sekisho.site.plan.routes import routes_of
from sekisho.site.proving.network import Network, set_routes
from sekisho.site.proving.proof import check_can_prove
from sekisho.site.rendering.nftables import ruleset_of
from sekisho.site.rendering.sysctl import switches_of
from tests.journey import looking_there

ROOT = Path(__file__).parents[2]
SITE_FILE = ROOT / "examples" / "site" / "site.toml"


def _why_not() -> str:
    try:
        check_can_prove()
    except Unavailable as error:
        return str(error.facts["missing"])
    return ""


MISSING = "" if os.environ.get("CI") else _why_not()
needs_namespaces = pytest.mark.skipif(bool(MISSING), reason=f"machines as network namespaces need {MISSING}")
"""For files that set machines up; in CI nothing is skipped."""
MACHINE_ID = "0123456789abcdef0123456789abcdef"


@dataclass(frozen=True)
class Machine:
    """A machine of the site. `root` stands for its files; `looker` compares it when told to."""

    network: Network
    host: Host
    root: Path
    looker: subprocess.Popen

    def ask(self, *what):
        self.looker.stdin.write(json.dumps(what) + "\n")
        self.looker.stdin.flush()
        return json.loads(self.looker.stdout.readline())

    def look(self) -> list[list[str]]:
        """Give back what differs: kind, place and what."""
        return self.ask("look")

    def sh(self, script: str) -> str:
        return self.network.run(self.host, "sh", "-ec", script)

    def sekisho(self, *words: str) -> list[str]:
        """Give back the command that runs ours in this machine, on its own files."""
        etc = self.root / "etc"
        own = "".join(
            f"mount --bind {etc / name} /etc/{name}; " for name in ("resolv.conf", "nsswitch.conf", "machine-id")
        )
        enter = f"ip netns exec {self.network.namespace(self.host)}"
        return ["unshare", "-m", "sh", "-ec", f'{own}exec {enter} "$@"', "sh", sys.executable, "-m", "sekisho", *words]


def declare(network: Network, host: Host) -> None:
    """Set a machine's rules, switches and routes as they are rendered."""
    site = network.site
    network.run(host, "nft", "-f", "-", given=ruleset_of(site, host).text)
    network.run(host, "sysctl", "-q", "-w", *(f"{name}={value}" for name, value in switches_of(host)))
    set_routes(network, host, routes_of(site, host))


def make_files(root: Path) -> Path:
    """Give back a folder that stands for a machine's own files as they should be."""
    etc = root / "etc"
    etc.mkdir(parents=True, exist_ok=True)
    (etc / "machine-id").write_text(f"{MACHINE_ID}\n")
    (etc / "resolv.conf").write_text("")
    (etc / "nsswitch.conf").write_text("passwd: files\nhosts: files\n")
    return root


@contextmanager
def machine_in(network: Network, name: str, root: Path, file: Path = SITE_FILE) -> Iterator[Machine]:
    host = network.site.named(name)
    declare(network, host)
    command = ["ip", "netns", "exec", network.namespace(host), sys.executable, looking_there.__file__, file, name, root]
    with subprocess.Popen(list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as looker:
        yield Machine(network, host, make_files(root), looker)
        looker.stdin.close()
