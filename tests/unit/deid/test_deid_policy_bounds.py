from dataclasses import replace
from fractions import Fraction

import pytest
from deid_made import FILES, POLICY, SCHEMA, policy_of, schema_of

from sekisho.deid.bounds import (
    AlphaK,
    AverageRisk,
    BetaLikeness,
    DeltaDisclosure,
    Distance,
    DistinctL,
    EntropyL,
    HighestRisk,
    KMap,
    Presence,
    RecursiveL,
    TCloseness,
)
from sekisho.deid.ladders.bands import Bands
from sekisho.deid.ladders.calendar import Calendar, Step
from sekisho.deid.policy import DEFAULT_STEPS, Climb, Coding, Mode, Policy, Star, Wording, write_policy
from sekisho.deid.written.checking import check_policy
from sekisho.deid.written.policy import read_policy
from sekisho.errors import Malformed, Reason
from sekisho.pages.words import Language, words_in
from sekisho.statement import read_canonical

HEAD = 'format = "sekisho-policy-v1"\nk = 2\n'
CARE = 'values = ["none", "1", "2", "3", "5"]\n'


def facts_of(text: str, schema: str = SCHEMA) -> dict[str, int | str]:
    with pytest.raises(Malformed) as caught:
        check_policy(read_policy(text.encode(), FILES), schema_of(schema))
    assert caught.value.reason is Reason.POLICY_MALFORMED
    assert [words_in(one).knows(f"rule.{caught.value.facts['rule']}") for one in Language] == [True, True]
    return caught.value.facts


def bound(lines: str) -> str:
    return f"{HEAD}[[bound]]\n{lines}\n"


ALL = """
[[bound]]
measure = "t-closeness"
column = "income"
at_most = 0.2
distance = "hierarchical"
ladder = { bands = [100, 1000] }
[[bound]]
measure = "t-closeness"
column = "care"
at_most = 0
distance = "equal"
[[bound]]
measure = "k-map"
at_least = 11
[[bound]]
measure = "highest-risk"
at_most = 0.15
[[bound]]
measure = "average-risk"
at_most = 0.05
[[bound]]
measure = "distinct-l"
column = "care"
at_least = 3
[[bound]]
measure = "entropy-l"
column = "care"
at_least = 2.5
[[bound]]
measure = "recursive-l"
column = "care"
at_least = 2
c = 4
[[bound]]
measure = "delta-disclosure"
column = "care"
at_most = 1.5
[[bound]]
measure = "beta-likeness"
column = "care"
at_most = 1
enhanced = true
[[bound]]
measure = "alpha-k"
column = "care"
at_most = 0.7
[[bound]]
measure = "presence"
at_most = 0.5
[[bound]]
measure = "alpha-k"
column = "income"
at_most = 1
"""
BOUNDS = (
    TCloseness("income", Fraction(1, 5), Distance.HIERARCHICAL, Bands((100, 1000))),
    TCloseness("care", Fraction(0), Distance.EQUAL),
    KMap(11),
    HighestRisk(Fraction(3, 20)),
    AverageRisk(Fraction(1, 20)),
    DistinctL("care", 3),
    EntropyL("care", Fraction(5, 2)),
    RecursiveL("care", 2, Fraction(4)),
    DeltaDisclosure("care", Fraction(3, 2)),
    BetaLikeness("care", Fraction(1), enhanced=True),
    AlphaK("care", Fraction(7, 10)),
    Presence(Fraction(1, 2)),
    AlphaK("income", Fraction(1)),
)


def test_every_bound_reads_as_it_was_written():
    policy = policy_of(HEAD + ALL)
    assert policy.bounds == BOUNDS
    assert policy.sensitive_bounds == (*BOUNDS[:2], *BOUNDS[5:11], BOUNDS[12])
    assert policy.least_rows == 7


def test_bounds_go_with_a_schema_that_has_their_columns():
    policy = policy_of(POLICY.replace("[code]", "").replace("income = {", "#") + ALL)
    assert check_policy(policy, schema_of()) is policy


