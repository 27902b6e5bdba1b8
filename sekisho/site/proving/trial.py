"""Tries all probes at once and says which got through, and which left a machine at all (spec/site.md 6.3)."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sekisho.site.plan.hosts import Host
from sekisho.site.plan.site import SitePlan
from sekisho.site.proving import agent
from sekisho.site.proving.network import Network
from sekisho.site.proving.probes import Probe, Sort, is_a_flow, tcp_ports, udp_ports

SHORT_SECONDS, LONG_SECONDS = 0.15, 1.2


@dataclass(frozen=True)
class Outcome:
    """Numbers of the probes that an application answered or got, and for each number the machines whose cards it reached."""

    passed: frozenset[int]
    seen: dict[int, frozenset[str]]

    def came(self, probe: Probe) -> bool:
        """Say whether a probe was seen by the machine that it was for."""
        return probe.path[-1].name in self.seen.get(probe.number, frozenset())


@dataclass(frozen=True)
class Agents:
    """One process in each machine."""

    network: Network
    running: dict[str, subprocess.Popen[str]]

    def ask(self, host: Host, **order: Any) -> None:
        pipe = self.running[host.name].stdin
        assert pipe is not None
        pipe.write(json.dumps(order) + "\n")
        pipe.flush()

    def answer(self, host: Host) -> Any:
        pipe = self.running[host.name].stdout
        assert pipe is not None
        return json.loads(pipe.readline())

    def try_all(
        self,
        probes: Sequence[Probe],
        hoped: frozenset[int] = frozenset(),
        reaching: frozenset[int] = frozenset(),
        again_seconds: float = LONG_SECONDS,
    ) -> Outcome:
        """Give back what became of the probes.

        Tried a second time, with patience: those `hoped` for that did not pass, those `reaching` their machine that were
        not seen there.
        """
        first = self._round(probes, SHORT_SECONDS)
        unseen = {one.number for one in probes if one.number in reaching and not first.came(one)}
        missing = [one for one in probes if one.number in (hoped - first.passed) | unseen]
        if not missing:
            return first
        again = self._round(missing, again_seconds)
        return Outcome(first.passed | again.passed, {**first.seen, **again.seen})

    def _round(self, probes: Sequence[Probe], seconds: float) -> Outcome:
        hosts = self.network.hosts
        for host in hosts:
            own = [one for one in probes if one.source is host]
            packets = [
                [one.number, one.sort.value, str(one.address), one.port] for one in own if one.sort is not Sort.FRAME
            ]
            frames = [[one.number, one.source.plug(one.line).interface, one.raw.hex()] for one in own if one.raw]
            self.ask(host, do="go", probes=packets, frames=frames)
        for host in hosts:
            self.answer(host)
        time.sleep(seconds)
        for host in hosts:
            self.ask(host, do="tell")
        told = [(host, self.answer(host)) for host in hosts]
        return _outcome(self.network.site, {one.number: one for one in probes}, told)


def _outcome(site: SitePlan, known: dict[int, Probe], told: list[tuple[Host, Any]]) -> Outcome:
    """Give back what became of the probes: one that a flow carries has passed when its answer is back, any other when heard."""
    bare = {number for number, one in known.items() if one.sort is not Sort.TCP and not is_a_flow(site, one)}
    calls = {tuple(one[:4]): one[4] for _, said in told for one in said["calls"]}
    seen: dict[int, set[str]] = {}
    passed: set[int] = set()
    for host, said in told:
        first = {calls[tuple(one)] for one in said["syns"] if tuple(one) in calls}
        for number in {*first, *said["seen"], *said["heard"]} & known.keys():
            seen.setdefault(number, set()).add(host.name)
        passed |= {one for one in said["answered"] if one in known}
        passed |= bare & set(said["heard"])
    return Outcome(frozenset(passed), {number: frozenset(names) for number, names in seen.items()})


@contextmanager
def agents_in(network: Network) -> Iterator[Agents]:
    """Give a process in each machine, that all listen; they end with the block."""
    kinds = {"tcp": tcp_ports(network.site), "udp": udp_ports(network.site)}
    ports = tuple(f"{kind}={','.join(map(str, each))}" for kind, each in kinds.items())
    with ExitStack() as stack:
        running = {}
        for host in network.hosts:
            command = [
                "ip",
                "netns",
                "exec",
                network.namespace(host),
                sys.executable,
                "-I",
                str(Path(agent.__file__)),
                *ports,
            ]
            made = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own words
            stack.callback(_end, made)
            running[host.name] = made
        agents = Agents(network, running)
        for host in network.hosts:
            agents.answer(host)
        yield agents


def _end(process: subprocess.Popen[str]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(5)
