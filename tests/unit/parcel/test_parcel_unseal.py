import dataclasses
import io
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sekisho.digest import digest_of
from sekisho.errors import BadParcel, Reason, SekishoError, Tampered
from sekisho.parcel.label import Label
from sekisho.parcel.layout import HEAD_BYTES, SEGMENT_BYTES, segment_nonce
from sekisho.parcel.private_key import RecipientKey
from sekisho.parcel.unseal import unseal
from sekisho.parcel.wrapping import payload_key
from sekisho.statement import write_canonical
from tests.unit.parcel.parcels import (
    FILE_KEY,
    KEY,
    NONCE,
    OTHER_KEY,
    OTHER_SIGNER,
    PROCESSING,
    SCHEMA,
    SECOND,
    TABLE,
    contents_of,
    flipped,
    forged,
    label_in,
    opened,
    resigned,
    sealed,
    segments_of,
)

FILES = {"table.csv": TABLE, "schema.toml": SCHEMA}
PARCEL = sealed(FILES)


def why(parcel: bytes, key: RecipientKey = KEY, label: Label | None = None) -> SekishoError:
    with pytest.raises(SekishoError) as caught:
        opened(parcel, key, label)
    return caught.value


def record(value: Any) -> bytes:
    raw = write_canonical(value)
    return len(raw).to_bytes(4, "big") + raw


@pytest.mark.requirement("B10")
def test_what_was_sealed_comes_out() -> None:
    contents, files = opened(PARCEL)
    assert files == FILES
    assert [(one.name, one.size_bytes, one.digest) for one in contents.files] == [
        (name, len(raw), digest_of(raw)) for name, raw in FILES.items()
    ]
    assert contents.rows == 1


OVERHEAD = len(contents_of({"table.csv": bytes(SEGMENT_BYTES)})) - SEGMENT_BYTES


