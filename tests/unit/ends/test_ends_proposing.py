"""A schema proposed for a file: it reads the file, it says why, and it shows nobody's values."""

import sys
import tomllib
from collections import Counter
from dataclasses import replace
from enum import Enum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.proposing.tables import LARGEST_LOOSE, LEAST_ROLES, LEAST_TYPES, compared, tables
from sekisho.deid.declared.layout import Csv, Fixed, Uke
from sekisho.deid.schema import Encoding, Kind, Role, read_schema
from sekisho.deid.workshop.proposing.evidence import Ground, K, Sure
from sekisho.deid.workshop.proposing.found import Notice, Writing
from sekisho.ends.proposing import propose
from sekisho.errors import BadSettings, Reason
from sekisho.pages.words import Language, words_in
from sekisho.pages.workshop.proposal_page import proposal_page
from sekisho.pages.workshop.proposal_text import proposal_text
from sekisho.pages.workshop.proposal_toml import proposal_toml
from sekisho.tables.disarm import inspect

LANGUAGES = [words_in(one) for one in Language]
FILE = "file.csv"


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    return {one.name: one for one in tables(tmp_path_factory.mktemp("tables"), residents=1_500)}


@pytest.fixture(scope="module")
def proposals(known):
    return {name: propose(one.path) for name, one in known.items()}


def shown(proposal) -> str:
    told = [proposal_text(words, FILE, proposal) for words in LANGUAGES]
    told += [proposal_page(words, FILE, proposal).decode() for words in LANGUAGES]
    if proposal.schema is not None:
        told += [proposal_toml(words, FILE, proposal).decode() for words in LANGUAGES]
    return "\n".join(told)


def test_encoding_and_layout_of_every_export_are_found(known, proposals):
    for name, one in known.items():
        found = proposals[name].found
        assert type(found.layout.layout) is type(one.schema.layout), name
        wanted = {one.schema.encoding} | ({Encoding.UTF_8} if found.writing.writing is Writing.ASCII else set())
        assert found.writing.writing.encoding in wanted, name
        if isinstance(one.schema.layout, Csv | Fixed):
            assert found.layout.layout == one.schema.layout, name


def test_the_written_schema_is_the_proposed_one_in_both_languages(proposals):
    for proposal in proposals.values():
        for words in LANGUAGES:
            written = read_schema(proposal_toml(words, FILE, proposal))
            assert (written.encoding, written.layout) == (proposal.schema.encoding, proposal.schema.layout)
            assert written.columns == proposal.schema.columns


def test_the_reader_takes_every_file_under_the_written_schema(known, proposals):
    for name, proposal in proposals.items():
        written = read_schema(proposal_toml(LANGUAGES[0], FILE, proposal))
        with known[name].path.open("rb") as stream:
            assert inspect(stream, written).rows == proposal.tried.rows, name


def test_records_of_fixed_length_and_claims_say_what_is_missing(proposals):
    care, claims = proposals["care"], proposals["claims"]
    assert Notice.BORDERS in {one.notice for one in care.found.notices}
    assert [(one.role, one.width_bytes) for one in care.schema.columns] == [
        (Role.IDENTIFIER, care.schema.layout.record_bytes)
    ]
    assert "TODO" in proposal_toml(LANGUAGES[1], FILE, care).decode()
    assert isinstance(claims.schema.layout, Uke)
    assert all(one.source for one in claims.schema.columns)


def test_of_records_of_fixed_length_it_is_said_what_was_checked_and_what_was_not(proposals):
    care = proposals["care"]
    layout = care.found.layout.layout
    for words in LANGUAGES:
        told = "".join(proposal_text(words, FILE, care).split())
        page = "".join(proposal_page(words, FILE, care).decode().split())
        rows = f"{care.tried.rows:,}"
        checked = words.say("inspect.fits_fixed", rows=rows, bytes=f"{layout.record_bytes:,}")
        others = [
            words.say(f"inspect.{one}") for one in ("fits_marks", "fits_count", "fits_fixed_not", "questions_fixed")
        ]
        for one in (checked, *others):
            assert "".join(one.split()) in told
            assert "".join(one.split()) in page.replace("&#39;", "'")
        assert "".join(words.say("inspect.fits", rows=rows).split()) not in told


def test_records_without_marks_or_count_are_not_said_to_have_right_ones(proposals):
    care = proposals["care"]
    plain = replace(care.found.layout, layout=Fixed(care.found.layout.layout.record_bytes))
    proposal = replace(care, found=replace(care.found, layout=plain))
    for words in LANGUAGES:
        told = "".join(proposal_text(words, FILE, proposal).split())
        marks = ["".join(words.say(f"inspect.{one}").split()) in told for one in ("fits_marks", "fits_count")]
        assert marks == [False, False]
        assert "".join(words.say("inspect.fits_fixed_not").split()) in told


def test_types_and_roles_are_as_often_right_as_the_bench_says(known, proposals):
    told = [compared(known[name], proposal) for name, proposal in proposals.items() if name != "care"]
    columns = sum(one.columns for one in told)
    assert sum(one.types for one in told) >= LEAST_TYPES * columns
    assert sum(one.roles for one in told) >= LEAST_ROLES * columns
    assert sum(one.loose for one in told) <= LARGEST_LOOSE * columns


def test_a_blank_and_a_rare_value_behind_the_sample_make_the_schema_wider(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("sekisho.tables.guessing.sample.MOST_CELLS", 5)
    rows = [f"{one:05},{'男女'[one % 2]},{one % 90}" for one in range(3_000)]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(["整理番号,性別,年齢", *rows, "03000,,7", "03001,他,8"]) + "\n", encoding="utf-8")
    proposal = propose(path)
    sex = proposal.columns[1]
    assert Notice.SAMPLED in {one.notice for one in proposal.found.notices}
    assert (proposal.tried.rows, proposal.tried.findings) == (3_002, ())
    assert (sex.blank, sex.kind.values, sex.sure) == (True, (), Sure.ASK)


