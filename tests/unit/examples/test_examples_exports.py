"""The town's exports are of one people, in the bytes of real vendors, with every trap where its truth says."""

import csv
import io
import json
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import pytest

from examples.town.exports.all import MAKERS, write_exports, write_traps
from examples.town.exports.care import LAYOUT, RECORD_BYTES
from examples.town.exports.claims import MONTHS
from examples.town.exports.numbers import ELDERLY_INSURER, INSURER, my_number, turned_75
from examples.town.exports.sheet import Export, Truth
from examples.town.exports.traps import traps
from examples.town.residents import FEWEST, Town, make_town
from sekisho.datasets.ready import SCHEMA, ready_folder, ready_ids
from sekisho.deid.declared.layout import Csv, Fixed
from sekisho.deid.numbers.check_digits import ELDERLY_INSURED, MY_NUMBER, RESIDENT_CODES, count_passes
from sekisho.deid.schema import Kind, Schema, read_schema
from sekisho.tables.values.months import read_partial_month
from sekisho.tables.values.municipality import Digits, read_municipality
from sekisho.tables.values.partial import read_partial_day
from sekisho.tables.values.postal import read_postal_code

RESIDENTS = 3_000
# Where a trap is of bytes, what has to stand in the file.
BYTES = {
    "resident-register": (b"\xf0\x40", b"\xf0\x41", b"\xf1\x40", b"\xf9\xfc"),
    "health-checks": (b"\xf1\x40",),
    "care": (b"\xf0\x41",),
    "resident-tax": ("\U000e0100".encode("utf-16-le"), "\U0010de92".encode("utf-16-le")),
    "child-allowance": ("\U000e0100".encode(),),
}


@cache
def town() -> Town:
    return make_town(RESIDENTS, 1)


@cache
def export(dataset: str) -> Export:
    return MAKERS[dataset](town(), 1)


@cache
def schema(dataset: str) -> Schema:
    return read_schema((ready_folder(dataset) / SCHEMA).read_bytes())


def text_of(dataset: str) -> str:
    raw = export(dataset).raw.removesuffix(b"\x1a")
    return raw.decode({"cp932": "cp932", "utf-8": "utf-8-sig", "utf-16": "utf-16"}[schema(dataset).encoding.value])


@cache
def rows(dataset: str) -> list[dict[str, str]]:
    """Give the cells of an export as they stand in the file, read by nothing of ours."""
    declared = schema(dataset)
    if isinstance(declared.layout, Csv):
        records = list(csv.reader(io.StringIO(text_of(dataset), newline="")))
        records = records[declared.layout.header : len(records) - declared.layout.totals]
        return [dict(zip(declared.names, one, strict=True)) for one in records]
    if isinstance(declared.layout, Fixed):
        records = export(dataset).raw.split(b"\r\n")[1:-2]
        return [
            {name: one[at - 1 : at - 1 + width].decode("cp932").rstrip(" ") for name, at, width in LAYOUT}
            for one in records
        ]
    return list(claim_rows())


def claim_rows():
    latest: dict[str, list[str]] = {}
    for line in text_of("claims").split("\r\n")[:-1]:
        items = line.split(",")
        latest = {"IR": latest["IR"]} if items[0] == "RE" else latest
        latest[items[0]] = items
        if items[0] == "SY":
            places = {one.name: (one.source or "").split(".") for one in schema("claims").columns}
            yield {name: latest[kind][int(item) - 1] if kind in latest else "" for name, (kind, item) in places.items()}


def read(dataset: str, column: str, written: str) -> str | None:
    """Read a cell by the column's type, one cell at a time."""
    text = written.strip(" \u3000")
    match schema(dataset).column(column).kind:
        case Kind.PARTIAL_DATE:
            return read_partial_day(text)
        case Kind.MONTH:
            return read_partial_month(text)
        case Kind.MUNICIPALITY:
            return read_municipality(text, Digits.SIX)
        case Kind.POSTAL_CODE:
            return read_postal_code(text)
        case Kind.INTEGER:
            return str(int(text))
        case _:
            return "".join("〓" if "\ue000" <= one <= "\uf8ff" else one for one in text)


def truths(dataset: str, kind: str) -> list[Truth]:
    return [one for one in export(dataset).truths if one.kind == kind]


