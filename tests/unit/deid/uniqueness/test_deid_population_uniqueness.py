"""How much of the population is unique: published numbers, sums written out, and laws."""

import csv
import math
import tomllib
from collections import Counter
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.deid.risk.uniqueness.dankar import dankar
from sekisho.deid.risk.uniqueness.frequencies import frequencies
from sekisho.deid.risk.uniqueness.pitman import expected_share, likeliest, pitman
from sekisho.deid.risk.uniqueness.sample import sample_uniqueness
from sekisho.deid.risk.uniqueness.snb import classes_of_population, fit, snb
from sekisho.deid.risk.uniqueness.zayatz import zayatz
from sekisho.errors import CannotMeet, Reason

ROOT = Path(__file__).parents[4]
ESTIMATORS = [zayatz, pitman, snb, dankar]
NAMES = [one.__name__ for one in ESTIMATORS]
SIZES = st.lists(st.integers(1, 12), min_size=1, max_size=30).map(lambda sizes: np.array(sizes, dtype=np.int64))
TINY = Fraction(1, 10**11)


@pytest.fixture(scope="module")
def adult():
    """Give back the sizes of the classes of the census table in all of its columns, and what is published of them."""
    with (ROOT / "examples" / "adult" / "adult.csv").open(encoding="utf-8", newline="") as lines:
        rows = Counter(map(tuple, list(csv.reader(lines, delimiter=";"))[1:]))
    path = ROOT / "tests" / "vectors" / "deid" / "adult-unique-in-the-united-states.toml"
    return np.array(list(rows.values())), tomllib.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("estimate", [zayatz, pitman, dankar], ids=["zayatz", "pitman", "dankar"])
def test_the_uniques_of_the_census_table_are_as_published(adult, estimate):
    sizes, case = adult
    assert int(sizes.sum()) == case["rows"]
    measure = estimate(sizes, case["population"])
    assert f"{float(measure.number):.5f}" == case["expect"][measure.kind.name]


def test_snb_of_the_census_table_has_a_solution_only_for_the_classes_of_the_published_formula(adult):
    sizes, case = adult
    held = frequencies(sizes, case["population"])
    few, many = (case["snb"][one] for one in ("classes_by_arx", "classes"))
    once, twice = case["unique_rows"], case["pairs_of_rows"]
    assert fit(once / few, twice / few, held.share) is None
    assert round(classes_of_population(held)) == many
    assert f"{float(snb(sizes, case['population']).number):.5f}" == case["snb"]["share"]


@given(SIZES, st.integers(0, 200))
def test_zayatz_is_bayes_rule_with_a_hypergeometric_sample(sizes, others):
    rows = int(sizes.sum())
    population = rows + others
    counts = Counter(sizes.tolist())

    def once(size: int) -> Fraction:
        return Fraction(size * math.comb(population - size, rows - 1), math.comb(population, rows))

    unique = counts[1]
    among = sum(count * once(size) for size, count in counts.items())
    expected = unique * (unique * once(1) / among) / rows if unique else Fraction(0)
    assert abs(zayatz(sizes, population).number - expected) < TINY


def log_likelihood(sizes, theta, alpha):
    """Pitman's sampling formula without what neither θ nor α changes, factor by factor."""
    classes, rows = len(sizes), sum(sizes)
    return (
        sum(np.log(theta + one * alpha) for one in range(1, classes))
        - sum(np.log(theta + one) for one in range(1, rows))
        + sum(np.log(one - alpha) for size in sizes for one in range(1, size))
    )


@given(st.lists(st.integers(1, 9), min_size=2, max_size=14).filter(lambda sizes: max(sizes) > 1))
def test_no_other_theta_and_alpha_are_likelier_than_those_found(sizes):
    growth = likeliest(frequencies(np.array(sizes), 10**6))
    assert 0 <= growth.alpha < 1
    assert growth.above > 0
    best = log_likelihood(sizes, growth.theta, growth.alpha)
    other, above = np.meshgrid(np.linspace(0, 0.995, 100), np.geomspace(1e-4, 1e4, 100))
    assert (log_likelihood(sizes, above - other, other) <= best + 1e-9).all()


def partitions(rows, most):
    if not rows:
        yield ()
    for first in range(min(rows, most), 0, -1):
        for rest in partitions(rows - first, first):
            yield (first, *rest)


