import asyncio
import json

import pytest

from sekisho.errors import BadParcel, Reason, Unavailable
from sekisho.lines.upload import (
    LARGEST_OPENING_BYTES,
    LARGEST_PIECE_BYTES,
    WRITE_BYTES,
    Begun,
    Settled,
    read_count,
    upload_routes,
)
from sekisho.lines.web import Application

NAME = "ab" * 32


class Gate:
    """Keeps what comes in memory, and refuses where it is told to."""

    def __init__(self):
        self.kept = bytearray()
        self.recorded = []
        self.open = 0
        self.error = None
        self.answer = Begun(NAME, 0)

    def begin(self, _peer, opening):
        self.kept += opening
        return self.answer

    def resume(self, peer, upload, offset):
        assert (peer, upload, offset) == ("town.example", NAME, 5)
        self.open += 1
        return self

    def write(self, raw):
        if self.error is not None:
            raise self.error
        self.kept += raw

    def close(self):
        self.open -= 1
        return len(self.kept)

    def finish(self, _peer, _upload):
        return b'"receipt"'

    def record(self, peer, reason):
        self.recorded.append((peer, reason))


def ask(gate, method, path, *chunks, cut=False, **headers):
    """Give back status, body and headers for one call whose body comes in these chunks."""
    sent = []
    ends = [{"type": "http.disconnect"}] if cut else [{"type": "http.request", "body": b"", "more_body": False}]
    messages = [{"type": "http.request", "body": one, "more_body": True} for one in chunks] + ends

    async def receive():
        return messages.pop(0)

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.replace("_", "-").encode(), str(text).encode()) for name, text in headers.items()],
        "state": {"peer": "town.example"},
    }
    asyncio.run(Application(upload_routes(gate))(scope, receive, send))
    return sent[0]["status"], b"".join(one.get("body", b"") for one in sent[1:]), dict(sent[0]["headers"])


def patch(gate, *chunks, cut=False, size=100):
    return ask(gate, "PATCH", f"/uploads/{NAME}", *chunks, cut=cut, upload_offset=5, content_length=size)


def test_an_upload_that_begins_is_told_its_name_and_offset():
    gate = Gate()
    status, raw, _ = ask(gate, "POST", "/uploads", b"open", b"ing")
    assert (status, json.loads(raw), bytes(gate.kept)) == (201, {"upload": NAME, "offset": 0}, b"opening")


def test_a_settled_parcel_is_answered_at_once():
    gate = Gate()
    gate.answer = Settled(b"receipt")
    assert ask(gate, "POST", "/uploads", b"opening")[:2] == (200, b"receipt")


def test_an_opening_over_256_kibibytes_is_refused_and_recorded():
    gate = Gate()
    status, raw, _ = ask(gate, "POST", "/uploads", bytes(LARGEST_OPENING_BYTES), b"x")
    assert (status, json.loads(raw)["reason"]) == (422, "line.too-large")
    assert gate.recorded == [("town.example", Reason.PARCEL_TOO_LARGE)]
    assert not gate.kept


def test_a_piece_is_appended_and_the_offset_reached_comes_back():
    gate = Gate()
    status, raw, headers = patch(gate, b"x" * WRITE_BYTES, b"yz")
    assert (status, raw, headers[b"upload-offset"]) == (204, b"", str(WRITE_BYTES + 2).encode())
    assert gate.open == 0


@pytest.mark.requirement("F14")
def test_what_arrived_of_a_piece_before_a_cut_is_kept_and_the_part_let_go():
    gate = Gate()
    patch(gate, b"abc", b"de", cut=True)
    assert (bytes(gate.kept), gate.open) == (b"abcde", 0)


@pytest.mark.parametrize("size", [LARGEST_PIECE_BYTES + 1, 10**14])
def test_a_piece_announced_too_large_is_refused_unread_and_recorded(size):
    gate = Gate()
    status, raw, _ = patch(gate, b"x", size=size)
    assert (status, json.loads(raw)["reason"], bytes(gate.kept)) == (422, "line.too-large", b"")
    assert gate.recorded == [("town.example", Reason.PARCEL_TOO_LARGE)]


def test_a_piece_without_a_length_is_refused():
    status, raw, _ = ask(Gate(), "PATCH", f"/uploads/{NAME}", b"x", upload_offset=5)
    assert (status, json.loads(raw)["reason"]) == (422, "line.too-large")


@pytest.mark.parametrize(
    ("error", "status"),
    [(Unavailable(Reason.DISK_FULL), 507), (BadParcel(Reason.PARCEL_SIZE), 422)],
    ids=["disk", "size"],
)
def test_a_failed_write_is_answered_after_the_rest_was_read(error, status):
    gate = Gate()
    gate.error = error
    answered, raw, _ = patch(gate, b"x" * WRITE_BYTES, b"y" * WRITE_BYTES, b"z")
    assert (answered, json.loads(raw)["reason"], gate.open) == (status, error.reason.value, 0)


def test_finish_gives_the_gates_answer():
    assert ask(Gate(), "POST", f"/uploads/{NAME}/finish")[:2] == (200, b'"receipt"')


@pytest.mark.parametrize("text", ["", "-1", "+1", " 1", "1_0", "٣", "1e3", "1" * 16])
def test_a_count_is_plain_digits(text):
    with pytest.raises(BadParcel) as caught:
        read_count(text)
    assert caught.value.reason is Reason.LINE_OFFSET


def test_a_count_is_read():
    assert read_count("0042") == 42
