"""Numbers of persons: left behind when a town seals, refused when a parcel brings them all the same (requirement A16)."""

import os
import subprocess
import sys
from io import BytesIO
from random import Random

import pytest
from pyarrow import parquet

from sekisho.cli.clock import now
from sekisho.deid.schema import read_schema
from sekisho.journey import PROCESSING_ID
from sekisho.parcel.key import Addressee
from sekisho.parcel.label import Sender, check_label
from sekisho.parcel.layout import HEAD_BYTES
from sekisho.parcel.private_key import read_private_key
from sekisho.parcel.unseal import unseal
from tests.journey.processing_made import (
    QuickSite,
    Town,
    entries_of,
    findings_of,
    make_site,
    roster_of,
    unfinished,
    where_found,
)
from tests.journey.trial_site import CASE, SCHEMA, TOWN
from tests.unit.deid.numbers.numbers_made import my_numbers

*NUMBERS, OUTSIDE = my_numbers(Random(5), 61)
STRIPPED = '\n[[column]]\nname = "number"\ntype = "text"\nrole = "stripped"\nholds = "my-number"\n'
UNSAID = '\n[[column]]\nname = "memo"\ntype = "text"\nrole = "plain"\n'
WRITTEN = f"\n# 例: {NUMBERS[0]}\n"
GOOD, WITH_NUMBERS, WITH_STRIPPED, WITH_WRITTEN, WITH_REFERENCE = 1, 2, 3, 4, 5


def table_with(column=""):
    """Give back a register of sixty rows, with a My Number behind each if a column is named."""
    rows = [f"p{one:04d},{20 + one % 5 * 10},{'FM'[one % 2]},{3_000_000 + one % 4 * 500_000}" for one in range(60)]
    if not column:
        return "\n".join(["id,age,sex,income", *rows, ""]).encode()
    numbered = [f"{row},{number}" for row, number in zip(rows, NUMBERS, strict=True)]
    return "\n".join([f"id,age,sex,income,{column}", *numbered, ""]).encode()


@pytest.fixture(scope="module")
def pulled(tmp_path_factory):
    """A site whose town sent what its own tool would not have sealed, and what was said when it was fetched."""
    trial = make_site(tmp_path_factory.mktemp("numbers"), TOWN, made=QuickSite)
    town = Town(trial, TOWN)
    town.craft(GOOD, {"table.csv": table_with(), "schema.toml": SCHEMA.encode()}, 60)
    town.craft(WITH_NUMBERS, {"table.csv": table_with("memo"), "schema.toml": (SCHEMA + UNSAID).encode()}, 60)
    town.craft(WITH_STRIPPED, {"table.csv": table_with("number"), "schema.toml": (SCHEMA + STRIPPED).encode()}, 60)
    town.craft(WITH_WRITTEN, {"table.csv": table_with(), "schema.toml": (SCHEMA + WRITTEN).encode()}, 60)
    good = {"table.csv": table_with(), "schema.toml": SCHEMA.encode()}
    town.craft(WITH_REFERENCE, good, 60, f"契約 {OUTSIDE[:4]}-{OUTSIDE[4:8]}-{OUTSIDE[8:]}")
    trial.start("receiving")
    try:
        assert town.send().code == 0
        done = trial.pull()
    finally:
        trial.close()
    return town, done


@pytest.mark.requirement("A16", "C08")
@pytest.mark.parametrize(
    ("number", "reason", "findings"),
    [
        (WITH_NUMBERS, "table.forbidden-number", [("memo", "my-number", 60)]),
        (WITH_STRIPPED, "table.stripped-column", []),
        (WITH_WRITTEN, "schema.malformed", []),
        (WITH_REFERENCE, "parcel.forbidden-number", []),
    ],
)
def test_a_parcel_with_what_may_not_leave_the_town_is_refused_with_column_and_count(pulled, number, reason, findings):
    town, done = pulled
    case = town.case(number)
    assert done.code == 2, done.err
    told = done.err.partition(case)[2].partition(town.case(number + 1))[0]
    assert (f"[{reason}]" in told, "Next:" in told) == (True, True), done.err
    facts = entries_of(town.trial, case, "Refused")[-1]["facts"]
    assert facts == {"reason": reason, "findings": len(findings)}
    if findings:
        kept = findings_of(town.trial, case)
        assert [(one["column"], one["rule"], one["count"]) for one in kept] == findings
        assert "memo" in told


