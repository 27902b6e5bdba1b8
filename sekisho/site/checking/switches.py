"""The kernel's switches against the rendered ones (spec/site.md 4.3, 7.2)."""

from collections.abc import Iterator
from pathlib import Path

from sekisho.site.checking.drifts import Drift, DriftKind, drift
from sekisho.site.plan.hosts import Host
from sekisho.site.rendering.sysctl import switches_of

SWITCHES = Path("/proc/sys")
NO_IPV6 = "net.ipv6."


def check_switches(host: Host, switches: Path = SWITCHES) -> Iterator[Drift]:
    """Give the switches that stand otherwise, each beside what it should be; a kernel without IPv6 has none for it, and needs none."""
    has_ipv6 = (switches / "net" / "ipv6").is_dir()
    for name, wanted in switches_of(host):
        if name.startswith(NO_IPV6) and not has_ipv6:
            continue
        try:
            live = (switches / name.replace(".", "/")).read_text().strip()
        except OSError:
            live = "–"  # this kernel lacks it
        if live != str(wanted):
            yield drift(DriftKind.SWITCH, f"{name} = {wanted}", live)
