import pytest

from sekisho.errors import (
    BadParcel,
    Malformed,
    Reason,
    Refused,
    SekishoError,
    Tampered,
    Unavailable,
    Who,
)
from sekisho.lines.bundle import read_bundle, write_bundle
from sekisho.lines.refusals import read_refusal, write_refusal


@pytest.mark.parametrize(
    ("error", "status", "who"),
    [
        (BadParcel(Reason.NUMBER_USED, number=3), 422, Who.SENDER),
        (BadParcel(Reason.SENDER_NOT_ALLOWED), 403, Who.SENDER),
        (BadParcel(Reason.LINE_OFFSET, offset=9), 409, Who.SENDER),
        (Refused(Reason.PERMIT_USED), 422, Who.STAFF),
        (Tampered(Reason.PARCEL_TAMPERED, part="payload"), 422, Who.OPERATOR),
        (Unavailable(Reason.DISK_FULL), 507, Who.OPERATOR),
        (Unavailable(Reason.DISK_FAILED, errno="EIO"), 507, Who.OPERATOR),
    ],
)
def test_a_refusal_crosses_the_line_with_its_reason_facts_and_who_must_act(error, status, who):
    answered, raw = write_refusal(error)
    read = read_refusal(raw)
    assert (answered, read.reason, read.facts, read.who) == (status, error.reason, error.facts, who)


def test_where_our_files_lie_does_not_cross_the_line():
    status, raw = write_refusal(Unavailable(Reason.FOLDER_UNWRITABLE, path="/srv/sekisho/shelf", errno="EROFS"))
    assert (status, read_refusal(raw).facts, b"srv" in raw) == (507, {"errno": "EROFS"}, False)


def test_a_malformed_thing_is_the_senders_to_mend():
    assert read_refusal(write_refusal(Malformed(Reason.STATEMENT_MALFORMED, field="x"))[1]).who is Who.SENDER


def test_our_own_fault_crosses_without_a_fact():
    status, raw = write_refusal(SekishoError(Reason.OUR_FAULT, place="somewhere"))
    assert (status, read_refusal(raw).facts, read_refusal(raw).reason) == (500, {}, Reason.OUR_FAULT)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html>",
        b"[]",
        b'{"facts":{},"reason":"made.up","who":2}',
        b'{"facts":{},"reason":"disk.full"}',
        b'{"facts":{},"reason":"disk.full","who":true}',
        b'{"facts":[],"reason":"disk.full","who":4}',
        b'{"who":4,"reason":"disk.full","facts":{}}',
    ],
)
def test_what_is_no_refusal_is_line_answer(raw):
    error = read_refusal(raw)
    assert (type(error), error.reason) == (Tampered, Reason.LINE_ANSWER)


def test_a_bundle_gives_back_its_parts_in_the_order_asked():
    raw = write_bundle({"head": b"\x00", "permit": b"p"})
    assert read_bundle(raw, "permit", "head") == (b"p", b"\x00")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        write_bundle({"head": b""}),
        write_bundle({"head": b"", "permit": b"", "more": b""}),
        b'{"head":1,"permit":""}',
    ],
)
def test_a_bundle_of_other_parts_is_refused(raw):
    with pytest.raises(BadParcel) as caught:
        read_bundle(raw, "head", "permit")
    assert caught.value.reason is Reason.PARCEL_MALFORMED
