"""Whatever is wrong with a table or a policy, no refusal, finding or report repeats a value of a row (STYLE.md 25)."""

from dataclasses import asdict
from io import BytesIO
from traceback import format_exception

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.deid.deidentify import deidentify
from sekisho.deid.plan import write_plan
from sekisho.deid.report.report import write_report
from sekisho.deid.schema import read_schema
from sekisho.deid.table import table_of
from sekisho.deid.written.policy import read_policy
from sekisho.errors import SekishoError
from sekisho.pages.refusal_text import refusal_text
from sekisho.pages.report.page import write_report_page
from sekisho.pages.words import Language, words_in
from sekisho.tables.disarm import read_csv

MARK = "ヒミツQZX"
NUMBER = "98765432101"
MARKS = (MARK, "QZX", NUMBER)
SCHEMA = """\
format = "sekisho-schema-v1"
name = "marked register"
encoding = "{encoding}"
delimiter = ","
column = [
  {{ name = "id", type = "text", role = "identifier", longest = 40 }},
  {{ name = "age", type = "integer", role = "quasi-identifier", minimum = 0, maximum = 130 }},
  {{ name = "area", type = "text", role = "quasi-identifier", longest = 40 }},
  {{ name = "born", type = "date", role = "quasi-identifier" }},
  {{ name = "sex", type = "code", role = "sensitive", values = ["F", "M"] }},
]
"""
POLICY = """\
format = "sekisho-policy-v1"
k = {k}
suppression_limit = {limit}
ladder = {{ age = {{ bands = [10, 50] }}, area = {{ file = "area.csv" }}, born = {{ date = ["year", "decade"] }} }}
"""
WORDS = [words_in(one) for one in Language]
HEADER = ["id", "age", "area", "born", "sex"]
WRECKED = (
    MARK, NUMBER, f"={MARK}", f"＝{MARK}", f"{MARK}\x07", f"{MARK}\u200b", f"{MARK}\ue000", f'{MARK}"', f'"{MARK}',
    f"{MARK}\r", MARK * 40, f"{MARK},{MARK}", f"-{NUMBER}", f"{NUMBER}-13-45", "", f"\ufffd{MARK}",
)  # fmt: skip


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, bytes]:
    """Give an encoding and a table that may have anything wrong with it; wherever a value can stand, a mark may."""
    encoding = draw(st.sampled_from(("utf-8", "cp932")))
    count = draw(st.integers(0, 12))
    rows = [[f"{MARK}{one}", str(30 + one), "北区", "1990-04-01", "FM"[one % 2]] for one in range(count)]
    header = list(HEADER)
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, 4))
        wreck = draw(st.sampled_from(WRECKED))
        if rows and draw(st.integers(0, 5)):
            rows[draw(st.integers(0, count - 1))][place] = wreck
        else:
            header[place] = wreck
    raw = "".join(",".join(one) + "\n" for one in [header, *rows]).encode(encoding, "replace")
    match draw(st.integers(0, 5)):
        case 0:
            at = draw(st.integers(0, len(raw)))
            raw = raw[:at] + draw(st.sampled_from((b"\xff", b"\x81", b"\x00", b'"', b"\n"))) + raw[at:]
        case 1:
            encoding = "cp932" if encoding == "utf-8" else "utf-8"
        case _:
            pass
    return encoding, raw


def check_silent(error: SekishoError) -> None:
    """Nothing that people, logs or ledgers get of an error holds a mark."""
    said = [str(error), repr(error.args), repr(error.facts), repr([asdict(one) for one in error.findings])]
    said += [refusal_text(words, error) for words in WORDS]
    said += format_exception(error)  # with all that it came from: a library's user sees it
    assert [mark for mark in MARKS for text in said if mark in text] == []


@pytest.mark.requirement("A07")
@settings(max_examples=300)
@given(tables(), st.sampled_from((2, 3, 50)), st.sampled_from((0, "0.5", 1)), st.booleans())
def test_no_refusal_of_a_table_or_a_plan_repeats_a_value(table, k, limit, knows):
    encoding, raw = table
    schema = read_schema(SCHEMA.format(encoding=encoding).encode())
    area = f"北区;市;*\n{MARK};市;*\n" if knows else "北区;市;*\n"
    policy = read_policy(POLICY.format(k=k, limit=limit).encode(), {"area.csv": area.encode()})
    try:
        made = deidentify(read_csv(BytesIO(raw), schema), schema, policy, entropy=bytes(32))
    except SekishoError as error:
        check_silent(error)
        return
    report = write_report(made.report)
    pages = [report, *(write_report_page(report, words, "case", trial=True) for words in WORDS)]
    identifiers = [f"{MARK}{one}" for one in range(12)]
    assert [one for one in identifiers for page in pages if one.encode() in page] == []
    assert "id" not in made.table.names


