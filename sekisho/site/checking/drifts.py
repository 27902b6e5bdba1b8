"""What can differ on a machine from what the site file says (spec/site.md 7.2)."""

from dataclasses import dataclass
from enum import Enum


class DriftKind(Enum):
    """What is not as declared; the value is the code that stands in logs and JSON."""

    RULE_ADDED = "rule-added"
    RULE_MISSING = "rule-missing"
    RULE_MOVED = "rule-moved"
    RULES_OTHER = "rules-other"
    SWITCH = "switch"
    ROUTE_DEFAULT = "route-default"
    ROUTE_ADDED = "route-added"
    ROUTE_MISSING = "route-missing"
    ROUTING_RULE = "routing-rule"
    CARD_ADDED = "card-added"
    CARD_MISSING = "card-missing"
    CARD_PROGRAM = "card-program"
    CARD_OTHER = "card-other"
    ADDRESS_PUBLIC = "address-public"
    ADDRESS_IPV6 = "address-ipv6"
    ADDRESS_ADDED = "address-added"
    ADDRESS_MISSING = "address-missing"
    LISTENER = "listener"
    NEIGHBOUR_UNKNOWN = "neighbour-unknown"
    NEIGHBOUR_OTHER = "neighbour-other"
    NAME_SERVER = "name-server"
    NAME_ORDER = "name-order"
    ROLE_SECOND = "role-second"
    ROLE_MOVED = "role-moved"


@dataclass(frozen=True)
class Drift:
    """One thing that differs: of what kind, where (a card, a chain, a file), and what is there or is not."""

    kind: DriftKind
    place: str
    what: str


def drift(kind: DriftKind, place: object, what: object) -> Drift:
    return Drift(kind, str(place), str(what))
