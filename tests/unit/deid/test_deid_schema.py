from datetime import date

import pytest
from deid_made import SCHEMA, schema_of

from sekisho.deid.declared.layout import Csv
from sekisho.deid.schema import Encoding, Kind, Role, read_schema, write_schema
from sekisho.errors import Malformed, Reason
from sekisho.statement import read_canonical

COLUMN = '[[column]]\nname = "a"\ntype = "text"\nrole = "plain"\n'
HEAD = 'format = "sekisho-schema-v1"\nname = "made"\nencoding = "utf-8"\n'


def facts_of(text: str | bytes) -> dict[str, int | str]:
    with pytest.raises(Malformed) as caught:
        read_schema(text if isinstance(text, bytes) else text.encode())
    assert caught.value.reason is Reason.SCHEMA_MALFORMED
    return caught.value.facts


def test_a_schema_reads_as_it_was_written():
    schema = read_schema(
        """
        format = "sekisho-schema-v1"
        name = "関所市"
        encoding = "cp932"
        delimiter = "\\t"
        [[column]]
        name = "生年月日"
        type = "date"
        role = "quasi-identifier"
        minimum = 1900-01-01
        maximum = "2026-11-23"
        [[column]]
        name = "氏名"
        type = "text"
        role = "identifier"
        longest = 60
        pattern = ".+"
        """.encode()
    )
    born, name = schema.columns
    assert (schema.encoding, schema.layout, schema.names) == (Encoding.CP932, Csv("\t"), ("生年月日", "氏名"))
    assert (born.kind, born.minimum, born.maximum) == (Kind.DATE, date(1900, 1, 1), date(2026, 11, 23))
    assert (name.role, name.longest, name.pattern, name.blank) == (Role.IDENTIFIER, 60, ".+", False)
    assert schema.with_role(Role.IDENTIFIER) == (name,)


def test_the_digest_does_not_depend_on_comments_and_the_order_of_keys():
    other = SCHEMA.replace('type = "text"\nrole = "identifier"', 'role = "identifier" # who\ntype = "text"')
    assert other != SCHEMA
    assert schema_of(other).digest == schema_of().digest


def test_the_digest_depends_on_every_role():
    assert schema_of(SCHEMA.replace('role = "sensitive"', 'role = "plain"')).digest != schema_of().digest


def test_the_canonical_form_has_the_keys_of_the_spec():
    value = read_canonical(write_schema(schema_of()))
    assert set(value) == {"format", "name", "encoding", "layout", "columns"}
    assert all(len(column) == 15 for column in value["columns"])


def test_an_unknown_key_is_refused_by_name():
    assert facts_of(HEAD + COLUMN + "rolle = 1\n")["key"] == "column.1.rolle"


@pytest.mark.parametrize("line", ['type = "money"', 'role = "secret"', "blank = 1", 'longest = "9"'])
def test_a_wrong_choice_is_refused_by_place(line):
    key = line.split(" ")[0]
    kept = "".join(one + "\n" for one in COLUMN.splitlines() if not one.startswith(key))
    assert facts_of(HEAD + COLUMN.replace('"a"', '"b"') + kept + line + "\n")["key"] == f"column.2.{key}"


@pytest.mark.parametrize(
    ("lines", "key", "rule"),
    [
        ("minimum = 1", "minimum", "not-for-this-type"),
        ("maximum = 1", "maximum", "not-for-this-type"),
        ('values = ["a"]', "values", "not-for-this-type"),
        ('pattern = "("', "pattern", "regular-expression"),
    ],
)
def test_a_rule_that_does_not_fit_the_type_is_refused(lines, key, rule):
    assert facts_of(HEAD + COLUMN + lines + "\n") == {"key": f"column.1.{key}", "rule": rule}


@pytest.mark.parametrize(
    ("kind", "lines", "rule"),
    [
        ("integer", 'pattern = "1"', "not-for-this-type"),
        ("integer", "longest = 3", "not-for-this-type"),
        ("integer", "minimum = 2\nmaximum = 1", "below-minimum"),
        ("integer", "minimum = 2020-01-01", "integer"),
        ("integer", "maximum = 9007199254740992", "integer"),
        ("date", "minimum = 1", "date"),
        ("date", 'minimum = "1/2/2020"', "date"),
        ("code", 'values = ["a", "a"]', "unique"),
        ("code", 'values = [""]', "length-or-spaces"),
    ],
)
def test_a_bound_or_list_that_cannot_be_is_refused(kind, lines, rule):
    text = HEAD + COLUMN.replace('type = "text"', f'type = "{kind}"') + lines + "\n"
    assert facts_of(text)["rule"] == rule


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("", "length-or-spaces"),
        (" a", "length-or-spaces"),
        ("a" * 101, "length-or-spaces"),
        ("か\\u3099", "nfc"),
        ("=a", "formula"),
        ("－a", "formula"),
        ("a\\u0007b", "control"),
        ("a\\u202Eb", "control"),
    ],
)
def test_a_name_that_people_cannot_read_is_refused(name, rule):
    assert facts_of(HEAD + COLUMN.replace('"a"', f'"{name}"')) == {"key": "column.1.name", "rule": rule}


def test_a_doubled_name_is_refused():
    assert facts_of(HEAD + COLUMN + COLUMN) == {"key": "column.2.name", "rule": "unique"}


def test_a_schema_without_columns_is_refused():
    assert facts_of(HEAD + "column = []\n")["key"] == "column"


def test_more_than_a_thousand_columns_are_refused():
    many = "".join(COLUMN.replace('"a"', f'"a{one}"') for one in range(1001))
    assert facts_of(HEAD + many)["rule"] == "too_long"


@pytest.mark.parametrize(
    ("raw", "rule", "line"),
    [
        (HEAD.encode() + b"name = \n", "toml", 4),
        (b"\xff", "utf-8", 1),
        (b"a = 1\nb = \xff", "utf-8", 2),
        (b"a = " + b"[" * 10_000, "toml", 1),
        (b"a = " + b"1" * 10_000, "toml", 1),
    ],
)
def test_what_is_no_toml_is_refused_with_its_line(raw, rule, line):
    assert facts_of(raw) == {"rule": rule, "line": line}
