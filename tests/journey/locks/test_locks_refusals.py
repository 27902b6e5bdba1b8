"""What a lock refuses before it holds, and what a locked child answers."""

import json
import subprocess
import sys

import pytest

from sekisho.errors import BadSettings, BadTable, Reason
from sekisho.lines.listening import Address, listen_on
from sekisho.locks.alone import Terms, run_alone
from sekisho.locks.checking import check_layers
from sekisho.locks.lock import HEARING, Layer
from sekisho.locks.privileges import Limits
from sekisho.zones.processing.parsing import _MODULE
from tests.journey.trial_site import SCHEMA, table

SOCKETS = """
import socket, sys
from sekisho.errors import SekishoError
from sekisho.locks.descriptors import check_descriptors
held = eval(sys.argv[1])
try:
    check_descriptors(listening=sys.argv[2] == "1")
    print("fine")
except SekishoError as error:
    print(error.reason.value)
"""
MIB = 2**20


@pytest.mark.requirement("B02", "B04")
@pytest.mark.parametrize(
    ("made", "listening", "said"),
    [
        ("socket.socket(type=socket.SOCK_DGRAM)", 1, "lock.socket"),
        ("socket.socket()", 1, "lock.socket"),
        ("socket.socket(socket.AF_UNIX)", 1, "lock.socket"),
        ("socket.create_server(('127.0.0.1', 0))", 0, "lock.socket"),
        ("socket.create_server(('127.0.0.1', 0))", 1, "fine"),
        ("socket.socketpair()", 0, "fine"),
    ],
)
def test_a_process_that_holds_a_socket_which_could_reach_somebody_is_not_locked(made, listening, said):
    command = [sys.executable, "-c", SOCKETS, made, str(listening)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == said


def test_a_missing_layer_stops_all_but_a_trial_and_who_does_without_it():
    needed = HEARING.layers
    with pytest.raises(BadSettings) as refusal:
        check_layers(needed, needed - {Layer.NAMESPACE}, frozenset(), trial=False)
    assert (refusal.value.reason, refusal.value.facts) == (Reason.LOCK_MISSING, {"layer": "namespace"})
    check_layers(needed, needed - {Layer.NAMESPACE}, frozenset({Layer.NAMESPACE}), trial=False)
    check_layers(needed, needed - {Layer.NAMESPACE}, frozenset(), trial=True)


HANDED = """
import os, socket, sys
from sekisho.errors import SekishoError
from sekisho.lines.listening import Address, listen_on
held = socket.create_server(("127.0.0.1", 0))
port = held.getsockname()[1]
os.dup2(held.fileno(), 3)
if held.fileno() != 3:
    held.close()
else:
    held.detach()
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1", LISTEN_FDNAMES=sys.argv[1])
try:
    (one,) = listen_on([Address("senders", "127.0.0.1", port + int(sys.argv[2]))])
    print(one.fileno(), one.getsockname()[1] == port)
except SekishoError as error:
    print(error.reason.value)
"""


@pytest.mark.parametrize(
    ("name", "off", "said"),
    [("senders", 0, "3 True"), ("other", 0, "line.port-not-given"), ("senders", 1, "line.port-not-given")],
)
def test_a_socket_that_a_unit_hands_over_is_taken_by_its_name_and_address(name, off, said):
    done = subprocess.run([sys.executable, "-c", HANDED, name, str(off)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == said


def test_sockets_are_opened_where_no_unit_hands_any_over():
    (one,) = listen_on([Address("senders", "127.0.0.1", 0)])
    with one:
        assert one.getsockname()[1] > 0


def read_alone(folder, raw, patience_seconds=60.0, **limits):
    (folder / "in").write_bytes(raw)
    terms = Terms(
        Limits(**{"memory_bytes": 4096 * MIB, "cpu_seconds": 60, "file_bytes": 64 * MIB, **limits}),
        patience_seconds,
        trial=True,
    )
    with (folder / "in").open("rb") as given, (folder / "out").open("wb") as typed:
        return run_alone(_MODULE, SCHEMA.encode(), (given.fileno(), typed.fileno()), terms)


@pytest.mark.requirement("C08")
@pytest.mark.parametrize(
    ("limit", "terms"),
    [("cpu", {"cpu_seconds": 1}), ("size", {"file_bytes": 4096}), ("time", {"patience_seconds": 0.2})],
)
def test_a_parser_that_breaks_a_limit_is_ended_and_the_next_file_is_read(tmp_path, limit, terms):
    with pytest.raises(BadTable) as refusal:
        read_alone(tmp_path, table(400_000), **terms)
    assert (refusal.value.reason, refusal.value.facts) == (Reason.PARSER_ENDED, {"limit": limit})
    assert read_alone(tmp_path, table(60)) == {"rows": 60, "columns": 4}


@pytest.mark.requirement("C08")
def test_a_parser_tells_what_does_not_fit_without_a_value(tmp_path):
    with pytest.raises(BadTable) as refusal:
        read_alone(tmp_path, table(60).replace(b",F,", b",secret,"))
    assert [(one.column, one.rule, one.count) for one in refusal.value.findings] == [("sex", "values", 30)]
    assert "secret" not in json.dumps([str(refusal.value), str(refusal.value.findings)])
