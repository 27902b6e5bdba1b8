"""The JSON Schema for editors says what the reader says; read here by a few lines that know its words and no others."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from deid_made import FILES
from test_deid_policy_bounds import ALL, HEAD

from sekisho.deid.bounds import Distance
from sekisho.deid.policy import Goal, Mode, Star, Wording
from sekisho.deid.written.bounds import MEASURES
from sekisho.deid.written.policy import read_policy
from sekisho.errors import Malformed

ROOT = Path(__file__).parents[3]
SHAPE = json.loads((ROOT / "spec" / "policy.schema.json").read_text(encoding="utf-8"))
TYPES = {
    "object": lambda one: isinstance(one, dict),
    "array": lambda one: isinstance(one, list),
    "string": lambda one: isinstance(one, str),
    "boolean": lambda one: isinstance(one, bool),
    "integer": lambda one: isinstance(one, int) and not isinstance(one, bool),
    "number": lambda one: isinstance(one, int | float) and not isinstance(one, bool),
}
TOLD_ONLY = {"$schema", "$defs", "title", "description", "default", "discriminator", "properties", "required"}
WORDS = {
    "$ref": lambda value, told: keeps(value, SHAPE["$defs"][told.removeprefix("#/$defs/")]),
    "type": lambda value, told: TYPES[told](value),
    "const": lambda value, told: value == told,
    "enum": lambda value, told: value in told,
    "oneOf": lambda value, told: sum(keeps(value, one) for one in told) == 1,
    "items": lambda value, told: all(keeps(one, told) for one in value),
    "minItems": lambda value, told: len(value) >= told,
    "minLength": lambda value, told: len(value) >= told,
    "maxItems": lambda value, told: len(value) <= told,
    "minimum": lambda value, told: value >= told,
    "maximum": lambda value, told: value <= told,
    "exclusiveMinimum": lambda value, told: value > told,
    "exclusiveMaximum": lambda value, told: value < told,
}


def keeps(value, shape):
    """Say whether `value` keeps a JSON Schema (draft 2020-12); a word that is not known here is an error."""
    if "type" in shape and not TYPES[shape["type"]](value):
        return False  # what else is said is said of this type
    return all(
        keeps_parts(value, shape) if word == "additionalProperties" else WORDS[word](value, told)
        for word, told in shape.items()
        if word not in TOLD_ONLY
    )


def keeps_parts(value, shape):
    known, others = shape.get("properties", {}), shape["additionalProperties"]
    return set(shape.get("required", ())) <= set(value) and all(
        keeps(part, known[name]) if name in known else others is not False and keeps(part, others)
        for name, part in value.items()
    )


def judged(text):
    """Say what the JSON Schema says, and what the reader says of this file standing alone."""
    try:
        read_policy(text.encode(), FILES)
        read = True
    except Malformed:
        read = False
    return keeps(tomllib.loads(text), SHAPE), read


@pytest.mark.parametrize("name", ["adult", "town"])
def test_the_policies_of_the_examples_keep_the_shape(name):
    assert keeps(tomllib.loads((ROOT / "examples" / name / "policy.toml").read_text(encoding="utf-8")), SHAPE)


def test_a_policy_with_every_bound_keeps_the_shape_and_is_read():
    assert judged(HEAD + ALL) == (True, True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("k = 2", "k = 0"),
        ("k = 2", "k = 2.5"),
        ("k = 2", "kk = 2"),
        ("k = 2", "k = 2\nsuppression_limit = 1.1"),
        ("k = 2", "k = 2\nsuppression_limit = '0.1'"),
        ("k = 2", "k = 2\ngoal = 'best'"),
        ("k = 2", "k = 2\nmode = 'both'"),
        ("k = 2", "k = 2\nsteps = -1"),
        ("k = 2", "k = 2\ndelete = 'name'"),
        ("k = 2", "k = 2\nladder = { age = { bands = [] } }"),
        ("k = 2", "k = 2\nladder = { age = { band = [5] } }"),
        ("k = 2", "k = 2\nladder = { age = 5 }"),
        ("k = 2", "k = 2\ncode = { age = { to = 5 } }"),
        ("at_least = 11", "at_least = 1"),
        ("at_least = 11", "at_least = 11\nat_most = 1"),
        ("at_most = 0.15", "at_most = 0"),
        ("at_least = 2.5", "at_least = 1"),
        ("c = 4", ""),
        ("enhanced = true", "enhanced = 1"),
        ('distance = "equal"', 'distance = "far"'),
        ("at_most = 0.2", "at_most = 1.0"),
        ('"delta-disclosure"', '"delta"'),
        ("ladder = {", "ladder = { highest = 1,"),
    ],
)
def test_what_the_reader_refuses_the_shape_refuses_too(old, new):
    text = HEAD + ALL
    assert old in text
    assert judged(text.replace(old, new, 1)) == (False, False)


def test_no_part_of_the_shape_takes_unknown_keys():
    parts = [SHAPE, *SHAPE["$defs"].values()]
    assert [part["additionalProperties"] for part in parts] == [False] * len(parts)


def test_the_shape_has_every_choice_that_the_code_has():
    keys = SHAPE["properties"]
    for name, choices in {"goal": Goal, "mode": Mode, "labels": Wording, "star": Star}.items():
        assert keys[name]["enum"] == [one.value for one in choices]
    assert SHAPE["$defs"]["TClosenessPart"]["properties"]["distance"]["enum"] == [one.value for one in Distance]
    told = [SHAPE["$defs"][one["$ref"].rpartition("/")[2]] for one in keys["bound"]["items"]["oneOf"]]
    assert [one["properties"]["measure"]["const"] for one in told] == list(MEASURES)


def test_the_page_of_the_format_names_every_key_and_choice():
    page = (ROOT / "spec" / "policy.md").read_text(encoding="utf-8")
    choices = [one.value for kind in (Goal, Mode, Wording, Star, Distance) for one in kind]
    keys = [name for part in (SHAPE, *SHAPE["$defs"].values()) for name in part["properties"]]
    told = set(re.findall(r"[a-z][a-z_-]*", page))
    assert {*choices, *keys, *MEASURES} - told == set()