def test_the_canonical_form_has_every_bound_exactly_and_in_order():
    value = read_canonical(write_policy(policy_of(HEAD + ALL)))
    assert [one["measure"] for one in value["bound"]] == sorted(one["measure"] for one in value["bound"])
    assert value["bound"][-2:] == [
        {"measure": "t-closeness", "column": "care", "at_most": "0/1", "distance": "equal", "ladder": None},
        {
            "measure": "t-closeness",
            "column": "income",
            "at_most": "1/5",
            "distance": "hierarchical",
            "ladder": {"bands": [100, 1000], "top": None, "bottom": None},
        },
    ]
    assert {"measure": "entropy-l", "column": "care", "at_least": "5/2"} in value["bound"]
    assert {"measure": "recursive-l", "column": "care", "at_least": 2, "c": "4/1"} in value["bound"]
    assert (value["mode"], value["labels"], value["star"], value["steps"]) == (
        "local",
        "intervals",
        "value",
        DEFAULT_STEPS,
    )


def test_the_digest_is_of_what_is_meant_and_not_of_how_it_is_written():
    policy = policy_of(HEAD + ALL)
    assert replace(policy, bounds=BOUNDS[::-1]).digest == policy.digest
    assert Policy(k=2, bounds=BOUNDS).digest == policy.digest
    whole = (*BOUNDS[:9], BetaLikeness("care", 1, enhanced=True), *BOUNDS[10:])
    assert Policy(k=2, bounds=whole).digest == policy.digest


@pytest.mark.parametrize(
    "other",
    [
        'mode = "global"\n',
        'mode = "cells"\n',
        'mode = "cells"\nstar = "anything"\n',
        'labels = "sets"\n',
        "steps = 0\n",
        'goal = "entropy-loss"\n',
        '[[bound]]\nmeasure = "average-risk"\nat_most = 0.1\n',
        '[[bound]]\nmeasure = "average-risk"\nat_most = 0.100000001\n',
    ],
)
def test_every_choice_changes_the_digest(other):
    digests = {policy_of(HEAD).digest, policy_of(HEAD + '[[bound]]\nmeasure = "average-risk"\nat_most = 0.2\n').digest}
    assert policy_of(HEAD + other).digest not in digests


def test_what_is_not_said_is_local_with_intervals_and_stars_as_values():
    policy = policy_of(HEAD)
    assert (policy.mode, policy.labels, policy.star) == (Mode.LOCAL, Wording.INTERVALS, Star.VALUE)
    assert policy.steps == DEFAULT_STEPS


def test_a_policy_does_not_differ_by_where_its_lines_stand():
    assert policy_of("# a line more\n" + HEAD) == policy_of(HEAD)
    assert policy_of("# a line more\n" + HEAD).lines != policy_of(HEAD).lines


