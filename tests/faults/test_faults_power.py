"""A few power cuts and lying syncs on every way; `make faults` does all of them."""

import pytest

from tests.faults.power.cuts import rows
from tests.faults.power.disk import why_not


@pytest.fixture(scope="module")
def struck():
    if why_not():
        pytest.skip(why_not())
    return list(rows(quick=True))


@pytest.mark.requirement("F14")
@pytest.mark.parametrize("number", ["F5", "F6", "F7"])
def test_no_promise_is_broken_by_a_power_cut_or_a_sync_that_lies(struck, number):
    found = [one for one in struck if one.id == number]
    assert {one.where for one in found} == {
        "receiving takes in",
        "the ledger appends",
        "delivery admits",
        "the recipient takes in",
    }
    assert [(one.name, one.where, one.wrong) for one in found if one.wrong] == []
    assert all(one.injected and one.healed == one.undone for one in found)
