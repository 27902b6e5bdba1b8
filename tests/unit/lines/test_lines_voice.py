"""What a server says: ready first, then what became of cases, and nothing that could keep it from its work."""

import fcntl
import os

from sekisho.lines.server import _address
from sekisho.lines.voice import MOST_LINES, Voice, silent
from sekisho.pages.words import Language, words_in

EN = words_in(Language.EN)
F_SETPIPE_SZ = 1031  # fcntl(2)
CASE = "132993-000001"


def voice_into(out, role="receiving"):
    return Voice(EN.say, EN.knows, role, out)


def said(voice, read, write):
    """Give back every line, the voice being closed."""
    voice.close()
    os.close(write)
    with os.fdopen(read) as stream:
        return stream.read().splitlines()


def test_a_server_says_where_it_listens_then_what_became_of_cases_then_that_it_stopped():
    read, write = os.pipe()
    voice = voice_into(write)
    voice.tell("taken_in", CASE)  # told before the ports listen, said after
    voice.ready("127.0.0.1:8443")
    voice.tell("turned_back", CASE, "number.used")
    voice.tell("turned_back", "", "no-such-reason")
    lines = said(voice, read, write)
    assert lines[0] == "receiving is ready: 127.0.0.1:8443"
    assert lines[1] == f"{CASE} taken in"
    assert lines[2].startswith(f"{CASE} turned back: ")
    assert lines[2].endswith("[number.used]")
    assert lines[3:] == ["– turned back: [no-such-reason]", "receiving has stopped"]


def test_a_server_that_never_was_ready_says_nothing_so_that_no_starter_takes_it_for_ready():
    read, write = os.pipe()
    voice = voice_into(write)
    voice.tell("taken_in", CASE)
    assert said(voice, read, write) == []


def test_a_pipe_that_nobody_reads_does_not_keep_the_server_waiting():
    read, write = os.pipe()
    fcntl.fcntl(write, F_SETPIPE_SZ, 4096)
    voice = voice_into(write)
    voice.ready("127.0.0.1:1")
    for _ in range(3 * MOST_LINES):
        voice.tell("taken_in", CASE)
    voice.close()
    os.close(read)  # frees the writer


def test_a_pipe_whose_reader_is_gone_does_not_end_the_server():
    read, write = os.pipe()
    voice = voice_into(write)
    voice.ready("127.0.0.1:1")
    os.close(read)
    voice.tell("taken_in", CASE)
    voice.close()
    os.close(write)


def test_a_voice_on_another_line_than_stdout_speaks_without_a_port():
    read, write = os.pipe()
    voice = voice_into(write, "delivery")
    voice.start()
    voice.tell("trying", CASE, "line.unreachable")
    assert said(voice, read, write)[0].startswith(f"{CASE} cannot be delivered now")


def test_addresses_are_told_as_they_really_are():
    class Held:
        def __init__(self, *name):
            self.getsockname = lambda: name

    assert _address(Held("127.0.0.1", 40_001)) == "127.0.0.1:40001"
    assert _address(Held("::1", 40_001, 0, 0)) == "[::1]:40001"


def test_a_door_that_stands_in_no_server_is_silent(capfd):
    silent("taken_in", CASE)
    assert capfd.readouterr() == ("", "")
