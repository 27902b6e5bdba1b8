"""Bytes that a power cut left in processing's parts are not believed: the same pull asks for all of them anew."""

import pytest

from tests.journey.processing_made import QuickSite, Town, make_site
from tests.journey.trial_site import CASE, TOWN


@pytest.mark.requirement("F14")
@pytest.mark.parametrize("left", ["some bytes", "all bytes"])
def test_a_pull_that_finds_other_bytes_than_came_fetches_them_all(tmp_path, left):
    site = make_site(tmp_path, TOWN, made=QuickSite)
    town = Town(site, TOWN)
    raw = town.parcel(town.put()).read_bytes()
    site.start("receiving")
    try:
        assert town.send().code == 0
        name = site.events("receiving")[0]["facts"]["label_sha256"].removeprefix("sha256:")
        parts = site.home("processing") / "shelf" / "parts"
        parts.mkdir(parents=True, mode=0o700)
        (parts / f"{name}.part").write_bytes(bytes(1000 if left == "some bytes" else len(raw)))
        done = site.pull()
        assert done.code == 0, done.err
    finally:
        site.close()
    assert (site.home("processing") / "shelf" / "fetched" / f"{CASE}.parcel").read_bytes() == raw
    assert [one["event"] for one in site.events("processing")] == ["Fetched", "Opened", "Disarmed"]
    assert list(parts.iterdir()) == []
