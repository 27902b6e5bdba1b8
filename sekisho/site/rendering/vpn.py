"""A line as a VPN: IKEv2 between a gateway of ours and each party, in one tunnel card (spec/site.md 4.7).

strongSwan holds the keys, the kernel encrypts. All tunnels of a gateway end in one card without a wire (XFRM), so that
rules name the card: what comes in through it was decrypted, what goes out through it will be encrypted, and on the
carrier's card nothing but UDP 500 and 4500 gets through.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sekisho.site.plan.flows import Flow, flows_of
from sekisho.site.plan.hosts import CARRIED, Host, Line, Plug
from sekisho.site.plan.site import SitePlan
from sekisho.site.rendering.units import SYSTEM

CARD_NUMBERS = {Line.MUNICIPALITIES: 61, Line.RECIPIENTS: 62}
TUNNEL_BYTES = 1380
"""Largest packet inside: 1,500 less IP, UDP, ESP and its padding (at most 66), and something for the carrier's own tunnels."""
IKE_PROPOSAL, ESP_PROPOSAL = "aes256gcm16-prfsha384-ecp384", "aes256gcm16-ecp384"
SIGNATURE = "ecdsa-384-sha384"
PLUGINS = (
    "pem pkcs1 pkcs8 x509 constraints revocation pubkey openssl nonce random kdf kernel-netlink socket-default vici"
)
"""What strongSwan may load: nothing that fetches, resolves names, or takes a password."""
AUTHORITY = "vpn-authority.pem"
CONNECTIONS, OPTIONS = "etc/swanctl/conf.d/sekisho.conf", "etc/strongswan.conf"


@dataclass(frozen=True)
class Tunnel:
    """One VPN as one of its two ends sees it. `flow`: what goes through it."""

    own: Host
    peer: Host
    line: Line
    flow: Flow
    flows: tuple[Flow, ...]


def tunnels_of(site: SitePlan, host: Host) -> tuple[Tunnel, ...]:
    """Give back the VPNs that end at a machine."""
    found = []
    for line in CARRIED:
        outside = next((one for one in flows_of(site) if one.name == f"vpn-{line.value}"), None)
        if outside is None:
            continue
        inside = tuple(one for one in flows_of(site) if line in one.lines)
        parties = {one.name: one for one in (*outside.callers, *(each for each, _ in outside.called))}
        ours = [one for one in parties.values() if one.kind.is_ours]
        for peer in parties.values():
            if any(host is one for one in (*ours, peer)) and not peer.kind.is_ours:
                own, other = (host, ours[0]) if host is peer else (host, peer)
                found.append(Tunnel(own, other, line, outside, inside))
    return tuple(found)


def vpn_of(site: SitePlan, host: Host) -> dict[str, str]:
    """Give back path and text of each file of a machine's VPNs; none where it has none."""
    tunnels = tunnels_of(site, host)
    if not tunnels:
        return {}
    made = {CONNECTIONS: "".join(_connections(site, tunnels)), OPTIONS: _OPTIONS}
    if host.kind.is_ours:
        card = host.plug(tunnels[0].line)
        made[f"{SYSTEM}/sekisho-vpn-card.service"] = _card(card)
    return made


def _connections(site: SitePlan, tunnels: tuple[Tunnel, ...]) -> Iterator[str]:
    yield "connections {\n"
    for one in tunnels:
        yield _connection(site, one)
    yield "}\n"


def _connection(site: SitePlan, one: Tunnel) -> str:
    outside, calls = CARRIED[one.line], any(one.own is each for each in one.flow.callers)
    number = CARD_NUMBERS[one.line]
    card = f"\n    if_id_in = {number}\n    if_id_out = {number}" * one.own.kind.is_ours
    return f"""\
  {one.peer.name} {{
    version = 2
    proposals = {IKE_PROPOSAL}
    local_addrs = {one.own.plug(outside).ip}
    remote_addrs = {one.peer.plug(outside).ip}
    encap = yes
    mobike = no
    childless = never
    fragmentation = yes
    unique = replace
    keyingtries = {0 if calls else 1}
    dpd_delay = 20s
    rekey_time = 4h
    reauth_time = 12h
    send_cert = always{card}
    local {{
      auth = {SIGNATURE}
      certs = {one.own.name}.pem
      id = "{name_of(site, one.own)}"
    }}
    remote {{
      auth = {SIGNATURE}
      cacerts = {AUTHORITY}
      id = "{name_of(site, one.peer)}"
    }}
{_inside(one, calls="start" if calls else "none", dead="restart" if calls else "clear")}
  }}
"""


def _inside(one: Tunnel, calls: str, dead: str) -> str:
    mine, theirs = _selectors(one)
    return f"""\
    children {{
      line {{
        mode = tunnel
        esp_proposals = {ESP_PROPOSAL}
        local_ts = {mine}
        remote_ts = {theirs}
        rekey_time = 1h
        start_action = {calls}
        close_action = {calls}
        dpd_action = {dead}
      }}
    }}"""


def name_of(site: SitePlan, host: Host) -> str:
    """Give back the distinguished name that a machine's certificate must bear."""
    return f"CN={host.name}.{site.id}"


def _selectors(one: Tunnel) -> tuple[str, str]:
    """Give back what may go through: between callers and the doors of the flows inside; the gateway itself is neither."""
    party = one.peer if one.own.kind.is_ours else one.own
    calls = any(party is each for flow in one.flows for each in flow.callers)
    doors = [(address, port) for flow in one.flows for address, port in flow.targets]
    if not calls:
        doors = [(address, port) for address, port in doors if address == party.plug(one.line).ip]
    called = ",".join(f"{address}/32[tcp/{port}]" for address, port in dict.fromkeys(doors))
    sources = dict.fromkeys(address for flow in one.flows for address in flow.sources)
    caller = f"{party.plug(one.line).ip}/32[tcp]" if calls else ",".join(f"{each}/32[tcp]" for each in sources)
    here_calls = calls == (party is one.own)
    return (caller, called) if here_calls else (called, caller)


def _card(card: Plug) -> str:
    return f"""\
[Unit]
Description=Sekisho: the card of the tunnels, there before rules are loaded that name it
DefaultDependencies=no
Before=nftables.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/ip link add {card.interface} type xfrm if_id {CARD_NUMBERS[card.line]}

[Install]
RequiredBy=nftables.service
"""


_OPTIONS = f"""\
charon {{
  load = {PLUGINS}
  install_routes = no
  install_virtual_ip = no
  make_before_break = yes
  keep_alive = 20s
  retransmit_tries = 4
  plugins {{
    socket-default {{
      use_ipv6 = no
    }}
  }}
}}
"""
"""Routes and addresses are the network configuration's; the next key is agreed on before the last one goes."""
