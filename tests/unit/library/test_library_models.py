"""Models trained before and after: what is learned, what is left of it, and whom nobody may ask."""

from fractions import Fraction
from typing import NamedTuple

import numpy as np
import pytest

from sekisho.deid.declared.layout import Csv
from sekisho.deid.ladders.bands import Bands
from sekisho.deid.ladders.file import FileLadder
from sekisho.deid.policy import Coding, Policy
from sekisho.deid.schema import ColumnSchema, Encoding, Kind, Role, Schema
from sekisho.deid.table import Table, table_of
from sekisho.errors import CannotMeet, Reason, WrongUsage
from sekisho.library.learners import Model, score_of
from sekisho.library.models import compare_models
from sekisho.library.policies import make_policy

ROWS = 400
SEX = FileLadder((("F", "*"), ("M", "*")))
SCHEMA = Schema(
    "made",
    Encoding.UTF_8,
    Csv(),
    (
        ColumnSchema("name", Kind.TEXT, Role.IDENTIFIER),
        ColumnSchema("age", Kind.INTEGER, Role.QUASI_IDENTIFIER),
        ColumnSchema("sex", Kind.TEXT, Role.QUASI_IDENTIFIER),
        ColumnSchema("cost", Kind.INTEGER, Role.PLAIN),
        ColumnSchema("care", Kind.TEXT, Role.SENSITIVE, blank=True),
    ),
)


class Person(NamedTuple):
    """`chance` is from 0 to 1."""

    age: int
    sex: str
    chance: float


def made(care=lambda one: "yes" if one.age > 50 else "no") -> Table:
    """Give people whose care hangs on the rest as said."""
    rng = np.random.default_rng(11)
    ages, sexes = rng.integers(20, 81, ROWS).tolist(), rng.choice(["F", "M"], ROWS).tolist()
    chances = rng.random(ROWS).tolist()
    return table_of(
        name=[f"p{one}" for one in range(ROWS)],
        age=ages,
        sex=sexes,
        cost=rng.integers(0, 9, ROWS).tolist(),
        care=[care(Person(*one)) for one in zip(ages, sexes, chances, strict=True)],
    )


def policy_of(k: int = 2, limit=0, **more) -> Policy:
    return make_policy(k, {"age": Bands((10, 20)), "sex": SEX}, suppression_limit=limit, **more)


def compared(table=None, policy=None, target="care", features=("age", "sex"), **more):
    more = {"folds": 2, **more}
    return compare_models(made() if table is None else table, SCHEMA, policy or policy_of(), target, features, **more)


def test_what_hangs_on_age_is_learned_before_and_nearly_so_after():
    found = compared(folds=5)
    assert (found.target, found.features, found.classes, found.folds) == ("care", ("age", "sex"), 2, 5)
    forest = next(one for one in found.models if one.model is Model.RANDOM_FOREST)
    assert forest.before.number > Fraction(97, 100)
    assert found.baseline.number < forest.after.number <= forest.before.number
    assert 0 < forest.relative.number <= 1
    assert forest.auc_after.number > Fraction(9, 10)
    assert [one.model for one in found.models] == list(Model)


