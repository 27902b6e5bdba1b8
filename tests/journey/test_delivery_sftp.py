"""Delivery pushes to a real SFTP server: whole, once, to the one whose key is on the roster (spec/line.md 7)."""

import os
import signal
from pathlib import Path

import pytest

from tests.journey.outgoing import Outgoing, child_of, facts_of, is_alive, wait_for
from tests.journey.sftp_server import MISSING, Cutter, Place, with_sftp
from tests.journey.trial_site import TrialSite

pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"a recipient's SFTP server needs {MISSING}")
CASE = "132993-000001"


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path / "server")


@pytest.fixture
def trial(tmp_path):
    site = TrialSite(tmp_path).init()
    yield site
    site.close()


def begin(trial, place, port=0, key="host_key", user="sekisho"):
    """Start delivery with a roster that names the server."""
    with_sftp(trial, port or place.port, place.public(key), user)
    trial.start("delivery")
    return Outgoing(trial)


def hand_over(outgoing, size=10):
    made = outgoing.parcel(1, os.urandom(size))
    outgoing.hand_over(CASE, made)
    return made


def delivered(outgoing, seconds=60):
    wait_for(lambda: "Delivered" in outgoing.events(CASE), f"not delivered: {outgoing.events(CASE)}", seconds)


def key_of(trial):
    """Give back the file of delivery's public key, as a recipient is given it."""
    return trial.home("delivery") / "ssh" / "key.pub"


def told(capfd, reason):
    """Wait until delivery has said that it goes on trying, and why."""
    said = []
    wait_for(lambda: said.append(capfd.readouterr().err) or f"[{reason}]" in "".join(said), reason)


@pytest.mark.requirement("B04", "B13")
def test_a_parcel_lies_whole_on_the_server_and_delivery_keeps_none_of_it(trial, place):
    with place.serving(key_of(trial)) as server:
        outgoing = begin(trial, place)
        made = hand_over(outgoing, 3_000_000)
        delivered(outgoing)
        permit = facts_of(trial, "Delivered")[0]["permit_sha256"].removeprefix("sha256:")[:16]
        assert server.names() == [f"{CASE}.{permit}.opening", f"{CASE}.{permit}.parcel"]
        assert (server.arrived / f"{CASE}.{permit}.parcel").read_bytes() == made.raw
        assert facts_of(trial, "Delivered")[0]["way"] == "sftp"
        wait_for(lambda: not list(outgoing.shelf.rglob("parcel")), "the parcel still lies on delivery's shelf")
        assert outgoing.events(CASE) == ["Admitted", "Delivered"]


@pytest.mark.requirement("B04", "B06")
def test_the_deliverer_that_puts_is_held_by_its_lock(trial, place):
    with place.serving(key_of(trial)):
        outgoing = begin(trial, place)
        hand_over(outgoing)
        delivered(outgoing)
        told = Path(f"/proc/{child_of(trial.servers['delivery'])}/status").read_text()
    said = dict(line.split(":\t", 1) for line in told.splitlines() if ":\t" in line)
    assert (said["Seccomp"], said["NoNewPrivs"], int(said["CapEff"], 16), int(said["CapBnd"], 16)) == ("2", "1", 0, 0)


@pytest.mark.requirement("B13")
def test_nothing_is_said_to_a_server_with_another_key_and_the_right_one_heals_it(trial, place, capfd):
    with place.serving(key_of(trial), change=lambda text: text.replace("/host_key", "/other_key")) as server:
        outgoing = begin(trial, place)
        made = hand_over(outgoing)
        told(capfd, "line.host-key")
        assert server.names() == []
        assert "Accepted" not in server.said
        assert outgoing.events(CASE) == ["Admitted"]
    with place.serving(key_of(trial)) as server:
        delivered(outgoing)
        assert made.raw in [one.read_bytes() for one in server.arrived.glob("*.parcel")]


@pytest.mark.requirement("B13")
def test_a_server_with_another_kind_of_key_or_weaker_ciphers_gets_nothing(trial, place, capfd):
    weak = "aes128-ctr"
    with place.serving(key_of(trial), change=lambda text: text.replace("aes256-gcm@openssh.com", weak)) as server:
        outgoing = begin(trial, place)
        hand_over(outgoing)
        told(capfd, "line.ssh")
        assert server.names() == []
        assert "Accepted" not in server.said
    with place.serving(key_of(trial)):
        delivered(outgoing)


