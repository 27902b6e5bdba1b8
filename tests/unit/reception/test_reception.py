"""The gate in front of a door, with a door that keeps everything in memory and can be told to refuse."""

import errno
import os
from datetime import timedelta
from pathlib import Path

import pytest

from sekisho.errors import BadParcel, Reason, Refused, SekishoError, Tampered, Unavailable
from sekisho.lines.upload import Begun, Settled
from sekisho.parcel.layout import HEAD_BYTES
from sekisho.reception import ABANDONED_AFTER, Reception, sweep
from sekisho.storage.files import publish
from sekisho.storage.parts import Parts
from tests.unit.parcel.parcels import flipped, label_in, sealed

PARCEL = sealed()
LABEL = label_in(PARCEL)
UPLOAD = LABEL.digest.hex
PEER = "town.example"


class Door:
    """Takes everything in, once."""

    def __init__(self, folder: Path):
        self.final = folder / "final"
        self.refusals: dict[str, SekishoError] = {}
        self.recorded = []
        self.taken = 0

    def _refuse(self, at):
        if at in self.refusals:
            raise self.refusals[at]

    def check(self, peer, opening):
        self._refuse("check")
        assert peer == PEER
        return label_in(opening)

    def label_of(self, claim):
        return claim

    def known(self, _claim):
        self._refuse("known")
        return b"receipt" if self.final.exists() else None

    def take_in(self, _claim, part, _sha256):
        self._refuse("take_in")
        publish(part, self.final)
        self.taken += 1
        return b"receipt"

    def record(self, peer, claim, reason):
        self.recorded.append((peer, claim is not None, reason))


@pytest.fixture
def door(tmp_path):
    return Door(tmp_path)


@pytest.fixture
def reception(door, tmp_path):
    return Reception(door, tmp_path / "parts")


def put(reception, raw=PARCEL, offset=0):
    part = reception.resume(PEER, UPLOAD, offset)
    try:
        part.write(raw)
    finally:
        part.close()


def begun(reception):
    return reception.begin(PEER, PARCEL[:HEAD_BYTES])


def reason_of(act):
    with pytest.raises(SekishoError) as caught:
        act()
    return caught.value.reason


def parts_left(reception):
    return sorted(path.name for path in reception.folder.glob("*.part"))


def test_a_parcel_is_begun_put_and_finished(reception, door):
    assert begun(reception) == Begun(UPLOAD, 0)
    put(reception, PARCEL[:10])
    assert begun(reception) == Begun(UPLOAD, 10)
    put(reception, PARCEL[10:], 10)
    assert reception.finish(PEER, UPLOAD) == b"receipt"
    assert door.final.read_bytes() == PARCEL
    assert (parts_left(reception), door.recorded) == ([], [])


def test_a_parcel_that_is_here_is_answered_at_once_and_takes_no_byte(reception, door):
    begun(reception)
    put(reception)
    reception.finish(PEER, UPLOAD)
    assert begun(reception) == Settled(b"receipt")
    assert reception.finish(PEER, UPLOAD) == b"receipt"
    assert reason_of(lambda: reception.resume(PEER, UPLOAD, len(PARCEL))) is Reason.LINE_OFFSET
    assert reason_of(lambda: reception.resume(PEER, UPLOAD, 0)) is Reason.LINE_OFFSET
    assert (parts_left(reception), door.taken, door.recorded) == ([], 1, [])


def test_an_unfinished_parcel_is_not_taken_in_and_stays(reception, door):
    begun(reception)
    put(reception, PARCEL[:-1])
    assert reason_of(lambda: reception.finish(PEER, UPLOAD)) is Reason.LINE_OFFSET
    assert (door.taken, door.recorded, begun(reception)) == (0, [], Begun(UPLOAD, len(PARCEL) - 1))


def test_nothing_grows_past_the_size_of_its_label(reception, door):
    begun(reception)
    assert reason_of(lambda: put(reception, PARCEL + b"x")) is Reason.PARCEL_SIZE
    assert door.recorded == [(PEER, True, Reason.PARCEL_SIZE)]
    assert begun(reception) == Begun(UPLOAD, 0)


@pytest.mark.requirement("A01")
@pytest.mark.parametrize("at", [0, HEAD_BYTES - 1, HEAD_BYTES, len(PARCEL) - 1])
def test_a_flipped_bit_is_recorded_and_the_part_removed(reception, door, at):
    begun(reception)
    put(reception, flipped(PARCEL, at))
    assert reason_of(lambda: reception.finish(PEER, UPLOAD)) is Reason.PARCEL_TAMPERED
    assert (door.recorded, door.taken) == ([(PEER, True, Reason.PARCEL_TAMPERED)], 0)
    assert list(reception.folder.iterdir()) == []


def test_what_the_door_refuses_at_first_is_recorded_without_a_claim(reception, door):
    door.refusals["check"] = BadParcel(Reason.SENDER_NOT_ALLOWED)
    assert reason_of(lambda: begun(reception)) is Reason.SENDER_NOT_ALLOWED
    assert door.recorded == [(PEER, False, Reason.SENDER_NOT_ALLOWED)]
    assert not reception.folder.exists()


