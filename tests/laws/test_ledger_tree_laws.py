import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.digest import Digest
from sekisho.errors import Tampered
from sekisho.ledger.tree import Frontier, Tree, check_consistency, check_inclusion, leaf_hash

LEAVES = tuple(leaf_hash(b"%d" % number) for number in range(40))


def defined_root(leaves: tuple[bytes, ...]) -> bytes:
    """RFC 9162, 2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + defined_root(leaves[:half]) + defined_root(leaves[half:])).digest()


@pytest.mark.parametrize("size", range(41))
def test_root_is_as_defined(size):
    frontier = Frontier()
    for leaf in LEAVES[:size]:
        frontier = frontier.append(leaf)
    assert Tree(LEAVES).root(size).raw == frontier.root.raw == defined_root(LEAVES[:size])


@pytest.mark.parametrize("size", range(1, 41))
def test_every_leaf_of_every_tree_has_a_proof_that_holds(size):
    tree = Tree(LEAVES)
    for index in range(size):
        check_inclusion(LEAVES[index], index, size, tree.inclusion(index, size), tree.root(size))


@pytest.mark.parametrize("new", range(1, 41))
def test_every_tree_is_shown_to_begin_every_larger_one(new):
    tree = Tree(LEAVES)
    for old in range(1, new + 1):
        check_consistency(old, tree.root(old), new, tree.root(new), tree.consistency(old, new))


def holds(check, *arguments) -> bool:
    try:
        check(*arguments)
    except Tampered:
        return False
    return True


@st.composite
def wrong_paths(draw, path: tuple[bytes, ...]) -> tuple[bytes, ...]:
    steps = list(path)
    place = draw(st.integers(0, len(steps)))
    match draw(st.sampled_from(["put in", "leave out", "change", "turn round"])):
        case "put in":
            steps.insert(place, draw(st.sampled_from(LEAVES)))
        case "leave out":
            steps = steps[:place] + steps[place + 1 :]
        case "change" if steps:
            step = bytearray(steps[place % len(steps)])
            step[draw(st.integers(0, 31))] ^= 1 << draw(st.integers(0, 7))
            steps[place % len(steps)] = bytes(step)
        case _:
            steps.reverse()
    return tuple(steps)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_other_path_proves_a_leaf(data):
    size = data.draw(st.integers(1, 40))
    index = data.draw(st.integers(0, size - 1))
    tree = Tree(LEAVES)
    path = tree.inclusion(index, size)
    other = data.draw(wrong_paths(path))
    assert holds(check_inclusion, LEAVES[index], index, size, other, tree.root(size)) == (other == path)


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 40), st.integers(0, 39), st.integers(0, 39), st.integers(0, 39))
def test_a_path_proves_one_leaf_at_one_place_only(size, index, other_leaf, other_index):
    index, other_index = index % size, other_index % size
    tree = Tree(LEAVES)
    path = tree.inclusion(index, size)
    proven = holds(check_inclusion, LEAVES[other_leaf], other_index, size, path, tree.root(size))
    assert proven == ((other_leaf, other_index) == (index, index))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_other_path_shows_growth(data):
    new = data.draw(st.integers(2, 40))
    old = data.draw(st.integers(1, new - 1))
    tree = Tree(LEAVES)
    path = tree.consistency(old, new)
    other = data.draw(wrong_paths(path))
    assert holds(check_consistency, old, tree.root(old), new, tree.root(new), other) == (other == path)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_rewritten_tree_is_never_shown_to_have_grown(data):
    new = data.draw(st.integers(2, 40))
    old = data.draw(st.integers(1, new - 1))
    changed = data.draw(st.integers(0, old - 1))
    rewritten = Tree((*LEAVES[:changed], leaf_hash(b"another"), *LEAVES[changed + 1 :]))
    path = rewritten.consistency(old, new)
    assert not holds(check_consistency, old, Tree(LEAVES).root(old), new, rewritten.root(new), path)


@given(st.binary(min_size=32, max_size=32))
def test_root_of_one_leaf_is_its_hash(raw):
    assert Tree([raw]).root() == Digest(raw)