def test_a_server_that_does_not_know_our_key_is_asked_again_until_it_does(trial, place, capfd):
    with place.serving(place.folder / "other_key.pub") as server:
        outgoing = begin(trial, place)
        hand_over(outgoing)
        told(capfd, "line.login")
        assert server.names() == []
    with place.serving(key_of(trial)):
        delivered(outgoing)


@pytest.mark.requirement("F14")
def test_a_parcel_that_was_cut_goes_on_where_it_was_and_has_its_name_only_when_whole(trial, place):
    cutter = Cutter(place.port, [12_000_000, None])
    with cutter.listening() as port, place.serving(key_of(trial)) as server:
        outgoing = begin(trial, place, port)
        made = hand_over(outgoing, 20_000_000)
        wait_for(lambda: cutter.passed and cutter.passed[0] >= 12_000_000, "no cut")
        assert not list(server.arrived.glob("*.parcel"))
        delivered(outgoing)
        (parcel,) = server.arrived.glob("*.parcel")
        assert parcel.read_bytes() == made.raw
    assert len(cutter.passed) == 2
    assert cutter.passed[1] < 13_000_000  # eight of twenty had been said to be on the disk


@pytest.mark.requirement("F14")
def test_a_deliverer_that_was_killed_is_followed_by_one_that_goes_on(trial, place):
    cutter = Cutter(place.port, [12_000_000, 0, None])
    with cutter.listening() as port, place.serving(key_of(trial)) as server:
        outgoing = begin(trial, place, port)
        made = hand_over(outgoing, 20_000_000)
        wait_for(lambda: cutter.passed and cutter.passed[0] >= 12_000_000, "no cut")
        first = child_of(trial.servers["delivery"])
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: not is_alive(first), "it lives on")
        delivered(outgoing)
        (parcel,) = server.arrived.glob("*.parcel")
        assert parcel.read_bytes() == made.raw
    assert cutter.passed[-1] < 13_000_000


@pytest.mark.requirement("F14")
def test_a_server_whose_disk_is_full_gets_the_parcel_once_there_is_room(trial, place, capfd):
    with place.serving(key_of(trial), size="2m") as server:
        outgoing = begin(trial, place)
        made = hand_over(outgoing, 5_000_000)
        told(capfd, "line.put-refused")
        assert not list(server.arrived.glob("*.parcel"))
        assert outgoing.events(CASE) == ["Admitted"]
    with place.serving(key_of(trial)) as server:
        delivered(outgoing)
        assert [one.read_bytes() for one in server.arrived.glob("*.parcel")] == [made.raw]


def test_a_folder_that_the_account_may_not_write_to_is_told_and_tried_again(trial, place, capfd):
    with place.serving(key_of(trial)) as server:
        os.chown(server.arrived, 0, 0)
        outgoing = begin(trial, place)
        hand_over(outgoing)
        told(capfd, "line.put-refused")
        assert server.names() == []
        os.chown(server.arrived, server.account_id, -1)
        delivered(outgoing)


@pytest.mark.requirement("B04")
@pytest.mark.parametrize("call", ["rename,posix-rename", "fstat,stat,lstat", "fsync"])
def test_a_server_that_lets_even_less_be_done_is_told_or_served(trial, place, capfd, call):
    """Without fsync, or without being told sizes, a parcel can be put; without a name at the end it cannot."""
    less = lambda text: text.replace(f",{call}", "")  # noqa: E731 - said once, beside what it is for
    with place.serving(key_of(trial), change=less) as server:
        outgoing = begin(trial, place)
        made = hand_over(outgoing, 100_000)
        if call.startswith("rename"):
            told(capfd, "line.put-refused")
            assert not list(server.arrived.glob("*.parcel"))
            return
        delivered(outgoing)
        assert [one.read_bytes() for one in server.arrived.glob("*.parcel")] == [made.raw]


@pytest.mark.requirement("B04", "B13")
def test_the_account_of_the_rendered_server_can_put_and_nothing_else(trial, place):
    """What delivery's key could do in other hands: the server is ours to propose, not to run."""
    with place.serving(key_of(trial)) as server:
        outgoing = begin(trial, place)
        hand_over(outgoing)
        delivered(outgoing)
        (name,) = (one.name for one in server.arrived.glob("*.parcel"))
        for words in ("ls", f"get {name} back", f"rm {name}", "mkdir folder", f"chmod 777 {name}", "put /etc/hosts /x"):
            done = place.stock_client(trial, words)
            assert "ermission denied" in done.stderr, words
