"""Sending what is in the outbox: a damaged parcel keeps no other back, and a gap is told; what receiving says of it."""

import pytest

from tests.journey.trial_site import CASE, TOWN


def damage(path):
    """Change one byte of a parcel's payload."""
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)


@pytest.mark.requirement("B03")
def test_a_damaged_parcel_is_named_and_the_others_are_sent(trial):
    for _ in range(4):
        assert trial.seal().code == 0
    outbox = trial.municipality / "outbox"
    damage(outbox / "000002.parcel")
    (outbox / "000003.parcel").unlink()
    trial.start("receiving")
    told = trial.send()
    assert told.code == 4
    assert [f"{TOWN}-00000{number}" in told.out for number in (1, 2, 3, 4)] == [True, False, False, True]
    assert "Parcel 2 did not arrive" in told.err
    assert "[parcel.tampered]" in told.err
    assert f"sekisho release lost {TOWN} 2" in told.err
    assert f"sekisho release lost {TOWN} 3" in told.err
    assert "number 3 there is neither a parcel nor a receipt" in told.err
    receipts = sorted(path.name for path in (trial.municipality / "receipts").glob("*.json"))
    assert receipts == ["000001.json", "000004.json"]
    again = trial.run("municipality", "send", "--home", trial.municipality, lang="ja")
    assert again.code == 4
    assert "通番2の封緘データは届いていません" in again.err
    assert "通番3の封緘データも受領証もありません" in again.err


def test_what_ends_all_sending_names_the_number_that_it_came_to(trial):
    assert trial.seal().code == 0
    told = trial.send()  # nobody listens
    assert told.code == 4
    assert "[line.unreachable]" in told.err
    assert "number 1" in told.err


def test_a_server_says_where_it_listens_what_it_took_in_and_that_it_stopped(trial):
    assert trial.seal().code == 0
    trial.start("receiving")
    assert trial.send().code == 0
    server = trial.servers.pop("receiving")
    server.terminate()
    out, _ = server.communicate(timeout=30)
    assert out.splitlines() == [f"{CASE} taken in", "receiving has stopped"]
