import pytest

import sekisho
from sekisho.deid.ladders.builtin.known import BuiltIn, Known
from sekisho.deid.ladders.calendar import Calendar, Step
from sekisho.deid.ladders.cuts import Cuts
from sekisho.deid.ladders.ladder import MOST_LEVELS
from sekisho.deid.ladders.parts import Cutting, Parts
from sekisho.deid.ladders.prefix import Prefix
from sekisho.deid.ladders.rule import fits, rule_digest, write_rule
from sekisho.deid.schema import TEXTS, Kind
from sekisho.deid.written.ladders import KINDS, check_rule
from sekisho.deid.written.shapes import TreePart
from sekisho.errors import Malformed, Reason

HEAD = 'format = "sekisho-policy-v1"\nk = 2\n'

DECLARED = [
    ("{ cuts = [[20, 40, 65], [40]] }", Cuts(((20, 40, 65), (40,))), {"cuts": [[20, 40, 65], [40]]}),
    ("{ equal_width = [8, 4, 2] }", Parts(Cutting.EQUAL_WIDTH, (8, 4, 2)), {"equal_width": [8, 4, 2]}),
    ("{ quantiles = [10, 5] }", Parts(Cutting.QUANTILES, (10, 5)), {"quantiles": [10, 5]}),
    ("{ prefix = [5, 3, 1] }", Prefix((5, 3, 1)), {"prefix": [5, 3, 1]}),
    (
        '{ date = ["month", "quarter", "year", "era"] }',
        Calendar((Step.MONTH, Step.QUARTER, Step.YEAR, Step.ERA)),
        {"date": ["month", "quarter", "year", "era"]},
    ),
    (
        '{ builtin = "municipality" }',
        BuiltIn(Known.MUNICIPALITY),
        {"builtin": "municipality", "edition": "2026-10/2"},
    ),
    ('{ builtin = "postal-code" }', BuiltIn(Known.POSTAL_CODE), {"builtin": "postal-code", "edition": "1"}),
    ('{ builtin = "icd-10" }', BuiltIn(Known.ICD_10), {"builtin": "icd-10", "edition": "2019"}),
    ('{ builtin = "age" }', BuiltIn(Known.AGE), {"builtin": "age", "edition": "1"}),
]


def refusal_of(ladder: str) -> tuple[Reason, dict[str, object]]:
    with pytest.raises(Malformed) as caught:
        sekisho.read_policy(f"{HEAD}[ladder]\nage = {ladder}\n".encode(), {})
    return caught.value.reason, dict(caught.value.facts)


@pytest.mark.parametrize(("text", "rule", "written"), DECLARED)
def test_a_declared_ladder_is_read_and_has_one_canonical_form(text, rule, written):
    policy = sekisho.read_policy(f"{HEAD}[ladder]\nage = {text}\n".encode(), {})
    assert policy.ladders["age"].rule == rule
    assert write_rule(rule) == written
    assert policy.ladders["age"].limit == rule.height


def test_the_shape_has_every_kind_step_and_name_that_the_code_has():
    keys = TreePart.model_json_schema()["properties"]
    assert set(KINDS) == set(keys) - {"top", "bottom", "merged"}
    assert keys["date"]["anyOf"][0]["items"]["enum"] == [one.value for one in Step]
    assert keys["builtin"]["anyOf"][0]["enum"] == [one.value for one in Known]


def test_different_ladders_have_different_digests():
    assert len({rule_digest(rule) for _, rule, _ in DECLARED}) == len(DECLARED)


@pytest.mark.parametrize(
    "ladder",
    [
        "{ cuts = [[1]], prefix = [1] }",
        '{ builtin = "age", top = 90 }',
        "{ quantiles = [4], equal_width = [4] }",
        "{ cuts = [[1]], bottom = 0 }",
    ],
)
def test_two_ladders_in_one_are_refused(ladder):
    assert refusal_of(ladder) == (Reason.POLICY_MALFORMED, {"line": 4, "key": "ladder.age", "rule": "one-ladder"})


@pytest.mark.parametrize(
    ("ladder", "rule"),
    [
        ("{ cuts = [[40, 20]] }", "cuts-not-rising"),
        ("{ cuts = [[20, 40], [30]] }", "cuts-not-among-those-before"),
        ("{ equal_width = [4, 8] }", "parts-not-falling"),
        ("{ quantiles = [4, 4] }", "parts-not-falling"),
        ("{ prefix = [1, 3] }", "lengths-not-falling"),
        ('{ date = ["era", "decade"] }', "era-with-decade"),
        ('{ date = ["era", "year"] }', "steps-not-rising"),
    ],
)
def test_a_ladder_whose_levels_do_not_become_coarser_is_refused_with_its_line(ladder, rule):
    facts = {"line": 4, "key": "ladder.age", "column": "age", "rule": rule}
    assert refusal_of(ladder) == (Reason.LADDER_MALFORMED, facts)


