from datetime import UTC, datetime, timedelta, timezone

import pytest

from sekisho.errors import Malformed, Reason
from sekisho.ledger.entry import LARGEST_LINE_BYTES, Entry, read_entry, write_entry

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
ENTRY = Entry(AT, "receiving", "132993-1", "Received", {"number": 1, "sha256": "sha256:00"})
LINE = (
    b'{"at":"2026-11-23T09:00:00Z","case":"132993-1","event":"Received",'
    b'"facts":{"number":1,"sha256":"sha256:00"},"zone":"receiving"}'
)


def test_entry_has_one_line():
    assert write_entry(ENTRY) == LINE


def test_line_is_read_back():
    assert read_entry(LINE) == ENTRY


def test_moment_is_written_in_utc():
    japan = timezone(timedelta(hours=9))
    assert write_entry(Entry(AT.astimezone(japan), "receiving", "132993-1", "Received", ENTRY.facts)) == LINE


def test_entry_may_belong_to_no_case():
    assert read_entry(write_entry(Entry(AT, "receiving", "", "Started"))).case == ""


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}",
        b"null",
        LINE + b"\n",
        LINE + b" ",
        LINE.replace(b'"at"', b'"an"'),
        LINE.replace(b"T09:00:00Z", b"T09:00:00+00:00"),
        LINE.replace(b"T09:00:00Z", b"T25:00:00Z"),
        LINE.replace(b'"receiving"', b'""'),
        LINE.replace(b'"receiving"', b'"receiving zone"'),
        LINE.replace(b'"Received"', b'"1"'),
        LINE.replace(b'"132993-1"', b'"-1"'),
        LINE.replace(b'"132993-1"', b'"a\\nb"'),
        LINE.replace(b'"number":1', b'"number":1.0'),
        LINE.replace(b'"number":1', b'"number":true'),
        LINE.replace(b'"number":1', b'"number":null'),
        LINE.replace(b'"number":1', b'"number":[1]'),
        LINE.replace(b'"number":1', b'"Number":1'),
        LINE.replace(b"sha256:00", b""),
        LINE.replace(b"sha256:00", b"two words"),
        LINE.replace(b"sha256:00", "関所".encode()),
        LINE.replace(b"sha256:00", b"0" * 1025),
        LINE.replace(b'"facts"', b'"extra":1,"facts"'),
    ],
)
def test_loose_or_strange_line_is_refused(line):
    with pytest.raises(Malformed) as refusal:
        read_entry(line)
    assert refusal.value.reason is Reason.LEDGER_MALFORMED


def test_what_cannot_be_read_cannot_be_written():
    with pytest.raises(Malformed) as refusal:
        write_entry(Entry(AT, "receiving", "132993-1", "Received", {"name": "関所 花子"}))
    assert refusal.value.reason is Reason.LEDGER_MALFORMED
    assert "花子" not in str(refusal.value)


def test_line_over_the_limit_is_refused():
    facts = {f"fact_{number}": "0" * 1000 for number in range(17)}
    with pytest.raises(Malformed) as refusal:
        write_entry(Entry(AT, "receiving", "132993-1", "Received", facts))
    assert refusal.value.facts["size_bytes"] > LARGEST_LINE_BYTES
    with pytest.raises(Malformed):
        read_entry(b"0" * (LARGEST_LINE_BYTES + 1))
