"""The recipient's door at its start, and the cases it is asked to open."""

import errno
import os
import stat
from types import SimpleNamespace

import pytest

from sekisho.digest import digest_of
from sekisho.ends.recipient import Claim, RecipientDoor
from sekisho.ends.unsealing import open_delivery, waiting
from sekisho.errors import Reason, Unavailable, WrongUsage
from sekisho.release.dossier import SealedParcel
from sekisho.site.trial import PEOPLE, Party, TrialPlan, make_trial
from sekisho.storage.keys import read_signing_key
from sekisho.storage.settings import RecipientSettings, read_settings
from tests.unit.release.release_made import NOW, ROSTER


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A recipient's folder; the ports of a trial are for tests that listen."""
    from sekisho.site import trial
    from sekisho.site.role_settings import Ports

    monkeypatch.setattr(trial, "_free_ports", lambda: Ports("127.0.0.1", 1, 2, 3, 4))
    towns = (Party("132993", "関所市"),)
    plan = TrialPlan(Party("trial.sekisho.example", "試行"), towns, Party("riyou", "利活用"), "研究", PEOPLE)
    return make_trial(tmp_path / "site", plan, NOW) / "recipient-riyou"


def test_openings_without_a_byte_are_swept_at_the_start_and_begun_uploads_are_kept(home):
    settings = read_settings(home / "settings.toml", RecipientSettings)
    parts = home / "parts"
    parts.mkdir()
    for name, sizes in (("a", (".opening",)), ("b", (".opening", ".part"))):
        for ending in sizes:
            (parts / f"{name * 64}{ending}").write_bytes(b"{}")
    RecipientDoor(settings, ROSTER, read_signing_key(home / "keys" / "acknowledgement.pem"), lambda: NOW)
    assert sorted(path.name for path in parts.iterdir()) == [f"{'b' * 64}.opening", f"{'b' * 64}.part"]


@pytest.mark.parametrize("case", ["132993-000001", "", ".", "..", "../keys", "a/b", "A", "x" * 200, "\0"])
def test_a_case_that_is_not_here_or_no_name_of_one_is_unknown(home, case):
    with pytest.raises(WrongUsage) as caught:
        open_delivery(home / "settings.toml", case, lambda: NOW)
    assert caught.value.reason is Reason.CASE_UNKNOWN
    assert waiting(home / "settings.toml") == []


def test_a_delivery_that_is_open_already_is_not_opened_again(home):
    (home / "inbox" / "132993-000001").mkdir(parents=True)
    (home / "inbox" / "132993-000001" / "acknowledgement.json").write_bytes(b"{}")
    assert waiting(home / "settings.toml") == ["132993-000001"]
    (home / "opened" / "132993-000001").mkdir(parents=True)
    with pytest.raises(WrongUsage) as caught:
        open_delivery(home / "settings.toml", "132993-000001", lambda: NOW)
    assert caught.value.reason is Reason.CASE_ALREADY_OPEN
    assert waiting(home / "settings.toml") == []


def door_of(home):
    settings = read_settings(home / "settings.toml", RecipientSettings)
    return RecipientDoor(settings, ROSTER, read_signing_key(home / "keys" / "acknowledgement.pem"), lambda: NOW)


def test_what_a_cut_left_half_written_beside_a_delivery_is_swept_at_the_start(home):
    folder = home / "inbox" / "132993-000001"
    folder.mkdir(parents=True)
    for name in ("acknowledgement.json.0123456789abcdef.part", "permit.json"):
        (folder / name).write_bytes(b"{}")
    door_of(home)
    assert [path.name for path in folder.iterdir()] == ["permit.json"]


def delivered(home):
    """Give a claim, its part and its digest, as the reception hands them over."""
    raw = b"sealed"
    (home / "parts" / "one.part").write_bytes(raw)
    digest = digest_of(raw)
    draft = SimpleNamespace(case="132993-000001", parcel=SealedParcel(digest, len(raw)))
    permit = SimpleNamespace(draft=draft, digest=digest)
    label = SimpleNamespace(parcel_bytes=len(raw))
    return Claim(label, permit, b"permit", b"roster"), home / "parts" / "one.part", str(digest)


def test_after_a_failed_sync_nothing_is_acknowledged_before_the_next_start(home, monkeypatch):
    """The name is there, and a power cut could take it away after it was given out; a second sync may only say that it wrote."""
    door, folder, fsync = door_of(home), home / "inbox" / "132993-000001", os.fsync
    claim, part, digest = delivered(home)

    def failing(place):
        if stat.S_ISDIR(os.fstat(place).st_mode) and (folder / "acknowledgement.json").exists():
            raise OSError(errno.EIO, "made")
        fsync(place)

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(Unavailable) as caught:
        door.take_in(claim, part, digest)
    assert caught.value.reason is Reason.DISK_FAILED
    assert not (folder / "acknowledgement.json").exists()
    monkeypatch.setattr(os, "fsync", fsync)
    for ask in (lambda: door.known(claim), lambda: door.take_in(claim, part, digest)):
        with pytest.raises(Unavailable, match=r"disk\.failed"):
            ask()
    claim, part, digest = delivered(home)
    answer = door_of(home).take_in(claim, part, digest)
    assert (folder / "acknowledgement.json").read_bytes() == answer
