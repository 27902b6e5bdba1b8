"""What came of each delivery is written once, whatever the recipient or a cut left behind."""

import pytest

from sekisho.digest import digest_of
from sekisho.errors import Reason, Tampered, Unavailable
from sekisho.journey import Event, Zone
from sekisho.ledger.entry import Entry
from sekisho.statement import sign_statement, write_canonical
from sekisho.zones.delivery import outcomes as module
from sekisho.zones.delivery.outcomes import Outcomes
from tests.unit.delivery.delivery_made import CASE, PERMIT, TYPE, acknowledgement, admit, book_in, door_in, told
from tests.unit.release.release_made import NOW, signer


@pytest.fixture
def door(tmp_path):
    with book_in(tmp_path) as book:
        yield door_in(tmp_path, book)


def events(door):
    return [one.event for one in told(door)]


def test_a_delivery_without_outcome_stays_open(door):
    outgoing = admit(door)
    assert Outcomes(door).collect() == 0
    assert (outgoing / "parcel").is_file()


@pytest.mark.requirement("B15")
def test_an_acknowledgement_of_the_recipient_ends_the_delivery_and_takes_the_parcel_away(door):
    outgoing = admit(door)
    raw = acknowledgement()
    (outgoing / "acknowledgement.json").write_bytes(raw)
    outcomes = Outcomes(door)
    assert (outcomes.collect(), outcomes.collect()) == (1, 0)
    assert events(door) == ["Admitted", "Delivered", "Acknowledged"]
    assert told(door)[-1].acknowledgement_sha256 == str(digest_of(raw))
    assert not (outgoing / "parcel").exists()


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "receipt.signature"),
        (b"[" * 9000, "receipt.signature"),
        (b"x" * 100_000, "receipt.signature"),
        (acknowledgement(key="somebody"), "receipt.signature"),
        (acknowledgement(case="132993-000002"), "receipt.mismatch"),
        (acknowledgement(permit=digest_of(b"other")), "receipt.mismatch"),
        (acknowledgement(sha256="sha256:" + "0" * 64), "receipt.mismatch"),
        (acknowledgement(size_bytes=1), "receipt.mismatch"),
        (acknowledgement(recipient="other"), "receipt.mismatch"),
        (sign_statement(TYPE, [1], [signer("acknowledgements")]), "receipt.mismatch"),
        (sign_statement(TYPE, "yes", [signer("acknowledgements")]), "receipt.mismatch"),
    ],
)
def test_what_is_no_acknowledgement_of_this_delivery_ends_it_as_refused(door, raw, reason):
    outgoing = admit(door)
    (outgoing / "acknowledgement.json").write_bytes(raw)
    assert Outcomes(door).collect() == 1
    assert [(one.event, getattr(one, "reason", "")) for one in told(door)][1:] == [("Refused", reason)]
    assert not (outgoing / "parcel").exists()


def test_a_refusal_that_the_deliverer_left_is_written_with_its_reason(door):
    outgoing = admit(door)
    (outgoing / "refusal.json").write_bytes(write_canonical({"reason": Reason.PERMIT_EXPIRED.value}))
    assert Outcomes(door).collect() == 1
    assert (told(door)[-1].event, told(door)[-1].reason) == ("Refused", "permit.expired")


@pytest.mark.parametrize("raw", [b"", b"{}", b'{"reason":"no.such.reason"}', b'{"reason":1}', b"\xff"])
def test_a_refusal_that_cannot_be_read_stops_nothing_else(door, raw):
    (admit(door) / "refusal.json").write_bytes(raw)
    other = digest_of(b"other permit")
    (admit(door, other) / "acknowledgement.json").write_bytes(acknowledgement(permit=other))
    with pytest.raises(Tampered) as caught:
        Outcomes(door).collect()
    assert caught.value.reason is Reason.STATEMENT_MALFORMED
    assert events(door) == ["Admitted", "Admitted", "Delivered", "Acknowledged"]


@pytest.mark.requirement("F14")
def test_a_cut_between_delivered_and_acknowledged_writes_delivered_once(door):
    outgoing = admit(door)
    facts = {"permit_sha256": str(PERMIT), "parcel_sha256": "sha256:" + "0" * 64}
    door.book.append(Entry(NOW, Zone.DELIVERY.value, CASE, Event.DELIVERED.value, facts))
    (outgoing / "acknowledgement.json").write_bytes(acknowledgement())
    assert Outcomes(door).collect() == 1
    assert events(door) == ["Admitted", "Delivered", "Acknowledged"]


def test_a_cut_before_the_parcel_was_taken_away_is_made_good_at_the_next_start(door):
    outgoing = admit(door)
    (outgoing / "acknowledgement.json").write_bytes(acknowledgement())
    Outcomes(door).collect()
    (outgoing / "parcel").write_bytes(b"as if the cut came before")
    assert Outcomes(door).collect() == 0
    assert not (outgoing / "parcel").exists()


def test_trouble_of_this_disk_says_nothing_of_the_recipient(door, monkeypatch):
    (admit(door) / "acknowledgement.json").write_bytes(acknowledgement())

    def broken(*_):
        raise Unavailable(Reason.DISK_FAILED)

    outcomes = Outcomes(door)
    monkeypatch.setattr(module, "read_file", broken)
    with pytest.raises(Unavailable):
        outcomes.collect()
    monkeypatch.undo()
    assert outcomes.collect() == 1
    assert events(door) == ["Admitted", "Delivered", "Acknowledged"]


@pytest.mark.requirement("F14")
def test_an_admission_written_while_outcomes_are_read_is_not_passed_over(door, monkeypatch):
    outcomes = Outcomes(door)
    real = door.book.entries

    def meanwhile(start=0):
        yield from real(start)
        monkeypatch.undo()
        (admit(door) / "acknowledgement.json").write_bytes(acknowledgement())

    monkeypatch.setattr(door.book, "entries", meanwhile)
    assert (outcomes.collect(), outcomes.collect()) == (0, 1)
    assert events(door) == ["Admitted", "Delivered", "Acknowledged"]


@pytest.mark.requirement("B13")
def test_what_was_put_by_sftp_is_delivered_and_nobody_is_said_to_have_acknowledged_it(door):
    outgoing = admit(door)
    (outgoing / "pushed.json").write_bytes(write_canonical({"name": "a.parcel"}))
    outcomes = Outcomes(door)
    assert (outcomes.collect(), outcomes.collect()) == (1, 0)
    assert events(door) == ["Admitted", "Delivered"]
    assert (told(door)[-1].way, told(door)[-1].permit_sha256) == ("sftp", str(PERMIT))
    assert not (outgoing / "parcel").exists()


@pytest.mark.requirement("F14")
def test_a_cut_before_a_put_parcel_was_taken_away_is_made_good_at_the_next_start(door):
    outgoing = admit(door)
    (outgoing / "pushed.json").write_bytes(write_canonical({"name": "a.parcel"}))
    Outcomes(door).collect()
    (outgoing / "parcel").write_bytes(b"as if the cut came before")
    assert Outcomes(door).collect() == 0
    assert not (outgoing / "parcel").exists()
