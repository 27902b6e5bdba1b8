import gc

import pytest


@pytest.fixture(autouse=True, scope="module")
def _what_earlier_tests_left_is_not_looked_through():
    """Keep what is there already out of every collection: a bench collects before each run, and after all of the laws that costs a second."""
    gc.freeze()
    yield
    gc.unfreeze()
