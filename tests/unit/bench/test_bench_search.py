"""The bench's own code: figures counted by hand, labels read from their text, made tables that stay the same."""

import math
from types import SimpleNamespace

import numpy as np
import pyarrow.parquet as pq
import pytest

from bench.search import cited, register, wide
from bench.search.figures import figures_of, released_by_classes, released_by_rows
from bench.search.ours import OURS, Entry
from bench.search.tables import domain_of
from bench.search.targets import Run, Target, missing, targets
from sekisho.deid.table import table_of

AGES = [("31", "30-39", "*"), ("32", "30-39", "*"), ("41", "40-49", "*"), ("45", "40-49", "*"), ("51", "50-59", "*")]
SEXES = [("F", "*"), ("M", "*")]


@pytest.fixture
def domains():
    table = table_of(age=[31, 31, 32, 41, 45, 51], sex=["F", "F", "M", "M", "M", "F"])
    return (domain_of(table, "age", AGES, ordered=True), domain_of(table, "sex", SEXES, ordered=False))


@pytest.mark.parametrize(
    ("label", "covered"),
    [
        ("31", (0,)),
        ("30-39", (0, 1)),
        ("*", (0, 1, 2, 3, 4)),
        ("32-41", (1, 2)),
        ("[−5, 41]", (0, 1, 2)),
        ("31 | 51", (0, 4)),
        (["51", "32"], (1, 4)),
    ],
)
def test_a_label_is_read_from_its_text_alone(domains, label, covered):
    assert tuple(domains[0].covered(label).tolist()) == covered


def test_figures_are_those_counted_by_hand(domains):
    released = released_by_classes([["30-39", "41 | 45"], ["*", "M"]], [3, 2])  # the sixth row was left out
    figures = figures_of(domains, released)
    assert figures.ncp == pytest.approx((3 * (1 / 4 + 1) + 2 * (1 / 4 + 0) + 1 * 2) / 12)
    age = (3 * math.log(3) - 2 * math.log(2) + 2 * math.log(2) + math.log(6)) / (2 * math.log(3) + 4 * math.log(6))
    sex = (3 * math.log(6 / 3) + 1 * math.log(6 / 3)) / (6 * math.log(2))
    assert figures.entropy_loss == pytest.approx((age + sex) / 2)
    assert figures.class_of_a_record == pytest.approx((9 + 4 + 6) / 6)
    assert (figures.k, figures.suppressed) == (2, pytest.approx(1 / 6))


def test_a_table_as_it_was_loses_nothing_and_counts_without_error(domains):
    table = table_of(age=[51, 31, 32, 45, 41, 31], sex=["F", "F", "M", "M", "M", "F"])
    figures = figures_of(domains, released_by_rows(table, ["age", "sex"]))
    assert (figures.ncp, figures.entropy_loss, figures.median_error) == (0, pytest.approx(0), pytest.approx(0))


def test_classes_with_the_same_labels_are_one():
    released = released_by_classes([["30-39", "30-39"], [["M", "F"], ["M", "F"]]], [3, 2])
    assert released.rows.tolist() == [5]


def test_the_made_register_has_every_column_in_its_ladder_and_stays_the_same(tmp_path):
    register.write_register(tmp_path / "a.parquet", 3_000)
    table = pq.read_table(tmp_path / "a.parquet")
    assert table.num_rows == 3_000
    for name, lines in register.ladders().items():
        assert set(table[name].to_pylist()) <= {line[0] for line in lines}
    again = register.draw(3_000, 0)
    assert table["sex"].to_pylist() == [("female", "male")[one] for one in again["sex"]]


@pytest.mark.parametrize(("name", "columns", "rows"), [("survey", 16, 70_000), ("lender", 24, 30_000)])
def test_a_made_wide_table_has_its_width_and_hardly_two_rows_alike(name, columns, rows):
    sample = wide.WIDE[name]()
    assert (len(sample.columns), sample.table.rows) == (columns, rows)
    cells = np.stack([one.codes for one in sample.table.columns], axis=1)
    assert len(np.unique(cells, axis=0)) > 0.95 * rows


@pytest.mark.parametrize(
    ("reached", "at_least", "ratio", "met"), [(20, True, 2, True), (5, True, 0.5, False), (5, False, 2, True)]
)
def test_a_target_says_how_many_times_over_it_is_met(reached, at_least, ratio, met):
    target = Target("", 10, reached, at_least)
    assert (target.ratio, target.met) == (ratio, met)


def test_what_was_refused_is_not_met():
    run = Run([Entry("adult", OURS, cited.LOCAL, refused="cannot-meet")], {}, 1.0)
    assert [one.met for one in targets(run)] == [False] * len(list(targets(run)))
    assert "fars" in missing(run)


def test_seconds_of_another_host_are_brought_to_the_pace_of_this_one():
    figures = SimpleNamespace(ncp=0.3, entropy_loss=1.0, class_of_a_record=9.0, median_error=0.1, k=5, suppressed=0.0)
    run = Run([Entry("fars", OURS, cited.GLOBAL_5, figures, search_s=0.031)], {}, pace=0.5)
    assert [one.reached for one in targets(run) if "optimum" in one.figure] == [pytest.approx(10)]


def test_what_growth_predicts_for_a_million_rows_lies_between_the_tables_it_was_measured_on():
    (_, short), (_, long) = cited.GROWTH
    assert short < cited.at_a_million() < long
