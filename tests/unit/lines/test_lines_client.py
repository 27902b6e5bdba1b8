import io
import json

import pytest

from sekisho.errors import BadParcel, Reason, SekishoError, Tampered, Unavailable
from sekisho.lines import client
from sekisho.lines.client import ATTEMPTS, PIECE_BYTES, upload

NAME = "ab" * 32
SMALL = b"head" + bytes(96)


class Neighbour:
    """A called party that keeps what it is sent, and breaks where it is told to."""

    def __init__(self, settled=None):
        self.kept = bytearray()
        self.settled = settled
        self.breaks = []  # what to raise at the next calls; None lets one through
        self.took = []
        self.patience = []  # seconds beyond the usual, call by call

    def call(self, _method, path, body=b"", *, more_seconds=0.0, **headers):
        if self.breaks and (error := self.breaks.pop(0)) is not None:
            raise error
        if path == "/uploads":
            return self._begin()
        self.patience.append(more_seconds)
        if path.endswith("/finish"):
            return 200, b"answer", {}
        offset = int(headers["Upload_Offset"])
        assert offset == len(self.kept)
        self.kept += body
        self.took.append((offset, len(body)))
        return 204, b"", {"upload-offset": str(len(self.kept))}

    def _begin(self):
        if self.settled is not None:
            return 200, self.settled, {}
        return 201, json.dumps({"upload": NAME, "offset": len(self.kept)}).encode(), {}


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch):
    monkeypatch.setattr(client.time, "sleep", lambda _seconds: None)


def send(neighbour, raw=SMALL, progress=None):
    return upload(neighbour, raw[:4], io.BytesIO(raw), len(raw), progress)


def cut():
    return Unavailable(Reason.LINE_UNREACHABLE)


def test_upload_gives_the_answer_and_every_byte_arrives():
    neighbour, told = Neighbour(), []
    assert send(neighbour, progress=lambda done, total: told.append((done, total))) == b"answer"
    assert bytes(neighbour.kept) == SMALL
    assert told == [(100, 100)]


def test_upload_goes_in_pieces_of_16_mebibytes():
    neighbour, raw = Neighbour(), bytes(PIECE_BYTES + 1)
    send(neighbour, raw)
    assert neighbour.took == [(0, PIECE_BYTES), (PIECE_BYTES, 1)]


def test_only_the_last_call_waits_longer_by_the_size_of_the_parcel():
    neighbour = Neighbour()
    send(neighbour, bytes(1_000_000))
    assert neighbour.patience == [0.0, 0.02]


def test_upload_of_a_settled_parcel_sends_no_byte():
    neighbour = Neighbour(settled=b"the same receipt")
    assert send(neighbour) == b"the same receipt"
    assert neighbour.took == []


@pytest.mark.requirement("F14")
def test_upload_goes_on_from_where_the_called_party_stands():
    neighbour = Neighbour()
    neighbour.kept += SMALL[:60]
    assert send(neighbour) == b"answer"
    assert neighbour.took == [(60, 40)]


@pytest.mark.requirement("F14")
@pytest.mark.parametrize("when", range(3))
@pytest.mark.parametrize("reason", [Reason.LINE_UNREACHABLE, Reason.LINE_OFFSET])
def test_upload_survives_a_cut_at_any_call(when, reason):
    neighbour = Neighbour()
    neighbour.breaks = [None] * when + [Unavailable(reason)]
    assert send(neighbour) == b"answer"
    assert bytes(neighbour.kept) == SMALL


def test_upload_gives_up_after_so_many_cuts_without_headway():
    neighbour = Neighbour()
    neighbour.breaks = [cut()] * ATTEMPTS
    with pytest.raises(Unavailable) as caught:
        send(neighbour)
    assert caught.value.reason is Reason.LINE_UNREACHABLE
    assert neighbour.breaks == []


def test_headway_by_anybody_starts_the_count_of_cuts_anew():
    neighbour = Neighbour()
    for _ in range(3):
        neighbour.breaks += [None, *[cut()] * (ATTEMPTS - 1)]

    begin = neighbour._begin

    def growing():
        neighbour.kept += SMALL[len(neighbour.kept) :][:10]
        return begin()

    neighbour._begin = growing
    assert send(neighbour) == b"answer"


def test_upload_does_not_repeat_what_was_refused():
    neighbour = Neighbour()
    neighbour.breaks = [BadParcel(Reason.NUMBER_USED), cut()]
    with pytest.raises(BadParcel):
        send(neighbour)
    assert len(neighbour.breaks) == 1


def test_upload_refuses_a_stream_that_ends_too_early():
    with pytest.raises(BadParcel) as caught:
        upload(Neighbour(), SMALL[:4], io.BytesIO(SMALL), len(SMALL) + 1)
    assert caught.value.reason is Reason.PARCEL_TRUNCATED


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"[]",
        b"7",
        b"{}",
        b'{"upload":7,"offset":0}',
        b'{"upload":"../../etc","offset":0}',
        json.dumps({"upload": NAME, "offset": "0"}).encode(),
    ],
)
def test_upload_refuses_an_answer_that_begins_nothing(begun):
    neighbour = Neighbour()
    neighbour._begin = lambda: (201, begun, {})
    with pytest.raises(SekishoError) as caught:
        send(neighbour)
    assert caught.value.reason in {Reason.LINE_ANSWER, Reason.LINE_OFFSET}
    assert neighbour.took == []


def test_upload_refuses_an_answer_that_counts_other_bytes():
    neighbour = Neighbour()
    honest = neighbour.call

    def call(method, path, body=b"", **headers):
        status, raw, answered = honest(method, path, body, **headers)
        return status, raw, answered | {"upload-offset": "1"} if method == "PATCH" else answered

    neighbour.call = call
    with pytest.raises(Tampered) as caught:
        send(neighbour)
    assert caught.value.reason is Reason.LINE_ANSWER