@pytest.mark.requirement("A16", "A07", "B10")
def test_of_a_refused_parcel_nothing_stays_but_the_sealed_one(pulled):
    town, done = pulled
    processing = town.trial.home("processing")
    assert [one.name for one in (processing / "work").iterdir()] == [town.case(GOOD)]
    assert [one.name for one in sorted((processing / "shelf" / "fetched").iterdir())] == [
        f"{town.case(number)}.parcel" for number in (GOOD, WITH_NUMBERS, WITH_STRIPPED, WITH_WRITTEN, WITH_REFERENCE)
    ]
    assert unfinished(town.trial.site) == []
    assert where_found(town.trial.site, *NUMBERS) == []
    assert not any(number in (done.out + done.err).replace("-", "") for number in (*NUMBERS, OUTSIDE))


def opened(trial):
    """Give back the files in the town's first parcel, as processing's key opens it."""
    key = read_private_key((trial.home("processing") / "keys" / "parcel.pem").read_bytes())
    town = roster_of(trial).municipality(TOWN)
    senders = {town.label_key.key_id: Sender(town.id, town.label_key)}
    files = {}
    with (trial.municipality / "outbox" / "000001.parcel").open("rb") as stream:
        label = check_label(stream.read(HEAD_BYTES), senders, now(), Addressee(PROCESSING_ID, key.key_id))
        stream.seek(0)
        unseal(stream, label, key, lambda name, _size_bytes: files.setdefault(name, BytesIO()))
    return {name: content.getvalue() for name, content in files.items()}


def seal_arguments(trial):
    """Give back the command of a clerk who seals a table with My Numbers, once the table lies there."""
    table, schema = trial.folder / "numbered.csv", trial.folder / "numbered.toml"
    table.write_bytes(table_with("number"))
    schema.write_text(SCHEMA + STRIPPED, encoding="utf-8")
    basis = ("--basis", "entrustment", "--reference", "test 1")
    return ["municipality", "seal", table, "--home", trial.municipality, "--schema", schema, *basis]


@pytest.mark.requirement("A16", "B14")
def test_my_numbers_stay_in_the_town_when_it_seals_without_any_network(tmp_path):
    if os.geteuid() != 0 or subprocess.run(["unshare", "-n", "true"], check=False, capture_output=True).returncode:
        pytest.skip("an empty network namespace needs root and unshare")
    trial = make_site(tmp_path, TOWN, made=QuickSite)
    command = ["unshare", "-n", sys.executable, "-m", "sekisho", "--lang", "en", *seal_arguments(trial)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    stays_behind(trial, done.stdout, done.stderr)


@pytest.mark.requirement("A16")
def test_a_stripped_column_is_in_nothing_that_arrives(tmp_path):
    trial = make_site(tmp_path, TOWN, made=QuickSite)
    done = trial.run(*seal_arguments(trial))
    assert done.code == 0, done.err
    stays_behind(trial, done.out, done.err)
    (trial.folder / "numbered.csv").unlink()
    trial.start("receiving")
    try:
        for step in (trial.send, trial.pull):
            arrived = step()
            assert arrived.code == 0, arrived.err
    finally:
        trial.close()
    assert where_found(trial.site, *NUMBERS) == []
    work = trial.home("processing") / "work" / CASE
    assert parquet.read_schema(work / "table.parquet").names == ["id", "age", "sex", "income"]


def stays_behind(trial, out, err):
    """Check what lies in the sealed parcel and what was said of it: the column's name to the clerk, and no number."""
    assert "number" in out
    files = opened(trial)
    assert sorted(files) == ["schema.toml", "table.csv"]
    assert files["table.csv"].startswith(b"id,age,sex,income")
    assert files["table.csv"].count(b"\n") == 61
    assert read_schema(files["schema.toml"]).names == ("id", "age", "sex", "income")
    everything = b"".join(files.values()) + (out + err).encode()
    assert not any(number.encode() in everything for number in NUMBERS)
