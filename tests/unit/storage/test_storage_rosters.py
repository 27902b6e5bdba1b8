from dataclasses import replace

import pytest

from sekisho.errors import BadSettings, Reason
from sekisho.release.roster import write_roster
from sekisho.storage.rosters import open_roster, read_roster
from sekisho.storage.settings import Site
from tests.unit.release.release_made import DRAFT, FOUNDERS, NOW, PINNED


@pytest.fixture
def site(tmp_path):
    (tmp_path / "roster.json").write_bytes(write_roster(DRAFT, FOUNDERS))
    return Site.model_construct(id="site.example", trial=True, roster=tmp_path / "roster.json", founders=PINNED)


def test_a_roster_older_than_the_newest_seen_here_is_refused(site):
    assert open_roster(site, NOW).version == DRAFT.version
    read_roster(write_roster(replace(DRAFT, version=DRAFT.version + 2), FOUNDERS), site, NOW)
    with pytest.raises(BadSettings) as caught:
        open_roster(site, NOW)
    assert caught.value.reason is Reason.ROSTER_OLDER


def test_a_damaged_note_of_the_newest_version_is_refused(site):
    (site.roster.parent / "roster.json.newest").write_bytes(b"two")
    with pytest.raises(BadSettings) as caught:
        open_roster(site, NOW)
    assert caught.value.reason is Reason.SETTINGS_MALFORMED
