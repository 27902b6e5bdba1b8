"""Measures as lines of a terminal: numbers that end together, sentences below, rankings of columns."""

from fractions import Fraction

import numpy as np
import pytest

from sekisho.deid.measure import Measure
from sekisho.deid.report.report import MeasurePair
from sekisho.deid.risk.anonymity import k_anonymity
from sekisho.deid.risk.attackers.prosecutor import highest_risk
from sekisho.deid.risk.disclosure import DELTA
from sekisho.deid.risk.records.suda import COLUMN
from sekisho.deid.risk.uniqueness.sample import unique_rows
from sekisho.pages.columns import width_of
from sekisho.pages.measures_text import measures_text
from sekisho.pages.words import Language, words_in

EN, JA = words_in(Language.EN), words_in(Language.JA)


def sizes(*rows):
    return np.array(rows)


def alone(*measures):
    return [MeasurePair(None, one) for one in measures]


def ranked(**shares):
    return [MeasurePair(None, Measure(COLUMN, Fraction(share), name)) for name, share in shares.items()]


def test_a_measure_is_its_number_its_name_and_a_sentence():
    heading, number, *says = measures_text(EN, alone(k_anonymity(sizes(3, 4)))).splitlines()
    assert heading == EN.say("report.group.known.name")
    assert number == "  3  Smallest group alike (k)"
    assert " ".join(line.strip() for line in says) == EN.say("report.measure.k.says", number="3", share="")
    assert all(line.startswith(" " * 5) for line in says)


@pytest.mark.parametrize("words", [EN, JA], ids=["en", "ja"])
def test_numbers_of_any_width_end_in_one_column(words):
    text = measures_text(
        words, alone(unique_rows(sizes(*[1] * 1200)), highest_risk(sizes(1, 2)), k_anonymity(sizes(7)))
    )
    names = [words.say(f"report.measure.{one}.name") for one in ("unique-rows", "highest-risk", "k")]
    lines = [next(line for line in text.splitlines() if line.endswith(f"  {name}")) for name in names]
    assert {width_of(line.removesuffix(name).rstrip()) for line, name in zip(lines, names, strict=True)} == {7}
    assert [line.split()[0] for line in lines] == ["1,200", "100%", "7"]


@pytest.mark.parametrize("words", [EN, JA], ids=["en", "ja"])
def test_numbers_before_stand_at_the_left_under_their_word(words):
    pair = MeasurePair(k_anonymity(sizes(1, 2)), k_anonymity(sizes(30_000)))
    head, _, _, row, *_ = measures_text(words, [pair, *alone(highest_risk(sizes(2)))]).splitlines()
    assert head.split() == [words.say("cli.deid.measure.before"), words.say("cli.deid.measure.after")]
    assert row.split()[:2] == ["1", "30,000"]
    assert width_of(head) == width_of(row[: row.index("30,000") + 6])


def test_sentences_keep_the_width_that_was_asked_for():
    text = measures_text(JA, alone(k_anonymity(sizes(3)), highest_risk(sizes(3))), 60)
    assert all(width_of(line) <= 60 for line in text.splitlines())


def test_columns_are_ranked_and_the_sentence_is_said_of_the_first_alone():
    lines = measures_text(EN, ranked(age="1/4", town="3/4", sex=0)).splitlines()
    numbered = [line.split() for line in lines if "%" in line.split()[0]]
    assert [(one[0], one[-1]) for one in numbered] == [("75%", "town"), ("25%", "age"), ("0%", "sex")]
    assert sum("singles rows out" in line for line in lines) == 1


def test_where_nothing_singles_rows_out_that_is_said_instead():
    lines = measures_text(EN, ranked(age=0, town=0), 200).splitlines()
    assert EN.say("report.measure.suda-column.none") in [line.strip() for line in lines]
    assert "Of all that singles rows out" not in "".join(lines)


def test_a_number_that_is_not_bounded_is_infinity():
    assert "  ∞  " in measures_text(EN, alone(Measure(DELTA, None, "care")))


def test_no_measure_is_no_text():
    assert measures_text(EN, []) == ""