def test_only_stars_leave_nothing_to_learn():
    found = compared(policy=policy_of(k=ROWS // 2))
    for one in found.models:
        assert one.before.number > found.baseline.number
        assert one.after.number == found.baseline.number
        assert one.relative.number == 0
        assert one.auc_after.number == Fraction(1, 2)


def test_what_hangs_on_nothing_is_not_learned_from_either():
    found = compared(made(lambda one: "yes" if one.chance < 0.5 else "no"), folds=3)
    for one in found.models:
        assert one.before.number < Fraction(6, 10)
        assert Fraction(4, 10) < one.auc_before.number < Fraction(6, 10)


def test_a_column_that_is_kept_is_learned_from_as_it_was():
    table = made(lambda one: one.sex)
    found = compared(table, features=["cost"], policy=policy_of(delete=["age"]))
    for one in found.models:
        assert one.before.number == one.after.number


def test_three_classes_have_no_auc_and_a_blank_is_one_of_them():
    found = compared(made(lambda one: None if one.age > 60 else "old" if one.age > 40 else "young"))
    assert found.classes == 3
    assert {(one.auc_before, one.auc_after) for one in found.models} == {(None, None)}


def test_the_same_seed_gives_the_same_numbers_and_another_other_folds():
    once, again, other = (compared(seed=one) for one in (b"a", b"a", b"b"))
    assert once == again
    assert once != other


def test_all_other_columns_are_features_unless_said():
    assert compared(features=None).features == ("name", "age", "sex", "cost")


@pytest.mark.parametrize(
    ("rule", "asked"),
    [
        ("no-target", {"target": "lost"}),
        ("target-changed", {"target": "age", "features": ["sex"], "table": made().take(np.arange(10).repeat(20))}),
        ("target-changed", {"target": "cost", "policy": policy_of(codings={"cost": Coding(top=5)})}),
        ("target-changed", {"policy": policy_of(delete=["care"])}),
        ("one-class", {"table": made(lambda _: "all")}),
        ("rare-class", {"table": made().take(np.array([0, 1, 2, 3])), "target": "name"}),
        ("no-feature", {"features": []}),
        ("no-feature", {"features": ["care"]}),
        ("no-feature", {"features": ["lost"]}),
        ("no-feature", {"features": ["name"]}),
    ],
)
def test_a_target_that_cannot_be_learned_is_refused(rule, asked):
    with pytest.raises(CannotMeet) as caught:
        compared(**asked)
    assert caught.value.reason is Reason.MODEL_TARGET
    assert caught.value.facts == {"rule": rule}
    assert caught.value.__notes__


@pytest.mark.parametrize(("folds", "rule"), [(1, "greater_than_equal"), (2.5, "int_type")])
def test_less_than_two_folds_are_no_comparison(folds, rule):
    with pytest.raises(WrongUsage) as caught:
        compared(folds=folds)
    assert (caught.value.facts["key"], caught.value.facts["rule"]) == ("folds", rule)
    assert caught.value.__notes__


def test_a_feature_that_is_alike_everywhere_leaves_the_most_frequent_class():
    learned = np.array(["a", "b", "b"]), np.ones((3, 2))
    found = score_of(Model.NAIVE_BAYES, learned, (np.array(["a", "b"]), np.array([[0.0, 1.0], [1.0, 0.0]])), 1)
    assert (found.right, found.auc) == (0.5, 0.5)


@pytest.mark.parametrize("model", list(Model))
def test_the_order_of_rows_that_were_learned_changes_nothing(model):
    rng = np.random.default_rng(5)
    features, asked = rng.random((60, 3)), (rng.choice(["a", "b"], 40), rng.random((40, 3)))
    classes = np.where(features[:, 0] + rng.random(60) > 1, "a", "b")
    turned = classes[::-1], features[::-1]
    assert score_of(model, (classes, features), asked, 1) == score_of(model, turned, asked, 1)


def test_who_learned_nothing_says_nothing_and_who_learned_one_class_says_it():
    truth, questions = np.array(["a", "b", "b", "b"]), np.zeros((4, 1))
    for known, right in (([], 0.0), (["b", "b"], 0.75), (["a"], 0.25)):
        learned = np.array(known, dtype=str), np.zeros((len(known), 1))
        found = score_of(Model.NAIVE_BAYES, learned, (truth, questions), 1)
        assert (found.right, found.auc) == (right, 0.5)


def test_a_class_that_was_never_learned_is_not_told_apart():
    learned = np.array(["a", "c", "a", "c"]), np.array([[0.0], [1.0], [0.0], [1.0]])
    found = score_of(Model.NAIVE_BAYES, learned, (np.array(["a", "b"]), np.array([[0.0], [1.0]])), 1)
    assert (found.right, found.auc) == (0.5, 0.5)
