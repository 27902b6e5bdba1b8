"""The whole proof of a site's rules, each machine's alterations in a copy of the site of its own (spec/site.md 6; requirements B01, B02, B04, B08, B15)."""

import os
import shutil
import subprocess
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from sekisho.errors import Reason, Unavailable
from sekisho.site.plan.site import SitePlan
from sekisho.site.proving.altering import Alteration, altered
from sekisho.site.proving.network import network_of, run
from sekisho.site.proving.probes import Probe
from sekisho.site.proving.stages import Name, Stage, prepare, stages
from sekisho.site.proving.trial import agents_in

NEEDED = (("ip", "iproute2"), ("nft", "nftables"), ("unshare", "util-linux"), ("sysctl", "procps"))


@dataclass(frozen=True)
class Proof:
    """All that was found. `probes` by number; `machines` with the strangers."""

    machines: int
    stages: tuple[Stage, ...]
    alterations: tuple[Alteration, ...]
    probes: dict[int, Probe]

    @property
    def proven(self) -> bool:
        told = self.alterations
        return all(one.proven for one in self.stages) and all(one.compared and one.tried is not False for one in told)

    @property
    def open_flows(self) -> tuple[Probe, ...]:
        """What got through with all rules as rendered."""
        stage = next(one for one in self.stages if one.name is Name.RULES)
        return tuple(self.probes[number] for number in sorted(stage.passed))


def check_can_prove() -> None:
    """Refuse with PROOF_NOT_HERE, which names what is missing, where no site can be set up as namespaces."""
    if os.geteuid() != 0:
        raise Unavailable(Reason.PROOF_NOT_HERE, missing="root")
    for command, package in NEEDED:
        if shutil.which(command) is None:
            raise Unavailable(Reason.PROOF_NOT_HERE, missing=package)
    name = f"sk{os.getpid()}-can"
    try:
        run("ip", "netns", "add", name)
        run("ip", "netns", "exec", name, "ip", "link", "add", "sk0", "type", "veth", "peer", "name", "sk1")
        run("ip", "netns", "exec", name, "nft", "-f", "-", given="table inet sk {\n}\n")
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable(Reason.PROOF_NOT_HERE, missing="network namespaces") from error
    finally:
        subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False, timeout=30)  # noqa: S603, S607


def prove(site: SitePlan) -> Proof:
    """Give back the proof of a site. Traffic goes to namespaces made here alone, and ends with the call."""
    check_can_prove()
    with ProcessPoolExecutor(len(site.ours), get_context("spawn")) as pool:  # they wait more than they work
        hosts = sorted(site.ours, key=lambda one: -len(one.plugs))  # the longest first
        waiting: list[Future[tuple[Alteration, ...]]] = [pool.submit(_alter, site, one.name) for one in hosts]
        found, probes, machines = _stages(site)
        told = tuple(one for each in waiting for one in each.result())
    return Proof(machines, found, told, probes)


def _stages(site: SitePlan) -> tuple[tuple[Stage, ...], dict[int, Probe], int]:
    with network_of(site) as network, agents_in(network) as agents:
        proving = prepare(network, agents)
        return tuple(stages(proving)), proving.by_number, len(network.hosts)


def _alter(site: SitePlan, name: str) -> tuple[Alteration, ...]:
    with network_of(site) as network, agents_in(network) as agents:
        return tuple(altered(prepare(network, agents), network.site.named(name)))
