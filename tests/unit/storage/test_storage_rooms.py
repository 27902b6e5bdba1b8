import pytest

from sekisho.errors import Reason, Unavailable
from sekisho.storage.rooms import discard, settle


def fill(folder, **files):
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def test_a_discarded_folder_is_gone_with_all_that_is_in_it(tmp_path):
    room = fill(tmp_path / "room", one="1", two="2")
    (room / "deep").mkdir()
    (room / "deep" / "three").write_text("3")
    assert discard(room) == 3
    assert list(tmp_path.iterdir()) == []


def test_discarding_what_is_not_there_does_nothing(tmp_path):
    assert discard(tmp_path / "room") == 0


def test_a_settled_room_takes_its_final_name(tmp_path):
    settle(fill(tmp_path / "room", table="new"), tmp_path / "final")
    assert [path.name for path in tmp_path.iterdir()] == ["final"]
    assert (tmp_path / "final" / "table").read_text() == "new"


def test_a_settled_room_takes_the_place_of_the_one_before_it_whole(tmp_path):
    fill(tmp_path / "final", table="old", left_over="old")
    settle(fill(tmp_path / "room", table="new"), tmp_path / "final")
    assert sorted(path.name for path in (tmp_path / "final").iterdir()) == ["table"]


def test_a_place_that_is_not_there_is_told(tmp_path):
    room = fill(tmp_path / "room", table="new")
    with pytest.raises(Unavailable) as caught:
        settle(room, tmp_path / "missing" / "final")
    assert caught.value.reason is Reason.FOLDER_UNWRITABLE
    assert (room / "table").read_text() == "new"
