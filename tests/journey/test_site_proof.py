"""The proof on real network namespaces: what it shows of the made site, and that it sees what it must see (spec/site.md 6).

Root and nftables are needed; without them the whole file is skipped with the reason, and in CI nothing is skipped.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sekisho.pages.words import Language, words_in
from sekisho.site.plan.hosts import Host, Kind
from sekisho.site.plan.reading import read_site
from sekisho.site.proving.altering import altered
from sekisho.site.proving.network import network_of
from sekisho.site.proving.proof import Proof
from sekisho.site.proving.stages import Name, Proving, prepare, stages
from sekisho.site.proving.telling import proof_text
from sekisho.site.proving.trial import agents_in
from sekisho.site.proving.walls import CARDS, CONNECTIONS, Walls
from sekisho.site.rendering.nftables import ruleset_of
from sekisho.site.rendering.ruleset import Chain, Rule, Ruleset, Table, alterations
from tests.journey.site_machine import needs_namespaces

SITE = read_site(Path("examples/site/site.toml").read_bytes())


pytestmark = needs_namespaces


@pytest.fixture(scope="module")
def proving() -> Iterator[Proving]:
    with network_of(SITE) as network, agents_in(network) as agents:
        yield prepare(network, agents)


@pytest.fixture(scope="module")
def proof(proving: Proving) -> Proof:
    found = tuple(stages(proving))
    return Proof(len(proving.network.hosts), found, (), proving.by_number)


@pytest.mark.requirement("B01", "B02", "B04", "B08", "B15", "C03", "C04", "C07")
def test_only_the_flows_of_the_site_file_get_through_in_every_stage(proof: Proof):
    told = {one.name: [proof.probes[n].text for n in one.wrong | one.left | one.unseen] for one in proof.stages}
    assert told == {one: [] for one in Name}


def test_without_rules_everything_is_open_so_the_prober_can_see(proof: Proof):
    opened = next(one for one in proof.stages if one.name is Name.OPEN)
    assert len(opened.passed) > 2_000


@pytest.mark.requirement("B02", "B04")
def test_root_on_receiving_and_delivery_gains_nothing_behind_the_gateways(proof: Proof):
    taken = next(one for one in proof.stages if one.name is Name.GATEWAYS)
    ruled = next(one for one in proof.stages if one.name is Name.RULES)
    assert taken.passed == ruled.passed


def test_the_proof_in_words_names_each_stage_and_the_ports_that_are_open(proof: Proof):
    text = proof_text(words_in(Language.EN), proof)
    for port in ("2222, 8443", "9443", "9444", "22, 8445", "8444"):
        assert port in text
    assert text.rstrip().endswith("nothing else got through.")
    assert proof_text(words_in(Language.JA), proof).count("\n") == text.count("\n")


def _opened(proving: Proving, host: Host, changed: Ruleset) -> tuple[set[str], set[str]]:
    """Give back what gets through, and what is left, though it should not, with one machine's rules changed."""
    for one in SITE.ours:
        proving.load(one, changed if one is host else ruleset_of(SITE, one))
    walls = Walls(SITE, SITE.ours, frozenset({CONNECTIONS, CARDS}))
    expected = frozenset(one.number for one in proving.probes if walls.opens(one))
    outcome = proving.agents.try_all(proving.probes, expected)
    left = {n for n, seen in outcome.seen.items() if walls.stops_before(proving.by_number[n], seen)}
    texts = {n: one.text for n, one in proving.by_number.items()}
    return {texts[n] for n in outcome.passed - expected}, {texts[n] for n in left}


def test_a_rule_too_wide_on_one_gateway_is_seen_even_with_all_others_in_place(proving: Proving):
    host = SITE.host(Kind.GATEWAY_IN)
    anything = Rule(('iifname "ext0"',), "accept")
    wide = tuple(
        replace(
            table,
            chains=tuple(replace(one, rules=(anything, *one.rules)) if _takes(one) else one for one in table.chains),
        )
        for table in ruleset_of(SITE, host).tables
    )
    _, left = _opened(proving, host, Ruleset(_without_device(wide)))
    assert any(one.startswith("municipality-132993 → receiving") for one in left)


def _takes(chain: Chain) -> bool:
    return chain.name in {"forward", "ext0_in", "int0_out"}


def _without_device(tables: tuple[Table, ...]) -> tuple[Table, ...]:
    """At a card there is no other card to name: what is to be accepted there is everything."""
    bare = Rule((), "accept")
    return tuple(
        replace(
            table,
            chains=tuple(
                replace(one, rules=tuple(bare if rule.matches == ('iifname "ext0"',) else rule for rule in one.rules))
                if table.family == "netdev"
                else one
                for one in table.chains
            ),
        )
        for table in tables
    )


def test_every_alteration_of_the_consoles_rules_is_noticed(proving: Proving):
    for one in SITE.ours:
        proving.flush(one)
    told = list(altered(proving, SITE.host(Kind.CONSOLE)))
    assert len(told) > 40
    assert [one.what for one in told if not one.compared] == []
    assert [one.what for one in told if one.tried is False] == []


def test_an_alteration_names_the_condition_that_is_gone():
    told = list(alterations(ruleset_of(SITE, SITE.host(Kind.RECEIVING))))
    assert any(one.what == "inet input 2: without “ct state new”" for one in told)