def test_every_ready_dataset_has_its_export_and_no_other_is_made():
    assert tuple(MAKERS) == ready_ids()
    assert all(export(one).dataset == one for one in MAKERS)


@pytest.mark.parametrize("dataset", MAKERS)
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(dataset):
    assert MAKERS[dataset](make_town(RESIDENTS, 1), 1) == export(dataset)
    assert MAKERS[dataset](make_town(RESIDENTS, 2), 2).raw != export(dataset).raw


@pytest.mark.parametrize("dataset", MAKERS)
def test_an_export_has_the_columns_and_rows_that_its_schema_and_its_truth_declare(dataset):
    assert len(rows(dataset)) == export(dataset).rows > 50
    if isinstance(schema(dataset).layout, Csv) and schema(dataset).csv.header:
        assert text_of(dataset).split("\r\n")[0] == ",".join(schema(dataset).names)


def test_the_bytes_of_the_care_export_lie_where_its_schema_declares():
    assert tuple((one.name, one.at, one.width_bytes) for one in schema("care").columns) == LAYOUT
    layout = schema("care").layout
    assert isinstance(layout, Fixed)
    assert layout.record_bytes == RECORD_BYTES
    records = export("care").raw.split(b"\r\n")
    assert {len(one) for one in records[:-1]} == {RECORD_BYTES}
    for record, mark in ((records[0], b"1"), (records[-2], b"3")):
        assert record[: layout.count_at - 1 + layout.count_bytes] == mark + f"{export('care').rows:08d}".encode()


@pytest.mark.parametrize("dataset", MAKERS)
def test_every_planted_cell_stands_where_the_truth_says_and_reads_as_it_says(dataset):
    told = [one for one in export(dataset).truths if one.column]
    assert told
    for one in told:
        cell = rows(dataset)[one.row - 1][one.column]
        assert cell == one.written, one.kind
        if one.reads_as is not None:
            assert read(dataset, one.column, cell) == one.reads_as, one.kind


@pytest.mark.parametrize(("dataset", "sought"), BYTES.items())
def test_private_characters_and_variation_sequences_stand_in_the_bytes(dataset, sought):
    assert all(one in export(dataset).raw for one in sought)


def test_trail_bytes_of_0x5c_stand_in_the_cp932_exports():
    for dataset in ("resident-register", "care"):
        assert truths(dataset, "trail-byte-5c")[0].written.encode("cp932").count(b"\\") >= 1


def test_the_register_has_every_form_of_a_day_and_every_kind_of_unknown_day():
    kinds = {one.kind for one in export("resident-register").truths}
    forms = {"long", "long-full-width", "short", "coded", "kanji", "western", "western-slash", "western-digits"}
    assert {f"date-form-{one}" for one in (*forms, "first-year", "first-year-kanji", "last-year")} < kinds
    assert {"date-all-nines", "date-all-zeros", "date-day-00", "date-day-99", "date-impossible", "date-era-99"} < kinds
    assert {"code-lost-zero", "code-merged", "postal-lost-zero", "removed-dead", "protected", "tie-chain"} < kinds


def test_ends_of_lines_and_of_files_are_those_of_two_systems():
    raw = export("health-checks").raw
    assert raw.endswith(b"\n\x1a")
    assert b"\r\n" in raw
    assert b"\n" in raw.replace(b"\r\n", b"")
    assert export("resident-tax").raw.startswith(b"\xff\xfe")
    assert export("child-allowance").raw.startswith(b"\xef\xbb\xbf")
    assert export("claims").raw.count(b"\r\n") == export("claims").raw.count(b"\n")


def test_the_totals_of_the_tax_roll_are_the_sums_of_its_rows():
    totals = list(csv.reader(io.StringIO(text_of("resident-tax"), newline="")))[-1]
    names = schema("resident-tax").names
    assert totals[0] == "合計"
    place = names.index("市町村民税額")
    assert int(totals[place]) == sum(int(one["市町村民税額"]) for one in rows("resident-tax"))


