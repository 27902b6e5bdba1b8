"""The systemd units of one machine: who runs, who may listen, and what the kernel keeps from them (spec/site.md 4.4).

Receiving, the drop box and delivery's intake have no network of their own: systemd listens for them and hands them the
socket. The deliverer has a network and cannot listen. Everything is from the flows of the site.
"""

from collections.abc import Iterable, Iterator

from sekisho.site.plan.flows import Flow, flows_of
from sekisho.site.plan.hosts import Host, Kind
from sekisho.site.plan.site import SitePlan
from sekisho.site.rendering.places import HOME, PROGRAM, STATE, USER
from sekisho.site.rendering.stopped import RUNS_ONLY, stopping_units

SYSTEM = "etc/systemd/system"
BACKLOG = 512
CHECK_SECONDS, PULL_SECONDS = 30, 10  # a drift is seen within 60 s; a zone that nobody asks for 60 s stops by itself

ALONE = """\
CapabilityBoundingSet=
AmbientCapabilities=
NoNewPrivileges=yes
NoExecPaths=/
ExecPaths=/opt/sekisho /usr/bin /usr/lib /lib /lib64
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
PrivateUsers=yes
PrivateIPC=yes
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
ProtectProc=invisible
ProcSubset=pid
LockPersonality=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RemoveIPC=yes
KeyringMode=private
LimitCORE=0
UMask=0077
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources @mount @debug @keyring io_uring_setup io_uring_enter io_uring_register
SystemCallFilter=seccomp landlock_create_ruleset landlock_add_rule landlock_restrict_self capset
"""
"""What every process of a role is held by; the last line lets it lock itself further."""

HEARING = """\
PrivateNetwork=yes
RestrictAddressFamilies=none
SocketBindDeny=any
MemoryDenyWriteExecute=yes
SystemCallFilter=~socket connect bind listen sendmmsg
"""
"""It answers on the sockets that it was given, which listen already."""

CALLING = """\
RestrictAddressFamilies=AF_INET
SocketBindDeny=any
SystemCallFilter=~bind listen accept accept4 sendmmsg
"""

NO_SSH = f"InaccessiblePaths=-{HOME}/ssh\n"
"""The key that SFTP servers know delivery by is the deliverer's alone."""

RULES_FIRST = "Requires=nftables.service\nAfter=nftables.service network.target\n"
CHECKED_FIRST = "Requires=sekisho-site-check.service\nAfter=sekisho-site-check.service\n"
"""A oneshot runs anew whenever something that requires it starts, and keeps it from starting where it fails."""


def units_of(site: SitePlan, host: Host) -> dict[str, str]:
    """Give back path and text of each unit of a machine; the drop box has its own page (dropbox.py)."""
    made = dict(_roles(site, host))
    box = ("sekisho-drop-box.socket", "sekisho-drop-box@*.service")
    runs = (*made, *(box if host.kind is Kind.RECEIVING and site.ports.drop_box else ()))
    made |= dict(_checking(host, runs)) | (stopping_units(runs) if runs else {})
    made |= dict(_rules_before_addresses(host))
    return {f"{SYSTEM}/{name}": text for name, text in made.items()}


def socket_unit(flow: Flow, host: Host, unit: str, extra: str = "") -> str:
    """Give back a socket on which systemd listens for `unit`, on the card of a flow, for its callers alone."""
    plug = host.plug(flow.lines[-1])
    port = next(port for one, port in flow.called if one is host)
    return f"""\
[Unit]
Description=Sekisho: {flow.name} are heard on {plug.interface} alone
{RULES_FIRST}
[Socket]
ListenStream={plug.ip}:{port}
BindToDevice={plug.interface}
FreeBind=yes
Backlog={BACKLOG}
{extra}{_addresses(flow.sources)}Service={unit}

[Install]
WantedBy=sockets.target
"""


def _roles(site: SitePlan, host: Host) -> Iterator[tuple[str, str]]:
    flows = {one.name: one for one in flows_of(site)}
    match host.kind:
        case Kind.RECEIVING:
            unit, doors = "sekisho-receiving.service", {"senders": flows["senders"], "processing": flows["pull"]}
            yield from _doors(unit, host, doors)
            yield (
                unit,
                _heard("receiving: takes parcels in, opens nothing, calls nobody", "receiving serve", doors, unit),
            )
        case Kind.DELIVERY:
            unit, doors = "sekisho-delivery.service", {"processing": flows["push"]}
            yield from _doors(unit, host, doors)
            yield (
                unit,
                _heard("delivery's intake: hears processing, calls nobody", "delivery intake", doors, unit, NO_SSH),
            )
            yield "sekisho-deliverer.service", _deliverer(flows["deliver"], host)
        case Kind.PROCESSING:
            yield "sekisho-pull.service", _pull((flows["pull"], flows["push"]), host)
            yield "sekisho-watch.service", _watch((flows["pull"], flows["push"]), host)
            yield "sekisho-pull.timer", _timer("asks receiving what waits", PULL_SECONDS)
        case _:
            return


def _doors(unit: str, host: Host, doors: dict[str, Flow]) -> Iterator[tuple[str, str]]:
    for name, flow in doors.items():
        told = socket_unit(flow, host, unit, f"FileDescriptorName={name}\n")
        yield _door(unit, name), told


def _door(unit: str, name: str) -> str:
    return f"{unit.removesuffix('.service')}-{name}.socket"


