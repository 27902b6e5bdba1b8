"""Whether the packet filter that is live is, to the last condition, the one that was rendered (spec/site.md 7)."""

import json
import subprocess
from typing import Any

from sekisho.errors import Reason, Unavailable
from sekisho.site.plan.hosts import Host
from sekisho.site.rendering.ruleset import Ruleset

LIST = ("nft", "-j", "list", "ruleset")
COMMAND_SECONDS = 30.0
_MOVING = frozenset({"handle", "packets", "bytes", "used"})  # what the kernel counts


def rules_wanted(ruleset: Ruleset, host: Host) -> tuple[str, ...]:
    """Give back how the kernel lists the rendered rules: they are loaded in an empty network namespace and read again."""
    cards = "".join(f"ip link add {one.interface} type veth peer name p{n}\n" for n, one in enumerate(host.plugs))
    script = f"set -e\n{cards}nft -f -\n{' '.join(LIST)}\n"
    return listed(_run(("unshare", "-n", "sh", "-c", script), ruleset.text))


def rules_live() -> tuple[str, ...]:
    """Give back how the kernel lists the rules of the network namespace that we are in."""
    return listed(_run(LIST, ""))


def listed(raw: str) -> tuple[str, ...]:
    """Give back what a listing in JSON says of tables, chains, rules and sets, one text each, in its order.

    Counts and handles are left out; all else is compared: also a rule that somebody added, or put in another place.
    """
    parts = json.loads(raw)["nftables"]
    return tuple(json.dumps(_still(one), sort_keys=True) for one in parts if "metainfo" not in one)


def _still(part: Any) -> Any:
    match part:
        case dict():
            return {name: _still(one) for name, one in part.items() if name not in _MOVING or isinstance(one, dict)}
        case list():
            return [_still(one) for one in part]
        case _:
            return part


def _run(command: tuple[str, ...], given: str) -> str:
    try:
        done = subprocess.run(command, input=given, capture_output=True, text=True, check=True, timeout=COMMAND_SECONDS)  # noqa: S603 - our own words
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable(Reason.RULES_UNREADABLE, command=command[0]) from error
    return done.stdout