@pytest.mark.parametrize(
    ("lines", "key", "rule", "right"),
    [
        ('measure = "k-map"\nat_least = 1', "at_least", "greater_than_equal", {"limit": 2}),
        ('measure = "highest-risk"\nat_most = 0', "at_most", "greater_than", {"limit": 0}),
        ('measure = "average-risk"\nat_most = 1.01', "at_most", "less_than_equal", {"limit": 1}),
        ('measure = "presence"\nat_most = 0', "at_most", "greater_than", {"limit": 0}),
        ('measure = "presence"\nat_most = 0.5\nat_least = -1', "at_least", "greater_than_equal", {"limit": 0}),
        ('measure = "alpha-k"\ncolumn = "care"\nat_most = 0', "at_most", "greater_than", {"limit": 0}),
        ('measure = "alpha-k"\ncolumn = "care"\nat_most = 1.1', "at_most", "less_than_equal", {"limit": 1}),
        ('measure = "distinct-l"\ncolumn = "care"\nat_least = 1', "at_least", "greater_than_equal", {"limit": 2}),
        ('measure = "entropy-l"\ncolumn = "care"\nat_least = 1', "at_least", "greater_than", {"limit": 1}),
        ('measure = "recursive-l"\ncolumn = "care"\nat_least = 2\nc = 0', "c", "greater_than", {"limit": 0}),
        (
            'measure = "t-closeness"\ncolumn = "care"\nat_most = 1\ndistance = "equal"',
            "at_most",
            "less_than",
            {"limit": 1},
        ),
        ('measure = "delta-disclosure"\ncolumn = "care"\nat_most = 0', "at_most", "greater_than", {"limit": 0}),
        ('measure = "beta-likeness"\ncolumn = "care"\nat_most = -1', "at_most", "greater_than", {"limit": 0}),
        ('measure = "beta-likeness"\ncolumn = "care"\nat_most = "1"', "at_most", "exact-number", {}),
        ('measure = "beta-likeness"\ncolumn = "care"\nat_most = true', "at_most", "exact-number", {}),
        ('measure = "beta-likeness"\ncolumn = "care"\nat_most = inf', "at_most", "exact-number", {}),
        ('measure = "average-risk"\nat_most = 1e-999999999', "at_most", "decimal_max_places", {"limit": 9}),
        ('measure = "average-risk"\nat_most = 1e999999999', "at_most", "less_than_equal", {"limit": 1}),
        ('measure = "average-risk"\nat_mots = 1', "at_mots", "extra_forbidden", {"nearest": "at_most"}),
    ],
)
def test_a_number_out_of_range_is_refused_with_its_line_and_the_limit(lines, key, rule, right):
    text = bound(lines)
    if rule == "extra_forbidden":
        text = text.replace("at_mots = 1", "at_most = 1\nat_mots = 1")
    line = next(place for place, one in enumerate(text.splitlines(), 1) if one.startswith(f"{key} ="))
    assert facts_of(text) == {"line": line, "key": f"bound.1.{key}", "rule": rule, **right}


@pytest.mark.parametrize(
    ("lines", "key", "rule"),
    [
        ("at_most = 0.2", "measure", "missing"),
        ('measure = "t-closeness"\ncolumn = "care"\nat_most = 0.2', "distance", "missing"),
        ('measure = "distinct-l"\nat_least = 2', "column", "missing"),
        ('measure = "alpha-k"\nat_most = 0.5', "column", "missing"),
        ('measure = "presence"\nat_least = 0.5', "at_most", "missing"),
        (
            'measure = "t-closeness"\ncolumn = "care"\nat_most = 0.2\ndistance = "hierarchical"',
            "ladder",
            "ladder-for-hierarchical",
        ),
    ],
)
def test_what_a_bound_lacks_is_told_on_the_line_of_the_bound(lines, key, rule):
    assert facts_of(bound(lines)) == {"line": 3, "key": f"bound.1.{key}", "rule": rule}


def test_a_measure_that_is_not_known_is_refused_with_those_that_are():
    facts = facts_of(bound('measure = "l-diversity"\nat_least = 2'))
    assert (facts["line"], facts["key"], facts["rule"]) == (4, "bound.1.measure", "literal_error")
    assert str(facts["values"]).split(", ")[:3] == ["k-map", "k-subjects", "presence"]


def test_a_bound_that_is_no_table_is_refused():
    assert facts_of("bound = [3]\n" + HEAD) == {"line": 1, "key": "bound.1", "rule": "model_attributes_type"}


def test_a_second_bound_of_one_measure_on_one_column_is_refused():
    one = '[[bound]]\nmeasure = "distinct-l"\ncolumn = "{}"\nat_least = {}\n'
    assert len(policy_of(HEAD + one.format("care", 2) + one.format("income", 2)).bounds) == 2
    text = HEAD + one.format("care", 2) + one.format("income", 2) + one.format("care", 3)
    assert facts_of(text) == {"line": 11, "key": "bound.3", "rule": "bound-twice"}
    risk = '[[bound]]\nmeasure = "highest-risk"\nat_most = 0.{}\n'
    assert facts_of(HEAD + risk.format(1) + risk.format(2))["rule"] == "bound-twice"


