"""A column of free text, masked on its distinct values."""

import numpy as np
import pytest

from sekisho.deid.table import Column, column_of
from sekisho.freetext.columns import Counts, mask_column
from sekisho.freetext.spans import Kind


def test_every_cell_is_masked_and_counted_by_rows():
    cells = ["田中さん来庁", None, "田中さん来庁", "異常なし", "鈴木さんと佐藤さん"]
    masked, counts = mask_column(column_of("備考", cells))
    assert masked.cells() == ["【氏名】さん来庁", None, "【氏名】さん来庁", "異常なし", "【氏名】さんと【氏名】さん"]
    assert counts == Counts(3, {Kind.NAME: 4})


def test_texts_that_become_alike_become_one_value():
    masked, _ = mask_column(column_of("備考", ["田中さん", "鈴木さん", "佐藤さん"]))
    assert masked.values == ("【氏名】さん",)
    assert masked.codes.tolist() == [0, 0, 0]


def test_a_text_that_no_row_uses_is_neither_read_nor_counted():
    column = Column("備考", ("異常なし", "田中さん"), np.zeros(2, dtype=np.int32))
    masked, counts = mask_column(column)
    assert (masked.values, counts) == (("異常なし",), Counts(0, {}))


def test_a_column_without_rows_stays_so():
    masked, counts = mask_column(column_of("備考", []))
    assert (len(masked), counts.cells) == (0, 0)


def test_a_column_of_numbers_is_not_masked():
    with pytest.raises(TypeError, match="texts"):
        mask_column(column_of("年齢", [3]))
