"""What receiving cannot do, because it has nothing to do it with."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from sekisho.errors import SekishoError
from sekisho.parcel.private_key import read_private_key
from tests.journey.raw_line import Caller, make_parcel

PROGRAM = """
import sys
import sekisho.zones.receiving.start
print(*sorted(sys.modules))
"""
SENDING = {"http.client", "urllib.request", "requests", "httpx", "urllib3", "aiohttp", "ftplib", "smtplib", "telnetlib"}
OURS = {
    "sekisho.lines.client",
    "sekisho.parcel.unseal",
    "sekisho.parcel.private_key",
    "sekisho.parcel.seal",
    "sekisho.zones.processing",
    "sekisho.zones.delivery",
    "sekisho.ends",
}


@pytest.fixture(scope="module")
def modules():
    """All modules of a fresh process that can serve receiving."""
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=60)
    return frozenset(ran.stdout.split())


@pytest.mark.requirement("B02")
def test_receiving_loads_nothing_that_calls_others(modules):
    assert modules & SENDING == set()
    assert "sekisho.lines.client" not in modules


@pytest.mark.requirement("B07")
def test_receiving_loads_nothing_that_opens_a_parcel_or_reads_a_table(modules):
    assert modules & OURS == set()
    rooms = {name for name in modules if name.startswith(("sekisho.deid", "sekisho.tables", "sekisho.pages"))}
    assert rooms == set()
    assert modules & {"numpy", "pyarrow", "pandas", "duckdb"} == set()


@pytest.mark.requirement("B07", "B10")
def test_no_key_in_receivings_folder_opens_a_parcel(trial):
    found = [path.read_bytes() for path in trial.home("receiving").rglob("*.pem")]
    assert len(found) == 5
    for raw in found:
        with pytest.raises(SekishoError):
            read_private_key(raw)
    read_private_key((trial.home("processing") / "keys" / "parcel.pem").read_bytes())


@pytest.mark.requirement("B02")
def test_receiving_opens_no_connection_while_it_takes_a_parcel_in(trial):
    trial.start("receiving")
    assert Caller(trial).send(make_parcel(trial, 1)).status == 200
    server = trial.servers["receiving"].pid
    listening = {Caller(trial, port=name).address[1] for name in ("senders", "processing")}
    sockets = {
        link.readlink().name for link in Path(f"/proc/{server}/fd").iterdir() if "socket:" in str(link.readlink())
    }
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    local = {int(row[1].partition(":")[2], 16) for row in rows if f"socket:[{row[9]}]" in sockets}
    assert local == listening


def test_receiving_says_so_when_its_address_is_taken(trial):
    with socket.create_server(Caller(trial).address):
        done = trial.run("receiving", "serve", "--home", trial.home("receiving"))
    assert done.code == 4
    assert "[line.port-taken]" in done.err
    assert "does not run twice" in done.err
