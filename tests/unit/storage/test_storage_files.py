import errno
import os
from pathlib import Path

import pytest

from sekisho.errors import BadSettings, Reason, Unavailable
from sekisho.storage import files as files_module
from sekisho.storage.files import (
    check_name,
    make_folder,
    new_folder,
    on_disk,
    open_existing,
    open_new,
    open_to_append,
    publish,
    read_file,
    remove,
    sync_file,
    sync_folder,
    workroom,
    write_durably,
)


def refused(reason: Reason, call, *arguments) -> Unavailable:
    with pytest.raises(Unavailable) as refusal:
        call(*arguments)
    assert refusal.value.reason is reason
    return refusal.value


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def fail_with(number: int):
    with on_disk():
        raise OSError(number, os.strerror(number), "/some/where")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_full_disk_is_told_as_such(number):
    refused(Reason.DISK_FULL, fail_with, number)


def test_failed_disk_is_told_by_the_name_of_the_error_alone():
    assert refused(Reason.DISK_FAILED, fail_with, errno.EIO).facts == {"errno": "EIO"}


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOTDIR, errno.EEXIST])
def test_a_place_that_is_wrong_is_named_and_is_not_the_disks_fault(number):
    told = refused(Reason.FOLDER_UNWRITABLE, fail_with, number).facts
    assert told == {"path": "/some/where", "errno": errno.errorcode[number]}


def test_a_file_that_may_not_be_read_is_not_taken_for_a_missing_one(tmp_path, monkeypatch):
    def closed(path, *_):
        raise PermissionError(errno.EACCES, "made to fail", path)

    monkeypatch.setattr(files_module.os, "open", closed)
    assert refused(Reason.FILE_UNREADABLE, open_existing, tmp_path / "a").facts == {"path": str(tmp_path / "a")}


@pytest.mark.parametrize("name", ["a", "table.csv", "132993-1.parcel", "A_b-c.1"])
def test_plain_name_is_safe(name):
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name", ["", ".", "..", ".hidden", "a/b", "../a", "a\0b", "a b", "a\n", "表.csv", "-rf", "a.part", "a" * 129]
)
def test_name_that_leads_elsewhere_is_refused(name):
    with pytest.raises(BadSettings) as refusal:
        check_name(name)
    assert refusal.value.reason is Reason.SETTINGS_MALFORMED


def test_written_file_is_whole_private_and_alone(tmp_path):
    write_durably(tmp_path / "a", b"one")
    write_durably(tmp_path / "a", b"two")
    assert (tmp_path / "a").read_bytes() == b"two"
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
    assert names(tmp_path) == ["a"]


@pytest.mark.requirement("E01")
@pytest.mark.parametrize("at", range(1, 3))
def test_failed_sync_leaves_the_old_file_or_the_new_one(tmp_path, monkeypatch, at):
    write_durably(tmp_path / "a", b"one")
    calls = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == at:
            raise OSError(errno.EIO, "made to fail")
        real(descriptor)

    monkeypatch.setattr(files_module.os, "fsync", fsync)
    refused(Reason.DISK_FAILED, write_durably, tmp_path / "a", b"two")
    assert (tmp_path / "a").read_bytes() == (b"one" if at == 1 else b"two")
    assert names(tmp_path) == ["a"]


def test_new_file_never_replaces_anything(tmp_path):
    with open_new(tmp_path / "a") as stream:
        stream.write(b"one")
        sync_file(stream)
        stream.seek(0)
        assert stream.read() == b"one"
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
    refused(Reason.FILE_EXISTS, open_new, tmp_path / "a")
    (tmp_path / "link").symlink_to(tmp_path / "b")
    refused(Reason.FILE_EXISTS, open_new, tmp_path / "link")
    assert not (tmp_path / "b").exists()
    refused(Reason.FOLDER_UNWRITABLE, open_new, tmp_path / "no" / "a")


def test_existing_file_is_a_regular_one(tmp_path):
    (tmp_path / "a").write_bytes(b"one")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    os.mkfifo(tmp_path / "pipe")
    with open_existing(tmp_path / "a") as stream:
        assert stream.read() == b"one"
    for name in ("b", "link", "pipe", "."):
        refused(Reason.FILE_MISSING, open_existing, tmp_path / name)
    refused(Reason.FILE_MISSING, open_existing, tmp_path / "a" / "b")
    refused(Reason.DISK_FAILED, open_to_append, tmp_path / "link")


def test_file_is_read_up_to_its_limit(tmp_path):
    (tmp_path / "a").write_bytes(b"one")
    assert read_file(tmp_path / "a", 3) == b"one"
    with pytest.raises(BadSettings) as refusal:
        read_file(tmp_path / "a", 2)
    assert refusal.value.reason is Reason.SETTINGS_MALFORMED


def test_published_file_has_its_final_name_only(tmp_path):
    (tmp_path / "a.part").write_bytes(b"one")
    publish(tmp_path / "a.part", tmp_path / "a")
    assert names(tmp_path) == ["a"]
    assert (tmp_path / "a").read_bytes() == b"one"


