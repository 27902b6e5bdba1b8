"""How an unknown file is written: each encoding by its own bytes."""

import io
from itertools import pairwise

import pytest

from sekisho.deid.schema import Encoding
from sekisho.deid.workshop.proposing.found import Writing
from sekisho.tables.guessing.survey import CHUNK_BYTES, survey
from sekisho.tables.guessing.writing import find_writing

TEXT = "宛名番号,氏名,備考\r\n00000001,関所　太郎,転入の届出がありました。\r\n00000002,峠　花子,なし\r\n" * 20
HOST = "".join(chr(0xF0 + number % 10) for number in range(300)) + "@" * 200 + "\xc1\xc2\xd1\x15" * 20


@pytest.mark.parametrize(
    ("raw", "writing"),
    [
        (b"", Writing.EMPTY),
        (b"a,b\r\n1,2\r\n", Writing.ASCII),
        (TEXT.encode(), Writing.UTF_8),
        (b"\xef\xbb\xbf" + TEXT.encode(), Writing.UTF_8),
        (TEXT.encode("cp932"), Writing.CP932),
        ("ｼｬｶｲ,ｶﾝﾌｹﾞﾝ,漢字\n".encode("cp932") * 20, Writing.CP932),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), Writing.UTF_16),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), Writing.UTF_16),
        (TEXT.encode("utf-16-le"), Writing.UTF_16_UNMARKED),
        ("1,2,3\r\n".encode("utf-16-be") * 20, Writing.UTF_16_UNMARKED),
        (TEXT.encode("euc_jp"), Writing.EUC_JP),
        (TEXT.encode("iso2022_jp"), Writing.ISO_2022_JP),
        (HOST.encode("latin-1"), Writing.HOST),
        (b"PK\x03\x04" + bytes(200), Writing.WORKBOOK),
        (b"%PDF-1.7\n", Writing.BINARY),
    ],
)
def test_a_file_is_told_by_its_bytes(raw: bytes, writing: Writing):
    assert find_writing(survey(io.BytesIO(raw))).writing is writing


def test_only_what_a_schema_can_declare_has_an_encoding():
    readable = {Writing.ASCII, Writing.UTF_8, Writing.CP932, Writing.UTF_16}
    assert {one for one in Writing if one.encoding is not None} == readable
    assert Writing.ASCII.encoding is Encoding.UTF_8


def test_a_few_damaged_characters_do_not_change_the_encoding_and_are_told():
    found = find_writing(survey(io.BytesIO(TEXT.encode("cp932") * 10 + b"\x81\xff\x85")))
    assert found.writing is Writing.CP932
    assert 0.98 < found.readable < 1


def test_utf_8_that_breaks_far_behind_the_head_is_not_utf_8():
    raw = b"a" * (CHUNK_BYTES - 1) + "字".encode()
    assert survey(io.BytesIO(raw)).is_utf_8
    assert not survey(io.BytesIO(raw + b"\xff")).is_utf_8
    assert not survey(io.BytesIO(raw + b"\xe5\xad")).is_utf_8


def test_lines_are_counted_over_the_borders_of_chunks():
    raw = b"x" * (CHUNK_BYTES - 1) + b"\r\n" + b"y\n" + b"z\r" + b"\x1a"
    seen = survey(io.BytesIO(raw))
    feeds = [-1, *(place for place, one in enumerate(raw) if one == 0x0A), len(raw)]
    assert (seen.crlf, seen.line_feeds, seen.lone_returns, seen.end_marks) == (1, 2, 1, 1)
    assert seen.longest_line_bytes in {
        max(b - a for a, b in pairwise(feeds)),
        max(b - a for a, b in pairwise(feeds)) - 1,
    }
