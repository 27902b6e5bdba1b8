"""What receiving's ledger says of a parcel is believed by its form no further than it must be."""

from dataclasses import dataclass

import pytest

from sekisho.errors import Reason, Refused, SekishoError, Tampered
from sekisho.ledger.entry import Entry
from sekisho.zones.processing import intake
from tests.unit.processing.processing_room import AT, desk_in

ONE, TWO = "sha256:" + "1" * 64, "sha256:" + "2" * 64
TRUE = {"label_sha256": ONE, "number": 7, "sender": "132993", "sha256": TWO, "size_bytes": 40_000}


@dataclass
class NoLine:
    """A line that nobody may use."""

    def fetch(self, *_given):
        raise AssertionError("nothing is asked for")


def promised(desk, case="132993-000007", **changes):
    facts = {name: fact for name, fact in (TRUE | changes).items() if fact is not None}
    return intake._promised(desk, Entry(AT, "receiving", case, "Received", facts), 3)


def test_an_entry_in_its_form_is_read(tmp_path):
    with desk_in(tmp_path) as desk:
        said = promised(desk)
    assert (said.case, said.sender, said.number, said.size_bytes) == ("132993-000007", "132993", 7, 40_000)
    assert (said.sha256, said.label_sha256) == (TWO, ONE)


@pytest.mark.requirement("A01")
@pytest.mark.parametrize(
    ("case", "changes"),
    [
        ("../../../etc/x", {}),
        ("132993-000007/../x", {}),
        ("132993-000008", {}),
        ("132993-7", {}),
        ("132993--00007", {"number": -7}),
        ("132993-000007", {"number": "7"}),
        ("132993-000007", {"size_bytes": None}),
        ("132993-000007", {"sha256": "sha256:short"}),
        ("132993-000007", {"label_sha256": "../../x"}),
        ("132993-000007", {"more": 1}),
    ],
)
def test_an_entry_that_could_lead_elsewhere_is_tampered_with(tmp_path, case, changes):
    with desk_in(tmp_path) as desk, pytest.raises(Tampered) as caught:
        promised(desk, case, **changes)
    assert (caught.value.reason, caught.value.facts) == (Reason.LEDGER_MALFORMED, {"index": 3})


def test_a_sender_who_is_not_on_the_roster_is_refused(tmp_path):
    with desk_in(tmp_path) as desk, pytest.raises(Refused, match=Reason.SENDER_UNKNOWN.value):
        promised(desk, "999999-000007", sender="999999")


def test_such_an_entry_is_told_written_down_and_does_not_stop_the_next_one(tmp_path):
    entry = Entry(AT, "receiving", "../../../etc/x", "Received", dict(TRUE))

    @dataclass
    class Said:
        entries: list

    with desk_in(tmp_path) as desk:
        (outcome,) = intake._bring(desk, NoLine(), Said([entry]), 0)
        assert isinstance(outcome.error, SekishoError)
        (written,) = desk.book.entries()
    assert written.facts == {"move": "fetch", "reason": "ledger.malformed", "receiving_index": 0}
