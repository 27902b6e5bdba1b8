"""What receiving turns back: each ends in one reason, one entry, and nothing left behind."""

import pytest

from sekisho.parcel.key import Recipient
from sekisho.parcel.layout import HEAD_BYTES
from tests.journey.raw_line import (
    HOUR,
    NOW,
    OTHER_TOWN,
    TWO_TOWNS,
    Caller,
    make_parcel,
    parts,
    roster_of,
    shelf,
    tail,
)
from tests.journey.trial_site import TOWN, TrialSite

LIMIT = 262_144
NOT_A_PARCEL = b"id,age,sex,income\n1,20,F,3000000\n"


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """Receiving with a small limit, two municipalities, and the first one as the caller."""
    trial = TrialSite(tmp_path_factory.mktemp("refusals")).init(*TWO_TOWNS)
    settings = trial.home("receiving") / "settings.toml"
    settings.write_text(settings.read_text() + f"\n[limits]\nlargest_parcel_bytes = {LIMIT}\n")
    trial.start("receiving")
    yield Caller(trial)
    trial.close()


def check_turned_back(caller, answer, reason, status=422, peer=None):
    """Assert the reason in the answer and in the ledger's last entry, and that no upload is left."""
    assert (answer.status, answer.reason) == (status, reason)
    last = tail(caller.trial)
    assert (last["event"], last["facts"]["reason"]) == ("TurnedBack", reason)
    assert last["facts"]["peer"] == f"{peer or caller.role}.{roster_of(caller.trial).site.id}"
    assert parts(caller.trial) == []


def wrong_labels(trial):
    """Give back each wrong label: how it is made, the reason, and the status."""
    recipient = roster_of(trial).recipients[0]
    wrong_key = Recipient("processing", recipient.parcel_key)
    return {
        "expired": ({"valid_from": NOW - 2 * HOUR, "valid_until": NOW - HOUR}, "parcel.expired", 422),
        "not yet valid": ({"valid_from": NOW + HOUR, "valid_until": NOW + 2 * HOUR}, "parcel.not-yet-valid", 422),
        "for a recipient": ({"recipient": Recipient("riyou", recipient.parcel_key)}, "parcel.wrong-recipient", 422),
        "for another key": ({"recipient": wrong_key}, "parcel.wrong-key", 422),
        "signed by another": ({"signed_by": OTHER_TOWN}, "line.sender-unknown", 403),
        "of another": ({"sender": OTHER_TOWN}, "line.sender-unknown", 403),
        "named another": ({"sender": OTHER_TOWN, "signed_by": TOWN}, "line.sender-unknown", 403),
        "too large": ({"filler_bytes": LIMIT}, "line.too-large", 422),
    }


@pytest.mark.requirement("B01", "B10")
@pytest.mark.parametrize(
    "wrong",
    [
        "expired",
        "not yet valid",
        "for a recipient",
        "for another key",
        "signed by another",
        "of another",
        "named another",
        "too large",
    ],
)
def test_receiving_turns_a_wrong_label_back_before_a_byte_of_payload_travels(town, wrong):
    made, reason, status = wrong_labels(town.trial)[wrong]
    check_turned_back(town, town.begin(make_parcel(town.trial, 1, **made)), reason, status)


@pytest.mark.requirement("B11")
@pytest.mark.parametrize(
    ("opening", "reason"),
    [
        (b"", "parcel.truncated"),
        (NOT_A_PARCEL, "parcel.malformed"),
        (NOT_A_PARCEL.ljust(HEAD_BYTES, b"\n"), "parcel.malformed"),
        (bytes(HEAD_BYTES), "parcel.malformed"),
        (b"SEKISHO1" + b"\xff" * (HEAD_BYTES - 8), "parcel.malformed"),
        (bytes(HEAD_BYTES + 1), "parcel.malformed"),
        (bytes(256 * 1024 + 1), "line.too-large"),
    ],
    ids=["nothing", "plain CSV", "long plain CSV", "zeros", "garbage", "long head", "over 256 KiB"],
)
def test_receiving_turns_back_what_is_no_head_of_a_parcel(town, opening, reason):
    check_turned_back(town, town.ask("POST", "/uploads", opening), reason)


@pytest.mark.requirement("B10")
@pytest.mark.parametrize("place", [0, 9, 100, 5_000])
def test_receiving_turns_back_a_flipped_bit_in_the_head(town, place):
    made = make_parcel(town.trial, 1)
    head = bytearray(made.head)
    head[place] ^= 1
    answer = town.ask("POST", "/uploads", bytes(head))
    assert answer.reason in {"parcel.malformed", "parcel.signature", "line.sender-unknown"}
    check_turned_back(town, answer, answer.reason, answer.status)


@pytest.mark.requirement("A01", "B10")
@pytest.mark.parametrize("place", [0, 4_000, HEAD_BYTES - 1, HEAD_BYTES, HEAD_BYTES + 500, -1])
def test_receiving_turns_back_a_flipped_bit_on_the_way_and_takes_the_honest_parcel_after_it(town, place):
    number = 20 + abs(place)
    made = make_parcel(town.trial, number)
    raw = bytearray(made.raw)
    raw[place] ^= 1
    assert town.begin(made).status == 201
    assert town.put(made, bytes(raw), 0).status == 204
    check_turned_back(town, town.finish(made), "parcel.tampered")
    assert town.send(made).status == 200
    assert f"{TOWN}-{number:06d}.parcel" in shelf(town.trial)