@pytest.mark.requirement("E01")
def test_bytes_are_durable_before_the_name_and_the_name_before_the_answer(tmp_path, monkeypatch):
    done = []
    sync, link = os.fsync, os.link
    monkeypatch.setattr(
        files_module.os, "fsync", lambda held: (done.append(Path(f"/proc/self/fd/{held}").readlink().name), sync(held))
    )
    monkeypatch.setattr(files_module.os, "link", lambda *old, **how: (done.append("link"), link(*old, **how)))
    (tmp_path / "a.part").write_bytes(b"one")
    publish(tmp_path / "a.part", tmp_path / "a")
    assert done == ["a.part", "link", tmp_path.name, tmp_path.name]


def test_published_file_never_replaces_another(tmp_path):
    (tmp_path / "a").write_bytes(b"one")
    (tmp_path / "a.part").write_bytes(b"two")
    refused(Reason.FILE_EXISTS, publish, tmp_path / "a.part", tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == b"one"
    assert (tmp_path / "a.part").read_bytes() == b"two"


def test_nothing_is_published_into_a_folder_that_is_not_there(tmp_path):
    (tmp_path / "a.part").write_bytes(b"one")
    told = refused(Reason.FOLDER_UNWRITABLE, publish, tmp_path / "a.part", tmp_path / "no" / "a")
    assert told.facts == {"path": str(tmp_path / "no" / "a"), "errno": "ENOENT"}
    refused(Reason.FILE_MISSING, publish, tmp_path / "b.part", tmp_path / "b")


def test_folders_are_made_private_with_their_parents(tmp_path):
    made = make_folder(tmp_path / "a" / "b")
    assert make_folder(made) == made
    assert {made.stat().st_mode & 0o777, made.parent.stat().st_mode & 0o777} == {0o700}
    (tmp_path / "file").write_bytes(b"")
    told = refused(Reason.FOLDER_UNWRITABLE, make_folder, tmp_path / "file")
    assert told.facts == {"path": str(tmp_path / "file"), "errno": "EEXIST"}
    refused(Reason.FOLDER_UNWRITABLE, sync_folder, tmp_path / "no")


def test_removing_what_is_not_there_is_no_error(tmp_path):
    (tmp_path / "a").write_bytes(b"")
    remove(tmp_path / "a")
    remove(tmp_path / "a")
    assert names(tmp_path) == []


def test_workroom_is_private_and_gone_afterwards(tmp_path):
    with workroom(tmp_path) as room:
        assert room.stat().st_mode & 0o777 == 0o700
        (room / "a").write_bytes(b"one")
    assert names(tmp_path) == []


def fail_in_workroom(parent: Path) -> None:
    with workroom(parent) as room:
        (room / "a").write_bytes(b"one")
        raise KeyboardInterrupt


def test_workroom_is_gone_after_an_error(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        fail_in_workroom(tmp_path)
    assert names(tmp_path) == []


@pytest.mark.requirement("E01")
@pytest.mark.parametrize("size_bytes", [100, 200_000])
def test_a_full_disk_is_told_as_such_also_when_the_last_bytes_are_written_at_the_end(tmp_path, monkeypatch, size_bytes):
    full = os.fdopen(os.open("/dev/full", os.O_RDWR), "w+b")
    monkeypatch.setattr(files_module, "open_new", lambda _: full)
    refused(Reason.DISK_FULL, write_durably, tmp_path / "a", bytes(size_bytes))
    assert names(tmp_path) == []


def fail_in_new_folder(final: Path) -> None:
    with new_folder(final) as room:
        (room / "a").write_bytes(b"one")
        raise KeyboardInterrupt


@pytest.mark.parametrize("there", [True, False])
def test_a_new_folder_has_all_or_nothing(tmp_path, there):
    final = tmp_path / "out"
    if there:
        final.mkdir()
    before = final.stat().st_ino if there else None
    with pytest.raises(KeyboardInterrupt):
        fail_in_new_folder(final)
    assert names(tmp_path) == (["out"] if there else [])
    with new_folder(final) as room:
        (room / "a").write_bytes(b"one")
        (room / "b").mkdir()
        assert not (final / "a").exists()
    assert (names(tmp_path), names(final)) == (["out"], ["a", "b"])
    assert before in {None, final.stat().st_ino}  # a folder that was there stays itself


def test_a_new_folder_is_neither_one_with_something_in_it_nor_a_file(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BadSettings) as refusal, new_folder(tmp_path):
        pass
    assert refusal.value.reason is Reason.FOLDER_NOT_EMPTY
    for path in (tmp_path / "file", Path(os.devnull), tmp_path / "file" / "x", tmp_path / "file" / "x" / "y"):
        with pytest.raises(Unavailable) as wrong, new_folder(path):
            pass
        assert wrong.value.reason is Reason.FOLDER_UNWRITABLE
        assert str(wrong.value.facts["path"]).startswith(str(path)[:9])
    assert names(tmp_path) == ["file"]


def test_a_place_that_may_not_be_written_is_told_by_the_name_that_was_given(tmp_path, monkeypatch):
    def locked(path, *_, **__):
        raise OSError(errno.EROFS, "made to fail", str(path))

    monkeypatch.setattr(Path, "mkdir", locked)
    with pytest.raises(Unavailable) as wrong, new_folder(tmp_path / "out"):
        pass
    assert wrong.value.facts == {"path": str(tmp_path / "out"), "errno": "EROFS"}
