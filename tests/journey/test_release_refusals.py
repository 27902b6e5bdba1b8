"""Who may let it out: every wrong person, pair, key and order is refused, written down, and changes nothing.

The commands run in this process, because no refusal of a person needs a line; the servers are processes of their own.
"""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from sekisho.digest import read_digest
from sekisho.errors import SekishoError
from sekisho.instant import read_instant
from sekisho.ledger.proof import check_proof
from sekisho.lines.bundle import write_bundle
from sekisho.lines.client import Line, upload
from sekisho.lines.tls import Credentials
from sekisho.parcel.layout import HEAD_BYTES
from sekisho.release.assertion import SoftwareApprover
from sekisho.release.permit import read_permit_draft, write_permit
from sekisho.release.roster import write_roster
from sekisho.storage.book import Book
from sekisho.storage.keys import read_approver_key, read_signing_key
from sekisho.storage.settings import ProcessingSettings, read_settings
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


# What two hands on processing itself could try: a permit that never went through its rules, at delivery's real port.


@pytest.fixture(scope="module")
def delivering(approved, pulled, tmp_path_factory):
    """The approved site with delivery listening, fresh."""
    trial = copy_processing(approved, tmp_path_factory.mktemp("delivering") / "site")
    source = pulled.home("delivery")
    for path in [path for path in sorted(source.rglob("*")) if path.is_file()]:
        place = trial.home("delivery") / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        place.write_bytes(path.read_bytes())
        place.chmod(0o600)
    trial.start("delivery")
    yield trial
    trial.close()


@pytest.mark.requirement("E06", "B04")
@pytest.mark.parametrize(
    ("people", "operator", "reason"),
    [
        (("shinsa",), "kakou", "permit.too-few"),
        (("shinsa", "anzen"), "shinsa", "permit.operator"),
        (("shinsa", "anzen"), "anzen", "permit.operator"),
        (("shinsa", "shinsa2"), "kakou", "permit.same-role"),
        (("shinsa", "kakou"), "kakou2", "release.wrong-role"),
    ],
)
def test_delivery_refuses_a_forged_permit_that_breaks_the_rule_of_two(delivering, people, operator, reason):
    trial = delivering
    settings = read_settings(trial.home("processing") / "settings.toml", ProcessingSettings)
    asked = entries_of(trial, CASE, "Requested")[-1]["facts"]
    statement = trial.home("processing") / "shelf" / "statements" / f"{read_digest(asked['permit_sha256']).hex}.json"
    draft = replace(read_permit_draft(statement.read_bytes()), operator=operator)
    roster = roster_of(trial)
    signers = [
        SoftwareApprover(read_approver_key(trial.key(one)), roster.person(one).credential.id, roster.site)
        for one in people
    ]
    permit = write_permit(draft, [one.sign(draft) for one in signers])
    signer = read_signing_key(settings.keys.ledger)
    with Book.open(settings.folders.ledger, roster.processing.ledger.origin, signer) as book:
        proof = book.proof(book.size - 1)
    check_proof(proof, roster.processing.ledger.origin, roster.processing.ledger.key)
    peer, tls = settings.peers.delivery, settings.tls
    line = Line(peer.host, peer.port, peer.name, Credentials(tls.certificate, tls.key, tls.authority))
    parcel = trial.home("processing") / "shelf" / "sealed" / f"{CASE}.v1.parcel"
    with parcel.open("rb") as stream:
        opening = write_bundle({"head": stream.read(HEAD_BYTES), "permit": permit, "proof": proof})
        with pytest.raises(SekishoError) as caught:
            upload(line, opening, stream, parcel.stat().st_size)
    line.close()
    assert caught.value.reason.value == reason
    last = trial.events("delivery")[-1]
    assert (last["event"], last["facts"]["reason"]) == ("TurnedBack", reason)
    assert read_instant(last["at"]) >= draft.not_before
    assert list((trial.home("delivery") / "shelf").iterdir()) == []
    assert json.dumps(last).count("Admitted") == 0
