"""A table in memory is held against a schema of any type (spec/schema.md 3)."""

import pytest

from sekisho.deid.declared.layout import Csv
from sekisho.deid.schema import TEXTS, ColumnSchema, Encoding, Kind, Role, Schema
from sekisho.deid.table import table_of
from sekisho.errors import BadTable
from sekisho.library.roles import check_kinds


def schema_of(kind: Kind) -> Schema:
    return Schema("made", Encoding.UTF_8, Csv(), (ColumnSchema("a", kind, Role.PLAIN),))


@pytest.mark.parametrize("kind", sorted(TEXTS, key=lambda one: one.value))
def test_texts_fit_every_type_whose_values_are_texts(kind: Kind) -> None:
    table = table_of(a=["01100", None])
    assert check_kinds(table, schema_of(kind)) is table


@pytest.mark.parametrize("kind", [Kind.INTEGER, Kind.DATE])
def test_texts_are_no_numbers_and_no_days(kind: Kind) -> None:
    with pytest.raises(BadTable):
        check_kinds(table_of(a=["01100"]), schema_of(kind))
