"""The way to a recipient who takes results by SFTP, whose acknowledgement is brought by hand (spec/line.md 7)."""

import json
import shutil

import pytest

from sekisho.statement import read_canonical, read_envelope, sign_statement
from sekisho.storage.keys import read_signing_key
from tests.journey.sftp_server import MISSING, Place, with_sftp
from tests.journey.trial_site import CASE, TrialSite

pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"a recipient's SFTP server needs {MISSING}")
TYPE = "application/vnd.sekisho.acknowledgement.v1+json"
ROLE = "recipient-riyou"


@pytest.fixture(scope="module")
def put(tmp_path_factory):
    """A site, one case of which lies on the recipient's SFTP server; beside it, a copy with what lay there as it came."""
    folder = tmp_path_factory.mktemp("put")
    site, place = TrialSite(folder).init(), Place(folder / "server")
    settings = site.home(ROLE) / "settings.toml"
    settings.write_text(settings.read_text().partition("\n[listen.")[0])
    with_sftp(site, place.port, place.public())
    site.start("receiving", "delivery")
    for step in (site.seal, site.send, site.pull, site.work, site.seal_again, site.request):
        assert step().code == 0
    assert site.release("approve", "shinsa").code == site.release("approve", "anzen").code == 0
    refused_early(site, "release.move-not-allowed")
    assert "with delivery" in site.push(wait=1).out
    refused_early(site, "release.not-delivered")
    with place.serving(site.home("delivery") / "ssh" / "key.pub") as server:
        done = site.push()
        assert (done.code, "SFTP" in done.out, "processing acknowledgement" in done.out) == (0, True, True), done.err
        shutil.copytree(server.arrived, folder / "came")
        site.stop("receiving")
        shutil.copytree(folder, folder.with_name("then"), ignore=shutil.ignore_patterns("server"))
        yield site, server
    site.close()


def refused_early(site, reason):
    early = acknowledgement(site, "early", b"{}")
    assert (early.code, f"[{reason}]" in early.err) == (3, True), early.err


@pytest.fixture
def trial(put, tmp_path):
    """The same site in a folder of its own for what one test does to it; delivery's intake is the one that runs."""
    site, _ = put
    shutil.copytree(site.folder.with_name("then"), tmp_path / "copy")
    return TrialSite(tmp_path / "copy")


def acknowledgement(site, name, raw):
    """Bring a file, and give back what the command says."""
    path = site.folder / name
    path.write_bytes(raw)
    return site.run("processing", "acknowledgement", CASE, path, "--home", site.home("processing"))


def take(site, folder=None):
    return site.run("recipient", "acknowledge", folder or site.folder / "came", "--home", site.home(ROLE))


def signed(site):
    """Give back the acknowledgement that the recipient signs for what came."""
    done = take(site)
    assert done.code == 0, done.err
    return (site.home(ROLE) / "inbox" / CASE / "acknowledgement.json").read_bytes()


def events(site, zone="processing"):
    return [one["event"] for one in site.events(zone) if one["case"] == CASE]


@pytest.mark.requirement("B13", "B15")
def test_the_recipient_takes_it_from_its_server_opens_it_and_the_audit_holds_when_its_word_is_here(put):
    site, server = put
    done = take(site, server.arrived)
    assert (done.code, "acknowledgement.json" in done.out) == (0, True), done.err
    assert server.names() == []
    assert site.open().code == 0
    before = site.audit()
    assert (before.code, f"{CASE}  delivered" in before.out) == (0, True), before.out
    brought = (site.home(ROLE) / "inbox" / CASE / "acknowledgement.json").read_bytes()
    closed = acknowledgement(site, "brought", brought)
    assert closed.code == 0, closed.err
    assert [one for one in events(site) if one != "Denied"][-2:] == ["HandedOver", "Acknowledged"]
    assert events(site, "delivery") == ["Admitted", "Delivered"]
    told = site.audit()
    assert (told.code, f"{CASE}  delivered; closed" in told.out) == (0, True), told.out
    again = acknowledgement(site, "brought", brought)
    assert (again.code, events(site).count("Acknowledged")) == (0, 1), again.err
    late = acknowledgement(site, "other", changed(site, brought, case="132993-000002"))
    assert (late.code, "[acknowledgement.mismatch]" in late.err) == (3, True)


def changed(site, raw, key=f"{ROLE}/keys/acknowledgement", **values):
    """Give back an acknowledgement that says something else, signed with a key of the site."""
    value = read_canonical(read_envelope(raw, TYPE).payload) | values
    return sign_statement(TYPE, value, [read_signing_key(site.site / f"{key}.pem")])


FORGED = {
    "another key": ({"key": "delivery/keys/ledger"}, "acknowledgement.signature"),
    "another case": ({"case": "132993-000002"}, "acknowledgement.mismatch"),
    "another parcel": ({"sha256": "sha256:" + "0" * 64}, "acknowledgement.mismatch"),
    "another size": ({"size_bytes": 1}, "acknowledgement.mismatch"),
    "another permit": ({"permit_sha256": "sha256:" + "0" * 64}, "acknowledgement.mismatch"),
    "another recipient": ({"recipient": "other"}, "acknowledgement.mismatch"),
}