def test_progress_is_told_up_to_the_end(tmp_path: Path):
    path = tmp_path / "t.csv"
    path.write_text("整理番号,性別\n" + "00001,男\n" * 100, encoding="utf-8")
    told: list[tuple[int, int]] = []
    propose(path, lambda done, whole: told.append((done, whole)))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (3 * path.stat().st_size,) * 2


@pytest.mark.parametrize(
    ("raw", "writing"),
    [
        (b"", Writing.EMPTY),
        (b"PK\x03\x04" + bytes(99), Writing.WORKBOOK),
        ("あ,い\n".encode("euc_jp") * 9, Writing.EUC_JP),
    ],
)
def test_a_file_that_must_be_converted_gets_no_schema_and_is_told_how(tmp_path: Path, raw: bytes, writing: Writing):
    path = tmp_path / "t.csv"
    path.write_bytes(raw)
    proposal = propose(path)
    assert (proposal.found.writing.writing, proposal.schema) == (writing, None)
    for words in LANGUAGES:
        told = "".join(proposal_text(words, FILE, proposal).split())
        assert "".join(words.say(f"inspect.convert.{writing.value}").split()) in told
    with pytest.raises(ValueError, match="no schema"):
        proposal_toml(LANGUAGES[0], FILE, proposal)


@pytest.mark.parametrize("header", ["番号,,性別", "番号,=A1,性別", "番号,性別,性別"])
def test_names_that_no_schema_can_have_are_told(tmp_path: Path, header: str):
    path = tmp_path / "t.csv"
    path.write_text(header + "\n" + "00001,5,男\n" * 100, encoding="utf-8")
    proposal = propose(path)
    if proposal.found.layout.layout == Csv(",", header=True):
        assert proposal.schema is None
        assert proposal.found.notices
    else:
        assert [one.name for one in proposal.schema.columns] == ["c1", "c2", "c3"]


def test_without_the_extra_that_reads_tables_it_says_which(tmp_path: Path, monkeypatch):
    monkeypatch.setitem(sys.modules, "sekisho.tables.guessing.guess", None)
    with pytest.raises(BadSettings) as refused:
        propose(tmp_path / "t.csv")
    assert refused.value.reason is Reason.TABLE_READER_MISSING


@pytest.mark.parametrize("words", LANGUAGES, ids=lambda one: one.language.value)
def test_everything_that_can_be_found_has_words(words):
    def missing(part: str, values: type[Enum] | list[Enum]):
        return [one.value for one in values if not words.knows(f"inspect.{part}.{one.value}")]

    closed = [one for one in Writing if one.encoding is None]
    parts = [
        ("ground", Ground),
        ("sure", Sure),
        ("notice", Notice),
        ("type", Kind),
        ("role", Role),
        ("writing", Writing),
    ]
    assert [missing(*one) for one in [*parts, ("convert", closed)]] == [[]] * 7


NAMES = ["宛名番号", "氏名", "要介護度", "生年月日", "備考", "c", "年間所得"]
FAMILIES = [
    "ZQ{:05}K",
    "要介護ZQ{:04}",
    "73{:06}",
    "19{:06}.",
    "S47.10.{:02}ZQ",
    "ZQ{:04}市9丁目",
    "訪問ZQ{:05}です。次は来月ZQ。",
]


@st.composite
def marked(draw):
    """Give a CSV of cells that are all marked, column by column of one family, with a header or none."""
    families = draw(st.lists(st.sampled_from(FAMILIES), min_size=1, max_size=5))
    count = draw(st.sampled_from([2, 5, 20, 40, 45, 57, 60, 66, 72]))
    spread = [draw(st.sampled_from([2, 3, 50, 0])) for _ in families]
    body = [
        [
            family.format(1000 + _number(row + place, most))
            for place, (family, most) in enumerate(zip(families, spread, strict=True))
        ]
        for row in range(count)
    ]
    names = draw(st.permutations(NAMES))[: len(families)] if draw(st.booleans()) else None
    return names, body


def _number(place: int, most: int) -> int:
    """Give which of `most` values a row has; of 0 the one that nearly all rows have, and a rare one."""
    return place * 7919 % most if most else place // 55


@given(marked(), st.sampled_from(["utf-8", "cp932", "utf-16"]))
def test_no_value_is_shown_or_written_that_few_rows_have(tmp_path_factory, table, encoding):
    names, body = table
    path = tmp_path_factory.mktemp("marked") / "t.csv"
    text = "\r\n".join(",".join(row) for row in ([names] if names else []) + body) + "\r\n"
    path.write_bytes(text.encode(encoding))
    proposal = propose(path)
    counts = Counter(cell for place in range(len(body[0])) for cell in {row[place] for row in body})
    rows = {cell: max(sum(row[place] == cell for row in body) for place in range(len(body[0]))) for cell in counts}
    told = shown(proposal)
    assert [rows[cell] for cell in rows if cell in told and rows[cell] < K] == []
    screens = proposal_text(LANGUAGES[0], FILE, proposal) + proposal_page(LANGUAGES[1], FILE, proposal).decode()
    assert [rows[cell] for cell in rows if cell in screens] == []


def test_the_page_and_the_text_of_a_proposal_are_the_same_every_time(known, proposals):
    again = propose(known["child-allowance"].path)
    assert shown(again) == shown(proposals["child-allowance"])
    assert tomllib.loads(proposal_toml(LANGUAGES[0], FILE, again).decode())["format"] == "sekisho-schema-v1"
