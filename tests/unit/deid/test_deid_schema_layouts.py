"""Layouts, numbers that are declared, and roles that they allow (spec/schema.md 3 and 4)."""

import pytest

from sekisho.deid.declared.layout import Csv, Ends, Fixed, Uke
from sekisho.deid.numbers.codes import Code
from sekisho.deid.schema import Encoding, Kind, Role, read_schema, read_written_schema, write_schema
from sekisho.errors import Malformed, Reason
from sekisho.pages.words import Language, words_in

HEAD = 'format = "sekisho-schema-v1"\nname = "t"\nencoding = "cp932"\n'
FIXED = (
    HEAD
    + '[fixed]\nrecord_bytes = 20\nends = "lf"\nheader = "1"\ndata = "2"\ntrailer = "9"\ncount_at = 2\ncount_bytes = 8\n'
)
UKE = HEAD + '[uke]\nrow = "SY"\n'


def column(name="a", more="", kind="text", role="plain"):
    return f'[[column]]\nname = "{name}"\ntype = "{kind}"\nrole = "{role}"\n{more}\n'


def facts_of(text):
    with pytest.raises(Malformed) as caught:
        read_schema(text.encode())
    assert caught.value.reason is Reason.SCHEMA_MALFORMED
    facts = {name: caught.value.facts[name] for name in ("key", "rule")}
    assert all(words_in(one).knows(f"rule.{facts['rule']}") for one in Language)
    return facts


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        (HEAD + column(), Csv()),
        (HEAD + 'delimiter = "\\t"\nheader = false\ntotals = 2\n' + column(), Csv("\t", header=False, totals=2)),
        (FIXED + column(more="at = 2\nbytes = 19"), Fixed(20, Ends.LF, "1", "2", "9", 2, 8)),
        (HEAD + "[fixed]\nrecord_bytes = 3\n" + column(more="at = 1\nbytes = 3"), Fixed(3)),
        (UKE + column(more='from = "RE.4"'), Uke("SY")),
    ],
)
def test_each_layout_reads_and_its_canonical_form_reads_back(text, layout):
    schema = read_schema(text.encode())
    assert schema.layout == layout
    assert read_written_schema(write_schema(schema)) == schema


@pytest.mark.parametrize("kind", list(Kind))
def test_every_type_is_read_back_from_the_canonical_form(kind):
    schema = read_schema((HEAD + column(kind=kind.value, more='holds = "account"')).encode())
    assert schema.columns[0].kind is kind
    assert schema.columns[0].holds is Code.ACCOUNT
    assert read_written_schema(write_schema(schema)) == schema


def test_utf_16_is_an_encoding():
    assert read_schema((HEAD.replace("cp932", "utf-16") + column()).encode()).encoding is Encoding.UTF_16


@pytest.mark.parametrize(
    ("text", "key", "rule"),
    [
        (HEAD + "[fixed]\nrecord_bytes = 3\n[uke]\n" + column(), "uke", "one-layout"),
        (HEAD + 'delimiter = ";"\n[uke]\n' + column(more='from = "RE.2"'), "delimiter", "csv-only"),
        (HEAD + column(more="at = 1"), "column.1.at", "other-layout"),
        (HEAD + column(more='from = "RE.2"'), "column.1.from", "other-layout"),
        (FIXED + column(), "column.1.at", "missing"),
        (FIXED + column(more="at = 2\nbytes = 20"), "column.1.bytes", "beyond-record"),
        (FIXED + column(more="at = 2\nbytes = 3") + column("b", "at = 4\nbytes = 1"), "column.2.at", "overlaps"),
        (FIXED.replace('data = "2"\n', "") + column(more="at = 2\nbytes = 3"), "fixed.data", "missing"),
        (FIXED.replace("count_bytes = 8\n", "") + column(more="at = 2\nbytes = 3"), "fixed.count_bytes", "missing"),
        (FIXED.replace('trailer = "9"\n', "") + column(more="at = 2\nbytes = 3"), "fixed.trailer", "missing"),
        (
            FIXED.replace("count_at = 2", "count_at = 19") + column(more="at = 2\nbytes = 3"),
            "fixed.count_bytes",
            "beyond-record",
        ),
        (UKE + column(), "column.1.from", "missing"),
        (UKE + column(more='from = "CO.2"'), "column.1.from", "narrative-line"),
        (UKE.replace("SY", "SJ") + column(more='from = "RE.2"'), "uke.row", "no-row-of-a-claim"),
    ],
)
def test_keys_that_do_not_go_together_are_refused_by_name(text, key, rule):
    assert facts_of(text) == {"key": key, "rule": rule}


@pytest.mark.requirement("A16")
@pytest.mark.parametrize("role", [one for one in Role if one is not Role.STRIPPED])
def test_a_column_of_my_numbers_can_only_be_stripped(role):
    text = HEAD + column(more='holds = "my-number"', role=role.value)
    assert facts_of(text) == {"key": "column.1.role", "rule": "my-number-not-stripped"}


@pytest.mark.requirement("A16")
@pytest.mark.parametrize("code", [one for one in Code if one.is_individual_code and one is not Code.MY_NUMBER])
def test_no_individual_identification_code_has_a_role_in_which_it_could_stay(code):
    for role in Role:
        text = HEAD + column(more=f'holds = "{code.value}"', role=role.value)
        if role in {Role.IDENTIFIER, Role.STRIPPED}:
            assert read_schema(text.encode()).columns[0].holds is code
        else:
            assert facts_of(text) == {"key": "column.1.role", "rule": "individual-code-kept"}


@pytest.mark.parametrize(
    ("more", "kind", "role", "rule"),
    [
        ('withhold = ["1"]', "code", "identifier", "withhold-not-stripped"),
        ('withhold = ["1"]', "text", "stripped", "not-for-this-type"),
        ('values = ["0"]\nwithhold = ["1"]', "code", "stripped", "withhold-no-value"),
    ],
)
def test_rows_are_withheld_by_a_stripped_code_only(more, kind, role, rule):
    text = HEAD + column(more=more, kind=kind, role=role)
    assert facts_of(text) == {"key": "column.1.withhold", "rule": rule}


def test_free_text_is_no_quasi_identifier():
    text = HEAD + column(kind="free-text", role="quasi-identifier")
    assert facts_of(text) == {"key": "column.1.role", "rule": "free-text-quasi-identifier"}
