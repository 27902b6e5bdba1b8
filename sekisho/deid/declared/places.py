"""From a schema's file to the layout of what it describes: which keys go together (spec/schema.md 4)."""

from typing import Any

from sekisho.deid.declared.layout import Csv, Ends, Fixed, Layout, Uke
from sekisho.deid.declared.shapes import ColumnPart, FilePart, FixedPart
from sekisho.errors import Malformed, Reason

FILE_KINDS = ("IR", "UK", "GO")  # lines of a claim file that stand outside of claims
NARRATIVE = frozenset({"CO", "SJ"})
"""Comment and narrative lines: free text on a person (症状詳記); they are counted and never read."""


def layout_of(file: FilePart) -> Layout:
    """Give back the layout that a schema's file declares; refuses keys of one layout in another (SCHEMA_MALFORMED)."""
    if file.fixed is not None and file.uke is not None:
        raise _malformed("uke", "one-layout")
    if file.fixed is None and file.uke is None:
        _check_absent(file.column, ("at", "bytes", "from_"))
        return Csv(file.delimiter or ",", header=True if file.header is None else file.header, totals=file.totals or 0)
    for key in ("delimiter", "header", "totals"):
        if getattr(file, key) is not None:
            raise _malformed(key, "csv-only")
    if file.fixed is not None:
        return _fixed(file, file.fixed)
    assert file.uke is not None
    return _uke(file, file.uke.row)


def written_layout(value: dict[str, Any]) -> dict[str, Any]:
    """Give back the keys of a schema's file that say the same as this written layout."""
    told = {key: one for key, one in value.items() if key != "is" and (isinstance(one, bool) or one not in ("", 0))}
    match value.get("is"):
        case "csv":
            return told
        case "fixed":
            return {"fixed": told}
        case "uke":
            return {"uke": told}
        case _:
            raise _malformed("layout", "one-layout")


def _fixed(file: FilePart, part: FixedPart) -> Fixed:
    _check_absent(file.column, ("from_",))
    taken: list[tuple[int, int]] = []
    for place, one in enumerate(file.column, 1):
        if one.at is None or one.bytes is None:
            raise _malformed(f"column.{place}.at", "missing")
        if one.at + one.bytes - 1 > part.record_bytes:
            raise _malformed(f"column.{place}.bytes", "beyond-record")
        if any(one.at < end and begin < one.at + one.bytes for begin, end in taken):
            raise _malformed(f"column.{place}.at", "overlaps")
        taken.append((one.at, one.at + one.bytes))
    if (part.header or part.trailer) and not part.data_mark:
        raise _malformed("fixed.data", "missing")
    if (part.count_at is None) != (part.count_bytes is None):
        raise _malformed("fixed.count_bytes", "missing")
    if part.count_at is not None and part.count_bytes is not None:
        if not part.trailer:
            raise _malformed("fixed.trailer", "missing")
        if part.count_at + part.count_bytes - 1 > part.record_bytes:
            raise _malformed("fixed.count_bytes", "beyond-record")
    return Fixed(
        record_bytes=part.record_bytes,
        ends=Ends(part.ends),
        header=part.header or "",
        data_mark=part.data_mark or "",
        trailer=part.trailer or "",
        count_at=part.count_at or 0,
        count_bytes=part.count_bytes or 0,
    )


def _uke(file: FilePart, row: str) -> Uke:
    _check_absent(file.column, ("at", "bytes"))
    if row in NARRATIVE or row in FILE_KINDS:
        raise _malformed("uke.row", "no-row-of-a-claim")
    for place, one in enumerate(file.column, 1):
        if one.from_ is None:
            raise _malformed(f"column.{place}.from", "missing")
        if one.from_[:2] in NARRATIVE:
            raise _malformed(f"column.{place}.from", "narrative-line")
    return Uke(row)


def _check_absent(columns: list[ColumnPart], fields: tuple[str, ...]) -> None:
    for place, one in enumerate(columns, 1):
        for field in fields:
            if getattr(one, field) is not None:
                raise _malformed(f"column.{place}.{field.rstrip('_')}", "other-layout")


def _malformed(key: str, rule: str) -> Malformed:
    return Malformed(Reason.SCHEMA_MALFORMED, key=key, rule=rule)