@pytest.mark.parametrize(
    ("ladder", "key", "rule"),
    [
        ("{ cuts = [] }", "ladder.age.cuts", "too_short"),
        ("{ cuts = [[]] }", "ladder.age.cuts.1", "too_short"),
        ("{ cuts = [20, 40] }", "ladder.age.cuts.1", "list_type"),
        ("{ equal_width = [1] }", "ladder.age.equal_width.1", "greater_than_equal"),
        ("{ quantiles = [1001] }", "ladder.age.quantiles.1", "less_than_equal"),
        ("{ prefix = [0] }", "ladder.age.prefix.1", "greater_than_equal"),
        ("{ prefix = [1.5] }", "ladder.age.prefix.1", "int_type"),
        ('{ builtin = "city" }', "ladder.age.builtin", "literal_error"),
        ('{ date = ["week"] }', "ladder.age.date.1", "literal_error"),
        (f"{{ prefix = {list(range(40, 10, -1))} }}", "ladder.age.prefix", "too_long"),
    ],
)
def test_a_ladder_of_the_wrong_shape_is_refused_with_its_key(ladder, key, rule):
    reason, facts = refusal_of(ladder)
    assert (reason, facts["line"], facts["key"], facts["rule"]) == (Reason.POLICY_MALFORMED, 4, key, rule)


@pytest.mark.parametrize("most", [MOST_LEVELS - 2, MOST_LEVELS - 1])
def test_a_rule_made_in_python_has_thirty_levels_at_most(most):
    rule = Prefix(tuple(range(most, 0, -1)))
    if rule.height < MOST_LEVELS:
        assert check_rule("place", rule) == rule
        return
    with pytest.raises(Malformed) as caught:
        check_rule("place", rule)
    assert caught.value.reason is Reason.LADDER_MALFORMED
    assert caught.value.facts == {"column": "place", "rule": "too-many-levels", "limit": MOST_LEVELS}


@pytest.mark.parametrize(
    ("rule", "kinds", "wrong"),
    [
        (Cuts(((5,),)), {Kind.INTEGER}, "cuts-need-integer"),
        (Parts(Cutting.QUANTILES, (2,)), {Kind.INTEGER}, "cuts-need-integer"),
        (Calendar((Step.ERA,)), {Kind.DATE, Kind.PARTIAL_DATE, Kind.MONTH}, "calendar-needs-date"),
        (Prefix((1,)), TEXTS, "prefix-needs-text"),
        (BuiltIn(Known.MUNICIPALITY), TEXTS, "codes-need-text"),
        (BuiltIn(Known.AGE), {Kind.INTEGER}, "ages-need-integer"),
    ],
)
def test_a_ladder_for_the_wrong_type_is_told_so(rule, kinds, wrong):
    assert {kind: fits(rule, kind) for kind in Kind} == {kind: None if kind in kinds else wrong for kind in Kind}


def test_words_and_lists_do_in_python_what_they_do_in_a_file():
    policy = sekisho.make_policy(
        2,
        {
            "age": Parts("quantiles", [8, 4]),
            "born": Calendar(["year", "era"]),
            "place": BuiltIn("municipality"),
            "name": Prefix([3, 1]),
            "income": Cuts([[1, 2], [2]]),
        },
    )
    assert {name: one.rule for name, one in policy.ladders.items()} == {
        "age": Parts(Cutting.QUANTILES, (8, 4)),
        "born": Calendar((Step.YEAR, Step.ERA)),
        "place": BuiltIn(Known.MUNICIPALITY),
        "name": Prefix((3, 1)),
        "income": Cuts(((1, 2), (2,))),
    }


@pytest.mark.parametrize(
    ("rule", "key"), [(BuiltIn("city"), "builtin"), (Parts("by-eye", (2,)), "by"), (Calendar(["week"]), "date")]
)
def test_a_word_that_is_none_of_the_choices_is_refused_in_python_too(rule, key):
    with pytest.raises(Malformed) as caught:
        sekisho.make_policy(2, {"age": rule})
    assert (caught.value.reason, caught.value.facts["key"]) == (Reason.POLICY_MALFORMED, key)
    assert caught.value.facts["rule"] == "literal_error"


def test_a_rule_in_python_that_does_not_fall_is_refused():
    with pytest.raises(Malformed) as caught:
        sekisho.make_policy(2, {"age": Prefix([1, 3])})
    assert caught.value.facts["rule"] == "lengths-not-falling"
