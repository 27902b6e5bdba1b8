import errno
import os

import pytest

from sekisho.errors import BadParcel, Reason, Unavailable
from sekisho.storage.parts import Parts

NAME = "0123456789abcdef" * 4


@pytest.fixture
def parts(tmp_path):
    return Parts(tmp_path / "parts")


def put(parts, raw, offset=0):
    held = parts.hold(NAME, offset)
    held.write(raw)
    return held.close()


def why(act):
    with pytest.raises(BadParcel) as caught:
        act()
    return caught.value.reason, caught.value.facts


def test_a_part_grows_from_where_it_stands(parts):
    assert parts.begin(NAME, b"opening") == 0
    assert put(parts, b"abc") == 3
    assert parts.begin(NAME, b"opening") == 3
    assert put(parts, b"de", 3) == 5
    with parts.read(NAME) as stream:
        assert stream.read() == b"abcde"
    assert parts.opening(NAME) == b"opening"


def test_another_opening_for_the_same_bytes_takes_the_place_of_the_first(parts):
    parts.begin(NAME, b"permit one")
    put(parts, b"abc")
    assert parts.begin(NAME, b"permit two") == 3
    assert parts.opening(NAME) == b"permit two"


@pytest.mark.parametrize("offset", [0, 2, 4])
def test_a_part_is_held_at_its_size_only(parts, offset):
    parts.begin(NAME, b"opening")
    put(parts, b"abc")
    assert why(lambda: parts.hold(NAME, offset)) == (Reason.LINE_OFFSET, {"offset": 3})
    assert parts.size(NAME) == 3


def test_a_part_has_one_writer_at_a_time(parts):
    parts.begin(NAME, b"opening")
    first = parts.hold(NAME, 0)
    assert why(lambda: parts.hold(NAME, 0)) == (Reason.LINE_OFFSET, {})
    first.close()
    parts.hold(NAME, 0).close()


def test_a_part_that_was_never_begun_cannot_be_held_or_read(parts):
    parts.begin(NAME, b"opening")
    other = NAME[::-1]
    assert why(lambda: parts.hold(other, 0))[0] is Reason.LINE_OFFSET
    assert why(lambda: parts.opening(other))[0] is Reason.LINE_OFFSET
    assert sorted(path.name for path in parts.folder.iterdir()) == [f"{NAME}.opening", f"{NAME}.part"]


def test_a_part_that_was_taken_in_does_not_begin_a_second_time_by_itself(parts):
    parts.begin(NAME, b"opening")
    parts.path(NAME).unlink()
    assert why(lambda: parts.hold(NAME, 0))[0] is Reason.LINE_OFFSET
    assert not parts.path(NAME).exists()


def test_a_forgotten_part_leaves_nothing(parts):
    parts.begin(NAME, b"opening")
    put(parts, b"abc")
    parts.forget(NAME)
    parts.forget(NAME)
    assert list(parts.folder.iterdir()) == []


@pytest.mark.parametrize("name", ["", "..", "a" * 63, "a" * 65, "A" * 64, "../" + "a" * 61, "a" * 63 + "\n", "０" * 64])
def test_no_other_name_names_a_part(parts, name):
    for act in (parts.opening, parts.size, parts.path, parts.forget, lambda text: parts.begin(text, b"")):
        assert why(lambda act=act: act(name))[0] is Reason.LINE_OFFSET


@pytest.mark.requirement("F14")
def test_a_full_disk_in_the_middle_of_a_write_is_told_and_what_fitted_counts(parts):
    parts.begin(NAME, b"opening")
    held = parts.hold(NAME, 0)
    honest = held.stream

    class Small:
        """A disk with room for two more bytes, which takes those first, as write(2) does."""

        fileno = honest.fileno
        close = honest.close
        room = 2

        def write(self, raw):
            if not self.room:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            self.room = 0
            return honest.write(raw[:2])

    held.stream = Small()
    with pytest.raises(Unavailable) as caught:
        held.write(b"abcde")
    assert caught.value.reason is Reason.DISK_FULL
    assert held.close() == 2
    assert parts.begin(NAME, b"opening") == 2