def test_receiving_turns_back_bytes_beyond_the_size_of_the_label(town):
    made = make_parcel(town.trial, 10)
    town.begin(made)
    too_long = town.put(made, made.raw + b"x", 0)
    assert (too_long.status, too_long.reason) == (422, "parcel.size")
    assert tail(town.trial)["facts"]["reason"] == "parcel.size"
    assert town.begin(made).offset == 0
    assert town.send(made).status == 200


def test_receiving_lets_nobody_finish_early(town):
    made = make_parcel(town.trial, 11)
    town.begin(made)
    town.put(made, made.raw[:-1], 0)
    early = town.finish(made)
    assert (early.status, early.reason) == (409, "line.offset")
    assert f"{TOWN}-000011.parcel" not in shelf(town.trial)
    assert town.put(made, made.raw[-1:], len(made.raw) - 1).status == 204
    assert town.finish(made).status == 200


def test_receiving_writes_nothing_at_a_wrong_offset(town):
    made = make_parcel(town.trial, 12)
    town.begin(made)
    for offset in ("1", "-1", "", "0x0", "1e3", "9" * 40, "\xef\xbc\x90", "0, 0"):
        answer = town.ask("PATCH", f"/uploads/{made.upload}", made.raw, Upload_Offset=offset)
        assert answer.reason == "line.offset", offset
        assert town.begin(made).offset == 0
    assert town.send(made).status == 200


def test_receiving_refuses_a_piece_of_more_than_16_mebibytes(town):
    made = make_parcel(town.trial, 13)
    town.begin(made)
    answer = town.put(made, bytes(16 * 1024 * 1024 + 1), 0)
    assert (answer.status, answer.reason) == (422, "line.too-large")
    assert tail(town.trial)["facts"]["reason"] == "line.too-large"
    assert town.begin(made).offset == 0
    assert town.send(made).status == 200


@pytest.mark.parametrize(
    "name",
    ["..", "../../shelf", "%2e%2e%2fshelf", "..%2f..%2fledger%2fentries", "a" * 63, "A" * 64, "a" * 64 + "/", "%00"],
)
def test_no_name_of_an_upload_leads_out_of_its_folder(town, name):
    before = sorted((town.trial.home("receiving")).rglob("*"))
    answer = town.ask("PATCH", f"/uploads/{name}", b"x", Upload_Offset=0)
    assert answer.status in {404, 409}
    assert town.ask("POST", f"/uploads/{name}/finish").status in {404, 409}
    assert sorted((town.trial.home("receiving")).rglob("*")) == before


@pytest.mark.requirement("B02", "B05")
@pytest.mark.parametrize("path", ["/", "/uploads", "/parcels", f"/parcels/{TOWN}-000001", "/outcomes"])
def test_the_outer_port_shows_nothing(town, path):
    for method in ("GET", "HEAD", "DELETE", "PUT"):
        assert town.ask(method, path).status in {404, 405}


@pytest.mark.parametrize("path", ["/parcels", f"/parcels/{TOWN}-000001"])
def test_the_inner_port_turns_a_municipality_back_and_remembers_it(town, path):
    inner = Caller(town.trial, port="processing")
    check_turned_back(inner, inner.ask("GET", path), "line.not-allowed", 403)


@pytest.mark.parametrize("case", ["..%2fparts", "%2e%2e", "nobody-000001", "..", "%00", "a" * 300])
def test_the_inner_port_shows_processing_received_parcels_and_nothing_else(town, case):
    inner = Caller(town.trial, role="processing", port="processing")
    assert inner.ask("GET", f"/parcels/{case}").status in {404, 422}


def test_the_inner_port_gives_processing_a_received_parcel_from_any_byte_on(town):
    made, inner = make_parcel(town.trial, 15), Caller(town.trial, role="processing", port="processing")
    assert town.send(made).status == 200
    path = f"/parcels/{TOWN}-000015"
    assert inner.ask("GET", path).body == made.raw
    for offset in (1, HEAD_BYTES, len(made.raw) - 1, len(made.raw)):
        answer = inner.ask("GET", path, Range=f"bytes={offset}-")
        assert (answer.status, answer.body) == (206, made.raw[offset:])
    assert inner.ask("GET", path, Range="bytes=-5").reason == "line.offset"
    assert inner.ask("GET", "/parcels?after=x").reason == "line.offset"


@pytest.mark.requirement("B01")
@pytest.mark.parametrize("role", ["recipient-riyou", "delivery", "processing", "receiving"])
def test_a_certificate_of_the_site_that_is_no_municipality_brings_nothing_in(town, role):
    stranger = Caller(town.trial, role=role)
    check_turned_back(stranger, stranger.begin(make_parcel(town.trial, 1)), "line.not-allowed", 403)


def test_a_municipality_cannot_go_on_with_the_upload_of_another(town):
    made = make_parcel(town.trial, 14)
    town.begin(made)
    other = Caller(town.trial, role=f"municipality-{OTHER_TOWN}")
    answer = other.put(made, made.raw, 0)
    assert (answer.status, answer.reason) == (403, "line.sender-unknown")
    assert tail(town.trial)["facts"]["reason"] == "line.sender-unknown"
    assert town.begin(made).offset == 0
    assert town.send(made).status == 200


def test_the_next_good_parcel_goes_through_and_nothing_half_written_is_left(town):
    made = make_parcel(town.trial, 500)
    assert town.send(made).status == 200
    assert (town.trial.home("receiving") / "shelf" / f"{TOWN}-000500.parcel").read_bytes() == made.raw
    assert parts(town.trial) == []
