import io
from typing import Any

import pytest

from sekisho.digest import digest_of
from sekisho.errors import BadParcel, Reason
from sekisho.parcel.draft import LegalBasis, LegalBasisKind, Tool
from sekisho.parcel.key import Recipient
from sekisho.parcel.layout import HEAD_BYTES
from sekisho.parcel.seal import FileToSeal, SegmentWriter, seal
from tests.unit.parcel.parcels import (
    KEY,
    NOW,
    PROCESSING,
    SECOND,
    SIGNER,
    TABLE,
    draft,
    entropy,
    label_in,
    recipient_key,
    sealed,
    to_seal,
)


class Dribble(io.BytesIO):
    """A stream that gives at most 7 bytes at a time, and takes no more."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(7, size) if size is not None and size >= 0 else 7)

    def write(self, piece: Any, /) -> int:
        return super().write(bytes(piece)[:7])


def why(files: list[FileToSeal], **changes: Any) -> Reason:
    out = io.BytesIO()
    with pytest.raises(BadParcel) as caught:
        seal(files, draft(**changes), [PROCESSING], SIGNER, out, entropy)
    assert not out.getvalue()[:8].strip(b"\0"), "what is left must not look like a parcel"
    return caught.value.reason


def test_sealing_gives_back_the_label_that_a_reader_will_check() -> None:
    out = io.BytesIO()
    label = seal(to_seal({"table.csv": TABLE}), draft(), [PROCESSING], SIGNER, out, entropy)
    assert label == label_in(out.getvalue())


@pytest.mark.requirement("B10")
def test_no_part_of_a_file_or_its_name_stands_in_a_parcel() -> None:
    parcel = sealed({"table.csv": TABLE * 100})
    assert b"table.csv" not in parcel
    assert TABLE[:10] not in parcel


def test_the_same_files_sealed_twice_share_no_payload_when_chance_differs() -> None:
    draws = iter(range(100))
    first, second = io.BytesIO(), io.BytesIO()
    for out in (first, second):
        chance = lambda size: bytes([next(draws)]) * size  # noqa: E731 - a source of chance that never repeats
        seal(to_seal({"table.csv": TABLE}), draft(), [PROCESSING], SIGNER, out, chance)
    assert first.getvalue()[HEAD_BYTES:] != second.getvalue()[HEAD_BYTES:]


def test_a_file_that_shrank_while_it_was_sealed_is_refused() -> None:
    assert why([FileToSeal("table.csv", "text/csv", 4, io.BytesIO(b"abc"))]) is Reason.PARCEL_CHANGED_WHILE_SEALING


def test_a_file_that_grew_while_it_was_sealed_is_refused() -> None:
    assert why([FileToSeal("table.csv", "text/csv", 2, io.BytesIO(b"abc"))]) is Reason.PARCEL_CHANGED_WHILE_SEALING


def test_an_empty_file_that_grew_is_refused() -> None:
    assert why([FileToSeal("table.csv", "text/csv", 0, io.BytesIO(b"a"))]) is Reason.PARCEL_CHANGED_WHILE_SEALING


def test_a_schema_file_other_than_the_label_names_is_refused() -> None:
    assert why(to_seal({"schema.toml": b"other"})) is Reason.PARCEL_CHANGED_WHILE_SEALING
    assert why(to_seal({"schema.json": b"other"})) is Reason.PARCEL_CHANGED_WHILE_SEALING


def test_a_parcel_without_files_is_refused() -> None:
    assert why([]) is Reason.PARCEL_CONTENTS


def test_contents_beyond_the_limit_are_refused_before_they_are_read() -> None:
    assert why([FileToSeal("table.csv", "text/csv", 2**44, io.BytesIO())]) is Reason.PARCEL_CONTENTS


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", 0),
        ("number", 2**53),
        ("rows", -1),
        ("rows", 2**53),
        ("sender", "Minato City"),
        ("valid_until", draft().valid_from),
        ("made_at", draft().valid_until),
        ("legal_basis", LegalBasis(LegalBasisKind.LAW, "")),
        ("tool", Tool("sekisho", "0\n")),
        ("tool", Tool("", "0")),
    ],
)
def test_a_draft_out_of_bounds_is_refused_before_anything_is_read(field: str, value: Any) -> None:
    file = to_seal({"table.csv": TABLE})
    assert why(file, **{field: value}) is Reason.PARCEL_MALFORMED
    assert file[0].stream.tell() == 0


@pytest.mark.parametrize(
    "recipients",
    [
        [],
        [PROCESSING, PROCESSING],
        [PROCESSING, Recipient("same-key", KEY.public_key)],
        [Recipient("A B", KEY.public_key)],
        [Recipient(f"r{i}", recipient_key(str(i)).public_key) for i in range(5)],
    ],
)
def test_none_doubled_unnamed_or_five_recipients_are_refused(recipients: list[Recipient]) -> None:
    with pytest.raises(BadParcel) as caught:
        sealed(recipients=recipients)
    assert caught.value.reason is Reason.PARCEL_MALFORMED


def test_streams_that_do_less_than_asked_are_served_all_the_same() -> None:
    slow, quick = Dribble(), io.BytesIO()
    for out, raw in ((slow, Dribble(TABLE)), (quick, io.BytesIO(TABLE))):
        seal([FileToSeal("table.csv", "text/csv", len(TABLE), raw)], draft(), [PROCESSING], SIGNER, out, entropy)
    assert slow.getvalue()[HEAD_BYTES:] == quick.getvalue()[HEAD_BYTES:]
    assert label_in(slow.getvalue()).payload_digest == label_in(quick.getvalue()).payload_digest


def test_progress_is_told_up_to_the_end() -> None:
    told: list[tuple[int, int]] = []
    files = to_seal({"table.csv": bytes(2_500_000)})
    label = seal(files, draft(), [PROCESSING], SIGNER, io.BytesIO(), entropy, lambda *one: told.append(one))
    assert [done for done, _ in told] == [1_048_576, 2_097_152, label.contents_bytes]
    assert {total for _, total in told} == {label.contents_bytes}


def test_a_source_of_chance_that_gives_too_little_is_refused() -> None:
    with pytest.raises(ValueError, match="chance"):
        seal(to_seal({"table.csv": TABLE}), draft(), [PROCESSING], SIGNER, io.BytesIO(), lambda _: b"short")


def test_a_segment_writer_refuses_to_end_early() -> None:
    writer = SegmentWriter(io.BytesIO(), bytes(32), 10)
    writer.write(b"123456789")
    with pytest.raises(ValueError, match="announced"):
        writer.close()


def test_each_of_several_recipients_has_a_wrapped_key_of_its_own() -> None:
    label = label_in(sealed(recipients=[PROCESSING, SECOND]), now=NOW)
    assert len({one.wrapped for one in label.recipients}) == 2
    assert label.schema_digest != digest_of(b"")
