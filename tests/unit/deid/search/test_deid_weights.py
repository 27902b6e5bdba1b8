import json
from fractions import Fraction

import pytest

from sekisho.deid.deidentify import deidentify
from sekisho.deid.policy import Policy, write_policy
from sekisho.deid.schema import Schema, read_schema
from sekisho.deid.table import Table, table_of
from sekisho.deid.written.checking import check_policy
from sekisho.deid.written.policy import read_policy
from sekisho.errors import Malformed, Reason
from sekisho.pages.words import Language, words_in

ENTROPY = bytes(range(32))
SCHEMA = """
format = "sekisho-schema-v1"
name = "made"
encoding = "utf-8"
column = [
  { name = "age", type = "integer", role = "quasi-identifier" },
  { name = "height", type = "integer", role = "quasi-identifier" },
  { name = "care", type = "integer", role = "sensitive" },
]
"""
HEAD = 'format = "sekisho-policy-v1"\nk = 4\n'
LADDERS = "[ladder]\nage = { bands = [5, 10, 20] }\nheight = { bands = [5, 10, 20] }\n"
MODES = {
    "local": HEAD + LADDERS,
    "global": HEAD.replace("k = 4", 'k = 4\nmode = "global"') + LADDERS,
    "cells": HEAD.replace("k = 4", 'k = 4\nmode = "cells"'),
    "anything": HEAD.replace("k = 4", 'k = 4\nmode = "cells"\nstar = "anything"'),
}


def people() -> Table:
    """Give back rows in which two columns alike stand in each other's way."""
    pairs = [(20 + (row * 7) % 40, 150 + (row * row * 3 + row // 7) % 40) for row in range(160)]
    return table_of(age=[one for one, _ in pairs], height=[one for _, one in pairs], care=[1] * len(pairs))


def schema() -> Schema:
    return read_schema(SCHEMA.encode())


def policy(text: str) -> Policy:
    return check_policy(read_policy(text.encode(), {}), schema())


def losses(text: str) -> dict[str, Fraction]:
    report = deidentify(people(), schema(), policy(text), entropy=ENTROPY).report
    return {one.name: one.loss for one in report.columns if one.loss is not None}


@pytest.mark.parametrize("mode", MODES)
def test_a_column_that_is_worth_more_stays_finer(mode):
    more_age = losses(MODES[mode] + "[weight]\nage = 50\n")
    more_height = losses(MODES[mode] + "[weight]\nheight = 50\n")
    assert more_age["age"] < more_height["age"]
    assert more_height["height"] < more_age["height"]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("goal", ["loss", "precision-loss", "entropy-loss"])
def test_weights_that_are_all_alike_change_nothing(mode, goal):
    asked = MODES[mode].replace("k = 4", f'k = 4\ngoal = "{goal}"')
    assert losses(asked + "[weight]\nage = 7\nheight = 7\n") == losses(asked)


def test_the_report_tells_the_plain_mean_whatever_the_weights():
    report = deidentify(people(), schema(), policy(MODES["global"] + "[weight]\nage = 9\n"), entropy=ENTROPY).report
    parts = [one.loss for one in report.columns if one.loss is not None]
    assert report.number("loss") == sum(parts, Fraction(0)) / 2


def test_weights_are_part_of_the_digest():
    plain, heavy = policy(MODES["local"]), policy(MODES["local"] + "[weight]\nage = 3\n")
    assert plain.digest != heavy.digest
    assert json.loads(write_policy(heavy))["weight"] == [{"column": "age", "times": 3}]


@pytest.mark.parametrize(
    ("text", "key", "rule"),
    [
        ("[weight]\nage = 0\n", "weight.age", "greater_than_equal"),
        ("[weight]\nage = 1001\n", "weight.age", "less_than_equal"),
        ("[weight]\nage = 1.5\n", "weight.age", "int_type"),
        ("[weight]\ncare = 2\n", "weight.care", "not-weighed"),
        ("[weight]\naeg = 2\n", "weight.aeg", "unknown-column"),
    ],
)
def test_a_weight_that_does_not_fit_is_refused_at_its_key(text, key, rule):
    with pytest.raises(Malformed) as caught:
        policy(MODES["local"] + text)
    assert caught.value.reason is Reason.POLICY_MALFORMED
    assert (caught.value.facts["key"], caught.value.facts["rule"]) == (key, rule)


@pytest.mark.parametrize(("language", "word"), [("en", "weight"), ("ja", "重み")])
def test_a_weight_that_does_not_fit_is_spoken_of_as_a_weight(language, word):
    assert word in words_in(Language(language)).say("rule.not-weighed")


def test_a_goal_that_looks_at_classes_has_no_use_for_weights():
    with pytest.raises(Malformed) as caught:
        policy(HEAD.replace("k = 4", 'k = 4\ngoal = "average-class"') + LADDERS + "[weight]\nage = 2\n")
    rule = caught.value.facts["rule"]
    assert rule == "weights-need-cells"
    assert [words_in(one).knows(f"rule.{rule}") for one in Language] == [True, True]
