"""The packet filter of a machine that is stopped, and the units that load it: nothing passes any card (spec/stop.md 5)."""

from collections.abc import Iterable

from sekisho.site.plan.hosts import Host
from sekisho.site.rendering.nftables import NAME
from sekisho.site.rendering.places import HOME, STATE
from sekisho.site.rendering.ruleset import Chain, Rule, Ruleset, Table

RULES = f"{HOME}/stop.nft"
MARK = f"{STATE}/shelf/stop.json"
RUNS_ONLY = f"ConditionPathExists=!{MARK}\n"
"""A role's unit does not start while its zone is stopped; the program would refuse too."""
LAST_WORD_SECONDS = 0.5  # in which a server tells the others that it stops


def stopped_rules(host: Host) -> Ruleset:
    """Give back rules that let nothing through but the machine's talk with itself, on connections that are open too."""
    connections = (
        Chain("input", "input priority filter", "drop", (Rule(('iifname "lo"',), "accept"),)),
        Chain("output", "output priority filter", "drop", (Rule(('oifname "lo"',), "accept"),)),
        Chain("forward", "forward priority filter", "drop", ()),
    )
    cards = tuple(
        Chain(f"{plug.interface}_{way}", f'{hook} device "{plug.interface}" priority filter', "drop", ())
        for plug in host.plugs
        for way, hook in (("in", "ingress"), ("out", "egress"))
    )
    return Ruleset((Table("inet", NAME, (), connections), Table("netdev", NAME, (), cards)))


def stopping_units(runs: Iterable[str]) -> dict[str, str]:
    """Give back what loads these rules as root and ends the role's units, the moment that a mark lies there."""
    return {
        "sekisho-stop.path": f"""\
[Unit]
Description=Sekisho: does a mark say that the site is stopped?

[Path]
PathExists={MARK}

[Install]
WantedBy=multi-user.target
""",
        "sekisho-stop.service": f"""\
[Unit]
Description=Sekisho: the site is stopped, and nothing passes any card of this machine

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStartPre=/usr/bin/sleep {LAST_WORD_SECONDS}
ExecStart=/usr/sbin/nft -f {RULES}
ExecStart=/usr/bin/systemctl stop {" ".join(runs)}
""",
    }