@pytest.mark.parametrize(
    ("error", "stays"),
    [
        (BadParcel(Reason.NUMBER_USED), False),
        (Refused(Reason.PERMIT_USED), False),
        (Tampered(Reason.PARCEL_TAMPERED), False),
        (Unavailable(Reason.DISK_FULL), True),
        (Unavailable(Reason.DISK_FAILED), True),
    ],
)
@pytest.mark.parametrize("when", ["known", "take_in"])
def test_what_can_never_be_taken_in_goes_and_what_waits_for_a_disk_stays(reception, door, error, stays, when):
    begun(reception)
    put(reception)
    door.refusals[when] = error
    assert reason_of(lambda: reception.finish(PEER, UPLOAD)) is error.reason
    assert door.recorded == [(PEER, True, error.reason)]
    assert bool(parts_left(reception)) is stays


def test_a_label_that_runs_out_on_the_way_is_recorded_and_its_bytes_removed(reception, door):
    begun(reception)
    put(reception, PARCEL[:10])
    door.refusals["check"] = BadParcel(Reason.PARCEL_EXPIRED)
    assert reason_of(lambda: reception.resume(PEER, UPLOAD, 10)) is Reason.PARCEL_EXPIRED
    assert door.recorded == [(PEER, False, Reason.PARCEL_EXPIRED)]
    assert list(reception.folder.iterdir()) == []


def test_a_stranger_cannot_remove_the_upload_of_another(reception, door):
    begun(reception)
    put(reception, PARCEL[:10])
    door.refusals["check"] = BadParcel(Reason.SENDER_UNKNOWN)
    assert reason_of(lambda: reception.finish(PEER, UPLOAD)) is Reason.SENDER_UNKNOWN
    assert reception.parts.size(UPLOAD) == 10


def test_two_writers_do_not_meet(reception, door):
    begun(reception)
    first = reception.resume(PEER, UPLOAD, 0)
    assert reason_of(lambda: reception.resume(PEER, UPLOAD, 0)) is Reason.LINE_OFFSET
    first.write(PARCEL)
    assert reason_of(lambda: reception.finish(PEER, UPLOAD)) is Reason.LINE_OFFSET
    first.close()
    assert reception.finish(PEER, UPLOAD) == b"receipt"
    assert door.recorded == []


def test_what_comes_too_large_is_recorded(reception, door):
    reception.record(PEER, Reason.PARCEL_TOO_LARGE)
    assert door.recorded == [(PEER, False, Reason.PARCEL_TOO_LARGE)]


def test_sweep_removes_what_was_taken_in_and_what_a_cut_left_and_nothing_else(tmp_path):
    parts = Parts(tmp_path)
    done, under_way = "a" * 64, "b" * 64
    for name in (done, under_way):
        parts.begin(name, b"opening")
    (tmp_path / f"{under_way}.opening.0123456789abcdef.part").write_bytes(b"half")
    begun_at = parts.touched(under_way)
    assert sweep(parts, lambda upload: upload == under_way, begun_at + ABANDONED_AFTER) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{under_way}.opening", f"{under_way}.part"]
    assert sweep(parts, lambda _: True, begun_at + ABANDONED_AFTER + timedelta(seconds=1)) == 1
    assert list(tmp_path.iterdir()) == []


def test_an_upload_whose_label_ran_out_is_removed_unless_somebody_has_it_in_hand(reception, door):
    begun(reception)
    put(reception, PARCEL[:10])
    door.refusals["check"] = BadParcel(Reason.PARCEL_EXPIRED)
    with reception._alone(UPLOAD):
        assert reason_of(lambda: reception.finish(PEER, UPLOAD)) is Reason.PARCEL_EXPIRED
        assert parts_left(reception) == [f"{UPLOAD}.part"]
    assert reason_of(lambda: reception.finish(PEER, UPLOAD)) is Reason.PARCEL_EXPIRED
    assert parts_left(reception) == []


def fail_syncs(monkeypatch, *times):
    """Let the syncs with these numbers fail, as a disk does that cannot write."""
    done, fsync = [], os.fsync

    def failing(place):
        done.append(place)
        if len(done) in times:
            raise OSError(errno.EIO, "made")
        fsync(place)

    monkeypatch.setattr(os, "fsync", failing)


@pytest.mark.requirement("F14")
def test_bytes_whose_sync_failed_are_never_believed_and_sent_again(reception, door, monkeypatch):
    begun(reception)
    put(reception)
    fail_syncs(monkeypatch, 1)
    assert reason_of(lambda: reception.finish(PEER, UPLOAD)) is Reason.DISK_FAILED
    assert (door.taken, list(reception.folder.iterdir())) == (0, [])
    assert begun(reception) == Begun(UPLOAD, 0)
    put(reception)
    assert reception.finish(PEER, UPLOAD) == b"receipt"


@pytest.mark.requirement("F14")
@pytest.mark.parametrize("size", [HEAD_BYTES, len(PARCEL)])
def test_bytes_from_before_the_start_that_do_not_fit_are_asked_for_anew_and_nobody_is_blamed(reception, door, size):
    begun(reception)
    put(reception, bytes(size))
    started = Reception(door, reception.folder)
    offset = begun(started).offset
    assert offset == size
    put(started, PARCEL[offset:], offset)
    with pytest.raises(BadParcel) as caught:
        started.finish(PEER, UPLOAD)
    assert (caught.value.reason, caught.value.facts["offset"], door.recorded) == (Reason.LINE_OFFSET, 0, [])
    assert begun(started) == Begun(UPLOAD, 0)
    put(started, flipped(PARCEL, HEAD_BYTES))
    assert reason_of(lambda: started.finish(PEER, UPLOAD)) is Reason.PARCEL_TAMPERED
    begun(started)
    put(started)
    assert started.finish(PEER, UPLOAD) == b"receipt"
