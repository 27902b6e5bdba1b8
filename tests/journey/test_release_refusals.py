"""Who may let it out: every wrong person, pair, key and order is refused, written down, and changes nothing.

The commands run in this process, because no refusal of a person needs a line; the servers are processes of their own.
"""

import shutil
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import pytest

from sekisho.cli import operator as clerks
from sekisho.cli import release as releasing
from sekisho.cli.clock import now
from sekisho.release.roster import write_roster
from sekisho.storage.keys import read_signing_key
from tests.journey.processing_made import (
    QuickSite,
    Town,
    copy_processing,
    denials,
    entries_of,
    make_site,
    roster_of,
    unfinished,
)
from tests.journey.trial_site import CASE, TOWN, TrialSite

NOTHING = {"Denied"}


@pytest.fixture(scope="module")
def pulled(tmp_path_factory):
    """A site whose one case is open and disarmed; nobody listens."""
    trial = make_site(tmp_path_factory.mktemp("release"), TOWN, made=QuickSite)
    town = Town(trial, TOWN)
    town.put()
    trial.start("receiving")
    assert town.send().code == 0
    assert trial.pull().code == 0
    trial.close()
    return trial


@pytest.fixture(scope="module")
def sealed(pulled, tmp_path_factory):
    trial = copy_processing(pulled, tmp_path_factory.mktemp("sealed") / "site")
    for done in (trial.work(), trial.seal_again()):
        assert done.code == 0, done.err
    return trial


@pytest.fixture(scope="module")
def requested(sealed, tmp_path_factory):
    trial = copy_processing(sealed, tmp_path_factory.mktemp("requested") / "site")
    assert trial.request().code == 0
    return trial


@pytest.fixture(scope="module")
def half(requested, tmp_path_factory):
    trial = copy_processing(requested, tmp_path_factory.mktemp("half") / "site")
    done = trial.release("approve", "shinsa")
    assert (done.code, "One more approval is needed" in done.out) == (0, True), done.err
    return trial


@pytest.fixture(scope="module")
def approved(half, tmp_path_factory):
    trial = copy_processing(half, tmp_path_factory.mktemp("approved") / "site")
    assert trial.release("approve", "anzen").code == 0
    return trial


@pytest.fixture(scope="module")
def held(requested, tmp_path_factory):
    trial = copy_processing(requested, tmp_path_factory.mktemp("held") / "site")
    assert trial.release("hold", "kansa").code == 0
    return trial


@pytest.fixture
def at(request, tmp_path):
    """Give a site of its own where the case stands at the named stage."""
    return lambda stage: copy_processing(request.getfixturevalue(stage), tmp_path / "site")


def moves_of(trial):
    return [one for one in trial.events("processing") if one["event"] not in NOTHING]


def refused(trial, act, reason, move, persons=None, case=CASE):
    """Check that `act` is refused with this reason, that it is written down, and that the case stands where it stood."""
    before = moves_of(trial)
    done = act()
    assert done.code == 3, done.err
    assert f"[{reason}]" in done.err
    assert "Next:" in done.err
    assert "staff" in done.err
    assert "Traceback" not in done.err
    assert denials(trial)[-1] == (
        case,
        {"move": move, "reason": reason} | ({"persons": persons} if persons else {}),
    )
    assert moves_of(trial) == before
    assert unfinished(trial.home("processing")) == []
    return done


def with_key(trial, move, person, key_of, case=CASE):
    home = trial.home("processing")
    return trial.run("release", move, case, "--home", home, "--person", person, "--key", trial.key(key_of))


@pytest.mark.requirement("E06")
@pytest.mark.parametrize(
    ("stage", "person", "reason"),
    [
        ("requested", "kakou", "release.wrong-role"),
        ("requested", "kakou2", "release.wrong-role"),
        ("requested", "kansa", "release.wrong-role"),
        ("half", "shinsa", "permit.same-person"),
        ("half", "shinsa2", "permit.same-role"),
        ("sealed", "shinsa", "release.move-not-allowed"),
        ("approved", "anzen2", "release.move-not-allowed"),
    ],
)
def test_an_approval_that_the_rule_of_two_does_not_allow_is_refused(at, stage, person, reason):
    trial = at(stage)
    refused(trial, lambda: trial.release("approve", person), reason, "approve", person)


@pytest.mark.requirement("E06")
@pytest.mark.parametrize("move", ["approve", "refuse", "hold"])
def test_nobody_acts_with_somebody_elses_key(at, move):
    trial = at("half")
    name = {"refuse": "return"}.get(move, move)
    refused(trial, lambda: with_key(trial, move, "anzen", "shinsa"), "key.not-theirs", name, "anzen")


def test_who_is_not_on_the_roster_is_refused_and_their_word_for_themselves_stays_out_of_the_ledger(at):
    trial = at("half")
    refused(trial, lambda: with_key(trial, "approve", "no-such-person", "anzen"), "release.person-unknown", "approve")
    assert b"no-such-person" not in (trial.home("processing") / "ledger" / "entries").read_bytes()


