"""Whether the packet filter that is live is, to the last condition, the one that was rendered (spec/site.md 7)."""

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import chain
from pathlib import Path
from typing import Any

from sekisho.errors import Reason, Unavailable
from sekisho.site.checking.drifts import Drift, DriftKind, drift
from sekisho.site.plan.hosts import Host
from sekisho.site.rendering.ruleset import Ruleset

LIST = ("nft", "-j", "list", "ruleset")
LIST_FOR_PEOPLE = ("nft", "-s", "list", "ruleset")
OUTERMOST = "nftables"
COMMAND_SECONDS = 30.0
NET = Path("/proc/self/net")
OLD_TABLES = (
    "ip_tables_names",
    "ip6_tables_names",
    "arp_tables_names",
)  # of iptables before nftables; nft lists none of them
_MOVING = frozenset({"handle", "packets", "bytes", "used"})  # what the kernel counts


def rules_wanted(ruleset: Ruleset, host: Host) -> tuple[str, ...]:
    """Give back how the kernel lists the rendered rules: they are loaded in an empty network namespace and read again."""
    return listed(_wanted(ruleset, host, LIST))


def rules_live() -> tuple[str, ...]:
    """Give back how the kernel lists the rules of the network namespace that we are in."""
    return listed(said_here(LIST))


def check_rules(wanted: tuple[str, ...], ruleset: Ruleset, host: Host) -> Iterator[Drift]:
    """Give what differs from `wanted`, which is of `ruleset`, in the words of nft; nothing only if nothing differs."""
    if rules_live() == wanted:
        return
    found = tuple(differing(_wanted(ruleset, host, LIST_FOR_PEOPLE), said_here(LIST_FOR_PEOPLE)))
    yield from found or (drift(DriftKind.RULES_OTHER, "nftables", "nft -j list ruleset"),)


def check_old_tables(net: Path = NET) -> Iterator[Drift]:
    """Give the tables of iptables before nftables: whatever they do, nft does not tell of it."""
    for name in OLD_TABLES:
        try:
            tables = (net / name).read_text().split()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise Unavailable(Reason.RULES_UNREADABLE, source=name) from error
        yield from (drift(DriftKind.RULES_OTHER, name.removesuffix("_names"), one) for one in tables)


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


def differing(wanted: str, live: str) -> Iterator[Drift]:
    """Give the lines of two listings of `nft -s` that are in one of them only, or in another place of their chain.

    Of a table or chain that is missing only its first line.
    """
    before, now = lines_by_block(wanted), lines_by_block(live)
    for place in now:
        gone, new = _changed(before.get(place, []), now[place])
        moved = Counter(gone) & Counter(new)
        for kind, lines in (
            (DriftKind.RULE_MOVED, moved),
            (DriftKind.RULE_MISSING, Counter(gone) - moved),
            (DriftKind.RULE_ADDED, Counter(new) - moved),
        ):
            yield from (drift(kind, place, one) for one in lines.elements())


def _changed(before: list[str], now: list[str]) -> tuple[list[str], list[str]]:
    codes = [one for one in SequenceMatcher(None, before, now, autojunk=False).get_opcodes() if one[0] != "equal"]
    gone = chain.from_iterable(before[start:end] for _, start, end, _, _ in codes)
    return list(gone), list(chain.from_iterable(now[start:end] for _, _, _, start, end in codes))


def lines_by_block(listing: str) -> dict[str, list[str]]:
    """Give back the lines of each block of a listing, a block's own first line with those around it."""
    found: dict[str, list[str]] = {OUTERMOST: []}
    around: list[str] = []
    for line in (one.strip() for one in listing.splitlines()):
        if line == "}":
            around.pop()
        elif line:
            head = line.removesuffix(" {")
            found.setdefault(" ".join(around) or OUTERMOST, []).append(head)
            if head != line:
                around.append(head.removeprefix("table "))
                found.setdefault(" ".join(around), [])
    return found


def _wanted(ruleset: Ruleset, host: Host, how: tuple[str, ...]) -> str:
    cards = "".join(f"ip link add {one.interface} type veth peer name p{n}\n" for n, one in enumerate(host.plugs))
    script = f"set -e\n{cards}nft -f -\n{' '.join(how)}\n"
    return said_here(("unshare", "-n", "sh", "-c", script), ruleset.text)


def said_here(command: tuple[str, ...], given: str = "", reason: Reason = Reason.RULES_UNREADABLE) -> str:
    """Give back what a command says; `reason` with the command's name if it cannot be asked."""
    try:
        done = subprocess.run(command, input=given, capture_output=True, text=True, check=True, timeout=COMMAND_SECONDS)  # noqa: S603 - our own words
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable(reason, command=command[0]) from error
    return done.stdout
