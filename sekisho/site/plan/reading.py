"""Reads a site file strictly, and checks that its machines fit together (spec/site.md 1 and 2)."""

from collections import Counter
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv4Interface, IPv4Network, NetmaskValueError
from itertools import combinations
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from sekisho.deid.written.strict import Strict, read_toml
from sekisho.errors import Malformed, Reason
from sekisho.release.endpoints import read_host_key
from sekisho.site.plan.hosts import CARRIED, Host, Kind, Line, Plug
from sekisho.site.plan.site import Bounds, Outlet, Ports, SitePlan

FORMAT = "sekisho-site-v1"


def _read_interface(text: object) -> IPv4Interface:
    try:
        read = IPv4Interface(text if isinstance(text, str) and "/" in text else "")
    except (AddressValueError, NetmaskValueError, ValueError) as error:
        raise PydanticCustomError("address", "an IPv4 address with its prefix is needed") from error
    edges = {read.network.network_address, read.network.broadcast_address} if read.network.prefixlen < 31 else set()
    if read.ip in edges or read.ip.is_multicast or read.ip.is_loopback or read.ip.is_unspecified:
        raise PydanticCustomError("address_unusable", "the address of a machine is needed")
    if not read.is_private:
        raise PydanticCustomError("address_public", "a line of a site has private addresses")
    return read


def _read_address(text: object) -> IPv4Address:
    return _read_interface(f"{text}/32" if isinstance(text, str) and "/" not in text else None).ip


def _read_host_key(text: object) -> str:
    try:
        return read_host_key(text if isinstance(text, str) else "")
    except Malformed as error:
        raise PydanticCustomError("host_key", "an SSH public key without its comment is needed") from error


HostKey = Annotated[str, BeforeValidator(_read_host_key)]
Interface = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{0,13}$")]
Card = Annotated[IPv4Interface, BeforeValidator(_read_interface)]
Address = Annotated[IPv4Address, BeforeValidator(_read_address)]
Port = Annotated[int, Field(ge=1, le=65_535)]
Mac = Annotated[
    str, Field(pattern=r"^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$")
]  # of one card, so not a group's (IEEE 802)
DnsName = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$")]
Text = Annotated[str, Field(min_length=1, max_length=100)]


class _PlugPart(Strict):
    model_config = Strict.model_config | {"arbitrary_types_allowed": True}
    interface: Interface
    address: Card
    mac: Mac | None = None


class _GatewayInPart(Strict):
    municipalities: _PlugPart
    intake: _PlugPart
    carrier: _PlugPart | None = None


class _ReceivingPart(Strict):
    intake: _PlugPart
    pull: _PlugPart
    port: Port
    pull_port: Port
    drop_box_port: Port | None = None


class _ProcessingPart(Strict):
    pull: _PlugPart
    push: _PlugPart
    console: _PlugPart | None = None
    console_port: Port | None = None


class _DeliveryPart(Strict):
    push: _PlugPart
    outlet: _PlugPart
    push_port: Port


class _GatewayOutPart(Strict):
    outlet: _PlugPart
    recipients: _PlugPart
    carrier: _PlugPart | None = None


class _ConsolePart(Strict):
    console: _PlugPart


class _MunicipalityPart(Strict):
    model_config = Strict.model_config | {"arbitrary_types_allowed": True}
    id: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    address: Address
    carrier: Address | None = None
    mac: Mac | None = None


class _RecipientPart(Strict):
    model_config = Strict.model_config | {"arbitrary_types_allowed": True}
    id: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,46}[a-z0-9])?$")]
    address: Address
    carrier: Address | None = None
    mac: Mac | None = None
    port: Port
    way: Literal["https", "sftp"] = "https"
    host_key: HostKey | None = None


class _BoundsPart(Strict):
    reply_bytes: Annotated[int, Field(ge=65_536, le=2**30)] = 1_048_576
    retention_days: Annotated[int, Field(ge=1, le=36_500)] = 1_095


class _SitePart(Strict):
    format: Literal["sekisho-site-v1"]
    id: DnsName
    name: Text
    trial: bool = False
    gateway_in: _GatewayInPart
    receiving: _ReceivingPart
    processing: _ProcessingPart
    delivery: _DeliveryPart
    gateway_out: _GatewayOutPart
    console: _ConsolePart | None = None
    municipality: Annotated[list[_MunicipalityPart], Field(min_length=1)]
    recipient: Annotated[list[_RecipientPart], Field(min_length=1)]
    bounds: _BoundsPart = Field(default_factory=_BoundsPart)


def read_site(raw: bytes) -> SitePlan:
    """Give back the site of a TOML file, or refuse with SITE_MALFORMED, which names the key and the rule."""
    part = read_toml(raw, _SitePart, Reason.SITE_MALFORMED)
    site = SitePlan(
        id=part.id,
        name=part.name,
        trial=part.trial,
        hosts=tuple(_hosts(part)),
        ports=_ports(part),
        outlets=tuple(Outlet(one.id, one.port, one.way, one.host_key or "") for one in part.recipient),
        bounds=Bounds(part.bounds.reply_bytes, part.bounds.retention_days),
    )
    _check_console(part)
    _check_outlets(site)
    _check_ports(site)
    _check_names(site)
    _check_lines(site)
    return site


