"""What a client says that can only put, and what it makes of answers, also of a server that means ill (spec/line.md 7)."""

import io
import re
from dataclasses import dataclass, field

import pytest

from sekisho.errors import BadParcel, Reason, Tampered, Unavailable
from sekisho.lines.sftp import packets
from sekisho.lines.sftp.packets import Ask, Told, read_answer
from sekisho.lines.sftp.putting import PIECE_BYTES, UNDER_WAY, WRITE_BYTES, File, Putting

OFFERED = (b"posix-rename@openssh.com", b"fsync@openssh.com")
PUTS = {Ask.INIT, Ask.OPEN, Ask.CLOSE, Ask.WRITE, Ask.FSTAT, Ask.STAT, Ask.RENAME, Ask.EXTENDED}


def u32(number):
    return number.to_bytes(4)


def text(raw):
    return u32(len(raw)) + raw


def status(call, code=0):
    return bytes([Told.STATUS]) + u32(call) + u32(code) + text(b"said") + text(b"en")


def greeting(*offered, version=3):
    return bytes([Told.VERSION]) + u32(version) + b"".join(text(one) + text(b"1") for one in offered)


@dataclass
class Server:
    """A server in memory that does as it is asked; `says` answers in its place where it gives an answer."""

    files: dict = field(default_factory=dict)
    offered: tuple = OFFERED
    says: object = None
    asked: list = field(default_factory=list)
    most_waiting: int = 0
    _out: bytearray = field(default_factory=bytearray)
    _open: dict = field(default_factory=dict)

    async def send(self, raw):
        size, kind = int.from_bytes(raw[:4]), raw[4]
        assert size == len(raw) - 4
        self.asked.append(Ask(kind))
        call, rest = (0, raw[5:]) if kind == Ask.INIT else (int.from_bytes(raw[5:9]), raw[9:])
        answer = self.says(Ask(kind), call, rest) if self.says else None
        self._out += text(self._do(Ask(kind), call, rest) if answer is None else answer)
        self.most_waiting = max(self.most_waiting, len(re.findall(b"said", self._out)))

    async def receive(self, count):
        if len(self._out) < count:
            raise EOFError
        raw = bytes(self._out[:count])
        del self._out[:count]
        return raw

    def _do(self, kind, call, rest):
        match kind:
            case Ask.INIT:
                return greeting(*self.offered)
            case Ask.STAT | Ask.FSTAT:
                found = self.files.get(self._open.get(first(rest), first(rest)))
                return status(call, 2) if found is None else sized(call, len(found))
            case Ask.OPEN:
                flags = int.from_bytes(rest[4 + len(first(rest)) :][:4])
                if flags & 0x10 or first(rest) not in self.files:
                    self.files[first(rest)] = bytearray()
                self._open[b"h%d" % call] = first(rest)
                return bytes([Told.HANDLE]) + u32(call) + text(b"h%d" % call)
            case Ask.WRITE:
                at = len(first(rest)) + 4
                offset, piece = int.from_bytes(rest[at : at + 8]), first(rest[at + 8 :])
                self.files[self._open[first(rest)]][offset : offset + len(piece)] = piece
                return status(call)
            case Ask.RENAME | Ask.EXTENDED if first(rest) != OFFERED[1]:
                names = rest if kind is Ask.RENAME else rest[4 + len(first(rest)) :]
                self.files[first(names[4 + len(first(names)) :])] = self.files.pop(first(names))
                return status(call)
            case _:
                return status(call)


def first(raw):
    return bytes(raw[4 : 4 + int.from_bytes(raw[:4])])


def sized(call, size):
    return bytes([Told.ATTRIBUTES]) + u32(call) + u32(1) + size.to_bytes(8)


