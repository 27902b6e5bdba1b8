"""The recipient proves and opens what it got: offline, at any later day, and only if every check holds."""

import os
import shutil
import subprocess
import sys
from datetime import timedelta

import pytest
from pyarrow import parquet

from sekisho.deid.schema import read_written_schema
from sekisho.ends.unsealing import open_delivery
from sekisho.errors import Reason, SekishoError
from sekisho.parcel.private_key import make_recipient_key, write_private_key
from sekisho.release.roster import RosterDraft, write_roster
from sekisho.signing import Ed25519Signer
from sekisho.statement import sign_statement
from sekisho.storage.keys import read_signing_key, write_private_file
from sekisho.tables.disarm import disarm
from tests.journey.audited import made_once
from tests.journey.outgoing import ROLE, Outgoing, moment
from tests.journey.trial_site import CASE, TrialSite

FILES = ["plan.json", "report.en.html", "report.ja.html", "report.json", "schema.json", "table.csv", "terms.json"]


@pytest.fixture
def copy(tmp_path_factory, tmp_path):
    """A site that went as far as the recipient's acknowledgement."""
    shutil.copytree(made_once(tmp_path_factory).site, tmp_path / "site")
    return TrialSite(tmp_path)


def inbox(site):
    return site.home(ROLE) / "inbox" / CASE


def not_opened(site, done, reason):
    """Check that opening was refused for `reason`, with a next step, and left nothing open anywhere."""
    assert f"[{reason}]" in done.err, done.err
    assert "Next: " in done.err
    assert "Traceback" not in done.err
    opened = site.home(ROLE) / "opened"
    assert not opened.exists() or list(opened.iterdir()) == []


