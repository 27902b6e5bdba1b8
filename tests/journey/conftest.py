import pytest

from tests.journey.trial_site import TrialSite


@pytest.fixture
def trial(tmp_path):
    """A fresh trial site with no server running."""
    site = TrialSite(tmp_path).init()
    yield site
    site.close()
