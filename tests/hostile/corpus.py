"""Files that somebody sends who means harm, or whose machine was taken over; each made when needed (docs/faults.md 5).

`expected` is how each ends: the rules that its findings name, the code of its refusal, or `read` where nothing is wrong with
the values that come out.
"""

import gzip
import io
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

MEBIBYTE = 1024 * 1024
SCHEMA = """\
format = "sekisho-schema-v1"
name = "hostile"
encoding = "{encoding}"
column = [
  {{ name = "id", type = "text", role = "identifier", longest = 64 }},
  {{ name = "age", type = "integer", role = "quasi-identifier", minimum = 0, maximum = 130 }},
  {{ name = "born", type = "date", role = "quasi-identifier" }},
  {{ name = "note", type = "text", role = "sensitive", longest = 200 }},
]
"""
HEADER = "id,age,born,note\n"
EICAR = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*"
SCRIPT = "<script>alert(1)</script>"


@dataclass(frozen=True)
class Hostile:
    """One file: how it is made, what it is declared as, and how reading it must end."""

    name: str
    write: Callable[[Path], None]
    expected: frozenset[str]
    encoding: str = "utf-8"


def good(rows: int = 3) -> str:
    return HEADER + "".join(f"p{one},{20 + one},1990-01-0{one % 9 + 1},ok\n" for one in range(rows))


def _hostile(name: str, raw: bytes, *expected: str, encoding: str = "utf-8") -> Hostile:
    return Hostile(name, lambda path: _put(path, raw), frozenset(expected), encoding)


def _put(path: Path, raw: bytes) -> None:
    path.write_bytes(raw)


def _note(name: str, note: str, *expected: str) -> Hostile:
    """Give a table that is good but for one note."""
    quoted = '"' + note.replace('"', '""') + '"'
    return _hostile(name, f"{good()}p9,30,1990-01-01,{quoted}\n".encode("utf-8", "surrogatepass"), *expected)


def _long(path: Path, piece: bytes, size: int) -> None:
    with path.open("wb") as out:
        out.write(HEADER.encode())
        for _ in range(size // len(piece)):
            out.write(piece)


def corpus() -> tuple[Hostile, ...]:
    return (*_cells(), *_letters(), *_containers(), *_shapes(), *_masses())


def _cells() -> Iterator[Hostile]:
    for sign in "=+-@":
        yield _note(f"formula {sign}", f"{sign}1+cmd|' /C calc'!A0", "formula")
    for sign, name in zip("＝＋－＠", "=+-@", strict=True):
        yield _note(f"full-width formula {name}", f"{sign}HYPERLINK(1)", "formula")
    yield _note("minus sign of mathematics", "\u22121+1", "formula")
    yield _note("formula behind a tab", "\t=1+1", "formula")
    yield _note("formula behind a full-width space", "\u3000=1+1", "formula")
    yield _note("formula on the first line of a cell", "\n=1+1", "formula")
    yield _note("a script for whoever shows it", SCRIPT, "read")
    yield _note("a known test virus", EICAR, "read")
    yield _hostile("integer of a million digits", f"{HEADER}p1,{'9' * 1_000_000},1990-01-01,ok\n".encode(), "type")
    yield _hostile("age of infinity", f"{HEADER}p1,inf,1990-01-01,ok\np2,1e9,1990-01-01,ok\n".encode(), "type")
    yield _hostile("a day that never was", f"{HEADER}p1,30,昭和99年13月32日,ok\n".encode(), "type")
    yield _hostile("a year of sixteen digits", f"{HEADER}p1,30,{'9' * 16}-01-01,ok\n".encode(), "type")


def _letters() -> Iterator[Hostile]:
    for name, letter in {"NUL": "\0", "bidirectional mark": "\u202e", "zero width": "\u200b", "escape": "\x1b[2J", "line separator": "\u2028", "noncharacter": "\uffff", "tag letters": "\U000e0041"}.items():  # fmt: skip
        yield _note(name, f"a{letter}b", "control")
    yield _note("lone surrogate", "a\ud800b", "encoding")
    yield _hostile("overlong slash", HEADER.encode() + b"p1,30,1990-01-01,a\xc0\xafb\n", "encoding")
    yield _hostile("overlong NUL", HEADER.encode() + b"p1,30,1990-01-01,a\xc0\x80b\n", "encoding")
    yield _hostile("beyond the last letter", HEADER.encode() + b"p1,30,1990-01-01,\xf4\x90\x80\x80\n", "encoding")
    mixed = good().encode() + "p9,30,1990-01-01,表\n".encode("cp932")
    yield _hostile("two encodings in one file", mixed, "encoding")
    yield _hostile("a second byte of 5C", good().encode("cp932") + "p9,30,1990-01-01,表ソ十\n".encode("cp932"), "read", encoding="cp932")  # fmt: skip
    yield _hostile("half a letter before a comma", good().encode("cp932") + b"p9,30,1990-01-01,\x95,x\n", "encoding", "shape", encoding="cp932")  # fmt: skip
    yield _hostile("UTF-7", good().encode() + b"p9,30,1990-01-01,+ADw-script+AD4-\n", "formula")
    yield _hostile("UTF-16 said to be UTF-8", good().encode("utf-16"), "columns", "encoding", "shape")
    yield _hostile("UTF-32", good().encode("utf-32"), "columns", "encoding", "shape", "control")
    yield _hostile("two byte order marks", b"\xef\xbb\xbf" * 2 + good().encode(), "columns")


def _containers() -> Iterator[Hostile]:
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../etc/cron.d/x", good())
        archive.writestr("table.csv", bytes(64 * MEBIBYTE))
    yield _hostile("zip that grows a thousandfold", zipped.getvalue(), *ANY)
    yield _hostile("gzip", gzip.compress(good().encode()), *ANY)
    parquet = io.BytesIO()
    pq.write_table(pa.table({"id": pa.array(["a"] * 1_000_000)}), parquet)
    yield _hostile("Parquet of a million rows", parquet.getvalue(), *ANY)
    yield _hostile("Parquet that lies about its size", b"PAR1" + struct.pack("<I", 2**31 - 1) + b"PAR1", *ANY)
    yield _hostile("Arrow stream", b"\xff\xff\xff\xff" + struct.pack("<I", 2**31 - 1) + bytes(64), *ANY)
    yield _hostile("program for Linux", b"\x7fELF" + bytes(4096), *ANY)
    yield _hostile("program for Windows", b"MZ" + bytes(4096), *ANY)
    yield _hostile("old office file with macros", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4096), *ANY)
    yield _hostile("PDF that is a table, too", b"%PDF-1.7\n" + good().encode() + b"%%EOF\n", *ANY)
    yield _hostile("page that is a table, too", b"<!doctype html>\n" + good().encode(), *ANY)
    yield _hostile("shell script", b"#!/bin/sh\nrm -rf /\n", *ANY)
    yield _hostile("XML that unfolds", b'<!DOCTYPE a [<!ENTITY b "cc"><!ENTITY d "&b;&b;">]>\n<a>&d;</a>\n', *ANY)


