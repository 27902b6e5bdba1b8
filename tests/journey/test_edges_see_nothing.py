"""Receiving and delivery taken over: neither disk nor memory holds a value of what goes through (a root who looks everywhere)."""

import sys
from subprocess import PIPE, Popen

import pytest

from tests.journey.memory import family, found_in, found_on_disk, spellings
from tests.journey.processing_made import SECRET, SECRET_NUMBER, Town, make_site
from tests.journey.trial_site import CASE

CODE = "132993"
ENDS = "recipient-riyou"
KEEPS = "import sys, time; kept = sys.stdin.buffer.read(); print('ready', flush=True); time.sleep(20)"


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """A site whose one parcel went the whole way, with its servers still running: what they remember is still there."""
    trial = make_site(tmp_path_factory.mktemp("edges"), CODE)
    town = Town(trial, CODE)
    town.put()
    trial.start("receiving", "delivery", ENDS)
    for step in (town.send, trial.pull, trial.work, trial.seal_again, trial.request):
        done = step()
        assert done.code == 0, done.err
    for person in ("shinsa", "anzen"):
        assert trial.release("approve", person).code == 0
    done = trial.push()
    assert done.code == 0, done.err
    yield trial
    trial.close()


def sought_of(trial, edge):
    return spellings(SECRET) if edge == "receiving" else spellings(str(SECRET_NUMBER))


@pytest.mark.requirement("B02", "B07", "B10")
@pytest.mark.parametrize("edge", ["receiving", "delivery"])
def test_no_memory_of_a_machine_at_the_edge_holds_a_value_of_what_it_carried(walked, edge):
    processes = family(walked.servers[edge].pid)
    assert len(processes) == {"receiving": 1, "delivery": 3}[edge]
    control = spellings(CASE)  # what it does know: a search that does not find it finds nothing
    assert "utf-8" in found_in(processes[0], control)
    assert {pid: found_in(pid, sought_of(walked, edge)) for pid in processes} == {pid: set() for pid in processes}


@pytest.mark.requirement("B07", "B10")
@pytest.mark.parametrize("edge", ["receiving", "delivery"])
def test_no_disk_of_a_machine_at_the_edge_holds_a_value_of_what_it_carried(walked, edge):
    assert "utf-8" in found_on_disk(walked.home(edge), spellings(CASE))
    assert found_on_disk(walked.home(edge), sought_of(walked, edge)) == set()


@pytest.mark.parametrize("spelling", spellings(""))
def test_the_search_finds_a_value_in_a_process_that_has_it(spelling):
    sought = spellings("目印の値その一")
    with Popen([sys.executable, "-c", KEEPS], stdin=PIPE, stdout=PIPE) as child:
        child.stdin.write(b"#" + sought[spelling] + b"#")
        child.stdin.close()
        assert child.stdout.readline() == b"ready\n"
        assert spelling in found_in(child.pid, sought)
        child.kill()
