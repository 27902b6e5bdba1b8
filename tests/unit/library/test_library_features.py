"""Columns as numbers: a released label is the mean of what it covers."""

from datetime import date

import pytest

from sekisho.deid.ladders.bands import Bands
from sekisho.deid.ladders.rule import bind
from sekisho.deid.table import column_of
from sekisho.deid.utility.covering import read_cells, read_labels
from sekisho.library.features import feature_of

AGES = column_of("age", [31, 33, None, 44])


def test_numbers_are_themselves_and_a_blank_is_their_mean_and_a_sign():
    assert feature_of(AGES).values_of(AGES).tolist() == [[31, 0], [33, 0], [36, 1], [44, 0]]


def test_a_label_is_the_mean_of_the_numbers_that_it_covers():
    known = column_of("age", [31, 33, 44])
    read = read_labels(column_of("age", ["30-39", 44, "*"]), bind(Bands((10,)), known))
    assert feature_of(known).labels_of(read).tolist() == [[32, 0], [44, 0], [36, 0]]


def test_days_count_as_days():
    days = column_of("day", [date(2001, 1, 1), date(2001, 1, 3)])
    first, second = feature_of(days).values_of(days)[:, 0]
    assert second - first == 2


def test_a_text_is_its_group_and_a_star_a_share_of_each():
    towns = column_of("town", ["a", "b", "a", "c"])
    feature = feature_of(towns)
    assert feature.values_of(towns).tolist() == [[1, 0, 0], [0, 1, 0], [1, 0, 0], [0, 0, 1]]
    starred = read_cells(towns, column_of("town", ["*", "b"]))
    assert feature.labels_of(starred).tolist() == [pytest.approx([1 / 3] * 3), [0, 1, 0]]


def test_a_text_never_seen_is_in_no_group():
    assert feature_of(column_of("town", ["a", "b"])).values_of(column_of("town", ["z"])).tolist() == [[0, 0]]


def test_the_rarest_of_many_texts_are_one_group():
    feature = feature_of(column_of("town", [f"t{one}" for one in range(80)]))
    assert feature.width == 50
    assert feature.values_of(column_of("town", ["t79", "t78"]))[:, 49].tolist() in ([1, 1], [1, 0])


def test_no_released_row_is_no_row_of_numbers():
    empty = read_cells(AGES, column_of("age", []))
    assert feature_of(AGES).labels_of(empty).shape == (0, 2)
