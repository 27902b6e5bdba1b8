"""The machines of a site and what plugs them together (spec/site.md 2)."""

from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address, IPv4Interface


class Kind(Enum):
    """What a machine is for; the value is its name in a site file and of its folder when rendered."""

    MUNICIPALITY = "municipality"
    GATEWAY_IN = "gateway-in"
    RECEIVING = "receiving"
    PROCESSING = "processing"
    DELIVERY = "delivery"
    GATEWAY_OUT = "gateway-out"
    RECIPIENT = "recipient"
    CONSOLE = "console"

    @property
    def is_ours(self) -> bool:
        """Whether its files are rendered from the site file; municipalities and recipients have their own people."""
        return self not in {Kind.MUNICIPALITY, Kind.RECIPIENT}

    @property
    def forwards(self) -> bool:
        return self in {Kind.GATEWAY_IN, Kind.GATEWAY_OUT}


class Line(Enum):
    """A line of the site: a wire, or a carrier's closed network, with nothing else on it."""

    MUNICIPALITIES = "municipalities"
    INTAKE = "intake"
    PULL = "pull"
    PUSH = "push"
    OUTLET = "outlet"
    RECIPIENTS = "recipients"
    CONSOLE = "console"
    CARRIER_IN = "carrier-in"
    CARRIER_OUT = "carrier-out"


CARRIED = {Line.MUNICIPALITIES: Line.CARRIER_IN, Line.RECIPIENTS: Line.CARRIER_OUT}
"""Lines that may be a VPN, and the carrier's network that it then goes over."""


@dataclass(frozen=True)
class Plug:
    """One network card of a machine: its name there, its line, and its address with the line's prefix.

    `mac`: its hardware address in lower case, "" where the site file does not give it.
    """

    interface: str
    line: Line
    address: IPv4Interface
    mac: str = ""

    @property
    def ip(self) -> IPv4Address:
        return self.address.ip


@dataclass(frozen=True)
class Host:
    """A machine. `name` is unique in the site: the kind, or for a party its kind and id."""

    name: str
    kind: Kind
    plugs: tuple[Plug, ...]

    def plug(self, line: Line) -> Plug:
        """Give back the card on `line`; KeyError if there is none."""
        for one in self.plugs:
            if one.line is line:
                return one
        raise KeyError(line)

    def has(self, line: Line) -> bool:
        return any(one.line is line for one in self.plugs)

    def is_tunnel(self, plug: Plug) -> bool:
        """Say whether a card is the inner end of a VPN, and no card that one can touch."""
        return plug.line in CARRIED and self.has(CARRIED[plug.line])
