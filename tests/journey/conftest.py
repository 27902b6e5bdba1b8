from contextlib import ExitStack
from socket import AF_UNIX, socket

import pytest

from sekisho.site import trial as trial_module
from tests.journey.trial_site import TrialSite


@pytest.fixture(autouse=True, scope="session")
def _ports_of_its_own():
    """Give every trial site ports that no other test of this host was given: they are free until its servers start."""
    free_ports = trial_module._free_ports
    with ExitStack() as held, pytest.MonkeyPatch.context() as patch:

        def own_ports():
            ports = free_ports()
            while not all(_hold(held, one) for one in vars(ports).values() if isinstance(one, int)):
                ports = free_ports()
            return ports

        patch.setattr(trial_module, "_free_ports", own_ports)
        yield


def _hold(held, port):
    """Say whether this process alone now holds the name of the port; the kernel lets go of it when the process ends."""
    name = held.enter_context(socket(AF_UNIX))
    try:
        name.bind(f"\0sekisho trial port {port}")
    except OSError:
        return False
    return True


@pytest.fixture
def trial(tmp_path):
    """A fresh trial site with no server running."""
    site = TrialSite(tmp_path).init()
    yield site
    site.close()