@pytest.mark.requirement("B10", "B14")
def test_a_delivery_opens_where_there_is_no_network(copy):
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("an empty network namespace needs root and unshare")
    command = ["unshare", "-n", sys.executable, "-m", "sekisho", "--lang", "en", "recipient", "open", CASE, "--home"]
    done = subprocess.run([*command, copy.home(ROLE)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "shinsa (privacy review), anzen (safety)" in done.stdout
    assert sorted(path.name for path in (copy.home(ROLE) / "opened" / CASE).iterdir()) == FILES


def test_reviewers_are_told_in_the_readers_language_privacy_first(copy):
    done = copy.run("recipient", "open", CASE, "--home", copy.home(ROLE), lang="ja")
    assert done.code == 0, done.err
    assert "shinsa（匿名化審査）、anzen（安全管理）" in done.out


def test_the_table_loads_by_the_schema_that_came_with_it_and_the_terms_name_the_purpose(copy, tmp_path):
    assert copy.open().code == 0
    opened = copy.home(ROLE) / "opened" / CASE
    schema = read_written_schema((opened / "schema.json").read_bytes())
    with (opened / "table.csv").open("rb") as stream:
        disarmed = disarm(stream, schema, tmp_path / "table.parquet")
    assert disarmed.rows == parquet.read_table(tmp_path / "table.parquet").num_rows == 60
    terms = (opened / "terms.json").read_text(encoding="utf-8")
    assert "地域の健康づくりに関する研究" in terms
    assert "照合してはならない" in terms


def test_a_second_open_says_so_and_changes_nothing(copy):
    assert copy.open().code == 0
    table = copy.home(ROLE) / "opened" / CASE / "table.csv"
    before = (table.read_bytes(), table.stat().st_mtime_ns)
    done = copy.open()
    assert done.code == 64
    assert "[release.case-already-open]" in done.err
    assert CASE in done.err
    assert (table.read_bytes(), table.stat().st_mtime_ns) == before
    assert "Nothing waits" in copy.run("recipient", "open", "--home", copy.home(ROLE)).out


@pytest.mark.parametrize("name", ["132993-000009", "../../keys", "..", "/etc"])
def test_a_case_that_is_not_here_is_said_to_be_unknown(copy, name):
    done = copy.run("recipient", "open", "--home", copy.home(ROLE), "--", name)
    assert done.code == 64
    not_opened(copy, done, "release.case-unknown")


@pytest.mark.requirement("B10", "B12")
def test_another_key_does_not_open_it(copy):
    key = copy.home(ROLE) / "keys" / "parcel.pem"
    key.unlink()
    write_private_file(key, write_private_key(make_recipient_key()))
    not_opened(copy, copy.open(), "parcel.wrong-key")


@pytest.mark.requirement("B10")
@pytest.mark.parametrize("place", [9, 500, -1, -2000])
def test_a_parcel_with_a_flipped_bit_is_not_opened(copy, place):
    parcel = inbox(copy) / f"{CASE}.parcel"
    raw = bytearray(parcel.read_bytes())
    raw[place] ^= 1
    parcel.write_bytes(bytes(raw))
    done = copy.open()
    assert done.code == 3
    not_opened(copy, done, "permit.wrong-parcel")


@pytest.mark.parametrize("name", ["permit.json", "roster.json", f"{CASE}.parcel"])
def test_a_file_that_is_missing_is_named(copy, name):
    (inbox(copy) / name).unlink()
    done = copy.open()
    assert done.code == 4
    not_opened(copy, done, "file.missing")
    assert name in done.err


def founder(site, name):
    return read_signing_key(site.home("founders") / "keys" / f"{name}.pem")


def test_a_roster_that_the_founders_did_not_sign_is_refused(copy):
    draft: RosterDraft = Outgoing(copy).roster.draft
    forged = write_roster(draft, (founder(copy, "first"), read_signing_key(copy.home("delivery") / "keys/ledger.pem")))
    (inbox(copy) / "roster.json").write_bytes(forged)
    done = copy.open()
    assert done.code == 4
    not_opened(copy, done, "roster.signature")


def test_a_permit_that_was_changed_is_refused(copy):
    permit = inbox(copy) / "permit.json"
    permit.write_bytes(permit.read_bytes().replace(b'"sig":"ME', b'"sig":"MF', 1))
    done = copy.open()
    assert done.code in {3, 4}
    assert "[permit." in done.err


def acknowledge(site, **changes):
    """Write the recipient's acknowledgement anew, changed; signed by the key of `changes`' signer or by its own."""
    import base64
    import json

    path = inbox(site) / "acknowledgement.json"
    envelope = json.loads(path.read_bytes())
    key: Ed25519Signer = changes.pop("signer", None) or read_signing_key(site.home(ROLE) / "keys/acknowledgement.pem")
    value = {**json.loads(base64.b64decode(envelope["payload"])), **changes}
    path.write_bytes(sign_statement(envelope["payloadType"], value, [key]))


def test_an_acknowledgement_that_is_not_its_own_does_not_carry_a_permit_over_its_end(copy):
    acknowledge(copy, signer=read_signing_key(copy.home("delivery") / "keys" / "ledger.pem"))
    done = copy.open()
    assert done.code == 4
    not_opened(copy, done, "receipt.signature")


@pytest.mark.parametrize(
    "changes", [{"case": "132993-000002"}, {"size_bytes": 7}, {"sha256": "sha256:" + "0" * 64}, {"recipient": "other"}]
)
def test_an_acknowledgement_of_something_else_is_refused(copy, changes):
    acknowledge(copy, **changes)
    done = copy.open()
    assert done.code == 4
    not_opened(copy, done, "receipt.mismatch")


def test_an_acknowledgement_dated_after_the_permit_is_refused(copy):
    acknowledge(copy, acknowledged_at=(moment() + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M:%SZ"))
    done = copy.open()
    assert done.code == 3
    not_opened(copy, done, "permit.expired")


def settings_of(site):
    return site.home(ROLE) / "settings.toml"


def test_a_delivery_opens_long_after_its_permit_has_ended(copy):
    opened = open_delivery(settings_of(copy), CASE, lambda: moment() + timedelta(days=300))
    assert opened.permit.draft.not_after < moment() + timedelta(days=10)
    assert sorted(path.name for path in opened.folder.iterdir()) == FILES


def test_a_delivery_does_not_open_after_the_end_that_its_label_gives(copy):
    with pytest.raises(SekishoError) as caught:
        open_delivery(settings_of(copy), CASE, lambda: moment() + timedelta(days=400))
    assert caught.value.reason is Reason.PARCEL_EXPIRED
    assert not (copy.home(ROLE) / "opened").exists()


def test_files_have_their_names_only_after_the_last_check(copy):
    """While the parcel is read, nothing stands under the case's name; the tail is checked last."""
    seen = []
    opened = copy.home(ROLE) / "opened"

    def progress(done, total):
        seen.append((done, total, (opened / CASE).exists()))

    open_delivery(settings_of(copy), CASE, moment, progress)
    assert seen
    assert not any(named for _, _, named in seen)
    assert [path.name for path in opened.iterdir()] == [CASE]