@pytest.mark.parametrize("head", ["", "k = 1\n"])
def test_a_policy_without_k_needs_a_bound_that_hides_a_person(head):
    form = 'format = "sekisho-policy-v1"\n'
    facts = facts_of(form + head + '[[bound]]\nmeasure = "highest-risk"\nat_most = 1\n')
    assert facts == {"line": 2 if head else 1, "key": "k", "rule": "k-or-population"}
    assert policy_of(form + head + '[[bound]]\nmeasure = "highest-risk"\nat_most = 0.3\n').least_rows == 4
    assert policy_of(form + head + '[[bound]]\nmeasure = "k-map"\nat_least = 5\n').k == 1


@pytest.mark.parametrize(
    ("lines", "key", "rule"),
    [
        ('mode = "global"\nlabels = "intervals"\n', "labels", "only-local"),
        ('mode = "cells"\nlabels = "ladder"\n', "labels", "only-local"),
        ('mode = "local"\nstar = "value"\n', "star", "only-cells"),
        ('mode = "global"\nstar = "anything"\n', "star", "only-cells"),
        ('mode = "global"\nsteps = 100\n', "steps", "not-global"),
        ('mode = "cells"\nladder = { age = { bands = [5] } }\n', "ladder", "no-ladder-in-cells"),
    ],
)
def test_a_key_that_means_nothing_in_the_mode_is_refused(lines, key, rule):
    assert facts_of(HEAD + lines) == {"line": 4, "key": key, "rule": rule}


@pytest.mark.parametrize(
    ("change", "key", "rule"),
    [
        ({"mode": Mode.GLOBAL, "labels": Wording.SETS}, "labels", "only-local"),
        ({"star": Star.ANYTHING}, "star", "only-cells"),
        ({"mode": Mode.GLOBAL, "steps": 5}, "steps", "not-global"),
        ({"steps": -1}, "steps", "greater_than_equal"),
        ({"k": 0}, "k", "greater_than_equal"),
        ({"ladders": {"age": Climb(Bands((5,)), 3)}}, "ladder.age.highest", "above-ladder"),
        ({"ladders": {"age": Climb(Bands((5,)), -1)}}, "ladder.age.highest", "above-ladder"),
        ({"codings": {"income": Coding()}}, "code.income", "top-or-bottom"),
        ({"codings": {"income": Coding(1, 1)}}, "code.income", "top-below-bottom"),
        ({"suppression_limit": Fraction(3, 2)}, "suppression_limit", "less_than_equal"),
        ({"bounds": (DistinctL("care", 1),)}, "bound.1.at_least", "greater_than_equal"),
        ({"bounds": (KMap(5), AverageRisk(0.5))}, "bound.2.at_most", "exact-number"),
        ({"bounds": (Presence(Fraction(1, 3), Fraction(1, 2)),)}, "bound.1.at_least", "least-above-most"),
        (
            {"bounds": (Presence(Fraction(1, 2), Fraction(1, 3)),), "suppression_limit": Fraction(1, 100)},
            "bound.1.at_least",
            "presence-leaves-nobody-out",
        ),
    ],
)
def test_a_policy_made_in_python_is_held_to_the_same_rules(change, key, rule):
    with pytest.raises(Malformed) as caught:
        check_policy(replace(Policy(k=2), **change), schema_of())
    assert (caught.value.facts["key"], caught.value.facts["rule"]) == (key, rule)
    assert "line" not in caught.value.facts


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"ladders": {"age": Climb(Bands((5, 12)))}}, "widths-not-multiples"),
        ({"ladders": {"age": Climb(Calendar((Step.YEAR, Step.MONTH)))}}, "steps-not-rising"),
        ({"bounds": (TCloseness("income", Fraction(0), Distance.HIERARCHICAL, Bands((0,))),)}, "widths-not-multiples"),
    ],
)
def test_a_ladder_made_in_python_has_to_rise(change, rule):
    with pytest.raises(Malformed) as caught:
        check_policy(replace(Policy(k=2), **change), schema_of())
    assert (caught.value.reason, caught.value.facts["rule"]) == (Reason.LADDER_MALFORMED, rule)


