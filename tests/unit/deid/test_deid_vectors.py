"""Published and hand-counted numbers (tests/vectors/deid)."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from deid_made import problem_of

from sekisho.deid.ladders.file import read_ladder
from sekisho.deid.ladders.rule import bind
from sekisho.deid.policy import Climb, Goal, Policy
from sekisho.deid.risk.alike import least_alike_with_wildcards, sizes_of_classes
from sekisho.deid.risk.anonymity import classes, k_anonymity, k_with_wildcards
from sekisho.deid.risk.attackers.prosecutor import average_risk, highest_risk
from sekisho.deid.risk.uniqueness.sample import unique_rows
from sekisho.deid.search.full_domain.best_first import find_best
from sekisho.deid.table import Column, Table, column_of
from sekisho.deid.utility.covering import read_labels
from sekisho.deid.utility.loss import loss, loss_of_labels
from sekisho.deid.utility.precision import precision_loss, precision_of_labels

FOLDER = Path(__file__).parents[2] / "vectors" / "deid"
TABLES = ["sweeney-2002-model-figure-2", "six-rows-with-stars"]


def vector(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def table_of_rows(header: list[str], rows: list[list[str]]) -> Table:
    cells = zip(*rows, strict=True)
    return Table(tuple(column_of(name, list(one)) for name, one in zip(header, cells, strict=True)))


@pytest.mark.parametrize("name", TABLES)
def test_the_risk_of_a_table_is_as_its_vector_expects(name):
    case = vector(name)
    table, names = table_of_rows(case["header"], case["rows"]), case["quasi_identifiers"]
    sizes = sizes_of_classes(table, names)
    measures = [
        k_anonymity(sizes),
        k_with_wildcards(least_alike_with_wildcards(table, names)),
        unique_rows(sizes),
        highest_risk(sizes),
        average_risk(sizes),
        classes(sizes),
    ]
    assert {one.kind.name: one.text for one in measures} == case["expect"]


def test_precision_loss_and_k_of_four_generalisations_are_as_published():
    case = vector("sweeney-2002-precision")
    table = table_of_rows(["race", "zip"], case["rows"])
    rules = {name: read_ladder(raw.encode(), name) for name, raw in case["ladders"].items()}
    ladders = {name: bind(rule, table.column(name)) for name, rule in rules.items()}
    for expect in case["expect"]:
        after = Table(
            tuple(
                Column(name, ladder.labels[level], ladder.nodes[level][ladder.codes_of(table.column(name))])
                for (name, ladder), level in zip(ladders.items(), expect["levels"], strict=True)
            )
        )
        read = [read_labels(after.column(name), ladder) for name, ladder in ladders.items()]
        climbed = [precision_of_labels(one, 12, level) for one, level in zip(read, expect["levels"], strict=True)]
        assert int(sizes_of_classes(after, ["race", "zip"]).min()) == expect["k"]
        assert round(float(1 - precision_loss(climbed).number), 2) == float(expect["precision"])
        assert loss([loss_of_labels(one, 12) for one in read]).text == expect["loss"]


@pytest.mark.parametrize(("k", "levels"), [(2, (0, 1)), (3, (1, 0)), (4, (0, 2)), (5, (1, 1)), (6, (1, 1))])
def test_the_search_finds_the_most_precise_of_them(k, levels):
    case = vector("sweeney-2002-precision")
    table = table_of_rows(["race", "zip"], case["rows"])
    climbs: Mapping[str, Climb] = {
        name: Climb(read_ladder(raw.encode(), name)) for name, raw in case["ladders"].items()
    }
    policy = Policy(k, goal=Goal.PRECISION_LOSS, ladders=climbs)
    assert find_best(problem_of(table, policy)).levels == levels