def run(coroutine):
    """Run a coroutine that waits for nobody."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    raise AssertionError("it waits")


def put(server, raw, reached=0, told=None):
    async def session():
        putting = Putting(server)
        await putting.greet()
        await putting.put(
            File("in/a.parcel", io.BytesIO(raw), len(raw)), reached, ([] if told is None else told).append
        )

    run(session())


def refused(server, kind, raw=b"content", reached=0):
    with pytest.raises(kind) as caught:
        put(server, raw, reached)
    return caught.value


@pytest.mark.requirement("B04")
def test_a_file_is_put_whole_under_its_name_by_calls_that_can_read_nothing():
    server, raw = Server(), bytes(range(256)) * 4000
    put(server, raw)
    assert server.files == {b"in/a.parcel": raw}
    assert set(server.asked) <= PUTS
    assert {one.name for one in Ask} == {one.name for one in PUTS}  # there are no others


def test_many_messages_are_under_way_at_once_and_no_more():
    server = Server()
    put(server, bytes(3 * UNDER_WAY * WRITE_BYTES))
    assert server.most_waiting == UNDER_WAY


@pytest.mark.requirement("F14")
def test_what_the_server_has_for_good_is_told_piece_by_piece():
    server, told = Server(), []
    put(server, bytes(2 * PIECE_BYTES + 5), told=told)
    assert told == [PIECE_BYTES, 2 * PIECE_BYTES, 2 * PIECE_BYTES + 5]
    assert server.asked.count(Ask.EXTENDED) == 3 + 1  # made durable each time, and named at the end


@pytest.mark.parametrize("offered", [(), OFFERED[:1], OFFERED[1:]])
def test_a_server_that_offers_nothing_more_is_served_by_the_calls_of_version_3(offered):
    server = Server(offered=offered)
    put(server, b"content")
    assert server.files == {b"in/a.parcel": b"content"}
    assert (Ask.RENAME in server.asked) is (OFFERED[0] not in offered)


@pytest.mark.requirement("F14")
@pytest.mark.parametrize(
    ("there", "reached", "begins"),
    [
        (b"abcdef", 4, 4),  # what was said to be durable, though more is there
        (b"abcdef", 6, 6),
        (b"abc", 6, 3),  # a power cut took some of it
        (b"abcdefghijkl", 6, 0),  # longer than ours: not ours
        (b"", 6, 0),
        (None, 6, 0),
        (b"xxxxxx", 0, 0),  # nothing was said: anything may be there
    ],
)
def test_a_cut_file_goes_on_no_further_than_what_was_said_and_is_there(there, reached, begins):
    server, raw = Server(), b"abcdefghij"
    if there is not None:
        server.files[b"in/a.parcel.part"] = bytearray(there)
    offsets = []

    def says(kind, _call, rest):
        if kind is Ask.WRITE:
            offsets.append(int.from_bytes(rest[4 + len(first(rest)) :][:8]))

    server.says = says
    put(server, raw, reached)
    assert offsets[:1] == ([begins] if begins < len(raw) else [])
    assert server.files == {b"in/a.parcel": raw}


def test_a_server_that_tells_no_sizes_gets_all_of_it_again():
    server = Server(files={b"in/a.parcel.part": bytearray(b"abcxxx")})
    server.says = lambda kind, call, _rest: status(call, 3) if kind in {Ask.STAT, Ask.FSTAT} else None
    put(server, b"abcdef", 3)
    assert server.files == {b"in/a.parcel": b"abcdef"}


def test_a_file_that_is_there_whole_is_not_put_again():
    server = Server(files={b"in/a.parcel": bytearray(b"content")})
    put(server, b"content")
    assert server.asked == [Ask.INIT, Ask.STAT]


@pytest.mark.parametrize(
    ("asked", "step"),
    [(Ask.OPEN, "open"), (Ask.WRITE, "write"), (Ask.CLOSE, "close"), (Ask.EXTENDED, "sync")],
)
def test_a_step_that_the_server_refuses_is_told_with_its_code(asked, step):
    server = Server(says=lambda kind, call, _rest: status(call, 4) if kind is asked else None)
    error = refused(server, Unavailable)
    assert (error.reason, error.facts) == (Reason.LINE_PUT_REFUSED, {"step": step, "status": 4})
    assert b"in/a.parcel" not in server.files


def test_a_name_that_the_server_refuses_is_told():
    server = Server(offered=(), says=lambda kind, call, _rest: status(call, 3) if kind is Ask.RENAME else None)
    assert refused(server, Unavailable).facts == {"step": "rename", "status": 3}


def test_a_parcel_that_became_shorter_meanwhile_is_refused():
    async def session():
        putting = Putting(Server())
        await putting.greet()
        await putting.put(File("a", io.BytesIO(b"short"), 100), 0, lambda _offset: None)

    with pytest.raises(BadParcel) as caught:
        run(session())
    assert caught.value.reason is Reason.PARCEL_TRUNCATED


@pytest.mark.requirement("B04")
@pytest.mark.parametrize(
    ("at", "answer"),
    [
        (Ask.INIT, lambda _call: greeting(version=6)),
        (Ask.INIT, lambda _call: status(0)),
        (Ask.INIT, lambda _call: b""),
        (Ask.INIT, lambda _call: b"x" * 5000),
        (Ask.INIT, lambda _call: greeting(b"x" * 4000, b"y" * 4000)),
        (Ask.INIT, lambda _call: greeting() + u32(99)),
        (Ask.STAT, lambda call: status(call + 1)),
        (Ask.STAT, lambda _call: status(0)),
        (Ask.STAT, lambda _call: greeting()),
        (Ask.STAT, lambda call: bytes([103]) + u32(call) + text(b"what a file holds")),
        (Ask.STAT, lambda call: bytes([104]) + u32(call) + u32(1)),
        (Ask.STAT, lambda call: bytes([Told.ATTRIBUTES]) + u32(call)),
        (Ask.OPEN, lambda call: bytes([Told.HANDLE]) + u32(call) + text(b"h" * 257)),
        (Ask.OPEN, lambda call: bytes([Told.HANDLE]) + u32(call) + text(b"h") + b"more"),
        (Ask.OPEN, lambda call: bytes([Told.HANDLE]) + u32(call) + u32(2**32 - 1)),
        (Ask.OPEN, status),
        (Ask.OPEN, lambda call: sized(call, 1)),
        (Ask.WRITE, lambda call: sized(call, 1)),
        (Ask.WRITE, lambda call: bytes([Told.STATUS]) + u32(call)),
        (Ask.CLOSE, lambda call: bytes([Told.HANDLE]) + u32(call) + text(b"h")),
    ],
)
def test_an_answer_that_is_none_is_refused_and_nothing_of_it_is_kept(at, answer):
    server = Server(says=lambda kind, call, _rest: answer(call) if kind is at else None)
    assert refused(server, Tampered).reason is Reason.LINE_ANSWER
    assert b"in/a.parcel" not in server.files


def test_what_people_would_read_in_an_answer_is_passed_over():
    assert read_answer(status(7, 4)) == packets.Status(7, 4)
    assert read_answer(bytes([Told.STATUS]) + u32(7) + u32(0)) == packets.Status(7, 0)
    assert read_answer(bytes([Told.ATTRIBUTES]) + u32(7) + u32(4) + u32(0o600)) == packets.Attributes(7, None)
