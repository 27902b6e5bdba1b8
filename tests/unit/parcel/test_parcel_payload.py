import io
import subprocess
import sys

import pytest

from sekisho.errors import Reason, SekishoError
from sekisho.parcel.layout import HEAD_BYTES
from sekisho.parcel.payload import check_payload
from tests.unit.parcel.parcels import flipped, label_in, sealed

PARCEL = sealed({"table.csv": bytes(3_000_000)})


def why(parcel: bytes) -> Reason:
    with pytest.raises(SekishoError) as caught:
        check_payload(io.BytesIO(parcel), label_in(PARCEL))
    return caught.value.reason


@pytest.mark.requirement("B10")
def test_a_whole_parcel_passes_without_a_key_and_tells_its_progress() -> None:
    told: list[tuple[int, int]] = []
    check_payload(io.BytesIO(PARCEL), label_in(PARCEL), lambda *one: told.append(one))
    assert told[-1] == (len(PARCEL) - HEAD_BYTES, len(PARCEL) - HEAD_BYTES)


@pytest.mark.parametrize("at", [HEAD_BYTES, 2_000_000, len(PARCEL) - 1])
def test_a_changed_payload_is_refused(at: int) -> None:
    assert why(flipped(PARCEL, at)) is Reason.PARCEL_TAMPERED


def test_a_changed_head_is_refused() -> None:
    assert why(flipped(PARCEL, 100)) is Reason.PARCEL_TAMPERED


@pytest.mark.parametrize("size", [0, HEAD_BYTES - 1, HEAD_BYTES, 2_000_000, len(PARCEL) - 1])
def test_a_parcel_cut_short_is_refused(size: int) -> None:
    assert why(PARCEL[:size]) is Reason.PARCEL_TRUNCATED


def test_a_parcel_with_more_behind_it_is_refused() -> None:
    assert why(PARCEL + b"\0") is Reason.PARCEL_SIZE


def test_who_checks_label_and_payload_loads_nothing_that_opens_parcels() -> None:
    ask = "import sys, sekisho.parcel.label, sekisho.parcel.payload; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", ask], check=True, capture_output=True, text=True).stdout.split()
    assert "sekisho.parcel.payload" in loaded
    assert not {"sekisho.parcel.unseal", "sekisho.parcel.private_key", "sekisho.parcel.seal"} & set(loaded)
