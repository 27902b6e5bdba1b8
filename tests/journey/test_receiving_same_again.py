"""The same parcel twice, another under a used number, and many senders at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from sekisho.lines.client import Line, upload
from sekisho.lines.tls import Credentials
from tests.journey.raw_line import Caller, make_parcel, parts, roster_of, shelf, tail
from tests.journey.trial_site import CASE, TOWN, TrialSite

SENDERS = 16


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    trial = TrialSite(tmp_path_factory.mktemp("again")).init()
    trial.start("receiving")
    yield Caller(trial)
    trial.close()


def received(caller, number):
    return [
        one
        for one in caller.trial.events("receiving")
        if one["event"] == "Received" and one["facts"]["number"] == number
    ]


@pytest.mark.requirement("F14")
def test_the_same_parcel_sent_again_gets_the_same_receipt_and_is_stored_once(town):
    made = make_parcel(town.trial, 1)
    first = town.send(made)
    assert first.status == 200
    assert town.begin(made).body == first.body
    assert town.finish(made).body == first.body
    assert len(received(town, 1)) == 1
    assert shelf(town.trial).count(f"{CASE}.parcel") == 1
    assert town.put(made, b"x", len(made.raw)).reason == "line.offset"
    assert parts(town.trial) == []


def test_a_used_number_with_another_digest_is_turned_back_and_the_first_parcel_stays(town):
    first, second = make_parcel(town.trial, 2), make_parcel(town.trial, 2)
    assert town.send(first).status == 200
    answer = town.send(second)
    assert (answer.status, answer.reason) == (422, "number.used")
    assert (tail(town.trial)["event"], tail(town.trial)["facts"]["reason"]) == ("TurnedBack", "number.used")
    assert (town.trial.home("receiving") / "shelf" / f"{TOWN}-000002.parcel").read_bytes() == first.raw
    assert parts(town.trial) == []


def test_of_two_parcels_on_their_way_under_one_number_the_first_whole_one_wins(town):
    first, second = make_parcel(town.trial, 3), make_parcel(town.trial, 3)
    for made in (first, second):
        assert town.begin(made).status == 201
        assert town.put(made, made.raw[:-1], 0).status == 204
    assert town.put(second, second.raw[-1:], len(second.raw) - 1).status == 204
    assert town.finish(second).status == 200
    late = town.put(first, first.raw[-1:], len(first.raw) - 1)
    assert (late.status, late.reason) == (422, "number.used")
    assert tail(town.trial)["facts"]["reason"] == "number.used"
    assert (town.trial.home("receiving") / "shelf" / f"{TOWN}-000003.parcel").read_bytes() == second.raw
    assert parts(town.trial) == []


@pytest.mark.requirement("F14")
def test_sixteen_senders_of_one_parcel_get_one_receipt(town):
    made = make_parcel(town.trial, 4, filler_bytes=3_000_000)
    path = town.trial.folder / "same.parcel"
    path.write_bytes(made.raw)
    tls = town.trial.home(town.role) / "tls"
    credentials = Credentials(tls / "certificate.pem", tls / "key.pem", tls / "authority.pem")
    name = f"receiving.{roster_of(town.trial).site.id}"

    def send(_number):
        line = Line(*town.address, name, credentials)
        try:
            with path.open("rb") as stream:
                return upload(line, made.head, stream, len(made.raw))
        finally:
            line.close()

    with ThreadPoolExecutor(SENDERS) as pool:
        receipts = list(pool.map(send, range(SENDERS)))
    assert len(set(receipts)) == 1
    assert len(received(town, 4)) == 1
    assert (town.trial.home("receiving") / "shelf" / f"{TOWN}-000004.parcel").read_bytes() == made.raw
    assert parts(town.trial) == []


def test_send_tells_a_used_number_and_sends_the_parcels_behind_it(trial):
    trial.start("receiving")
    assert Caller(trial).send(make_parcel(trial, 1)).status == 200  # as if the outbox had been lost
    assert trial.seal().code == 0
    assert trial.seal().code == 0
    done = trial.send()
    assert done.code == 2
    assert "[number.used]" in done.err
    assert "Seal again with the next number." in done.err
    assert f"{TOWN}-000002 has arrived" in done.out
    assert shelf(trial) == [f"{CASE}.parcel", f"{TOWN}-000002.parcel"]
    assert [one["event"] for one in trial.events("receiving")] == ["Received", "TurnedBack", "Received"]
    assert sorted(path.name for path in (trial.municipality / "receipts").iterdir()) == ["000002.json"]
