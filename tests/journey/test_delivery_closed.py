"""Delivery's two processes: one only listens, inwards; the other only calls, outwards (requirement B04)."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.journey.outgoing import ROLE, Outgoing, child_of
from tests.journey.trial_site import TrialSite

LISTENS = "0A"  # TCP_LISTEN in /proc/net/tcp


def loaded_by(*modules):
    """Give back the names of all modules that a fresh interpreter has after importing these."""
    program = f"import sys, {', '.join(modules)}; print(*sorted(sys.modules), sep='\\n')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.requirement("B04")
def test_the_intake_loads_no_client_and_nothing_that_opens_a_parcel():
    loaded = loaded_by("sekisho.zones.delivery.start", "sekisho.zones.delivery.door", "sekisho.zones.delivery.outcomes")
    clients = {"http.client", "urllib.request", "sekisho.lines.client", "requests", "httpx", "smtplib", "ftplib"}
    openers = {"sekisho.parcel.unseal", "sekisho.parcel.private_key", "sekisho.parcel.seal"}
    assert loaded & (clients | openers) == set()
    assert not [name for name in loaded if name.startswith(("sekisho.deid", "sekisho.tables", "sekisho.ends"))]


@pytest.mark.requirement("B04")
def test_the_deliverer_loads_no_server_and_nothing_that_opens_a_parcel():
    loaded = loaded_by("sekisho.zones.delivery.deliverer")
    servers = {"uvicorn", "starlette", "sekisho.lines.server", "http.server", "socketserver"}
    openers = {"sekisho.parcel.unseal", "sekisho.parcel.private_key", "sekisho.parcel.seal", "sekisho.storage.book"}
    assert loaded & (servers | openers) == set()


def listening(pid):
    """Give back the ports on which a process listens."""
    mine = set()
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(handle.readlink())
        except FileNotFoundError:
            continue
        if target.startswith("socket:["):
            mine.add(target[8:-1])
    ports = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            cells = line.split()
            if cells[3] == LISTENS and cells[9] in mine:
                ports.add(int(cells[1].rpartition(":")[2], 16))
    return ports


@pytest.fixture(scope="module")
def outgoing(tmp_path_factory):
    site = TrialSite(tmp_path_factory.mktemp("closed")).init()
    site.start("delivery", ROLE)
    yield Outgoing(site)
    site.close()


@pytest.mark.requirement("B04", "B05")
def test_delivery_listens_on_its_inner_port_alone_before_and_after_a_delivery(outgoing):
    intake = outgoing.site.servers["delivery"]
    inner = outgoing.line().port
    assert (listening(intake.pid), listening(child_of(intake))) == ({inner}, set())
    outgoing.hand_over("132993-000001", outgoing.parcel(1))
    outgoing.ended("132993-000001")
    assert (listening(intake.pid), listening(child_of(intake))) == ({inner}, set())


@pytest.mark.requirement("B04")
def test_delivery_holds_no_key_that_opens_a_parcel(outgoing):
    keys = sorted(path.name for path in (outgoing.site.home("delivery") / "keys").iterdir())
    assert keys == ["ledger.pem"]
    for role in ("receiving", "delivery"):
        assert not [path for path in outgoing.site.home(role).rglob("*") if path.name == "parcel.pem"]
