"""Each role's settings.toml from the site file, complete but for the founders' keys (spec/site.md 4.6, spec/settings.md)."""

from dataclasses import replace

from sekisho.site.plan.hosts import Host, Kind, Line
from sekisho.site.plan.site import SitePlan
from sekisho.site.rendering.places import HOME, STATE
from sekisho.site.role_settings import Door, Doors, SiteHead, role_text

SILENCE_SECONDS = 60  # spec/stop.md 3.2
FOUNDERS = ("put the first founder's public key here", "put the second founder's public key here")
"""No keys, so that the file is refused, and the refusal names this place, until somebody puts them there."""


def settings_of(site: SitePlan, host: Host) -> str:
    """Give back the settings of a machine's role; "" for gateways and the console."""
    head = SiteHead(site.id, site.trial, FOUNDERS)
    match host.kind:
        case Kind.RECEIVING | Kind.PROCESSING | Kind.DELIVERY:
            limits = f"\n[limits]\nretention_days = {site.bounds.retention_days}\n"
            limits += f"\n[stop]\ndead_man_seconds = {SILENCE_SECONDS}\n"
            own = replace(head, file=f"{HOME}/site.toml", host=host.name)
            return role_text(host.kind.value, host.name, own, doors_of(site), f"{STATE}/") + limits
        case Kind.MUNICIPALITY | Kind.RECIPIENT:
            role = host.kind.value
            identity = host.name.removeprefix(f"{role}-")
            return role_text(role, identity, head, doors_of(site, identity))
        case _:
            return ""


def doors_of(site: SitePlan, recipient: str = "") -> Doors:
    """Give back where each door of a site is; of a recipient that is not named, or has no receiver of ours, there is none."""
    receiving, delivery = site.host(Kind.RECEIVING), site.host(Kind.DELIVERY)
    return Doors(
        _door(receiving, Line.INTAKE, site.ports.senders),
        _door(receiving, Line.PULL, site.ports.pull),
        _door(delivery, Line.PUSH, site.ports.push),
        next(
            (
                _of(site, one.recipient, one.port)
                for one in site.outlets
                if one.recipient == recipient and one.way == "https"
            ),
            ("", 0),
        ),
    )


def _of(site: SitePlan, recipient: str, port: int) -> Door:
    return _door(site.named(f"recipient-{recipient}"), Line.RECIPIENTS, port)


def _door(host: Host, line: Line, port: int) -> Door:
    return str(host.plug(line).ip), port
