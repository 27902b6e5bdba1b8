"""Hostile files, each refused for its reason or read as nothing but values; the next one is read as if nothing had been."""

import pytest

from sekisho.storage.settings import ProcessingSettings, read_settings
from tests.hostile.corpus import SCHEMA, corpus, good
from tests.hostile.reading import read, reads_a_good_one
from tests.journey.processing_made import Town, entries_of, unfinished
from tests.journey.trial_site import TOWN, TrialSite

CORPUS = {one.name: one for one in corpus()}
SENT = ("formula =", "two encodings in one file", "zip that grows a thousandfold", "a quote that never ends", "a million columns", "ten million empty lines")  # fmt: skip


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    site = TrialSite(tmp_path_factory.mktemp("hostile")).init()
    return read_settings(site.home("processing") / "settings.toml", ProcessingSettings)


@pytest.mark.requirement("C08")
@pytest.mark.parametrize("name", CORPUS)
def test_a_hostile_file_is_refused_for_its_reason_or_is_nothing_but_values(name, settings, tmp_path):
    one = CORPUS[name]
    ended = read(one, tmp_path, settings)
    assert ended.outcome
    assert ended.outcome <= one.expected, ended.outcome


@pytest.mark.requirement("C08")
def test_a_good_file_after_a_hostile_one_is_read(settings, tmp_path):
    read(CORPUS["a line of 1 GiB"], tmp_path, settings)
    assert reads_a_good_one(tmp_path, settings)


@pytest.mark.requirement("C08", "B11", "E04")
def test_hostile_parcels_are_refused_on_the_way_and_the_good_one_behind_them_is_opened(tmp_path):
    trial = TrialSite(tmp_path).init()
    town = Town(trial, TOWN)
    schema = SCHEMA.format(encoding="utf-8").encode()
    for number, name in enumerate(SENT, 1):
        CORPUS[name].write(tmp_path / "table")
        town.craft(number, {"table.csv": (tmp_path / "table").read_bytes(), "schema.toml": schema}, 3)
    last = len(SENT) + 1
    town.craft(last, {"table.csv": good().encode(), "schema.toml": schema}, 3)
    trial.start("receiving")
    try:
        assert town.send().code == 0
        done = trial.pull()
    finally:
        trial.close()
    assert done.code == 2, done.err
    for number in range(1, last):
        assert entries_of(trial, town.case(number))[-1]["event"] == "Refused"
    assert entries_of(trial, town.case(last))[-1]["event"] == "Disarmed"
    assert unfinished(trial.home("processing")) == []
    said = done.out + done.err + (trial.home("processing") / "ledger" / "entries").read_text(encoding="utf-8")
    assert not any(one in said for one in ("cmd|", "/C calc", "p9"))
