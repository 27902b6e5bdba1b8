"""Numbers that do not come in turn: held, filled, declared lost, and come too late after all (design 8)."""

import pytest

from tests.journey.processing_made import QuickSite, Town, denials, entries_of, make_site, unfinished

ALWAYS, ONCE_LOST, NOT_LOST = "100001", "100002", "100003"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    trial = make_site(tmp_path_factory.mktemp("gaps"), ALWAYS, ONCE_LOST, NOT_LOST, made=QuickSite)
    trial.start("receiving")
    yield trial
    trial.close()


def lost(trial, code, number, *people, why="did not arrive", keys=()):
    who = [
        text
        for one, key in zip(people, keys or people, strict=True)
        for text in ("--person", one, "--key", str(trial.key(key)))
    ]
    home = trial.home("processing")
    return trial.run("release", "lost", code, str(number), "--home", home, "--why", why, *who)


def send_without_the_first(town):
    """Seal two parcels and send the second; give back the place where the first one is kept."""
    for _ in range(2):
        town.put()
    kept = town.trial.folder / f"{town.code}-first.parcel"
    town.parcel(1).rename(kept)
    assert town.send().code == 0
    return kept


def events_of(trial, case):
    return [one["event"] for one in entries_of(trial, case)]


@pytest.mark.requirement("F12", "E01")
def test_a_parcel_out_of_turn_is_held_until_the_gap_is_filled_and_then_both_go_on(site):
    town = Town(site, ALWAYS)
    kept = send_without_the_first(town)
    held = site.pull()
    assert held.code == 3
    assert "[number.gap]" in held.err
    assert "Next: Send the missing parcel." in held.err
    assert town.case(2) in held.err
    entry = entries_of(site, town.case(2), "Held")[0]
    assert entry["facts"] == {"missing": 1, "reason": "number.gap"}
    assert not (site.home("processing") / "work" / town.case(2)).exists()

    again = site.pull()
    assert (again.code, events_of(site, town.case(2))) == (3, ["Fetched", "Held"])
    pressed = site.release("resume", "shinsa", "anzen", case=town.case(2))
    assert (pressed.code, "[number.gap]" in pressed.err) == (3, True)
    assert denials(site)[-1] == (
        town.case(2),
        {"move": "resume", "persons": "shinsa,anzen", "reason": "number.gap"},
    )

    kept.rename(town.parcel(1))
    assert town.send().code == 0
    filled = site.pull()
    assert filled.code == 0, filled.err
    assert events_of(site, town.case(1)) == ["Fetched", "Opened", "Disarmed"]
    assert events_of(site, town.case(2)) == ["Fetched", "Held", "Denied", "Resumed", "Opened", "Disarmed"]
    assert entries_of(site, town.case(2), "Resumed")[0]["facts"] == {"reason": "number.filled"}


@pytest.mark.requirement("E06", "F12")
def test_two_people_declare_a_number_lost_the_rest_goes_on_and_the_late_parcel_is_refused(site):
    town = Town(site, ONCE_LOST)
    kept = send_without_the_first(town)
    assert site.pull().code == 3
    declared = lost(site, ONCE_LOST, 1, "shinsa", "anzen")
    assert declared.code == 0, declared.err
    entry = entries_of(site, town.case(1))[0]
    assert entry["event"] == "DeclaredLost"
    assert sorted(entry["facts"]["persons"].split(",")) == ["anzen", "shinsa"]
    assert site.pull().code == 0
    assert events_of(site, town.case(2)) == ["Fetched", "Held", "Resumed", "Opened", "Disarmed"]

    kept.rename(town.parcel(1))
    assert town.send().code == 0
    late = site.pull()
    assert late.code == 2
    assert "[number.lost]" in late.err
    assert "Next: Seal the data again under the next number" in late.err
    assert events_of(site, town.case(1)) == ["DeclaredLost", "Refused"]
    assert entries_of(site, town.case(1), "Refused")[0]["facts"]["reason"] == "number.lost"
    assert not (site.home("processing") / "shelf" / "fetched" / f"{town.case(1)}.parcel").exists()

    town.put()
    assert town.send().code == 0
    after = site.pull()
    assert (after.code, after.err) == (0, "")
    assert events_of(site, town.case(3)) == ["Fetched", "Opened", "Disarmed"]
    assert unfinished(site.site) == []


@pytest.fixture(scope="module")
def missing(site):
    """A town whose number 1 is missing and stays so."""
    town = Town(site, NOT_LOST)
    send_without_the_first(town)
    site.pull()
    return town


@pytest.mark.requirement("E06")
@pytest.mark.parametrize(
    ("people", "reason"),
    [
        (("shinsa",), "permit.too-few"),
        (("shinsa", "shinsa"), "permit.same-person"),
        (("shinsa", "shinsa2"), "permit.same-role"),
        (("shinsa", "kakou"), "release.wrong-role"),
        (("kansa", "anzen"), "release.wrong-role"),
    ],
)
def test_no_one_person_and_no_wrong_pair_declares_a_number_lost(site, missing, people, reason):
    refused(site, missing, lost(site, NOT_LOST, 1, *people), reason, ",".join(people))


@pytest.mark.parametrize(
    ("code", "number", "why", "reason"),
    [
        (NOT_LOST, 2, "it is here", "lost.wrong-number"),
        (NOT_LOST, 9, "nobody waits for it", "lost.wrong-number"),
        (NOT_LOST, 1, "two\nlines", "lost.malformed"),
        ("999999", 1, "no such town", "line.sender-unknown"),
    ],
)
def test_a_number_that_nobody_misses_is_not_declared_lost(site, missing, code, number, why, reason):
    refused(site, missing, lost(site, code, number, "shinsa", "anzen", why=why), reason, "shinsa,anzen")


def test_one_person_alone_is_told_how_two_are_named(site, missing):
    done = lost(site, NOT_LOST, 1, "shinsa")
    refused(site, missing, done, "permit.too-few", "shinsa")
    assert done.err.startswith("This takes two people: give --person and --key twice, each key after its person.")


def test_a_number_is_not_declared_lost_with_somebody_elses_key(site, missing):
    done = lost(site, NOT_LOST, 1, "shinsa", "anzen", keys=("shinsa", "shinsa"))
    refused(site, missing, done, "key.not-theirs", "anzen")


def refused(site, missing, done, reason, persons):
    assert done.code == 3, done.err
    assert f"[{reason}]" in done.err
    assert "Next:" in done.err
    facts = denials(site)[-1][1]
    assert facts == {"move": "declare-lost", "persons": persons, "reason": reason}
    assert events_of(site, missing.case(1)) == []
    assert [one for one in events_of(site, missing.case(2)) if one != "Denied"] == ["Fetched", "Held"]
