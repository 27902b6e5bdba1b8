"""Tables that do not fit, sealed well by their municipality: each is refused by processing, the rest goes on."""

from dataclasses import dataclass
from unittest.mock import patch

import pytest

from sekisho.parcel import seal as sealing
from sekisho.parcel.contents import SealedFile
from tests.journey.processing_made import (
    SECRET,
    SECRET_NUMBER,
    QuickSite,
    Town,
    csv_of,
    entries_of,
    findings_of,
    make_site,
    secret_rows,
    secret_table,
    unfinished,
    where_found,
)
from tests.journey.trial_site import SCHEMA, Done, TrialSite

CP932_SCHEMA = SCHEMA.replace('encoding = "utf-8"', 'encoding = "cp932"')
GOOD = (1, 9, 18)  # numbers of the parcels that fit


@dataclass(frozen=True)
class Bad:
    """One parcel that does not fit: its table, what is expected; `files` where the town's tool would not make it."""

    reason: str
    finding: tuple[str, str, int] | None = None
    table: bytes = b""
    cp932: bool = False
    files: dict[str, bytes] | None = None
    rows: int = 60


def _with_cell(row: int, place: int, cell: str) -> bytes:
    rows = [one.split(",") for one in secret_rows()]
    rows[row][place] = cell
    return csv_of(",".join(one) for one in rows)


def _broken(raw: bytes) -> bytes:
    return raw.replace(b"0007,", b"\x81\x20\xff,")


FIT = "table.does-not-fit"
BAD = {
    2: Bad(FIT, ("sex", "columns", 1), csv_of(secret_rows(), f"id,age,{SECRET},income")),
    3: Bad(FIT, ("income", "columns", 1), csv_of([one.rpartition(",")[0] for one in secret_rows()], "id,age,sex")),
    4: Bad(FIT, ("id", "encoding", 1), _broken(secret_table())),
    5: Bad(FIT, ("id", "encoding", 1), _broken(secret_table().decode().encode("cp932")), cp932=True),
    6: Bad(FIT, ("", "line-length", 1), csv_of(secret_rows(), ",".join(f"c{one}" for one in range(1_000_000)))),
    7: Bad(FIT, ("id", "formula", 1), _with_cell(3, 0, f'=HYPERLINK("{SECRET}")'.replace('"', ""))),
    8: Bad(FIT, ("", "shape", 2), csv_of([*secret_rows(), f"{SECRET},1", f"{SECRET},20,F,1,1"])),
    10: Bad("table.empty", None, csv_of([])),
    11: Bad(FIT, ("age", "maximum", 1), _with_cell(4, 1, str(SECRET_NUMBER))),
    12: Bad(FIT, ("age", "type", 1), _with_cell(4, 1, SECRET)),
    13: Bad(FIT, ("sex", "values", 1), _with_cell(4, 2, SECRET)),
    14: Bad(
        "parcel.contents", files={"table.csv": secret_table(), "schema.toml": SCHEMA.encode()}, rows=61
    ),  # as it was sealed, one row less than its label says
    15: Bad("schema.malformed", files={"table.csv": secret_table(), "schema.toml": f"[{SECRET}".encode()}),
    16: Bad("schema.malformed", files={"table.csv": secret_table(), "schema.toml": b"#" * 1_100_000}),
    17: Bad(
        "parcel.contents",
        files={"table.csv": secret_table(), "schema.toml": SCHEMA.encode(), "table.parquet": b"PAR1"},
    ),
    19: Bad("parcel.contents", files={"table.csv": secret_table(), "schema.toml": SCHEMA.encode()}),  # its tail lies
}


@dataclass(frozen=True)
class Pulled:
    """One pull of all the parcels, and the one after it."""

    trial: TrialSite
    town: Town
    first: Done
    second: Done


def _lying(files, rows):
    """Write a tail record as long as the true one that gives a file one byte more."""
    grown = [SealedFile(one.name, one.media_type, one.size_bytes + 1, one.digest) for one in files]
    return _true_tail(grown, rows)


