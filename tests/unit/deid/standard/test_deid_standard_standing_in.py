"""A deleted number that goes out under another name (spec/standard.md 4.3)."""

from hashlib import sha256

import pytest
from deid_judged import PEOPLE, judged, mixed, objections, town

pytestmark = pytest.mark.requirement("A16")

HOMES = [f"{mixed(place, 16) % 200:05}" for place in range(PEOPLE)]
LINK = 'type = "code"\nrole = "identifier"'
PLAIN = 'type = "text"\nrole = "plain"'
SPELLINGS = {
    "itself": lambda one: one,
    "reversed": lambda one: one[::-1],
    "hashed": lambda one: sha256(one.encode()).hexdigest(),
    "counted": lambda one: f"第{int(one) + 7}区画",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_column_that_stands_one_for_one_for_a_deleted_one_stops_the_release(spelling):
    made = (
        town().with_column("世帯", LINK, HOMES).with_column("区画", PLAIN, [SPELLINGS[spelling](one) for one in HOMES])
    )
    assert (3, "link-column", "区画") in objections(judged(made))


def test_a_column_that_only_goes_with_a_deleted_one_does_not():
    areas = [f"第{int(one) // 40}区" for one in HOMES]
    made = town().with_column("世帯", LINK, HOMES).with_column("地区", PLAIN, areas)
    assert (3, "link-column", "地区") not in objections(judged(made))
