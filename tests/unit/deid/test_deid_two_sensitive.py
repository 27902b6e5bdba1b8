"""Bounds on two sensitive columns are kept together, in every way to recode."""

import pytest
from deid_made import ENTROPY, people, policy_of, schema_of

from sekisho.deid.deidentify import deidentify

BOUNDS = """
[[bound]]
measure = "distinct-l"
column = "care"
at_least = 2
[[bound]]
measure = "distinct-l"
column = "income"
at_least = 3
"""
LADDERS = '[ladder]\nage = { bands = [10, 20] }\nsex = { file = "sex.csv" }\n'


@pytest.mark.parametrize(
    ("mode", "ladders"), [('"local"', LADDERS), ('"global"', LADDERS), ('"cells"', ""), ('"cells"\nsteps = 0', "")]
)
def test_bounds_on_two_sensitive_columns_are_kept_at_once(mode, ladders):
    policy = policy_of(f'format = "sekisho-policy-v1"\nk = 2\nmode = {mode}\n{BOUNDS}{ladders}')
    made = deidentify(people(), schema_of(), policy, entropy=ENTROPY)
    held: dict[tuple[object, ...], list[tuple[object, object]]] = {}
    for *alike, care, income in zip(
        *(made.table.column(one).cells() for one in ("age", "sex", "care", "income")), strict=True
    ):
        held.setdefault(tuple(alike), []).append((care, income))
    assert sum(map(len, held.values())) == people().rows
    assert all(len({care for care, _ in one}) >= 2 and len({income for _, income in one}) >= 3 for one in held.values())
    assert {
        one.after.column: one.after.text for one in made.report.measures if one.after.kind.name == "distinct-l"
    } == {
        "care": str(min(len({care for care, _ in one}) for one in held.values())),
        "income": str(min(len({income for _, income in one}) for one in held.values())),
    }