@pytest.mark.parametrize("wreck", WRECKED[:-2])
@pytest.mark.parametrize("place", range(5))
def test_each_kind_of_wreck_is_refused_or_read_in_silence(wreck, place):
    schema = read_schema(SCHEMA.format(encoding="utf-8").encode())
    cells = [MARK, "30", "北区", "1990-04-01", "F"]
    cells[place] = wreck
    try:
        table = read_csv(BytesIO((",".join(HEADER) + "\n" + ",".join(cells) + "\n").encode()), schema)
    except SekishoError as error:
        check_silent(error)
    else:
        assert HEADER[place] in {"id", "area"}
        assert table.rows == 1


@settings(max_examples=150)
@given(st.sampled_from(WRECKED), st.integers(0, 40), st.sampled_from(("schema", "policy", "ladder")))
def test_no_refusal_of_a_policy_or_schema_repeats_what_it_says_of_values(wreck, at, where):
    """The name of a column is told; a value that somebody wrote into a policy, a schema or a ladder is not."""
    schema, policy = SCHEMA.format(encoding="utf-8"), POLICY.format(k=3, limit=0)
    area = f"北区;市;*\n{MARK};市;*\n"
    try:
        match where:
            case "schema":
                read_schema(schema.replace('"F"', f'"{wreck}"').replace("130", wreck or "x").encode())
            case "policy":
                read_policy(policy.replace("[10, 50]", f'["{wreck}"]').encode(), {"area.csv": area.encode()})
            case _:
                lines = f"{area[:at]}{wreck}{area[at:]}"
                read_policy(policy.encode(), {"area.csv": lines.encode()})
    except SekishoError as error:
        check_silent(error)


CHANGED = """\
format = "sekisho-schema-v1"
name = "changed register"
encoding = "utf-8"
column = [
  {{ name = "id", type = "text", role = "identifier" }},
  {{ name = "area", type = "text", role = "{area}", blank = true }},
  {{ name = "age", type = "integer", role = "quasi-identifier", blank = true }},
  {{ name = "note", type = "text", role = "sensitive", blank = true }},
  {{ name = "income", type = "integer", role = "plain" }},
]
"""
TAKEN = """\
format = "sekisho-policy-v1"
k = 2
mode = "cells"
code = {{ income = {{ top_share = 0.3, bottom_share = 0.2 }} }}
[[change]]
do = "{do}"
column = "{column}"
{condition}
{more}
"""
MORE = """\
[[change]]
do = "pseudonym"
column = "id"
[[change]]
do = "add-synthetic"
share = 0.3
"""


@pytest.mark.requirement("A07")
@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["x", "y", MARK]), st.sampled_from(["p", MARK, None])), min_size=6, max_size=24),
    st.sampled_from(["delete-cells", "delete-rows", "delete-subjects"]),
    st.sampled_from(["area", "note"]),
    st.sampled_from([f'values = ["{MARK}"]', "fewer_than = 24"]),
    st.booleans(),
    st.sampled_from(["plain", "quasi-identifier"]),
)
def test_what_a_condition_takes_away_is_told_nowhere(rows, do, column, condition, finished, role):
    """Of two columns one loses every mark; that no mark is in the other is seen to before."""
    area = [one if column == "area" else "x" for one, _ in rows]
    note = [one if column == "note" else "p" for _, one in rows]
    table = table_of(
        id=[f"QZX {one // 2}" for one in range(len(rows))],
        area=area,
        age=[30 + one % 3 for one in range(len(rows))],
        note=note,
        income=[int(NUMBER) + one for one in range(len(rows))],
    )
    taken = f'subject = "id"\n{condition}' if do == "delete-subjects" else condition
    more = MORE if finished else ""
    policy = read_policy(TAKEN.format(do=do, column=column, condition=taken, more=more).encode(), {})
    schema = read_schema(CHANGED.format(area=role).encode())
    try:
        made = deidentify(table, schema, policy, entropy=bytes(32))
    except SekishoError as error:
        check_silent(error)
        return
    report = write_report(made.report)
    told = [report, write_plan(made.plan), *(write_report_page(report, words, "case", trial=True) for words in WORDS)]
    rows_out = repr([one.values for one in made.table.columns if one.name != "income"]).encode()
    assert [mark for mark in MARKS[:2] for page in (*told, rows_out) if mark.encode() in page] == []


def test_a_limit_by_share_is_not_the_number_of_the_row_that_it_was_found_at():
    rows = 40
    table = table_of(
        id=[str(one) for one in range(rows)],
        area=["x"] * rows,
        age=[30] * rows,
        note=["p"] * rows,
        income=[*range(rows - 2), int(NUMBER), int(NUMBER) + 1],
    )
    policy = TAKEN.format(do="delete-cells", column="note", condition='values = ["q"]', more="").replace("0.3", "0.05")
    made = deidentify(
        table, read_schema(CHANGED.format(area="plain").encode()), read_policy(policy.encode(), {}), entropy=bytes(32)
    )
    told = [write_report(made.report), write_plan(made.plan), repr(made.table.column("income").values).encode()]
    assert [one for one in told if NUMBER[2:].encode() in one] == []
    assert "≥98000000000" in made.table.column("income").values