def test_a_case_that_is_not_here_is_refused_and_its_name_stays_out_of_the_ledger(at):
    trial = at("half")
    ask = ("no-such-case", "132993-000009")
    for case in ask:
        refused(trial, lambda: with_key(trial, "approve", "anzen", "anzen", case), "release.case-unknown", "approve", "anzen", "")  # fmt: skip  # noqa: B023 - called at once
        refused(trial, lambda: trial.push(case), "release.case-unknown", "hand-over", case="")  # noqa: B023 - called at once
        refused(trial, lambda: trial.seal_again(case), "release.case-unknown", "seal", case="")  # noqa: B023 - called at once
    assert b"no-such-case" not in (trial.home("processing") / "ledger" / "entries").read_bytes()


@pytest.mark.parametrize(
    ("stage", "step", "move", "reason", "persons"),
    [
        ("pulled", "seal_again", "seal", "release.move-not-allowed", None),
        ("pulled", "request", "request", "release.move-not-allowed", "kakou"),
        ("sealed", "work", "profile", "release.move-not-allowed", "kakou"),
        ("sealed", "push", "hand-over", "release.move-not-allowed", None),
        ("requested", "request", "request", "release.move-not-allowed", "kakou"),
        ("requested", "push", "hand-over", "permit.too-few", None),
        ("half", "push", "hand-over", "permit.too-few", None),
        ("half", "seal_again", "seal", "release.move-not-allowed", None),
        ("approved", "work", "profile", "release.move-not-allowed", "kakou"),
        ("held", "push", "hand-over", "release.move-not-allowed", None),
    ],
)
@pytest.mark.requirement("B15")
def test_a_move_out_of_order_is_refused(at, stage, step, move, reason, persons):
    trial = at(stage)
    refused(trial, getattr(trial, step), reason, move, persons)


@pytest.mark.parametrize(
    ("move", "people", "reason"),
    [
        ("hold", ("kansa",), "release.move-not-allowed"),
        ("approve", ("anzen",), "release.move-not-allowed"),
        ("resume", ("shinsa",), "permit.too-few"),
        ("resume", ("shinsa", "shinsa"), "permit.same-person"),
        ("resume", ("shinsa", "shinsa2"), "permit.same-role"),
        ("resume", ("shinsa", "kakou2"), "release.wrong-role"),
    ],
)
@pytest.mark.requirement("E05", "E06")
def test_a_held_case_moves_only_by_two_people_in_two_roles(at, move, people, reason):
    trial = at("held")
    refused(trial, lambda: trial.release(move, *people), reason, move, ",".join(people))


@pytest.mark.requirement("E05")
def test_anyone_may_hold_a_case_and_two_let_it_go_on_with_its_approvals(at):
    trial = at("half")
    assert trial.release("hold", "kakou").code == 0
    entry = entries_of(trial, CASE, "Held")[-1]
    assert entry["facts"] == {"person": "kakou", "reason": "release.held-by-person"}
    resumed = trial.release("resume", "shinsa2", "anzen2")
    assert resumed.code == 0, resumed.err
    assert entries_of(trial, CASE, "Resumed")[-1]["facts"] == {"persons": "shinsa2,anzen2"}
    last = trial.release("approve", "anzen")
    assert (last.code, "It may go out" in last.out) == (0, True)


@pytest.mark.requirement("E06")
@pytest.mark.parametrize("operator", ["shinsa", "kansa"])
@pytest.mark.parametrize(("stage", "step", "move"), [("pulled", "work", "profile"), ("sealed", "request", "request")])
def test_who_is_no_operator_does_no_operators_work(at, stage, step, move, operator):
    trial = at(stage)
    act = getattr(trial, step)
    refused(trial, lambda: act(operator=operator), "release.wrong-role", move, operator)


@pytest.mark.requirement("B15", "E06")
def test_a_refused_case_is_opened_anew_and_its_old_approvals_are_void(at):
    trial = at("half")
    back = trial.release("refuse", "anzen")
    assert back.code == 0
    facts = entries_of(trial, CASE, "Refused")[-1]["facts"]
    assert facts == {"person": "anzen", "reason": "release.refused-by-reviewer"}
    refused(trial, lambda: trial.release("approve", "anzen"), "release.move-not-allowed", "approve", "anzen")
    refused(trial, trial.push, "release.move-not-allowed", "hand-over")

    reopened = trial.run("processing", "reopen", CASE, "--home", trial.home("processing"))
    assert reopened.code == 0, reopened.err
    for step in (trial.work, trial.seal_again, trial.request):
        done = step()
        assert done.code == 0, done.err
    first = trial.release("approve", "shinsa")
    assert (first.code, "One more approval is needed" in first.out) == (0, True)
    refused(trial, trial.push, "permit.too-few", "hand-over")
    old, new = (one["facts"] for one in entries_of(trial, CASE, "Sealed"))
    assert (old["number"], new["number"]) == (1, 2)
    assert old["parcel_sha256"] != new["parcel_sha256"]
    asked = [one["facts"] for one in entries_of(trial, CASE, "Requested")]
    assert asked[0]["permit_sha256"] != asked[1]["permit_sha256"]


