"""The audit on evidence made by hand: what is found, what is not, and what is said."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sekisho.audit.audit import audit
from sekisho.errors import BadSettings, Reason, Tampered
from sekisho.journey import State, Zone
from sekisho.pages.audit_text import audit_text
from sekisho.pages.words import Language, words_in
from tests.unit.audit.audit_made import CASE, entry, evidence, fetched, findings, receipt, received, root
from tests.unit.release.release_made import NOW, signer

EN, JA = words_in(Language.EN), words_in(Language.JA)
PROC = Zone.PROCESSING


def test_a_site_where_nothing_happened_yet_has_no_findings():
    assert findings(evidence()) == []


def test_a_zone_that_was_not_asked_for_is_left_out_and_nothing_is_compared_with_it():
    made = evidence(processing=[fetched()], asked=(PROC,))
    found = audit(made, NOW)
    assert found.findings == ()
    assert found.left_out == ("receiving", "delivery")
    assert "Not audited: receiving, delivery." in audit_text(EN, found)
    assert "監査していない台帳: 受信台帳、送信台帳" in audit_text(JA, found)


def test_a_ledger_that_was_asked_for_and_is_not_in_hand_is_a_finding():
    made = evidence(processing=[fetched()])
    without = replace(made, ledgers={zone: one for zone, one in made.ledgers.items() if zone is not Zone.RECEIVING})
    assert findings(without) == [("evidence.missing", "receiving", -1)]


def test_what_processing_fetched_must_be_what_receiving_received():
    assert findings(evidence([received()], [fetched()])) == []
    for changed in ({"sha256": "sha256:" + "0" * 64}, {"number": 2}, {"size_bytes": 7}, {"sender": "1"}):
        assert findings(evidence([received()], [fetched(**changed)])) == [("story.broken", "processing", 0)]
    assert findings(evidence([], [fetched()])) == [("story.broken", "processing", 0)]


@pytest.mark.requirement("E02")
def test_a_ledger_shorter_or_other_than_its_neighbour_saw_it_is_found():
    two = [received(), received("132993-000002", number=2)]
    seen = fetched(receiving_size=2, receiving_root=root(*two))
    assert findings(evidence(two, [seen])) == []
    assert ("ledger.rolled-back", "receiving", 1) in findings(evidence(two[:1], [seen]))
    other = [received(), received("132993-000002", number=3)]
    assert ("ledger.differs", "receiving", 1) in findings(evidence(other, [seen]))
    assert "receiving, entry 1, as seen by processing" in audit_text(EN, audit(evidence(other, [seen]), NOW))
    assert "受信台帳の1番、確認した側: 加工台帳" in audit_text(JA, audit(evidence(two[:1], [seen]), NOW))


def without(made, zone, **changes):
    """Give back the evidence of a site of which one zone has no ledger, and was never started for all one sees."""
    ledgers = {one: files for one, files in made.ledgers.items() if one is not zone}
    return replace(made, ledgers=ledgers, unstarted=(zone,), **changes)


def test_a_zone_that_was_never_started_is_told_and_is_no_finding():
    found = audit(without(evidence([received()], [fetched()]), Zone.DELIVERY), NOW)
    assert (found.findings, found.unstarted) == ((), ("delivery",))
    assert "has no ledger (never started?)" in audit_text(EN, found)
    assert "台帳がありません" in audit_text(JA, found)


@pytest.mark.requirement("E02")
def test_a_ledger_that_is_gone_is_a_finding_where_anything_shows_that_the_zone_was_at_work():
    worked = evidence([received()], [fetched()], receipts={"132993": (receipt(),)})
    assert ("evidence.missing", "receiving", -1) in findings(without(worked, Zone.RECEIVING))
    only_receipts = evidence(receipts={"132993": (receipt(),)})
    assert findings(without(only_receipts, Zone.RECEIVING)) == [("evidence.missing", "receiving", -1)]
    handed = evidence([received()], [fetched(), entry(PROC, "HandedOver")])
    assert ("evidence.missing", "delivery", -1) in findings(without(handed, Zone.DELIVERY))
    admitted = evidence(delivery=[entry(Zone.DELIVERY, "Admitted")])
    assert ("evidence.missing", "processing", -1) in findings(without(admitted, PROC))
    left = {Zone.DELIVERY: {"sha256:" + "0" * 64: b"{}"}}
    assert findings(without(evidence(), Zone.DELIVERY, statements=left)) == [("evidence.missing", "delivery", -1)]


@pytest.mark.parametrize("seen", [{"receiving_size": -1}, {"receiving_size": "2"}, {"receiving_root": "sha256:zz"}])
def test_a_neighbours_word_that_cannot_be_read_is_passed_over(seen):
    facts = {"receiving_size": 1, "receiving_root": root(received()), **seen}
    assert findings(evidence([received()], [fetched(**facts)])) == []


def test_an_event_that_is_none_or_of_another_zone_is_unlawful():
    assert findings(evidence([entry(Zone.RECEIVING, "Nonsense", "")])) == [("story.unlawful", "receiving", 0)]
    strange = replace(received(), zone="delivery")
    assert findings(evidence([strange])) == [("story.unlawful", "receiving", 0)]


@pytest.mark.requirement("B15")
def test_one_step_left_out_is_one_finding_and_the_story_is_told_on():
    made = evidence([received()], [fetched(), entry(PROC, "Profiled"), entry(PROC, "Planned")])
    assert findings(made) == [("story.unlawful", "processing", 1)]
    assert audit(made, NOW).stories[0].state is State.PLANNED


def test_a_refused_case_is_lawful_and_told_with_its_reason():
    refused = entry(PROC, "Refused", reason="table.does-not-fit", findings=1)
    found = audit(evidence([received()], [fetched(), refused]), NOW)
    assert found.findings == ()
    (story,) = found.stories
    assert (story.state, story.reason) == (State.REFUSED, "table.does-not-fit")
    assert "[table.does-not-fit]" in audit_text(EN, found)


def test_a_reason_that_is_none_of_ours_is_shown_as_it_stands():
    refused = entry(PROC, "Refused", reason="no-such-reason")
    assert "[no-such-reason]" in audit_text(JA, audit(evidence([received()], [fetched(), refused]), NOW))


@pytest.mark.requirement("E04")
def test_what_was_turned_back_or_denied_is_counted_by_reason_and_makes_no_story():
    back = entry(Zone.RECEIVING, "TurnedBack", "132993-000009", reason="number.used", peer="town.example")
    denied = entry(PROC, "Denied", "", move="approve", reason="release.wrong-role")
    found = audit(evidence([back, back], [denied]), NOW)
    assert found.findings == ()
    assert found.stories == ()
    assert [(one.zone, one.event, one.reason, one.count) for one in found.stopped] == [
        ("receiving", "TurnedBack", "number.used", 2),
        ("processing", "Denied", "release.wrong-role", 1),
    ]
    assert "turned back" in audit_text(EN, found)


@pytest.mark.requirement("B03")
def test_a_receipt_is_borne_out_by_the_entry_that_it_names_or_it_is_found():
    def with_receipts(*raw):
        return findings(evidence([received()], receipts={"132993": raw}))

    assert with_receipts(receipt()) == []
    assert with_receipts() == [("evidence.missing", "receiving", 0)]
    for index in (-1, 1, 2**40):
        assert ("receipt.mismatch", "receiving", index) in with_receipts(receipt(index))
    assert ("receipt.mismatch", "receiving", 0) in with_receipts(receipt(size_bytes=7))
    assert ("receipt.signature", "receiving", -1) in with_receipts(receipt(more=1))
    assert ("receipt.signature", "receiving", -1) in with_receipts(b"[]")


def test_a_municipality_that_is_not_in_hand_is_passed_over():
    assert findings(evidence([received()], receipts={"011002": ()})) == []


def test_a_statement_that_an_entry_names_and_nobody_has_is_found():
    lost = entry(PROC, "DeclaredLost", "132993-000003", statement_sha256="sha256:" + "0" * 64, persons="a,b")
    assert findings(evidence(processing=[lost])) == [("statement.missing", "processing", 0)]
    nameless = entry(PROC, "DeclaredLost", "132993-000003", persons="a,b")
    assert findings(evidence(processing=[nameless])) == [("story.broken", "processing", 0)]


def test_a_file_that_is_not_what_its_name_says_is_named():
    found = audit(evidence(unlike=(("processing", "processing/shelf/statements/x.json"),)), NOW)
    assert found.findings[0].reason is Reason.EVIDENCE_CHANGED
    assert "processing/shelf/statements/x.json" in audit_text(EN, found)


def test_a_roster_must_be_the_founders_but_may_be_over():
    made = evidence([received()])
    assert audit(made, NOW + timedelta(days=4000)).findings == ()
    with pytest.raises(BadSettings) as early:
        audit(made, NOW - timedelta(days=4000))
    assert early.value.reason is Reason.ROSTER_NOT_YET_VALID
    with pytest.raises(Tampered) as forged:
        audit(replace(made, founders=(signer("a").verifier, signer("b").verifier)), NOW)
    assert forged.value.reason is Reason.ROSTER_SIGNATURE


def test_the_case_of_a_finding_is_told():
    text = audit_text(JA, audit(evidence([], [fetched()]), NOW))
    assert f"加工台帳の0番、案件 {CASE}" in text
    assert "異常が1件あります" in text


def test_one_entry_is_said_as_one():
    text = audit_text(EN, audit(evidence([received()], [fetched(), entry(PROC, "Opened")]), NOW))
    assert "1 entry " in text
    assert "1 entries" not in text
    assert "2 entries" in text