def _heard(what: str, command: str, doors: Iterable[str], unit: str, more: str = "") -> str:
    sockets = " ".join(_door(unit, name) for name in doors)
    return _unit(
        what,
        f"Sockets={sockets}\nReadWritePaths={STATE}\nIPAddressDeny=any\n{more}{HEARING}",
        command,
        f"Requires={sockets}\n{RULES_FIRST}{CHECKED_FIRST}",
    )


def _deliverer(flow: Flow, host: Host) -> str:
    """Give back the deliverer, which shares the shelf with the intake and sees neither the ledger nor its key."""
    card = f"RestrictNetworkInterfaces={host.plug(flow.lines[0]).interface}\n"
    hidden = f"ReadWritePaths={STATE}/shelf\nInaccessiblePaths=-{STATE}/ledger -{HOME}/keys\n"
    body = f"{hidden}{card}{_addresses(address for address, _ in flow.targets)}{CALLING}MemoryDenyWriteExecute=yes\n"
    return _unit(
        "delivery's deliverer: calls recipients, hears nobody", body, "delivery deliver", RULES_FIRST + CHECKED_FIRST
    )


def _pull(flows: tuple[Flow, ...], host: Host) -> str:
    """One question to receiving, as a run of its own.

    The child that reads what came in makes an empty network for itself; compiled code is made while it runs.
    """
    cards = " ".join(dict.fromkeys(host.plug(one.lines[0]).interface for one in flows))
    targets = _addresses(address for one in flows for address, _ in one.targets)
    body = f"ReadWritePaths={STATE}\nRestrictNetworkInterfaces={cards}\n{targets}{CALLING}RestrictNamespaces=user net\n"
    return _unit(
        "processing asks receiving what waits, and opens it",
        body,
        "processing pull",
        RULES_FIRST + CHECKED_FIRST,
        once=True,
    )


def _watch(flows: tuple[Flow, ...], host: Host) -> str:
    """Give back what calls both neighbours all the time: it writes the shelf alone, and sees no key but that of its lines."""
    cards = " ".join(dict.fromkeys(host.plug(one.lines[0]).interface for one in flows))
    targets = _addresses(address for one in flows for address, _ in one.targets)
    unseen = " ".join(f"-{place}" for place in (*(f"{STATE}/{one}" for one in ("ledger", "work")), f"{HOME}/keys"))
    hidden = f"ReadWritePaths={STATE}/shelf\nInaccessiblePaths={unseen}\n"
    body = f"{hidden}RestrictNetworkInterfaces={cards}\n{targets}{CALLING}MemoryDenyWriteExecute=yes\n"
    return _unit(
        "processing hears and tells whether the site is stopped",
        body,
        "processing watch",
        RULES_FIRST + CHECKED_FIRST,
    )


def _unit(what: str, body: str, command: str, needs: str, *, once: bool = False) -> str:
    kind = "Type=oneshot\n" if once else "Type=exec\nRestart=on-failure\nRestartSec=1\n"
    install = "" if once else "\n[Install]\nWantedBy=multi-user.target\n"
    return f"""\
[Unit]
Description=Sekisho: {what}
{RUNS_ONLY}{needs}
[Service]
{kind}ExecStart={PROGRAM} {command} --home {HOME}
User={USER}
Group={USER}
{ALONE}{body}{install}"""


def _addresses(allowed: Iterable[object]) -> str:
    return "IPAddressDeny=any\n" + "".join(f"IPAddressAllow={one}/32\n" for one in dict.fromkeys(allowed))


def _timer(what: str, seconds: int) -> str:
    return f"""\
[Unit]
Description=Sekisho: {what}, every {seconds} s

[Timer]
OnBootSec={seconds}
OnUnitInactiveSec={seconds}
AccuracySec=1

[Install]
WantedBy=timers.target
"""


def _checking(host: Host, runs: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Give what compares the machine with the site file, and what then stops its role; nothing of it starts it again."""
    halt = "OnFailure=sekisho-halt.service\n" if runs else ""
    yield (
        "sekisho-site-check.service",
        f"""\
[Unit]
Description=Sekisho: is this machine as the site file says?
After=nftables.service network.target
{halt}
[Service]
Type=oneshot
ExecStart={PROGRAM} site check {HOME}/site.toml --as {host.name}
NoNewPrivileges=yes
CapabilityBoundingSet=CAP_NET_ADMIN CAP_SYS_ADMIN CAP_SYS_PTRACE CAP_DAC_READ_SEARCH
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
ProtectClock=yes
ProtectHostname=yes
ProtectKernelModules=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
UMask=0077
SystemCallArchitectures=native
""",
    )
    yield "sekisho-site-check.timer", _timer("compares this machine with the site file", CHECK_SECONDS)
    if runs:
        yield (
            "sekisho-halt.service",
            f"""\
[Unit]
Description=Sekisho: this machine is not as the site file says, so its role is stopped

[Service]
Type=oneshot
ExecStart=/usr/bin/systemctl stop {" ".join(runs)}
""",
        )


def _rules_before_addresses(host: Host) -> Iterator[tuple[str, str]]:
    """No address without rules: they are loaded when every card is there, and the network comes after, or not at all."""
    cards = " ".join(f"sys-subsystem-net-devices-{one.interface}.device" for one in host.plugs)
    yield "nftables.service.d/sekisho.conf", f"[Unit]\nRequires={cards}\nAfter={cards}\n"
    after = "[Unit]\nRequires=nftables.service\nAfter=nftables.service\n"
    yield "systemd-networkd.service.d/sekisho.conf", after