def test_a_case_that_was_not_sent_back_is_not_opened_anew(at):
    trial = at("approved")
    home = trial.home("processing")
    refused(trial, lambda: trial.run("processing", "reopen", CASE, "--home", home), "release.move-not-allowed", "open")


@pytest.mark.requirement("F14")
def test_a_case_whose_open_table_is_gone_is_not_worked_on_but_opened_anew(at):
    trial = at("pulled")
    shutil.rmtree(trial.home("processing") / "work" / CASE)
    refused(trial, trial.work, "release.case-not-open", "profile", "kakou")
    assert trial.run("processing", "reopen", CASE, "--home", trial.home("processing")).code == 0
    assert trial.work().code == 0


def test_an_expired_parcel_is_not_opened_anew_and_the_case_stays_returned(at):
    trial = at("half")
    assert trial.release("refuse", "anzen").code == 0
    before = moves_of(trial)
    with patch.object(clerks, "now", lambda: now() + timedelta(days=40)):
        done = trial.run("processing", "reopen", CASE, "--home", trial.home("processing"))
    assert (done.code, "[parcel.expired]" in done.err) == (2, True)
    assert denials(trial)[-1] == (CASE, {"findings": 0, "move": "open", "reason": "parcel.expired"})
    assert moves_of(trial) == before
    assert list((trial.home("processing") / "work").iterdir()) == []


def test_the_second_approval_of_a_permit_that_ran_out_is_refused(at):
    trial = at("half")
    with patch.object(releasing, "now", lambda: now() + timedelta(days=4)):
        refused(trial, lambda: trial.release("approve", "anzen"), "permit.expired", "approve", "anzen")


def test_a_person_is_refused_in_their_own_language_by_a_process_of_its_own(at):
    trial = TrialSite(at("half").folder)
    home, key = trial.home("processing"), trial.key("shinsa")
    done = trial.run("release", "approve", CASE, "--home", home, "--person", "shinsa", "--key", key, lang="ja")
    assert (done.code, done.out) == (3, "")
    assert "[permit.same-person]" in done.err
    assert "同じ" in done.err
    assert "Next" not in done.err


@pytest.fixture(scope="module")
def worked(pulled, tmp_path_factory):
    trial = copy_processing(pulled, tmp_path_factory.mktemp("worked") / "site")
    assert trial.work().code == 0
    return trial


@pytest.mark.requirement("B13")
def test_nothing_is_sealed_for_who_is_no_recipient(at):
    trial = at("worked")
    refused(trial, lambda: trial.seal_again(recipient="dareka"), "release.recipient-unknown", "seal")
    assert b"dareka" not in (trial.home("processing") / "ledger" / "entries").read_bytes()
    assert trial.seal_again().code == 0


def sign_roster(trial: TrialSite, **contract: object) -> None:
    """Let both founders sign a roster whose one contract is changed, and put it into processing."""
    draft = roster_of(trial).draft
    recipient = draft.recipients[0]
    changed = replace(recipient, contract=replace(recipient.contract, **contract))
    founders = tuple(read_signing_key(trial.home("founders") / "keys" / f"{one}.pem") for one in ("first", "second"))
    raw = write_roster(replace(draft, version=draft.version + 1, recipients=(changed,)), founders)
    (trial.home("processing") / "roster.json").write_bytes(raw)


@pytest.mark.requirement("B13", "A14")
@pytest.mark.parametrize("missing", ["day", "ban"])
def test_nothing_is_sealed_under_a_contract_that_is_not_in_force(at, missing):
    trial = at("worked")
    contract = roster_of(trial).recipients[0].contract
    sign_roster(
        trial,
        **(
            {"valid_until": contract.valid_from + timedelta(hours=1)}
            if missing == "day"
            else {"identification_ban_signed_on": None}
        ),
    )
    refused(trial, trial.seal_again, "release.contract-not-in-force", "seal")
    assert not (trial.home("processing") / "shelf" / "sealed").exists()


@pytest.mark.requirement("B13", "E06")
def test_an_approved_release_does_not_leave_under_another_roster(at):
    trial = at("approved")
    sign_roster(trial, purpose="another purpose")
    refused(trial, trial.push, "permit.other-roster", "hand-over")


def test_a_key_file_that_is_no_key_is_told_and_nothing_changes(at):
    trial = at("half")
    before = trial.events("processing")
    bad = trial.folder / "key.pem"
    bad.write_text("no key", encoding="utf-8")
    bad.chmod(0o600)
    home = trial.home("processing")
    done = trial.run("release", "approve", CASE, "--home", home, "--person", "anzen", "--key", bad)
    assert (done.code, "[settings.malformed]" in done.err) == (4, True)
    assert trial.events("processing") == before