def _shapes() -> Iterator[Hostile]:
    yield _hostile("nothing", b"", "table.empty")
    yield _hostile("a header and nothing", HEADER.encode(), "table.empty")
    yield _hostile("a quote that never ends", good().encode() + b'p9,30,1990-01-01,"never\n' + b"x\n" * 1000, "quotes")
    yield _hostile("a quote inside of a field", good().encode() + b'p9,30,1990-01-01,a"b\n', "quotes")
    yield _hostile("a thousand quotes", good().encode() + b"p9,30,1990-01-01," + b'"' * 1001 + b"\n", *ANY)
    yield _hostile("lone carriage returns", good().replace("\n", "\r").encode(), *ANY)
    yield _hostile("fields too many", good().encode() + b"p9,30,1990-01-01,ok,more\n", "shape")
    yield _hostile("another separator", good().replace(",", ";").encode(), "columns")
    yield _hostile("information separators", good().replace(",", "\x1f").replace("\n", "\x1e").encode(), *ANY)
    yield _hostile("names twice", b"id,id,id,id\n1,2,3,4\n", "columns")
    yield _hostile("a name of two forms", "id,age,born,no\u0301te\n".encode() + b"p1,30,1990-01-01,ok\n", "columns")


def _masses() -> Iterator[Hostile]:
    yield Hostile(
        "a line of 1 GiB", lambda path: _long(path, b"x" * MEBIBYTE, 1024 * MEBIBYTE), frozenset({"line-length"})
    )
    yield Hostile("a quoted cell of 1 GiB", lambda path: _long(path, b'"' + b"y\n" * (MEBIBYTE // 2), 1024 * MEBIBYTE), frozenset({"quotes", "line-length"}))  # fmt: skip
    yield _hostile("a million columns", b",".join(b"c%d" % one for one in range(1_000_000)) + b"\n", *ANY)
    yield _hostile("a million columns of one name", b"id," * 1_000_000 + b"\n", *ANY)
    yield Hostile(
        "ten million empty lines", lambda path: _long(path, b"\n" * MEBIBYTE, 10 * MEBIBYTE), frozenset({"shape"})
    )
    yield Hostile(
        "a million rows of nothing but commas",
        lambda path: _long(path, b",,,\n" * 1024, 4 * MEBIBYTE),
        frozenset({"blank"}),
    )
    yield _hostile("a header of 1 MiB", b"i" * MEBIBYTE + b",age,born,note\n", *ANY)


ANY = (
    "columns",
    "encoding",
    "shape",
    "control",
    "quotes",
    "line-end",
    "line-length",
    "blank",
    "type",
    "formula",
    "table.empty",
)
"""Refused, whatever the rule that meets it first."""