@pytest.mark.requirement("B13", "B15")
@pytest.mark.parametrize("what", FORGED)
def test_a_word_that_is_not_the_recipients_for_this_parcel_closes_nothing(trial, what):
    values, reason = FORGED[what]
    done = acknowledgement(trial, "forged", changed(trial, signed(trial), **values))
    assert (done.code, f"[{reason}]" in done.err) == (3, True), done.err
    assert (events(trial)[-1], "Acknowledged" in events(trial)) == ("Denied", False)
    denied = trial.events("processing")[-1]["facts"]
    assert (denied["move"], denied["reason"]) == ("acknowledge", reason)


@pytest.mark.parametrize("raw", [b"", b"thank you", b"[" * 9000, b"x" * 200_000])
def test_a_file_that_is_no_acknowledgement_closes_nothing(trial, raw):
    done = acknowledgement(trial, "no", raw)
    assert (done.code, "[acknowledgement.signature]" in done.err) == (3, True), done.err
    assert "Acknowledged" not in events(trial)


@pytest.mark.requirement("E02")
def test_an_audit_does_not_believe_a_closing_without_the_recipients_word(trial):
    """Whoever holds processing's key can write it, and cannot write the statement that it names."""
    raw = signed(trial)
    assert acknowledgement(trial, "brought", raw).code == 0
    digest = trial.events("processing")[-1]["facts"]["acknowledgement_sha256"].removeprefix("sha256:")
    kept = trial.home("processing") / "shelf" / "statements" / f"{digest}.json"
    assert kept.read_bytes() == raw
    kept.unlink()
    told = trial.audit()
    assert (told.code, "[statement.missing]" in told.out) == (4, True), told.out


def came(site, ending):
    (path,) = (site.folder / "came").glob(f"*.{ending}")
    return path


SPOILT = {
    "a byte of the parcel": ("parcel", lambda raw: raw[:-1] + bytes([raw[-1] ^ 1]), "parcel.tampered"),
    "the end of the parcel": ("parcel", lambda raw: raw[:-9], "parcel.truncated"),
    "more than the parcel": ("parcel", lambda raw: raw + b"x", "parcel.size"),
    "the permit": ("opening", lambda raw: opening_with(raw, permit="e30="), "permit.malformed"),
    "the opening": ("opening", lambda _raw: b"{}", "parcel.malformed"),
    "an opening without end": ("opening", lambda raw: raw * 100, "line.too-large"),
}


def opening_with(raw, **parts):
    return json.dumps(json.loads(raw) | parts, separators=(",", ":"), sort_keys=True).encode()


@pytest.mark.requirement("B13")
@pytest.mark.parametrize("what", SPOILT)
def test_what_came_spoilt_is_not_acknowledged_and_stays_where_it_is(trial, what):
    ending, spoil, reason = SPOILT[what]
    path = came(trial, ending)
    path.write_bytes(spoil(path.read_bytes()))
    done = take(trial)
    assert (done.code != 0, f"[{reason}]" in done.err) == (True, True), done.err
    assert path.exists()
    assert not (trial.home(ROLE) / "inbox" / CASE).exists()


def test_a_parcel_that_waits_for_its_opening_and_one_under_way_are_left_alone(trial):
    came(trial, "opening").unlink()
    came(trial, "parcel").rename(came(trial, "parcel").with_suffix(".parcel.part"))
    done = take(trial)
    assert (done.code, done.err) == (0, "")
    (trial.folder / "came" / "lone.parcel").write_bytes(b"alone")
    done = take(trial)
    assert (done.code, "[file.missing]" in done.err) == (4, True)


def test_what_was_put_a_second_time_gets_the_same_word_again(trial):
    shutil.copytree(trial.folder / "came", trial.folder / "again")
    first = signed(trial)
    done = take(trial, trial.folder / "again")
    assert done.code == 0, done.err
    assert (trial.home(ROLE) / "inbox" / CASE / "acknowledgement.json").read_bytes() == first
    assert list((trial.folder / "again").iterdir()) == []


def test_a_recipient_whose_settings_name_no_door_does_not_wait_for_calls(trial):
    done = trial.run("recipient", "serve", "--home", trial.home(ROLE))
    assert (done.code, "[settings.malformed]" in done.err) == (4, True), done.err


def test_the_list_of_cases_says_where_a_put_case_stands(trial):
    told = trial.run("processing", "cases", "--home", trial.home("processing"))
    assert "handed over to delivery" in told.out
    assert acknowledgement(trial, "brought", signed(trial)).code == 0
    told = trial.run("processing", "cases", "--home", trial.home("processing"))
    assert "delivered; closed" in told.out