def _hosts(part: _SitePart) -> Iterator[Host]:
    way_in, way_out = part.gateway_in, part.gateway_out
    for one in part.municipality:
        yield _party(Kind.MUNICIPALITY, one, Line.MUNICIPALITIES, way_in.municipalities, way_in.carrier)
    carrier = {"carrier-in": way_in.carrier} if way_in.carrier else {}
    yield _host(Kind.GATEWAY_IN, municipalities=way_in.municipalities, intake=way_in.intake, **carrier)
    yield _host(Kind.RECEIVING, intake=part.receiving.intake, pull=part.receiving.pull)
    console = {"console": part.processing.console} if part.processing.console else {}
    yield _host(Kind.PROCESSING, pull=part.processing.pull, push=part.processing.push, **console)
    yield _host(Kind.DELIVERY, push=part.delivery.push, outlet=part.delivery.outlet)
    carrier = {"carrier-out": way_out.carrier} if way_out.carrier else {}
    yield _host(Kind.GATEWAY_OUT, outlet=way_out.outlet, recipients=way_out.recipients, **carrier)
    for each in part.recipient:
        yield _party(Kind.RECIPIENT, each, Line.RECIPIENTS, way_out.recipients, way_out.carrier)
    if part.console:
        yield _host(Kind.CONSOLE, console=part.console.console)


def _host(kind: Kind, **plugs: _PlugPart) -> Host:
    cards = (Plug(one.interface, Line(line), one.address, one.mac or "") for line, one in plugs.items())
    return Host(kind.value, kind, tuple(cards))


def _party(
    kind: Kind, one: _MunicipalityPart | _RecipientPart, line: Line, gateway: _PlugPart, carrier: _PlugPart | None
) -> Host:
    """Give back a machine that is not ours: the one card that we know of, and the tunnel through it where there is one."""
    if (one.carrier is None) != (carrier is None):
        raise _misfit(f"{kind.value}.carrier", "incomplete")
    inner = IPv4Interface(f"{one.address}/{gateway.address.network.prefixlen}")
    if one.carrier is None or carrier is None:
        return Host(f"{kind.value}-{one.id}", kind, (Plug("ext0", line, inner, one.mac or ""),))
    outer = IPv4Interface(f"{one.carrier}/{carrier.address.network.prefixlen}")
    cards = Plug("vpn0", line, inner), Plug("ext0", CARRIED[line], outer, one.mac or "")
    return Host(f"{kind.value}-{one.id}", kind, cards)


def _ports(part: _SitePart) -> Ports:
    return Ports(
        senders=part.receiving.port,
        drop_box=part.receiving.drop_box_port or 0,
        pull=part.receiving.pull_port,
        push=part.delivery.push_port,
        console=part.processing.console_port or 0,
    )


def _misfit(key: str, rule: str) -> Malformed:
    return Malformed(Reason.SITE_MALFORMED, findings=(), key=key, rule=rule)


def _check_console(part: _SitePart) -> None:
    """Card, port and machine of the console stand together or not at all."""
    told = (part.processing.console, part.processing.console_port, part.console)
    if any(one is not None for one in told) and any(one is None for one in told):
        raise _misfit("console", "incomplete")


def _check_outlets(site: SitePlan) -> None:
    if any(one.host_key and one.way != "sftp" for one in site.outlets):
        raise _misfit("recipient.host_key", "sftp-only")


def _check_ports(site: SitePlan) -> None:
    doors = [one for one in (site.ports.senders, site.ports.drop_box, site.ports.pull) if one]
    if len(set(doors)) < len(doors):
        raise _misfit("receiving.port", "twice")


def _check_names(site: SitePlan) -> None:
    for what, names in (
        ("municipality", [one.name for one in site.hosts if one.kind is Kind.MUNICIPALITY]),
        ("recipient", [one.name for one in site.hosts if one.kind is Kind.RECIPIENT]),
        *((host.name, [one.interface for one in host.plugs]) for host in site.ours),
    ):
        if any(count > 1 for count in Counter(names).values()):
            raise _misfit(what, "twice")


def _check_lines(site: SitePlan) -> None:
    """Every line has a network of its own, and every address one machine."""
    networks: dict[Line, IPv4Network] = {}
    for host in site.hosts:
        for plug in host.plugs:
            known = networks.setdefault(plug.line, plug.address.network)
            if plug.address.network != known:
                raise _misfit(host.kind.value, "other-network")
    for one, other in combinations(networks.values(), 2):
        if one.overlaps(other):
            raise _misfit("address", "networks-overlap")
    addresses = Counter(plug.ip for host in site.hosts for plug in host.plugs)
    if any(count > 1 for count in addresses.values()):
        raise _misfit("address", "twice")
    for network in networks.values():
        edges = {network.network_address, network.broadcast_address} if network.prefixlen < 31 else set()
        if edges & set(addresses):
            raise _misfit("address", "address_unusable")