@pytest.mark.parametrize("sizes", [[1, 2], [1, 1, 2], [1, 3, 1], [2, 2, 1]])
def test_pitman_gives_the_share_that_his_formula_expects_over_all_partitions(sizes):
    population = 9
    growth = likeliest(frequencies(np.array(sizes), population))
    chances, uniques = 0.0, 0.0
    for one in partitions(population, population):
        ways = math.factorial(population)
        for size, classes in Counter(one).items():
            ways //= math.factorial(size) ** classes * math.factorial(classes)
        chance = ways * math.exp(log_likelihood(one, growth.theta, growth.alpha))
        chances += chance
        uniques += chance * one.count(1) / population
    assert math.isclose(chances, 1, rel_tol=1e-9)
    assert math.isclose(expected_share(growth, population), uniques, rel_tol=1e-9)


def test_pitman_without_alpha_is_ewens():
    sizes = np.array([1] * 2 + [40] * 20)
    theta, alpha = likeliest(frequencies(sizes, 10**6))
    assert alpha == 0
    assert math.isclose(theta * sum(1 / (theta + one) for one in range(802)), 22, rel_tol=1e-9)
    assert math.isclose(float(pitman(sizes, 10**6).number), theta / (theta + 10**6 - 1), rel_tol=1e-6)


def test_pitman_has_no_solution_that_contradicts_the_sample():
    sizes = np.array([1] * 9 + [10**7])  # likeliest where most are unique and one class is an accident
    growth = likeliest(frequencies(sizes, 10**9))
    assert growth.theta < 0
    assert expected_share(growth, 10**9) > 0.1
    assert pitman(sizes, 10**9) is None
    assert dankar(sizes, 10**9).number == zayatz(sizes, 10**9).number


def test_pitman_has_no_solution_where_every_row_is_unique():
    sizes = np.ones(6, dtype=np.int64)
    assert pitman(sizes, 100) is None
    assert pitman(np.array([1]), 100) is None
    assert dankar(sizes, 100).number == zayatz(sizes, 100).number == 1


@given(st.floats(0.05, 20), st.floats(0.1, 0.95), st.floats(0.01, 1))
def test_snb_finds_the_alpha_and_beta_that_made_the_classes(alpha, beta, share):
    once, twice = 0.0, 0.0
    for more in range(2000):  # the class has 1 + more persons
        chance = math.exp(math.lgamma(alpha + more) - math.lgamma(alpha) - math.lgamma(more + 1))
        chance *= beta**alpha * (1 - beta) ** more
        once += chance * (more + 1) * share * (1 - share) ** more
        twice += chance * math.comb(more + 1, 2) * share**2 * (1 - share) ** max(more - 1, 0)
    found = fit(once, twice, share)
    assert math.isclose(found.alpha, alpha, rel_tol=1e-5)
    assert math.isclose(found.log_beta, math.log(beta), rel_tol=1e-5)


@given(SIZES.filter(lambda sizes: (sizes == 1).any()), st.integers(0, 500))
def test_the_classes_of_the_population_are_those_of_haas_and_stokes(sizes, others):
    held = frequencies(sizes, int(sizes.sum()) + others)
    share, counts = Fraction(held.rows, held.population), Counter(sizes.tolist())
    hidden = sum(c * i * share**2 * (1 - share**2) ** (i - 1) for i, c in counts.items())
    shown = sum(c * (1 - share) ** i * ((1 + share) ** i - 1) for i, c in counts.items())
    missed = sum(c * (1 - share) ** i for i, c in counts.items())
    once = sum(c * i * share * (1 - share) ** (i - 1) for i, c in counts.items())
    expected = len(sizes) + (counts[1] * hidden / shown * (missed / once) ** 2 if others else 0)
    assert math.isclose(classes_of_population(held), expected, rel_tol=1e-9)


def test_snb_has_no_solution_without_a_class_of_two_or_with_too_many_unique_rows():
    assert snb(np.array([1, 1, 3]), 100) is None
    assert fit(0.9, 0.05, 0.01) is None
    assert dankar(np.array([1, 1, 3]), 10).number == zayatz(np.array([1, 1, 3]), 10).number


@given(SIZES, st.integers(0, 10**6))
def test_no_estimate_is_below_nought_or_above_the_share_of_unique_rows(sizes, others):
    population = int(sizes.sum()) + others
    own = sample_uniqueness(sizes).number
    assert own == Fraction(int((sizes == 1).sum()), int(sizes.sum()))
    for estimate in ESTIMATORS:
        measure = estimate(sizes, population)
        assert measure is None or 0 <= measure.number <= own + TINY


