"""The Merkle tree of RFC 9162 section 2.1 with SHA-256: growing it, and proving with what was stored.

A node is named by its level and its index there: it covers the leaves `index << level` up to, but not including,
`(index + 1) << level`. Only full nodes are ever stored, each once, when its last leaf arrives; they never change
again. The root of any size, and any proof, is put together from a few of them, so nothing is hashed twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NoReturn, Protocol

from esign.trail.errors import ProofRefused, TrailDamaged

HASH_SIZE: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
"""RFC 9162 section 2.1.1: the hash of an empty list is the hash of an empty string."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf: SHA-256 of 0x00 and the entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256 of 0x01 and its children's hashes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Node:
    """Where a full node stands. Level 0 are the leaves."""

    level: int
    index: int


class NodeSource(Protocol):
    """Where the hashes of full nodes are kept."""

    def hashes(self, nodes: Collection[Node]) -> Mapping[Node, bytes]:
        """Return the hash of each of the nodes that is there."""
        ...


class Frontier:
    """The right edge of a growing tree: the few full nodes from which its root, and every later one, follows."""

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        """Take up a tree of `size` leaves; `hashes` are those of `full_nodes(0, size)`, in that order."""
        if len(hashes) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} full nodes at its edge")
        self.size = size
        self._hashes = list(hashes)

    def append(self, leaf: bytes) -> list[tuple[Node, bytes]]:
        """Append a leaf's hash; return the nodes that are full now and were not before, the leaf itself first."""
        node, computed = Node(0, self.size), leaf
        filled = [(node, computed)]
        while node.index % 2:
            node = Node(node.level + 1, node.index // 2)
            computed = node_hash(self._hashes.pop(), computed)
            filled.append((node, computed))
        self._hashes.append(computed)
        self.size += 1
        return filled

    def root(self) -> bytes:
        """Return the tree's root (32 bytes)."""
        return _joined(self._hashes)


@dataclass(frozen=True)
class Tree:
    """The tree of the first `size` leaves, over stored nodes. Raises `TrailDamaged` (`trail-nodes`) if one lacks."""

    source: NodeSource
    size: int

    def root(self) -> bytes:
        """Return MTH(D[size]), RFC 9162 section 2.1.1."""
        return self._hashes([(0, self.size)])[0]

    def inclusion_path(self, index: int) -> tuple[bytes, ...]:
        """Return PATH(index, D[size]), RFC 9162 section 2.1.3.1. Raises `ValueError` for a leaf outside."""
        return self._hashes(self._siblings(index))

    def inclusion_paths(self, indexes: Sequence[int]) -> list[tuple[bytes, ...]]:
        """Return the path of each of these leaves; the source is asked once for all. Raises as `inclusion_path`."""
        siblings = [self._siblings(index) for index in indexes]
        hashes = iter(self._hashes([one for path in siblings for one in path]))
        return [tuple(next(hashes) for _ in path) for path in siblings]

    def _siblings(self, index: int) -> list[tuple[int, int]]:
        """Return the ranges of leaves whose hashes make the path of this one, from the leaf up."""
        if not 0 <= index < self.size:
            raise ValueError(f"there is no leaf {index} among {self.size}")
        siblings = []
        start, end = 0, self.size
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                siblings.append((middle, end))
                end = middle
            else:
                siblings.append((start, middle))
                start = middle
        return siblings[::-1]

    def consistency_path(self, first: int) -> tuple[bytes, ...]:
        """Return PROOF(first, D[size]), RFC 9162 section 2.1.4.1; empty where `first` is 0 or `size`.

        Raises `ValueError` if `first` is larger than the tree.
        """
        if not 0 <= first <= self.size:
            raise ValueError(f"a tree of {first} leaves is not before one of {self.size}")
        if first in {0, self.size}:
            return ()
        parts = []
        start, end, whole = 0, self.size, True
        while first != end:
            middle = start + _split(end - start)
            if first <= middle:
                parts.append((middle, end))
                end = middle
            else:
                parts.append((start, middle))
                start, whole = middle, False
        if not whole:  # else the last part is the first tree itself, whose root the verifier has
            parts.append((start, end))
        return self._hashes(parts[::-1])

    def _hashes(self, ranges: Sequence[tuple[int, int]]) -> tuple[bytes, ...]:
        edges = [list(full_nodes(start, end)) for start, end in ranges]
        wanted = {node for edge in edges for node in edge}
        found = self.source.hashes(wanted)
        if len(found) != len(wanted):
            raise TrailDamaged(
                "trail-nodes",
                f"{len(wanted) - len(found)} nodes of the tree of {self.size} leaves are missing",
                "compare the database with an exported trail",
            )
        return tuple(_joined([found[node] for node in edge]) for edge in edges)


def full_nodes(start: int, end: int) -> Iterator[Node]:
    """Yield the full nodes that make up the leaves from `start` to `end`, left to right.

    The range is one that occurs in the tree: `start` is a multiple of the least power of two that is not less
    than its length, unless that is the tree's own right edge.
    """
    for level in reversed(range((end - start).bit_length())):
        if (end - start) >> level & 1:
            yield Node(level, start >> level)
            start += 1 << level


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Check that the leaf (its hash) stands at `index` in the tree of that size and root.

    RFC 9162 section 2.1.3.2, step by step. Raises `ProofRefused` (`inclusion-proof`).
    """
    _check_sizes(leaf, root, *path)
    if not 0 <= index < size:
        _refuse("inclusion", f"there is no leaf {index} in a tree of {size}")
    fn, sn, r = index, size - 1, leaf
    for p in path:
        if sn == 0:
            _refuse("inclusion", "the proof is longer than the tree is high")
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0 or r != root:
        _refuse("inclusion", "the proof does not lead to the root")


def verify_consistency(first: int, second: int, path: Sequence[bytes], first_root: bytes, second_root: bytes) -> None:
    """Check that the tree of size `second` begins with the tree of size `first`.

    RFC 9162 section 2.1.4.2, step by step; it leaves out the sizes that need no proof: equal sizes have equal
    roots, and every tree begins with the empty one. Raises `ProofRefused` (`consistency-proof`).
    """
    _check_sizes(first_root, second_root, *path)
    if not 0 <= first <= second:
        _refuse("consistency", f"a tree of {first} leaves is not before one of {second}")
    if first in {0, second}:
        if path:
            _refuse("consistency", "these sizes need no proof, yet there is one")
        if (first == second and first_root != second_root) or (first == 0 and first_root != EMPTY_ROOT):
            _refuse("consistency", "the roots are not those of trees of these sizes")
        return
    if not path:
        _refuse("consistency", "the proof is empty")
    nodes = [first_root, *path] if first & (first - 1) == 0 else list(path)
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = nodes[0]
    for c in nodes[1:]:
        if sn == 0:
            _refuse("consistency", "the proof is longer than the tree is high")
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0 or fr != first_root or sr != second_root:
        _refuse("consistency", "the proof does not lead to both roots")


def _split(length: int) -> int:
    """Return the largest power of two smaller than `length` (2 or more)."""
    return 1 << (length - 1).bit_length() - 1


def _joined(edge: Sequence[bytes]) -> bytes:
    if not edge:
        return EMPTY_ROOT
    joined = edge[-1]
    for left in edge[-2::-1]:
        joined = node_hash(left, joined)
    return joined


def _check_sizes(*hashes: bytes) -> None:
    if any(len(value) != HASH_SIZE for value in hashes):
        _refuse("inclusion", f"a hash in the proof has not {HASH_SIZE} bytes")


def _refuse(kind: str, cause: str) -> NoReturn:
    raise ProofRefused(f"{kind}-proof", cause, "ask the log for a new proof; if it fails again, distrust the log")
