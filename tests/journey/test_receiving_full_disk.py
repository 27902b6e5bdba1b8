"""A full disk on receiving: a real one, of a few MiB, in memory."""

import os
import subprocess

import pytest

from tests.journey.raw_line import parts, shelf, tail
from tests.journey.trial_site import CASE, table

DISK = "4m"


@pytest.fixture
def small_disk(trial):
    """The trial with receiving's ledger, shelf and parts on a disk of 4 MiB; needs root."""
    disk = trial.home("receiving") / "disk"
    disk.mkdir()
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "sekisho-test", disk], check=False, capture_output=True
        ).returncode
    )
    if not mounted:
        pytest.skip("a full disk needs root and the right to mount a tmpfs")
    settings = trial.home("receiving") / "settings.toml"
    text = settings.read_text()
    for name in ("ledger", "shelf", "parts"):
        text = text.replace(f'{name} = "{name}"', f'{name} = "disk/{name}"')
        (trial.home("receiving") / name).symlink_to(disk / name)
    settings.write_text(text)
    yield trial
    trial.close()
    subprocess.run(["umount", disk], check=True)


@pytest.mark.requirement("E01", "F14")
def test_a_full_disk_turns_a_parcel_back_and_the_same_send_succeeds_once_there_is_room(small_disk):
    trial = small_disk
    trial.start("receiving")
    assert trial.seal(table(150_000)).code == 0
    ballast = trial.home("receiving") / "disk" / "ballast"
    ballast.write_bytes(bytes(1024 * 1024))
    done = trial.send()
    assert done.code == 4, done.err
    assert "[disk.full]" in done.err
    assert "Make space, then try again." in done.err
    assert (tail(trial)["event"], tail(trial)["facts"]["reason"]) == ("TurnedBack", "disk.full")
    assert shelf(trial) == []
    assert not list((trial.municipality / "receipts").iterdir())
    ballast.unlink()
    # What arrived stays; the rest and nothing else is sent now.
    assert len(parts(trial)) == 1
    assert trial.send().code == 0
    assert shelf(trial) == [f"{CASE}.parcel"]
    assert parts(trial) == []
    assert tail(trial)["event"] == "Received"
    sealed = (trial.municipality / "outbox" / "000001.parcel").read_bytes()
    assert (trial.home("receiving") / "shelf" / f"{CASE}.parcel").read_bytes() == sealed


@pytest.mark.requirement("E01")
def test_a_disk_without_room_for_a_label_turns_the_parcel_back_too(small_disk):
    trial = small_disk
    trial.start("receiving")
    assert trial.seal().code == 0
    ballast = trial.home("receiving") / "disk" / "ballast"
    fill(ballast)
    done = trial.send()
    assert done.code == 4, done.err
    assert "[disk.full]" in done.err
    assert (tail(trial)["event"], tail(trial)["facts"]["reason"]) == ("TurnedBack", "disk.full")
    assert not [one for one in (trial.home("receiving") / "parts").iterdir() if one.stat().st_size]
    ballast.unlink()
    assert trial.send().code == 0
    assert shelf(trial) == [f"{CASE}.parcel"]


def fill(path) -> None:
    """Write until the disk is full."""
    with path.open("wb", buffering=0) as stream:
        for size in (65_536, 4_096):
            try:
                while stream.write(bytes(size)) == size:
                    pass
            except OSError:
                continue
