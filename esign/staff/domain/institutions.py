"""The tree of institutions: one root, everything else below it, and who may see what follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Final

from esign.staff.domain import events as e
from esign.staff.domain.refusal import broken, refusal

LEVELS_AT_MOST: Final = 16


@dataclass(frozen=True)
class Institution:
    """`parent` is None for the root; `name` is the record that holds it."""

    id: str
    parent: str | None
    name: str
    closed: bool = False


@dataclass(frozen=True)
class Tree:
    """All institutions by id, closed ones too."""

    institutions: Mapping[str, Institution] = field(default_factory=dict)

    def find(self, institution: str) -> Institution:
        """Return the institution. Raises `StaffRefused` (`no-institution`)."""
        found = self.institutions.get(institution)
        if found is None:
            raise refusal("no-institution")
        return found

    def open(self, institution: str) -> Institution:
        """Return an institution that is not closed. Raises `StaffRefused` (`no-institution`, `institution-closed`)."""
        found = self.find(institution)
        if found.closed:
            raise refusal("institution-closed")
        return found

    def upwards(self, institution: str) -> Iterator[str]:
        """Yield the institution and all above it, the root last; nothing for one that is not there."""
        above = self.institutions.get(institution)
        while above is not None:
            yield above.id
            above = None if above.parent is None else self.institutions.get(above.parent)

    @cached_property
    def children(self) -> Mapping[str | None, Sequence[str]]:
        """The institutions directly below each, by its id and in order of theirs; the root is below None."""
        below: dict[str | None, list[str]] = {}
        for one in sorted(self.institutions.values(), key=lambda one: one.id):
            below.setdefault(one.parent, []).append(one.id)
        return below

    def downwards(self, institution: str) -> Iterator[tuple[str, int]]:
        """Yield the institution and all below it, each before what is below it, with how far below it is; nothing for
        one that is not there."""
        waiting = [(institution, 0)] if institution in self.institutions else []
        while waiting:
            one, level = waiting.pop()
            yield one, level
            waiting += [(below, level + 1) for below in reversed(self.children.get(one, ()))]

    def subtree(self, institution: str) -> frozenset[str]:
        """Return the institution and all below it; nothing for one that is not there."""
        return frozenset(below for below, _level in self.downwards(institution))

    def holds(self, institution: str, other: str) -> bool:
        """Tell whether the other is this institution or somewhere below it."""
        return institution in self.upwards(other)

    def height(self, institution: str) -> int:
        """Return how many levels the subtree has, 1 for an institution with nothing below it."""
        return max(level for _one, level in self.downwards(institution)) + 1

    @property
    def root(self) -> Institution | None:
        return next((one for one in self.institutions.values() if one.parent is None), None)


def may_see(tree: Tree, own: str, institution: str) -> bool:
    """Tell whether somebody of the institution `own` may see what belongs to `institution`: it or its subtree."""
    return tree.holds(own, institution)


@dataclass(frozen=True, kw_only=True)
class TreeCommand:
    """What may be asked about an institution, at a time; `by` is a member's id, None for the operator."""

    at: datetime
    institution: str
    by: str | None


@dataclass(frozen=True, kw_only=True)
class Open(TreeCommand):
    parent: str | None
    name: str


@dataclass(frozen=True, kw_only=True)
class Rename(TreeCommand):
    name: str


@dataclass(frozen=True, kw_only=True)
class Move(TreeCommand):
    parent: str


@dataclass(frozen=True, kw_only=True)
class Close(TreeCommand):
    """`members` is how many members of staff are still in it."""

    members: int


def decide(tree: Tree, command: TreeCommand) -> tuple[e.InstitutionEvent, ...]:
    """Return the events that `command` leads to; none where it has its effect already. Raises `StaffRefused`."""
    at, institution, by = command.at, command.institution, command.by
    if isinstance(command, Open):
        _require_place(tree, command)
        return (e.InstitutionOpened(at=at, institution=institution, by=by, parent=command.parent, name=command.name),)
    found = tree.find(institution)
    if isinstance(command, Close) and found.closed:
        return ()
    tree.open(institution)
    if isinstance(command, Rename):
        return (e.InstitutionRenamed(at=at, institution=institution, by=by, name=command.name),)
    if found.parent is None:
        raise refusal("institution-is-root")
    if isinstance(command, Move):
        return _move(tree, command, found)
    if isinstance(command, Close):
        below = tree.subtree(institution) - {institution}
        if command.members or any(not tree.institutions[one].closed for one in below):
            raise refusal("institution-not-empty")
    return (e.InstitutionClosed(at=at, institution=institution, by=by),)


def evolve(tree: Tree, event: e.Event) -> Tree:
    """Return the tree after `event`. Raises `StaffTrailBroken` for an event that cannot follow."""
    if not isinstance(event, e.InstitutionEvent):
        raise broken("an event among the institutions is none of an institution")
    found = tree.institutions.get(event.institution)
    if isinstance(event, e.InstitutionOpened):
        if found is not None or (event.parent is None) is not (not tree.institutions):
            raise broken("an institution was opened twice, or beside the root")
        _require_known(tree, event.parent)
        return _with(tree, Institution(event.institution, event.parent, event.name))
    if found is None:
        raise broken("an event tells of an institution that was never opened")
    if isinstance(event, e.InstitutionRenamed):
        return _with(tree, replace(found, name=event.name))
    if isinstance(event, e.InstitutionMoved):
        _require_known(tree, event.parent)
        if tree.holds(event.institution, event.parent):
            raise broken("an institution was moved below itself")
        return _with(tree, replace(found, parent=event.parent))
    return _with(tree, replace(found, closed=True))


def fold(events: Iterable[e.Event]) -> Tree:
    """Return the tree after all `events`, in order. Raises `StaffTrailBroken`."""
    tree = Tree()
    for event in events:
        tree = evolve(tree, event)
    return tree


def _require_place(tree: Tree, command: Open) -> None:
    if command.institution in tree.institutions:
        raise refusal("institution-exists")
    if command.parent is None:
        if tree.institutions:
            raise refusal("institution-is-root")
        return
    tree.open(command.parent)
    _require_levels(tree, command.parent, 1)


def _move(tree: Tree, command: Move, found: Institution) -> tuple[e.InstitutionEvent, ...]:
    tree.open(command.parent)
    if tree.holds(command.institution, command.parent):
        raise refusal("institution-in-itself")
    if command.parent == found.parent:
        return ()
    _require_levels(tree, command.parent, tree.height(command.institution))
    return (e.InstitutionMoved(at=command.at, institution=command.institution, by=command.by, parent=command.parent),)


def _require_levels(tree: Tree, parent: str, further: int) -> None:
    if sum(1 for _ in tree.upwards(parent)) + further > LEVELS_AT_MOST:
        raise refusal("tree-too-deep")


def _require_known(tree: Tree, parent: str | None) -> None:
    if parent is not None and parent not in tree.institutions:
        raise broken("an institution is below one that was never opened")


def _with(tree: Tree, institution: Institution) -> Tree:
    return Tree({**tree.institutions, institution.id: institution})
