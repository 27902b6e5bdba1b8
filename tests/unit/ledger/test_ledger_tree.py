from pathlib import Path

import pytest

from sekisho.digest import Digest
from sekisho.errors import Reason, Tampered
from sekisho.ledger.tree import EMPTY_ROOT, Frontier, Tree, check_consistency, check_inclusion, leaf_hash

VECTOR = Path(__file__).parents[2] / "vectors" / "ledger" / "tree.vector"
LINES = [line.split(":", 1) for line in VECTOR.read_text().splitlines()]
LEAVES = [leaf_hash(bytes.fromhex(text)) for key, text in LINES if key == "leaf"]
EXPECTED = [text.split() for key, text in LINES if key == "expect"]


def expected(kind: str) -> list[list[str]]:
    return [words[1:] for words in EXPECTED if words[0] == kind]


def test_vectors_cover_every_kind_of_proof():
    assert len(LEAVES) == 8
    assert {words[0] for words in EXPECTED} == {"root", "inclusion", "consistency"}


@pytest.mark.parametrize(("size", "root"), expected("root"))
def test_root_is_that_of_certificate_transparency(size, root):
    assert Tree(LEAVES).root(int(size)).hex == root


@pytest.mark.parametrize(("size", "root"), expected("root"))
def test_frontier_has_the_root_of_certificate_transparency(size, root):
    frontier = Frontier()
    for leaf in LEAVES[: int(size)]:
        frontier = frontier.append(leaf)
    assert (frontier.size, frontier.root.hex) == (int(size), root)


@pytest.mark.parametrize("words", expected("inclusion"))
def test_inclusion_proof_is_that_of_certificate_transparency(words):
    index, size = int(words[0]), int(words[1])
    tree = Tree(LEAVES)
    path = tree.inclusion(index, size)
    assert [step.hex() for step in path] == words[2:]
    assert check_inclusion(LEAVES[index], index, size, path, tree.root(size)) == tree.root(size)


@pytest.mark.parametrize("words", expected("consistency"))
def test_consistency_proof_is_that_of_certificate_transparency(words):
    old, new = int(words[0]), int(words[1])
    tree = Tree(LEAVES)
    path = tree.consistency(old, new)
    assert [step.hex() for step in path] == words[2:]
    assert check_consistency(old, tree.root(old), new, tree.root(new), path) == tree.root(new)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 9), (9, 9)])
def test_tree_gives_no_inclusion_proof_out_of_range(index, size):
    with pytest.raises(IndexError):
        Tree(LEAVES).inclusion(index, size)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3), (1, 9), (-1, 2)])
def test_tree_gives_no_consistency_proof_out_of_range(old, new):
    with pytest.raises(IndexError):
        Tree(LEAVES).consistency(old, new)


def test_forgotten_leaves_leave_no_trace():
    tree = Tree(LEAVES)
    tree.forget(5)
    assert tree.root() == Tree(LEAVES[:5]).root()
    for leaf in LEAVES[5:]:
        tree.append(leaf)
    assert tree.root() == Tree(LEAVES).root()


@pytest.mark.parametrize(("index", "size"), [(-1, 8), (8, 8), (0, 0), (0, 4), (0, 16), (1, 8)])
def test_inclusion_check_refuses_another_place(index, size):
    tree = Tree(LEAVES)
    with pytest.raises(Tampered) as refusal:
        check_inclusion(LEAVES[0], index, size, tree.inclusion(0, 8), tree.root())
    assert refusal.value.reason is Reason.LEDGER_PROOF


def test_inclusion_check_refuses_a_path_that_is_too_long():
    tree = Tree(LEAVES)
    with pytest.raises(Tampered):
        check_inclusion(LEAVES[0], 0, 8, (*tree.inclusion(0, 8), bytes(32)), tree.root())


@pytest.mark.parametrize(("index", "size"), [(-1, 8), (3, 4)])
def test_inclusion_check_refuses_a_place_with_the_same_left_neighbours(index, size):
    tree = Tree(LEAVES)
    with pytest.raises(Tampered):
        check_inclusion(LEAVES[7], index, size, tree.inclusion(7, 8), tree.root())


@pytest.mark.parametrize(("old", "new"), [(3, 4), (7, 16)])
def test_consistency_check_refuses_sizes_that_need_another_number_of_steps(old, new):
    tree = Tree(LEAVES * 2)
    path = tree.consistency(14, 16)
    check_consistency(14, tree.root(14), 16, tree.root(16), path)
    with pytest.raises(Tampered):
        check_consistency(old, tree.root(14), new, tree.root(16), path)


EMPTY, ONE, EIGHT, OTHER = EMPTY_ROOT, Tree(LEAVES).root(1), Tree(LEAVES).root(8), Digest(bytes(32))


@pytest.mark.parametrize(
    ("old", "old_root", "new", "new_root", "path"),
    [
        (2, ONE, 1, ONE, ()),
        (-1, EMPTY, 1, ONE, ()),
        (1, ONE, 1, OTHER, ()),
        (1, ONE, 1, ONE, (bytes(32),)),
        (0, OTHER, 8, EIGHT, ()),
        (0, EMPTY, 8, EIGHT, (bytes(32),)),
        (0, EMPTY, 0, OTHER, ()),
        (6, Tree(LEAVES).root(6), 8, EIGHT, ()),
        (1, ONE, 8, EIGHT, ()),
    ],
)
def test_consistency_check_refuses_what_does_not_follow(old, old_root, new, new_root, path):
    with pytest.raises(Tampered) as refusal:
        check_consistency(old, old_root, new, new_root, path)
    assert refusal.value.reason is Reason.LEDGER_PROOF


def test_empty_tree_begins_every_tree():
    assert check_consistency(0, EMPTY, 8, EIGHT, ()) == EIGHT
    assert check_consistency(0, EMPTY, 0, EMPTY, ()) == EMPTY