def test_all_exports_are_of_the_same_people():
    numbers = {one.number for one in town().people}
    for dataset, column in (("national-health", "宛名番号"), ("care", "宛名番号"), ("resident-tax", "宛名番号"), ("child-allowance", "児童宛名番号"), ("health-checks", "宛名番号")):  # fmt: skip
        assert {one[column] for one in rows(dataset)} < numbers
    living = {one["宛名番号"] for one in rows("resident-register") if one["住民状態"] == "1"}
    assert living == numbers
    insured = {one["被保険者番号"] for one in rows("national-health")}
    assert {one["被保険者証の番号"] for one in rows("claims")} < insured | {one.household for one in town().people}


def test_numbers_have_their_check_digits_and_the_pattern_of_made_ones():
    for row in rows("resident-register"):
        assert row["個人番号"] == my_number(row["宛名番号"])
        assert row["個人番号"].startswith("999")
        assert count_passes(MY_NUMBER, row["個人番号"])
        assert count_passes(RESIDENT_CODES[0], row["住民票コード"])
    elderly = [one["被保険者番号"] for one in rows("national-health") if one["制度区分"] == "後期"]
    assert all(count_passes(ELDERLY_INSURED, one) for one in elderly)
    assert {one["保険者番号"] for one in rows("national-health")} == {INSURER, ELDERLY_INSURER}


def test_removed_residents_stay_in_the_register_under_numbers_with_leading_zeros():
    removed = [one for one in rows("resident-register") if one["住民状態"] != "1"]
    assert 0.05 < len(removed) / len(town().people) < 0.11
    assert all(one["宛名番号"].startswith("0") and len(one["宛名番号"]) == 8 for one in removed)


def test_whoever_became_75_within_the_year_has_two_numbers():
    by_person = defaultdict(set)
    for row in rows("national-health"):
        by_person[row["宛名番号"]].add((row["制度区分"], row["被保険者番号"]))
    moved = {one.number for one in town().people if turned_75(one)}
    assert moved
    assert {number for number, covers in by_person.items() if len(covers) == 2} == moved
    assert len(truths("national-health", "renumbered-at-75")) == len(moved)
    assert truths("claims", "renumbered-at-75")


def test_claims_mix_old_and_new_months_and_are_counted():
    lines = text_of("claims").split("\r\n")[:-1]
    kinds = Counter(one[:2] for one in lines)
    assert {"IR", "RE", "HO", "SN", "KO", "SY", "SI", "IY", "TO", "CO", "SJ", "GO"} == set(kinds)
    assert lines[-1].split(",")[1] == str(kinds["RE"])
    months = {one["診療年月"] for one in rows("claims")}
    assert {"42408", "202408"} < months
    assert {read_partial_month(one) for one in months} == {f"{one:%Y-%m}" for one in MONTHS}


def test_what_hospitals_wrote_freely_stands_in_comment_and_narrative_lines():
    lines = text_of("claims").split("\r\n")
    for kind, mark in (("narrative-comment", "CO,"), ("narrative-symptoms", "SJ,")):
        (one,) = truths("claims", kind)
        assert lines[one.row - 1].startswith(mark)
        assert lines[one.row - 1].endswith(one.written)


def test_the_protected_are_marked_and_the_mark_is_declared_to_stay_at_home():
    assert 0 < sum(one["支援措置区分"] == "1" for one in rows("resident-register")) < 20


def test_free_text_has_names_and_line_breaks_in_it():
    assert truths("health-checks", "newline-in-quotes")
    assert truths("health-checks", "name-in-free-text")


def test_the_smallest_town_has_its_exports_too(tmp_path: Path):
    made = write_exports(make_town(FEWEST, 3), 3, tmp_path)
    told = json.loads((tmp_path / "truth.json").read_bytes())
    assert [one["file"] for one in told["exports"]] == [one.file for one in made]
    assert all((tmp_path / one.file).read_bytes() == one.raw for one in made)


def test_one_export_alone_is_written_when_it_is_named(tmp_path: Path):
    write_exports(town(), 1, tmp_path, "care")
    assert {path.name for path in tmp_path.iterdir()} == {export("care").file, "truth.json"}


def test_bad_variants_are_written_with_what_is_to_be_found(tmp_path: Path):
    made = write_traps(1, tmp_path)
    told = json.loads((tmp_path / "truth.json").read_bytes())["traps"]
    assert [(one["file"], one["rule"]) for one in told] == [(one.file, one.rule) for one in made]
    assert len({one.file for one in made}) == len(made) >= 25
    assert traps(1) == made
