"""How many connections a listening socket holds, from one address and in all (spec/line.md 6)."""

import socket
from contextlib import ExitStack

import pytest

from sekisho.lines import listening
from sekisho.lines.listening import Address, listen_on


@pytest.fixture
def held():
    with ExitStack() as stack:
        (server,) = listen_on([Address("senders", "127.0.0.1", 0)])
        stack.enter_context(server)
        yield stack, server


def call(held, host):
    stack, server = held
    made = stack.enter_context(socket.socket())
    made.bind((host, 0))
    made.settimeout(5)
    made.connect(server.getsockname())
    return made


def accepted(held):
    """Accept whoever waits; a socket that does not block has nobody more when it says so."""
    stack, server = held
    found = []
    while True:
        try:
            made, _ = server.accept()
        except BlockingIOError:
            return found
        found.append(stack.enter_context(made))


def is_closed(caller):
    try:
        return caller.recv(1) == b""
    except ConnectionResetError:
        return True


def test_one_address_takes_its_own_places_and_no_others(held, monkeypatch):
    monkeypatch.setattr(listening, "MOST_FROM_ONE", 3)
    callers = [call(held, "127.0.0.2") for _ in range(5)]
    first = accepted(held)
    assert len(first) == 3
    assert [is_closed(one) for one in callers[3:]] == [True, True]
    call(held, "127.0.0.3")
    assert len(accepted(held)) == 1
    first[0].close()
    call(held, "127.0.0.2")
    assert len(accepted(held)) == 1


def test_all_addresses_together_take_no_more_than_there_is(held, monkeypatch):
    monkeypatch.setattr(listening, "MOST", 4)
    callers = [call(held, f"127.0.0.{one}") for one in range(2, 8)]
    assert len(accepted(held)) == 4
    assert [is_closed(one) for one in callers[4:]] == [True, True]


def test_the_bounds_are_those_of_the_page():
    assert (listening.MOST_FROM_ONE, listening.MOST) == (64, 512)