@pytest.mark.parametrize("around", [1, 2, 3])
@pytest.mark.parametrize("more", [-1, 0, 1])
def test_contents_that_end_near_the_end_of_a_segment_come_out(around: int, more: int) -> None:
    table = bytes(range(256)) * (around * SEGMENT_BYTES // 256)
    table = table[: around * SEGMENT_BYTES - OVERHEAD] + b"x" * more if more >= 0 else table[: more - OVERHEAD]
    parcel = sealed({"table.csv": table})
    assert label_in(parcel).contents_bytes == around * SEGMENT_BYTES + more
    assert opened(parcel)[1] == {"table.csv": table}


@pytest.mark.parametrize("size", [0, 1, SEGMENT_BYTES - 1, SEGMENT_BYTES, SEGMENT_BYTES + 1, 5 * SEGMENT_BYTES + 7])
def test_a_file_of_any_size_comes_out(size: int) -> None:
    table = (b"\x00\x01\x02" * (size // 3 + 1))[:size]
    assert opened(sealed({"table.csv": table}))[1] == {"table.csv": table}


def test_the_forger_of_these_tests_can_make_a_good_parcel_too() -> None:
    assert opened(forged(contents_of(FILES)))[1] == FILES


def test_each_of_two_recipients_opens_the_parcel() -> None:
    parcel = sealed(FILES, recipients=[PROCESSING, SECOND])
    assert opened(parcel, KEY)[1] == opened(parcel, OTHER_KEY)[1] == FILES


def test_a_key_for_which_nothing_was_wrapped_is_refused() -> None:
    assert why(PARCEL, OTHER_KEY).reason is Reason.PARCEL_WRONG_KEY


@pytest.mark.parametrize("at", [0, 8, 100, HEAD_BYTES - 1])
def test_a_head_other_than_the_checked_one_is_refused(at: int) -> None:
    assert why(flipped(PARCEL, at), label=label_in(PARCEL)).reason is Reason.PARCEL_TAMPERED


def test_the_payload_of_another_parcel_under_this_label_is_refused() -> None:
    other = sealed({"table.csv": TABLE[::-1], "schema.toml": SCHEMA}, number=2)
    assert why(PARCEL[:HEAD_BYTES] + other[HEAD_BYTES:]).reason is Reason.PARCEL_TAMPERED


def test_a_parcel_that_another_sender_signed_anew_as_his_own_cannot_be_opened() -> None:
    theirs = resigned(PARCEL, by=OTHER_SIGNER, sender="midori", sender_key_id=OTHER_SIGNER.key_id)
    error = why(theirs)
    assert (error.reason, error.facts) == (Reason.PARCEL_TAMPERED, {"part": "wrapped key"})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", 2),
        ("rows", 2),
        ("valid_until", "2030-01-01T00:00:00Z"),
        ("legal_basis", {"kind": "law", "reference": "x"}),
        ("tool", {"name": "x", "version": "1"}),
        ("schema_sha256", "sha256:" + "0" * 64),
    ],
)
def test_a_label_changed_after_sealing_no_longer_unwraps_the_key(field: str, value: Any) -> None:
    assert why(resigned(PARCEL, **{field: value})).facts == {"part": "wrapped key"}


def test_a_file_key_that_the_label_does_not_commit_to_is_refused() -> None:
    error = why(forged(contents_of(FILES), key_commitment="A" * 43 + "="))
    assert (error.reason, error.facts) == (Reason.PARCEL_TAMPERED, {"part": "key commitment"})


def test_a_last_segment_that_is_not_marked_as_last_is_refused() -> None:
    contents = contents_of(FILES)
    segment = AESGCM(payload_key(FILE_KEY, NONCE)).encrypt(segment_nonce(0, last=False), contents, None)
    error = why(forged(contents, [segment]))
    assert (error.reason, error.facts) == (Reason.PARCEL_TAMPERED, {"segment": 0})


def test_a_segment_in_the_middle_that_is_marked_as_last_is_refused() -> None:
    contents = contents_of({"table.csv": bytes(SEGMENT_BYTES)})
    cipher = AESGCM(payload_key(FILE_KEY, NONCE))
    first = cipher.encrypt(segment_nonce(0, last=True), contents[:SEGMENT_BYTES], None)
    error = why(forged(contents, [first, segments_of(contents)[1]]))
    assert (error.reason, error.facts) == (Reason.PARCEL_TAMPERED, {"segment": 0})


def test_two_segments_in_the_wrong_order_are_refused() -> None:
    contents = contents_of({"table.csv": bytes(2 * SEGMENT_BYTES)})
    one, two, three = segments_of(contents)
    assert why(forged(contents, [two, one, three])).facts == {"segment": 0}


def test_a_payload_whose_digest_the_label_misstates_is_refused() -> None:
    error = why(forged(contents_of(FILES), payload_sha256="sha256:" + "0" * 64))
    assert (error.reason, error.facts) == (Reason.PARCEL_TAMPERED, {"part": "payload"})


def test_bytes_after_the_last_segment_are_refused() -> None:
    assert why(PARCEL + b"\0").reason is Reason.PARCEL_SIZE


def test_a_parcel_cut_short_is_refused_with_what_is_missing() -> None:
    error = why(PARCEL[:-1])
    assert error.reason is Reason.PARCEL_TRUNCATED
    assert error.facts["expected_bytes"] == len(PARCEL) - HEAD_BYTES


def test_a_head_cut_short_is_refused_though_the_label_was_checked() -> None:
    error = why(PARCEL[: HEAD_BYTES - 1], label=label_in(PARCEL))
    assert error.reason is Reason.PARCEL_TRUNCATED


HEAD = {"files": [{"media_type": "text/csv", "name": "a.csv", "size_bytes": 3}], "format": "sekisho/contents/v1"}
TAIL = {"files": [{"name": "a.csv", "sha256": str(digest_of(b"abc")), "size_bytes": 3}], "rows": 1}


def test_records_written_by_hand_are_as_good() -> None:
    assert opened(forged(record(HEAD) + b"abc" + record(TAIL)))[1] == {"a.csv": b"abc"}


@pytest.mark.parametrize(
    "contents",
    [
        b"\0",
        record(HEAD)[:-1],
        (65_537).to_bytes(4, "big") + bytes(65_537),
        record({}) + b"abc" + record(TAIL),
        record(HEAD | {"format": "zip"}) + b"abc" + record(TAIL),
        record(HEAD | {"files": []}) + record(TAIL | {"files": []}),
        record(HEAD | {"files": [HEAD["files"][0] | {"name": "../a.csv"}]}) + b"abc" + record(TAIL),
        record(HEAD | {"files": [HEAD["files"][0] | {"size_bytes": -1}]}) + b"abc" + record(TAIL),
        record(HEAD | {"files": [HEAD["files"][0] | {"size_bytes": 2**40}]}) + b"abc" + record(TAIL),
        record(HEAD | {"files": [HEAD["files"][0] | {"size_bytes": 2}]}) + b"abc" + record(TAIL),
        record(HEAD | {"files": [HEAD["files"][0] | {"size_bytes": 4}]}) + b"abc" + record(TAIL),
        b"\0\0\0\x02{ ",
        record(HEAD) + b"abd" + record(TAIL),
        record(HEAD) + b"abc",
        record(HEAD) + b"abc" + record(TAIL)[:-1],
        record(HEAD) + b"abc" + record(TAIL) + b"\0",
        record(HEAD) + b"abc" + record(TAIL) + bytes(SEGMENT_BYTES),
        record(HEAD) + b"abc" + record([]),
        record(HEAD) + b"abc" + record(TAIL | {"rows": 2}),
        record(HEAD) + b"abc" + record(TAIL | {"files": []}),
        record(HEAD) + b"abc" + record(TAIL | {"files": [TAIL["files"][0] | {"sha256": "abc"}]}),
        record(HEAD) + b"abc" + record(TAIL | {"files": TAIL["files"] * 2}),
    ],
)
def test_contents_that_contradict_themselves_are_refused(contents: bytes) -> None:
    error = why(forged(contents))
    assert isinstance(error, BadParcel)
    assert error.reason is Reason.PARCEL_CONTENTS


def test_a_schema_inside_other_than_the_label_names_is_refused() -> None:
    error = why(forged(contents_of({"table.csv": TABLE, "schema.json": b"{}"})))
    assert (error.reason, error.facts) == (Reason.PARCEL_CONTENTS, {"field": "schema"})


def test_no_file_is_asked_for_before_the_first_segment_proved_genuine() -> None:
    asked: list[str] = []

    def open_file(name: str, _size: int) -> io.BytesIO:
        asked.append(name)
        return io.BytesIO()

    with pytest.raises(Tampered):
        unseal(io.BytesIO(flipped(PARCEL, -1 % len(PARCEL))), label_in(PARCEL), KEY, open_file)
    assert asked == []


def test_a_failure_to_write_reaches_the_caller_as_it_is() -> None:
    class Full(io.BytesIO):
        def write(self, _piece: Any, /) -> int:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        unseal(io.BytesIO(PARCEL), label_in(PARCEL), KEY, lambda _name, _size: Full())


def test_opening_tells_its_progress_up_to_the_end() -> None:
    told: list[tuple[int, int]] = []
    parcel = sealed({"table.csv": bytes(2_500_000)})
    label = label_in(parcel)
    unseal(io.BytesIO(parcel), label, KEY, lambda _name, _size: io.BytesIO(), lambda *one: told.append(one))
    assert told[-1] == (label.payload_bytes, label.payload_bytes)
    assert len(told) == 3


def test_a_label_for_the_key_but_with_another_nonce_is_refused() -> None:
    label = dataclasses.replace(label_in(PARCEL), nonce=bytes(32))
    assert why(PARCEL, label=label).facts == {"part": "key commitment"}
