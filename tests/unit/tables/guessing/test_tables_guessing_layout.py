"""How the records of an unknown file lie: CSV, fixed length, claims."""

import io
from contextlib import contextmanager

import pytest

from sekisho.deid.declared.layout import Csv, Ends, Fixed, Uke
from sekisho.deid.workshop.proposing.found import Notice
from sekisho.tables.guessing.guess import guess
from sekisho.tables.guessing.sample import Sample, _mixed

HEADER = ["宛名番号", "氏名", "性別", "金額"]


def guessed(raw: bytes):
    @contextmanager
    def open_file():
        yield io.BytesIO(raw)

    return guess(open_file)


def rows(count: int = 40):
    return [[f"{one:08}", f"関所{one}太郎", "男女"[one % 2], str(one * 7 + 1)] for one in range(count)]


def csv_of(records, delimiter=",", ends="\r\n", encoding="cp932"):
    return "".join(delimiter.join(one) + ends for one in records).encode(encoding)


def notices(found):
    return {one.notice: one.count for one in found.notices}


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_and_the_header_are_found(delimiter: str):
    found = guessed(csv_of([HEADER, *rows()], delimiter)).found
    assert found.layout.layout == Csv(delimiter, header=True, totals=0)
    assert (found.layout.even, found.layout.records) == (1.0, 40)


def test_delimiters_inside_of_quotes_are_none():
    quoted = [["番号", "備考", "金額"], *([str(one), '"一、二,三\n四,五,六,七"', str(one)] for one in range(30))]
    found = guessed(csv_of(quoted)).found
    assert found.layout.layout == Csv(",")
    assert (found.layout.even, found.layout.records) == (1.0, 30)


def test_a_first_row_like_all_others_is_no_header():
    answer = guessed(csv_of(rows()))
    assert answer.found.layout.layout == Csv(",", header=False)
    assert [one.name for one in answer.facts] == ["c1", "c2", "c3", "c4"]
    assert [one.cells for one in answer.facts] == [40] * 4


def test_words_that_come_again_below_are_no_names():
    found = guessed(csv_of([["要介護度", "性別"], ["要介護度", "性別"], *([["要介護1", "男"]] * 30)])).found
    assert found.layout.layout == Csv(",", header=False)


@pytest.mark.parametrize("last", [["合計", "", "", "5500"], ["", "", "", str(sum(one * 7 + 1 for one in range(40)))]])
def test_totals_at_the_end_are_left_out(last: list[str]):
    answer = guessed(csv_of([HEADER, *rows(), last]))
    assert answer.found.layout.layout == Csv(",", header=True, totals=1)
    assert answer.facts[3].cells == 40


def test_a_last_row_that_only_has_a_blank_is_a_row():
    found = guessed(csv_of([HEADER, *rows(), ["00000099", "", "男", "12"]])).found
    assert found.layout.layout == Csv(",", header=True, totals=0)


def test_what_is_odd_about_a_file_is_told():
    raw = csv_of([["番号", "", "性別", "性別"], *rows()]) + b"1,2,3\n" + b"\x1a"
    told = notices(guessed(raw).found)
    assert (
        told
        == {
            Notice.END_MARK: 1,
            Notice.MIXED_ENDS: 1,
            Notice.UNEVEN: 1,
            Notice.BLANK_NAME: 1,
            Notice.DOUBLED_NAME: 1,
            Notice.HEADER_UNSURE: 1,
        }
        or told.get(Notice.HEADER_UNSURE, 0) == 0
    )


def fixed_records(count: int, marks: bool):  # noqa: FBT001 - parametrised
    body = [
        f"{'2' if marks else ''}{one * 7919 % 10**8:08}{'関所太郎':　<6}{one % 97:03}".encode("cp932")
        for one in range(count)
    ]
    if not marks:
        return body
    length = len(body[0])
    return [b"1KAIGO".ljust(length), *body, (b"9" + f"{count:06}".encode()).ljust(length)]


@pytest.mark.parametrize(("ends", "marks"), [(one, two) for one in Ends for two in (True, False)])
def test_records_of_fixed_length_are_measured(ends: Ends, marks: bool):  # noqa: FBT001
    records = fixed_records(60, marks)
    found = guessed(b"".join(one + ends.octets for one in records)).found
    length = len(records[0])
    wanted = Fixed(length, ends, "1", "2", "9", 2, 6) if marks else Fixed(length, ends)
    assert found.layout.layout == wanted
    assert found.layout.records == len(records)


def test_bytes_without_a_rhythm_have_no_layout():
    raw = bytes(0x41 + (one * one * 31 + one // 7) % 26 for one in range(997))
    assert guessed(raw).found.layout.layout is None


def test_claims_are_told_by_their_lines():
    claim = [
        "IR,1,13,1,1234567,,関所医院,42408,00",
        *(
            line
            for one in range(40)
            for line in (
                f"RE,{one + 1},1112,42408,関所太郎{one},1,3471014",
                f"HO,06132013,記号,{one:07},2,500",
                "SY,8830417,4240801,1,,,01",
                "SY,4640017,4240802,1",
                "CO,12,1,820000001,症状の詳しい記載",
            )
        ),
        "GO,40,20000,99",
    ]
    answer = guessed(csv_of([one.split(",") for one in claim]) + b"\x1a")
    assert answer.found.layout.layout == Uke("SY")
    assert dict(answer.found.layout.lines) == {"IR": 1, "RE": 40, "HO": 40, "SY": 80, "CO": 40, "GO": 1}
    assert notices(answer.found)[Notice.CLAIM_LINES] == 80
    by_source = {one.source: one for one in answer.facts}
    assert by_source["RE.5"].name == "氏名"
    assert by_source["HO.4"].distinct == 40
    assert "CO.5" not in by_source


def test_the_sample_is_the_first_rows_and_the_same_few_of_the_rest_every_time():
    def drawn():
        sample = Sample(2, first=1_000, spread=250)
        for one in range(5_000):
            sample.add([str(one), "x"])
        sample.close()
        return sample

    one, other = drawn(), drawn()
    assert one.values(0) == other.values(0)
    assert (one.rows, one.first_rows, one.spread_rows, one.is_whole) == (5_000, 1_000, 250, False)
    kept = sorted(int(cell) for cell in one.values(0)[0])
    wanted = sorted(range(1_000, 5_000), key=lambda row: _mixed(row + 1))[:250]
    assert kept == [*range(1_000), *sorted(wanted)]


def test_an_open_quote_ends_the_reading_and_is_told():
    raw = csv_of([HEADER, *rows()]) + b'1,"' + b"x" * 200_000
    assert Notice.BROKEN_RECORD in notices(guessed(raw).found)
