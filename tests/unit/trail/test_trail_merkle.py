"""The Merkle tree against published hashes, the RFC's own example, and its definitions."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign.trail.errors import ProofRefused, TrailDamaged
from esign.trail.merkle import (
    EMPTY_ROOT,
    Frontier,
    Node,
    Tree,
    full_nodes,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)
from tests.vectors.trail import make_merkle, naive_merkle

VECTORS = json.loads((Path(make_merkle.__file__).parent / "merkle.json").read_text())
PUBLISHED_ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


class Nodes(dict[Node, bytes]):
    """Full nodes in memory; counts what is asked for."""

    asked = 0

    def hashes(self, nodes: Collection[Node]) -> Mapping[Node, bytes]:
        self.asked += len(nodes)
        return {node: self[node] for node in nodes if node in self}


def grown(entries: list[bytes]) -> tuple[Nodes, Frontier]:
    nodes, frontier = Nodes(), Frontier()
    for entry in entries:
        nodes.update(frontier.append(leaf_hash(entry)))
    return nodes, frontier


def entries(count: int) -> list[bytes]:
    return [str(number).encode() for number in range(count)]


sizes = st.integers(1, 70)


def test_the_roots_are_those_that_certificate_transparency_publishes() -> None:
    nodes, frontier = Nodes(), Frontier()
    assert frontier.root() == EMPTY_ROOT
    for entry, root in zip(make_merkle.ENTRIES, PUBLISHED_ROOTS, strict=True):
        nodes.update(frontier.append(leaf_hash(entry)))
        assert frontier.root().hex() == Tree(nodes, frontier.size).root().hex() == root
    assert [EMPTY_ROOT.hex(), *PUBLISHED_ROOTS] == VECTORS["roots"]


def test_the_vectors_are_what_their_script_makes() -> None:
    assert make_merkle.vectors() == VECTORS


@pytest.mark.parametrize("vector", VECTORS["inclusion"], ids=lambda v: f"{v['index']}-in-{v['size']}")
def test_inclusion_paths_are_those_of_the_vectors(vector: dict[str, object]) -> None:
    index, size = int(str(vector["index"])), int(str(vector["size"]))
    nodes, _ = grown(list(make_merkle.ENTRIES))
    path = Tree(nodes, size).inclusion_path(index)
    assert [value.hex() for value in path] == vector["path"]
    root = bytes.fromhex(VECTORS["roots"][size])
    verify_inclusion(leaf_hash(make_merkle.ENTRIES[index]), index, size, path, root)


@pytest.mark.parametrize("vector", VECTORS["consistency"], ids=lambda v: f"{v['first']}-to-{v['second']}")
def test_consistency_paths_are_those_of_the_vectors(vector: dict[str, object]) -> None:
    first, second = int(str(vector["first"])), int(str(vector["second"]))
    nodes, _ = grown(list(make_merkle.ENTRIES))
    path = Tree(nodes, second).consistency_path(first)
    assert [value.hex() for value in path] == vector["path"]
    roots = [bytes.fromhex(root) for root in VECTORS["roots"]]
    verify_consistency(first, second, path, roots[first], roots[second])


def test_the_example_of_the_rfc_comes_out_with_its_named_nodes() -> None:
    """RFC 9162 section 2.1.5: seven leaves, and the proofs by the letters of the drawing."""
    nodes, frontier = grown(entries(7))
    a, b, c, d, e, f, j = (leaf_hash(entry) for entry in entries(7))
    g, h, i = node_hash(a, b), node_hash(c, d), node_hash(e, f)
    k, l = node_hash(g, h), node_hash(i, j)  # noqa: E741  # the drawing's letter
    tree = Tree(nodes, 7)
    assert frontier.root() == tree.root() == node_hash(k, l)
    assert tree.inclusion_path(0) == (b, h, l)
    assert tree.inclusion_path(3) == (c, g, l)
    assert tree.inclusion_path(4) == (f, j, k)
    assert tree.inclusion_path(6) == (i, k)
    assert tree.consistency_path(3) == (c, d, g, l)
    assert tree.consistency_path(4) == (l,)
    assert tree.consistency_path(6) == (i, j, k)


@given(sizes, st.data())
def test_every_proof_is_the_one_that_the_definition_gives(size: int, data: st.DataObject) -> None:
    nodes, frontier = grown(entries(size))
    index, first = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    root, leaves = naive_merkle.mth(entries(size)), entries(size)
    assert frontier.root() == Tree(nodes, size).root() == root
    path = Tree(nodes, size).inclusion_path(index)
    assert list(path) == naive_merkle.path(index, leaves)
    verify_inclusion(leaf_hash(leaves[index]), index, size, path, root)
    consistency = Tree(nodes, size).consistency_path(first)
    assert list(consistency) == (naive_merkle.proof(first, leaves) if 0 < first < size else [])
    verify_consistency(first, size, consistency, naive_merkle.mth(leaves[:first]), root)


@given(st.integers(2, 70), st.data())
def test_an_inclusion_proof_that_was_tampered_with_fails(size: int, data: st.DataObject) -> None:
    nodes, frontier = grown(entries(size))
    index = data.draw(st.integers(0, size - 1))
    path = list(Tree(nodes, size).inclusion_path(index))
    leaf, root = leaf_hash(entries(size)[index]), frontier.root()
    place, bit = data.draw(st.integers(0, len(path) - 1)), data.draw(st.integers(0, 255))
    other = data.draw(st.integers(0, 2 * size).filter(lambda other: other != index))
    forged = [
        (flipped(leaf, bit), index, size, path, root),
        (leaf, index, size, path, flipped(root, bit)),
        (leaf, other, size, path, root),
        (leaf, -1, size, path, root),
        (leaf, index, size, [*path[:place], flipped(path[place], bit), *path[place + 1 :]], root),
        (leaf, index, size, path[:place] + path[place + 1 :], root),
        (leaf, index, size, [*path[:place], root, *path[place:]], root),
        (leaf, index, size, [*path, root], root),
        (leaf, index, size, [*path[:place], path[place][:-1], *path[place + 1 :]], root),
        (leaf, index, size, [], root),
    ]
    for claim in forged:
        with pytest.raises(ProofRefused):
            verify_inclusion(*claim)


@given(st.integers(2, 70), st.data())
def test_a_consistency_proof_that_was_tampered_with_fails(size: int, data: st.DataObject) -> None:
    nodes, frontier = grown(entries(size))
    first = data.draw(st.integers(1, size - 1))
    path = list(Tree(nodes, size).consistency_path(first))
    before, after = naive_merkle.mth(entries(size)[:first]), frontier.root()
    place, bit = data.draw(st.integers(0, len(path) - 1)), data.draw(st.integers(0, 255))
    forged = [
        (first, size, path, flipped(before, bit), after),
        (first, size, path, before, flipped(after, bit)),
        (first, size, path, after, before),
        (size, first, path, before, after),
        (first, size, [*path[:place], flipped(path[place], bit), *path[place + 1 :]], before, after),
        (first, size, path[:place] + path[place + 1 :], before, after),
        (first, size, [*path, after], before, after),
        (first, size, [before, *path], before, after),
        (first, size, [], before, after),
        (size, size, path, after, after),
        (0, size, path, EMPTY_ROOT, after),
        (0, size, [], before, after),
        (size, size, [], before, after),
        (-1, size, path, before, after),
    ]
    for claim in forged:
        with pytest.raises(ProofRefused):
            verify_consistency(*claim)


@given(sizes, st.data())
def test_another_history_of_the_same_length_is_not_consistent(size: int, data: st.DataObject) -> None:
    rewritten = entries(size + 9)
    rewritten[data.draw(st.integers(0, size - 1))] = b"rewritten"
    nodes, frontier = grown(rewritten)
    path = Tree(nodes, size + 9).consistency_path(size)
    with pytest.raises(ProofRefused):
        verify_consistency(size, size + 9, path, naive_merkle.mth(entries(size)), frontier.root())


@given(sizes)
def test_a_frontier_taken_up_from_stored_nodes_goes_on_as_if_never_left(size: int) -> None:
    nodes, _ = grown(entries(size))
    taken_up = Frontier(size, [nodes[node] for node in full_nodes(0, size)])
    taken_up.append(leaf_hash(str(size).encode()))
    assert taken_up.root() == naive_merkle.mth(entries(size + 1))


def test_every_node_is_stored_once_and_fewer_than_two_for_a_leaf() -> None:
    frontier = Frontier()
    filled = [node for entry in entries(1000) for node, _ in frontier.append(leaf_hash(entry))]
    assert len(filled) == len(set(filled)) < 2 * 1000


def test_a_proof_over_a_million_leaves_asks_for_a_few_nodes() -> None:
    size = 1_000_003
    wanted = Nodes({node: bytes(32) for node in full_nodes(0, size)})
    with pytest.raises(TrailDamaged):
        Tree(wanted, size).inclusion_path(777_777)
    assert wanted.asked < 2 * size.bit_length()


def test_a_missing_node_is_damage_and_not_another_root() -> None:
    nodes, _ = grown(entries(7))
    del nodes[Node(2, 0)]
    with pytest.raises(TrailDamaged) as refusal:
        Tree(nodes, 7).root()
    assert refusal.value.code == "trail-nodes"


@pytest.mark.parametrize("index", [-1, 7])
def test_no_path_is_made_for_a_leaf_outside_the_tree(index: int) -> None:
    nodes, _ = grown(entries(7))
    with pytest.raises(ValueError, match="no leaf"):
        Tree(nodes, 7).inclusion_path(index)
    with pytest.raises(ValueError, match="not before"):
        Tree(nodes, 7).consistency_path(8)
    with pytest.raises(ValueError, match="full nodes"):
        Frontier(7, [bytes(32)])


def flipped(value: bytes, bit: int) -> bytes:
    return bytes([*value[: bit // 8], value[bit // 8] ^ 1 << bit % 8, *value[bit // 8 + 1 :]])
