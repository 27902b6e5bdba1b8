"""Work shared out over cores comes back in order, whoever ends first."""

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Event, current_thread

import pytest

from sekisho import cores as cores_module
from sekisho.cores import spread


@pytest.fixture(params=[1, 2, 4])
def cores(request, monkeypatch):
    """As on a machine with so many cores."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(request.param)), raising=False)
    return request.param


@pytest.mark.usefixtures("cores")
def test_results_come_in_the_order_of_the_pieces():
    assert list(spread(lambda one: one * one, range(50))) == [one * one for one in range(50)]


@pytest.mark.usefixtures("cores")
def test_no_pieces_give_no_results():
    assert list(spread(len, [])) == []


@pytest.mark.usefixtures("cores")
def test_an_error_of_a_piece_reaches_whoever_asked():
    with pytest.raises(ZeroDivisionError):
        list(spread(lambda one: 1 // one, [1, 2, 0, 4]))


def test_a_piece_that_ends_later_does_not_lose_its_place(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    second = Event()

    def work(one: int) -> int:
        if one == 0:
            assert second.wait(30)
        else:
            second.set()
        return one

    assert list(spread(work, [0, 1])) == [0, 1]


def test_one_core_works_in_the_thread_that_asks(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
    assert list(spread(lambda _: current_thread(), [1, 2])) == [current_thread()] * 2


def test_what_nobody_asks_for_any_more_is_never_begun(monkeypatch):
    release = Event()

    class Watched(ThreadPoolExecutor):
        """A pool whose last piece tells when it is done or will not be."""

        def submit(self, *given):
            future = super().submit(*given)
            if given[-1] == 5:
                future.add_done_callback(lambda _: release.set())
            return future

    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    monkeypatch.setattr(cores_module, "ThreadPoolExecutor", Watched)
    begun: list[int] = []

    def work(one: int) -> int:
        begun.append(one)
        if one:
            release.wait(5)
        return one

    found = spread(work, range(6))
    assert next(found) == 0
    found.close()
    assert set(begun) <= {0, 1, 2}


def test_the_count_of_cores_is_asked_where_a_machine_knows_no_affinity(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert list(spread(str, [1, 2])) == ["1", "2"]
