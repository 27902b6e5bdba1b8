"""What the audit says of stops and restarts."""

import pytest

from sekisho.digest import digest_of
from sekisho.journey import Zone
from sekisho.release.stop import Cause, StopMark, draft_consent, write_consent, write_stop
from tests.unit.audit.audit_made import entry, evidence, findings, received
from tests.unit.release.release_made import NOW, ROSTER, approver

pytestmark = pytest.mark.requirement("E05", "E02")
RX = Zone.RECEIVING
MARK = write_stop(StopMark(NOW, ROSTER.site.id, RX, Cause.PERSON, "root", "a canary was opened", bytes(16)))
STOP = str(digest_of(MARK))


def consent(name, why="the cause was found"):
    draft = draft_consent(ROSTER, MARK, why)
    return write_consent(draft, approver(name).sign(draft))


TWO = (consent("private-1"), consent("safe-1"))


def stopped():
    return entry(RX, "Stopped", "", cause="person", origin="receiving", stop_sha256=STOP)


def restarted(*consents, persons="private-1,safe-1", **changes):
    named = ",".join(str(digest_of(one)) for one in consents)
    return entry(RX, "Restarted", "", **{"consents_sha256": named, "persons": persons, "stop_sha256": STOP, **changes})


def found(*entries, kept=(MARK, *TWO)):
    statements = {RX: {str(digest_of(raw)): raw for raw in kept}}
    return findings(evidence(entries, statements=statements))


def test_a_stop_and_a_restart_by_two_are_lawful():
    assert found(received(), stopped()) == []
    assert found(stopped(), restarted(*TWO), received()) == []


def test_whatever_happens_between_is_not():
    assert found(stopped(), received(), restarted(*TWO)) == [("story.unlawful", "receiving", 1)]
    assert found(stopped(), stopped(), restarted(*TWO)) == [("story.unlawful", "receiving", 1)]
    assert found(restarted(*TWO)) == [("story.unlawful", "receiving", 0)]


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        (restarted(TWO[0]), "permit.too-few"),
        (restarted(TWO[0], consent("private-1", "again")), "permit.same-person"),
        (restarted(*TWO, persons="private-1,okada"), "story.broken"),
        (restarted(*TWO, stop_sha256=str(digest_of(b"x"))), "story.broken"),
        (restarted(*TWO, stop_sha256=1), "story.broken"),
    ],
)
def test_a_restart_that_was_not_two_peoples_is_found(entries, reason):
    again = consent("private-1", "again")
    assert found(stopped(), entries, received(), kept=(MARK, *TWO, again)) == [(reason, "receiving", 1)]


def test_a_mark_or_a_consent_that_is_gone_is_found():
    assert found(stopped(), kept=()) == [("statement.missing", "receiving", 0)]
    assert found(stopped(), restarted(*TWO), kept=(MARK, TWO[0])) == [("statement.missing", "receiving", 1)]
