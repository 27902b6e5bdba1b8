"""Every file that one machine of a site needs from the site file (spec/site.md 4)."""

from sekisho.site.plan.hosts import Host, Plug
from sekisho.site.plan.routes import routes_of
from sekisho.site.plan.site import SitePlan
from sekisho.site.rendering.nftables import ruleset_of
from sekisho.site.rendering.sysctl import write_switches

HEAD = "# Written by `sekisho site render` from the site file of {site} for {host}. Change that file, not this one.\n"


def files_of(site: SitePlan, host: Host) -> dict[str, bytes]:
    """Give back path and content of each file of one machine; a path is as it stands below `/` there."""
    head = HEAD.format(site=site.id, host=host.name)
    rules = ruleset_of(site, host).text
    first, _, rest = rules.partition("\n")
    texts = {
        "etc/nftables.conf": f"{first}\n{head}{rest}",
        "etc/sysctl.d/90-sekisho.conf": head + write_switches(host),
        **{f"etc/systemd/network/10-{one.interface}.network": head + _card(site, host, one) for one in host.plugs},
    }
    return {path: text.encode() for path, text in texts.items()}


def _card(site: SitePlan, host: Host, plug: Plug) -> str:
    """The card for systemd-networkd: its address, the routes that flows need; no default route, no name server, no IPv6."""
    lines = [
        "[Match]",
        f"Name={plug.interface}",
        "",
        "[Network]",
        f"Address={plug.address}",
        *(f"{name}=no" for name in ("DHCP", "LinkLocalAddressing", "IPv6AcceptRA", "LLMNR", "MulticastDNS", "LLDP")),
        "EmitLLDP=no",
        "DNSDefaultRoute=no",
        "",
    ]
    for target, neighbour in routes_of(site, host):
        if neighbour in plug.address.network:
            lines += ["[Route]", f"Destination={target}", f"Gateway={neighbour}", ""]
    return "\n".join(lines)
