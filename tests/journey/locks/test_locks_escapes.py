"""Every way out of a lock, really tried in processes of their own: by each layer alone, by all, and with one part taken out."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from sekisho.locks.checking import NOT_TRIED
from sekisho.locks.escapes import ATTEMPTS
from sekisho.locks.lock import LOCKS, Layer, Role

PROGRAM = Path(__file__).parent / "locked_child.py"
pytestmark = [
    pytest.mark.requirement("B02", "B04"),
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root: namespaces and capabilities"),
]
HELD = "namespace capabilities files ports calls"


def ran(*arguments):
    done = subprocess.run(
        [sys.executable, str(PROGRAM), *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def ports():
    """Give two ports of this host on which somebody listens, so that what is open really arrives."""
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        yield one.getsockname()[1], other.getsockname()[1]


def table_of(role, layers, ports, user):
    named = ("--user", "nobody") if user else ()
    calls = ("--may-call", ports[1]) if role is Role.CALLING else ()
    return ran(role.value, "--layers", layers, "--port", ports[0], *calls, *named)


@pytest.mark.parametrize("layer", ["", *(one.value for one in Layer)])
@pytest.mark.parametrize("role", Role)
def test_a_layer_alone_stops_what_it_is_said_to_stop_and_nothing_else(role, layer, ports):
    found = table_of(role, layer, ports, layer == "user")
    alone = {Layer(layer)} & (LOCKS[role].layers | {Layer.USER}) if layer else set()
    expected = {one.name: not (one.held_by & alone) for one in ATTEMPTS if role in one.roles}
    if layer == "user":  # whether that user can start or read the interpreter is this machine's affair
        found.pop("child")
        expected.pop("child")
    assert found.pop("allowed-port", "OPEN") == "OPEN"
    assert {name: told == "OPEN" for name, told in found.items()} == expected


@pytest.mark.parametrize("role", Role)
def test_all_layers_together_leave_nothing_open_but_what_the_role_is_for(role, ports):
    found = table_of(role, HELD, ports, user=False)
    open_ones = {name for name, told in found.items() if told == "OPEN"}
    assert open_ones == ({"allowed-port"} if role is Role.CALLING else set())
    assert len(found) >= 30


@pytest.mark.parametrize("role", Role)
def test_every_layer_is_to_be_had_here_and_the_self_test_finds_nothing_open(role):
    assert ran(role.value, "--do", "layers") == sorted(one.value for one in LOCKS[role].layers)
    assert ran(role.value, "--do", "check") == []


@pytest.mark.parametrize("role", Role)
def test_the_self_test_notices_every_refused_call_that_is_taken_out(role):
    seen_without = set(ran(role.value, "--layers", "capabilities", "--do", "calls"))
    unnoticed = LOCKS[role].refused - seen_without - NOT_TRIED  # refused alike to whoever has no capability
    assert unnoticed <= {
        "acct", "fanotify_init", "fsmount", "fsopen", "fspick", "move_mount", "pivot_root", "reboot", "setdomainname",
        "sethostname", "swapoff", "syslog", "kexec_file_load", "kexec_load", "open_by_handle_at",
    }  # fmt: skip
    for name in ("socket", "connect", "listen", "execve", "io_uring_setup", "setns", "unshare", "ptrace", "mknod"):
        if name in LOCKS[role].refused:
            assert ran(role.value, "--without-call", name, "--do", "check")[:1] == ["lock.open"], name


@pytest.mark.parametrize(
    ("role", "rule"), [("hearing", "clone"), ("calling", "clone"), ("calling", "socket"), ("calling", "sendmsg")]
)
def test_the_self_test_notices_a_rule_on_arguments_that_is_taken_out(role, rule):
    assert ran(role, "--layers", "calls", "--without-rule", rule, "--do", "check")[:1] == ["lock.open"]