def test_steps_have_a_highest_number():
    assert facts_of(HEAD + "steps = 100001\n") == {
        "line": 3,
        "key": "steps",
        "rule": "less_than_equal",
        "limit": 100_000,
    }


def test_the_wildcard_reading_is_asked_for_in_so_many_words_and_keeps_k_alone():
    wild = HEAD + 'mode = "cells"\nstar = "anything"\n[[bound]]\n'
    assert policy_of(wild + 'measure = "highest-risk"\nat_most = 0.1\n').star is Star.ANYTHING
    facts = facts_of(wild + 'measure = "distinct-l"\ncolumn = "care"\nat_least = 2\n')
    assert facts == {"line": 5, "key": "bound.1", "rule": "star-keeps-k-alone"}


def test_single_cells_need_no_ladder():
    policy = policy_of(HEAD + 'mode = "cells"\n')
    assert check_policy(policy, schema_of()).ladders == {}


@pytest.mark.parametrize(
    ("column", "rest", "key", "rule"),
    [
        ("cares", "", "column", "unknown-column"),
        ("age", "", "column", "not-sensitive"),
        ("income", "delete", "column", "deleted-column"),
        ("care", 'distance = "ordered"', "distance", "no-order"),
        ("care", 'distance = "hierarchical"\nladder = { bands = [5] }', "ladder", "bands-need-integer"),
        ("income", 'distance = "hierarchical"\nladder = { date = ["year"] }', "ladder", "calendar-needs-date"),
        ("income", 'distance = "hierarchical"\nladder = { bands = [5] }', "ladder", "coded-column"),
        ("income", 'distance = "equal"\nladder = { bands = [5] }', "ladder", "ladder-for-hierarchical"),
        (
            "income",
            'distance = "hierarchical"\nladder = { bands = [5], date = ["year"] }',
            "ladder",
            "one-ladder",
        ),
        ("income", 'distance = "hierarchical"\nladder = { file = "no.csv" }', "ladder.file", "no-such-file"),
    ],
)
def test_a_bound_on_a_column_that_does_not_suit_it_is_refused(column, rest, key, rule):
    distance = rest if rest.startswith("distance") else 'distance = "equal"'
    text = f'{POLICY}[[bound]]\nmeasure = "t-closeness"\ncolumn = "{column}"\nat_most = 0.2\n{distance}\n'
    if rest == "delete":
        text = text.replace("k = 2", "k = 2\ndelete = ['income']")
    if rule == "calendar-needs-date":
        text = text.replace("[code]\nincome = { top = 1000, bottom = 0 }\n", "")
    facts = facts_of(text)
    assert (facts["key"], facts["rule"]) == (f"bound.1.{key}", rule)
    line = next(place for place, one in enumerate(text.splitlines(), 1) if one.startswith(f"{key.partition('.')[0]} ="))
    assert facts["line"] == line


@pytest.mark.parametrize(
    ("column", "schema"),
    [("income", SCHEMA), ("care", SCHEMA.replace('role = "sensitive"\n', 'role = "sensitive"\n' + CARE, 1))],
)
def test_an_ordered_distance_is_for_numbers_and_for_values_declared_in_their_order(column, schema):
    text = f'{POLICY}[[bound]]\nmeasure = "t-closeness"\ncolumn = "{column}"\nat_most = 0.2\ndistance = "ordered"\n'
    assert check_policy(policy_of(text), schema_of(schema)).bounds == (
        TCloseness(column, Fraction(1, 5), Distance.ORDERED),
    )
