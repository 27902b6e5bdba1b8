"""Switches of the kernel for one machine (spec/site.md 4.3)."""

from sekisho.site.plan.hosts import Host

Switch = tuple[str, int | str]


def switches_of(host: Host) -> tuple[Switch, ...]:
    """Give back name and value of each switch; only gateways hand packets on, nobody speaks IPv6."""
    every = ("all", "default", *(one.interface for one in host.plugs))
    each: dict[str, int] = {
        "rp_filter": 1,
        "arp_ignore": 2,
        "arp_announce": 2,
        "accept_redirects": 0,
        "secure_redirects": 0,
        "send_redirects": 0,
        "accept_source_route": 0,
        "proxy_arp": 0,
        "log_martians": 1,
    }
    return (
        ("net.ipv4.ip_forward", int(host.kind.forwards)),
        *((f"net.ipv4.conf.{card}.{name}", value) for card in every for name, value in each.items()),
        *((f"net.ipv6.conf.{card}.disable_ipv6", 1) for card in every),
        ("net.ipv4.icmp_echo_ignore_broadcasts", 1),
        ("net.ipv4.icmp_ignore_bogus_error_responses", 1),
        ("net.ipv4.tcp_syncookies", 1),
        ("net.ipv4.tcp_mtu_probing", 1),  # no ICMP is let in, so a smaller line is found out by trying
        ("net.ipv4.tcp_rfc1337", 1),
        ("net.netfilter.nf_conntrack_tcp_loose", 0),  # a connection begins with its first packet, or is none
        ("net.netfilter.nf_conntrack_acct", 1),  # the bound on answers counts bytes
    )


def write_switches(host: Host) -> str:
    """Give back the file for `/etc/sysctl.d`."""
    return "".join(f"{name} = {value}\n" for name, value in switches_of(host))