@given(SIZES, st.integers(0, 10**4))
def test_dankars_rule_is_pitman_for_a_tenth_and_less_and_the_lower_of_the_others_above(sizes, others):
    rows = int(sizes.sum())
    population = rows + others
    by_sizes = zayatz(sizes, population).number
    if population >= 10 * rows:
        model = pitman(sizes, population)
        expected = by_sizes if model is None else model.number
    else:
        model = snb(sizes, population)
        expected = by_sizes if model is None else min(model.number, by_sizes)
    assert dankar(sizes, population).number == expected


def test_dankars_rule_takes_each_of_the_three():
    steep, flat = np.array([1] * 8 + [2] * 3 + [3]), np.array([1, 1, 1, 2, 3, 3, 4])
    assert dankar(steep, 170).number == pitman(steep, 170).number != zayatz(steep, 170).number
    assert dankar(steep, 169).number == snb(steep, 169).number < zayatz(steep, 169).number
    assert dankar(flat, 62).number == zayatz(flat, 62).number < snb(flat, 62).number


@given(SIZES)
def test_a_table_of_everybody_is_counted(sizes):
    own, population = sample_uniqueness(sizes).number, int(sizes.sum())
    assert all(abs(estimate(sizes, population).number - own) < TINY for estimate in ESTIMATORS)


@pytest.mark.parametrize("estimate", ESTIMATORS, ids=NAMES)
def test_tables_of_no_rows_or_of_none_alone_have_no_uniques(estimate):
    assert estimate(np.zeros(0, dtype=np.int64), 100).number == 0
    assert estimate(np.zeros(0, dtype=np.int64), 0).number == 0
    assert estimate(np.array([2, 3]), 100).number == 0
    assert sample_uniqueness(np.zeros(0, dtype=np.int64)).number == 0


@pytest.mark.parametrize("estimate", ESTIMATORS, ids=NAMES)
def test_a_population_of_fewer_persons_than_rows_is_refused(estimate):
    with pytest.raises(CannotMeet) as caught:
        estimate(np.array([1, 2, 3]), 5)
    assert caught.value.reason is Reason.POPULATION_TOO_SMALL
    assert caught.value.facts == {"rows": 6, "population": 5}


def share_of_uniques(people):
    return sum(one == 1 for one in Counter(people).values()) / len(people)


def sampled(people, rows, chance):
    """Give back the sizes of the classes of so many of `people`, drawn at random."""
    drawn = np.array(people)[chance.permutation(len(people))[:rows]]
    return np.unique(drawn, return_counts=True)[1]


def grown_as_pitman_says(theta, alpha, persons, chance):
    """Give back the class of each person: who comes opens one, or joins one of n persons with a weight of n − α."""
    people, opened, classes = [0], [True], 1
    while len(people) < persons:
        if chance.random() * (theta + len(people)) < theta + alpha * classes:
            people.append(classes)
            classes += 1
            opened.append(True)
            continue
        place = int(chance.integers(len(people)))
        while opened[place] and chance.random() < alpha:  # takes α of each class, by refusing who opened it
            place = int(chance.integers(len(people)))
        people.append(people[place])
        opened.append(False)
    return people


def test_a_tenth_of_a_population_that_grew_as_in_pitmans_model_tells_its_uniques():
    chance = np.random.default_rng(7)
    people = grown_as_pitman_says(300, 0.6, 20_000, chance)
    sizes = sampled(people, 2_000, chance)
    truth = share_of_uniques(people)
    assert math.isclose(float(pitman(sizes, len(people)).number), truth, rel_tol=0.15)
    assert dankar(sizes, len(people)).number == pitman(sizes, len(people)).number
    assert float(zayatz(sizes, len(people)).number) > 1.15 * truth  # as is known of it


def test_a_third_of_a_population_of_negative_binomial_classes_tells_its_uniques():
    chance = np.random.default_rng(7)
    people = np.repeat(np.arange(8_000), 1 + chance.negative_binomial(0.8, 0.4, 8_000)).tolist()
    sizes = sampled(people, len(people) // 3, chance)
    assert math.isclose(float(snb(sizes, len(people)).number), share_of_uniques(people), rel_tol=0.15)