_true_tail = sealing.write_tail_record


@pytest.fixture(scope="module")
def pulled(tmp_path_factory):
    trial = make_site(tmp_path_factory.mktemp("bad-tables"), "132993", made=QuickSite)
    town = Town(trial, "132993")
    cp932 = trial.folder / "cp932.toml"
    cp932.write_text(CP932_SCHEMA, encoding="utf-8")
    try:
        for number in range(1, 20):
            bad = BAD.get(number)
            if bad is None:
                assert town.seal().code == 0
            elif bad.files is None:
                done = town.seal(bad.table, cp932 if bad.cp932 else None)
                assert done.code == 0, done.err
            else:
                with patch.object(sealing, "write_tail_record", _lying if number == 19 else _true_tail):
                    town.craft(number, bad.files, bad.rows)
        trial.start("receiving")
        sent = town.send()
        assert sent.code == 0, sent.err
        own_process = TrialSite(trial.folder)
        yield Pulled(trial, town, own_process.pull(), own_process.pull())
    finally:
        trial.close()


@pytest.mark.requirement("C08", "E01")
@pytest.mark.parametrize("number", BAD)
def test_a_table_that_does_not_fit_is_refused_with_its_reason_in_the_ledger(pulled, number):
    case, bad = pulled.town.case(number), BAD[number]
    assert [one["event"] for one in entries_of(pulled.trial, case)] in (
        ["Fetched", "Opened", "Refused"],
        ["Fetched", "Refused"],
    )
    facts = entries_of(pulled.trial, case, "Refused")[0]["facts"]
    assert facts["reason"] == bad.reason
    told = pulled.first.err.partition(case)[2].partition(pulled.town.case(number + 1))[0]
    assert f"[{bad.reason}]" in told
    assert "Next:" in told
    if bad.finding is not None:
        kept = findings_of(pulled.trial, case)
        assert facts["findings"] == len(kept)
        assert bad.finding in [(one["column"], one["rule"], one["count"]) for one in kept]
        assert (bad.finding[0] or "(whole file)") in told


def test_the_sender_must_act_when_tables_do_not_fit(pulled):
    assert pulled.first.code == 2, pulled.first.err
    assert "Traceback" not in pulled.first.err


@pytest.mark.parametrize("number", GOOD)
def test_a_good_parcel_among_bad_ones_is_opened(pulled, number):
    case = pulled.town.case(number)
    assert [one["event"] for one in entries_of(pulled.trial, case)] == ["Fetched", "Opened", "Disarmed"]
    assert case in pulled.first.out
    work = pulled.trial.home("processing") / "work" / case
    assert sorted(one.name for one in work.iterdir()) == ["schema.toml", "table.parquet"]


def test_a_refused_parcel_is_told_once(pulled):
    assert (pulled.second.code, pulled.second.err) == (0, "")


@pytest.mark.requirement("A07")
def test_nothing_of_a_refused_table_lies_open_or_half_written(pulled):
    processing = pulled.trial.home("processing")
    assert sorted(one.name for one in (processing / "work").iterdir()) == [pulled.town.case(one) for one in GOOD]
    assert unfinished(pulled.trial.site) == []
    assert list((processing / "shelf" / "parts").iterdir()) == []


@pytest.mark.requirement("B10")
def test_no_value_of_a_refused_table_is_printed_kept_or_logged(pulled):
    said = pulled.first.out + pulled.first.err + pulled.second.out
    assert SECRET not in said
    assert str(SECRET_NUMBER) not in said
    found = where_found(pulled.trial.site, SECRET, str(SECRET_NUMBER))
    assert [path for path in found if not path.startswith("processing/work/132993-0000")] == []


def test_sealed_copies_of_refused_parcels_stay_where_they_were(pulled):
    fetched = pulled.trial.home("processing") / "shelf" / "fetched"
    assert len(list(fetched.iterdir())) == 19
    assert len(list((pulled.trial.home("receiving") / "shelf").glob("*.parcel"))) == 19
