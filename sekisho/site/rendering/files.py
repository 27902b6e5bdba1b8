"""Every file that one machine of a site needs from the site file (spec/site.md 4)."""

from sekisho.site.plan.hosts import CARRIED, Host, Plug
from sekisho.site.plan.routes import routes_of
from sekisho.site.plan.site import SitePlan
from sekisho.site.rendering.dropbox import drop_box_of
from sekisho.site.rendering.ends import end_files_of
from sekisho.site.rendering.nftables import ruleset_of
from sekisho.site.rendering.places import HOME, STATE, USER
from sekisho.site.rendering.settings import settings_of
from sekisho.site.rendering.stopped import RULES, stopped_rules
from sekisho.site.rendering.sysctl import write_switches
from sekisho.site.rendering.units import units_of
from sekisho.site.rendering.vpn import TUNNEL_BYTES, vpn_of

HEAD = "# Written by `sekisho site render` from the site file of {site} for {host}. Change that file, not this one.\n"
NAMES = "".join(f"{one}: files\n" for one in ("passwd", "group", "shadow", "gshadow", "hosts", "networks", "services"))
"""Names are looked up in files and nowhere else, so that no program asks the network for one (requirement B08)."""


def files_of(site: SitePlan, host: Host, raw: bytes) -> dict[str, bytes]:
    """Give back path and content of each file of one machine; `raw` is the site file, which the check compares with.

    A path is as it stands below `/` there; for the two ends, whose machines are not ours, below a folder of their own.
    """
    head = HEAD.format(site=site.id, host=host.name)
    if not host.kind.is_ours:
        return {path: (head + text).encode() for path, text in end_files_of(site, host).items()}
    first, _, rest = ruleset_of(site, host).text.partition("\n")
    settings = settings_of(site, host)
    texts = {
        "etc/sysctl.d/90-sekisho.conf": write_switches(host),
        "etc/nsswitch.conf": NAMES,
        "etc/resolv.conf": "# There is no name server.\n",
        **{f"etc/systemd/network/10-{one.interface}.network": _card(site, host, one) for one in host.plugs},
        **units_of(site, host),
        **drop_box_of(site, host),
        **vpn_of(site, host),
        **(_role(settings) if settings else {}),
    }
    made = {path: (head + text).encode() for path, text in texts.items()}
    made[RULES[1:]] = f"{first}\n{head}{stopped_rules(host).text.partition(chr(10))[2]}".encode()
    return made | {"etc/nftables.conf": f"{first}\n{head}{rest}".encode(), f"{HOME[1:]}/site.toml": raw}


def _role(settings: str) -> dict[str, str]:
    """Give back the settings, and the account that the role runs as, with what belongs to it."""
    return {
        f"{HOME[1:]}/settings.toml": settings,
        "etc/sysusers.d/sekisho.conf": f'u {USER} - "Sekisho" {STATE} /usr/sbin/nologin\n',
        "etc/tmpfiles.d/sekisho.conf": (
            f"d {STATE} 0700 {USER} {USER}\nd {STATE}/shelf 0700 {USER} {USER}\n"
            f"z {HOME} 0750 root {USER}\n"
            + "".join(f"z {HOME}/{name} 0640 root {USER}\n" for name in ("settings.toml", "roster.json", "site.toml"))
            + "".join(f"Z {HOME}/{name} - {USER} {USER}\n" for name in ("tls", "keys", "ssh"))
        ),
    }


def _card(site: SitePlan, host: Host, plug: Plug) -> str:
    """Give back the card for systemd-networkd: its address, the routes that flows need, and nothing else."""
    tunnelled = {site.on(line)[0].plug(line).address.network for line in CARRIED if site.on(CARRIED[line])}
    lines = [
        "[Match]",
        f"Name={plug.interface}",
        "",
        *(["[Link]", f"MTUBytes={TUNNEL_BYTES}", ""] if host.is_tunnel(plug) else []),
        "[Network]",
        f"Address={plug.address}",
        *(f"{name}=no" for name in ("DHCP", "LinkLocalAddressing", "IPv6AcceptRA", "LLMNR", "MulticastDNS", "LLDP")),
        "EmitLLDP=no",
        "DNSDefaultRoute=no",
        "",
    ]
    for target, neighbour in routes_of(site, host):
        if neighbour in plug.address.network:
            narrow = [f"MTUBytes={TUNNEL_BYTES}"] if target in tunnelled else []
            lines += ["[Route]", f"Destination={target}", f"Gateway={neighbour}", *narrow, ""]
    return "\n".join(lines)
