"""The tree of institutions: no cycles, no orphans, and who sees what, after any sequence of acts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from esign.staff.domain import events as e
from esign.staff.domain.institutions import (
    LEVELS_AT_MOST,
    Close,
    Move,
    Open,
    Rename,
    Tree,
    TreeCommand,
    decide,
    evolve,
    fold,
    may_see,
)
from esign.staff.errors import StaffRefused, StaffTrailBroken

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
WHO = {"at": NOON, "by": None}


def opened(institution: str, parent: str | None) -> Open:
    return Open(at=NOON, by=None, institution=institution, parent=parent, name=f"rec_{institution[4:]}")


def move(institution: str, parent: str) -> Move:
    return Move(at=NOON, by=None, institution=institution, parent=parent)


def close(institution: str, members: int = 0) -> Close:
    return Close(at=NOON, by=None, institution=institution, members=members)


def after(*commands: TreeCommand, tree: Tree | None = None) -> Tree:
    tree = tree or Tree()
    for command in commands:
        for event in decide(tree, command):
            tree = evolve(tree, event)
    return tree


def refused(tree: Tree, command: TreeCommand) -> str:
    with pytest.raises(StaffRefused) as caught:
        decide(tree, command)
    return caught.value.code


@pytest.fixture
def branches() -> Tree:
    """ins_hq over ins_east (over ins_pudong) and ins_north."""
    return after(
        opened("ins_hq", None),
        opened("ins_east", "ins_hq"),
        opened("ins_north", "ins_hq"),
        opened("ins_pudong", "ins_east"),
    )


def test_staff_see_their_own_institution_and_what_is_below_it(branches: Tree) -> None:
    assert may_see(branches, "ins_hq", "ins_pudong")
    assert may_see(branches, "ins_east", "ins_east")
    assert may_see(branches, "ins_east", "ins_pudong")
    assert not may_see(branches, "ins_east", "ins_north")
    assert not may_see(branches, "ins_pudong", "ins_east")


def test_what_is_not_there_is_seen_by_nobody_and_sees_nothing(branches: Tree) -> None:
    assert not may_see(branches, "ins_hq", "ins_other")
    assert not may_see(branches, "ins_other", "ins_hq")
    assert not may_see(branches, "ins_other", "ins_other")


def test_a_move_takes_what_is_below_along(branches: Tree) -> None:
    moved = after(move("ins_east", "ins_north"), tree=branches)
    assert moved.subtree("ins_north") == {"ins_north", "ins_east", "ins_pudong"}
    assert may_see(moved, "ins_north", "ins_pudong")


def test_nothing_goes_below_itself(branches: Tree) -> None:
    assert refused(branches, move("ins_east", "ins_east")) == "institution-in-itself"
    assert refused(branches, move("ins_east", "ins_pudong")) == "institution-in-itself"


def test_there_is_one_root_and_it_stays(branches: Tree) -> None:
    assert refused(branches, opened("ins_second", None)) == "institution-is-root"
    assert refused(branches, move("ins_hq", "ins_east")) == "institution-is-root"
    assert refused(branches, close("ins_hq")) == "institution-is-root"
    assert refused(Tree(), opened("ins_east", "ins_hq")) == "no-institution"


def test_what_somebody_or_something_is_in_is_not_closed(branches: Tree) -> None:
    assert refused(branches, close("ins_east")) == "institution-not-empty"
    assert refused(branches, close("ins_pudong", members=1)) == "institution-not-empty"
    shut = after(close("ins_pudong"), close("ins_east"), tree=branches)
    assert refused(shut, opened("ins_new", "ins_east")) == "institution-closed"
    assert refused(shut, move("ins_north", "ins_east")) == "institution-closed"
    assert decide(shut, close("ins_east")) == ()
    assert may_see(shut, "ins_hq", "ins_east")


def test_the_tree_has_a_bounded_number_of_levels() -> None:
    chain = after(opened("ins_0", None), *(opened(f"ins_{n}", f"ins_{n - 1}") for n in range(1, LEVELS_AT_MOST)))
    assert refused(chain, opened("ins_deep", f"ins_{LEVELS_AT_MOST - 1}")) == "tree-too-deep"
    wide = after(opened("ins_x", "ins_0"), opened("ins_y", "ins_x"), tree=chain)
    assert refused(wide, move("ins_x", f"ins_{LEVELS_AT_MOST - 2}")) == "tree-too-deep"
    assert decide(wide, move("ins_x", f"ins_{LEVELS_AT_MOST - 3}"))


@pytest.mark.parametrize(
    "event",
    [
        e.InstitutionOpened(**WHO, institution="ins_hq", parent=None, name="rec_1"),  # type: ignore[arg-type]
        e.InstitutionOpened(**WHO, institution="ins_new", parent=None, name="rec_1"),  # type: ignore[arg-type]
        e.InstitutionOpened(**WHO, institution="ins_new", parent="ins_gone", name="rec_1"),  # type: ignore[arg-type]
        e.InstitutionMoved(**WHO, institution="ins_east", parent="ins_pudong"),  # type: ignore[arg-type]
        e.InstitutionMoved(**WHO, institution="ins_east", parent="ins_gone"),  # type: ignore[arg-type]
        e.InstitutionClosed(**WHO, institution="ins_gone"),  # type: ignore[arg-type]
        e.LoginFailed(at=NOON),
    ],
)
def test_an_event_that_cannot_follow_is_a_broken_trail(branches: Tree, event: e.Event) -> None:
    with pytest.raises(StaffTrailBroken):
        evolve(branches, event)


def test_a_subtree_is_told_from_its_top_down_each_branch_to_its_end(branches: Tree) -> None:
    assert list(branches.downwards("ins_hq")) == [("ins_hq", 0), ("ins_east", 1), ("ins_pudong", 2), ("ins_north", 1)]
    assert list(branches.downwards("ins_pudong")) == [("ins_pudong", 0)]
    assert list(branches.downwards("ins_none")) == []
    assert branches.subtree("ins_east") == {"ins_east", "ins_pudong"}
    assert (branches.height("ins_hq"), branches.height("ins_pudong")) == (3, 1)


class TreeMachine(RuleBasedStateMachine):
    """Any sequence of acts upon institutions, checked against sets that are kept beside."""

    @initialize()
    def begin(self) -> None:
        self.tree = Tree()
        self.events: list[e.Event] = []
        self.parents: dict[str, str | None] = {}
        self.attempt(opened("ins_0", None))

    def attempt(self, command: TreeCommand) -> None:
        try:
            events = decide(self.tree, command)
        except StaffRefused:
            return
        for event in events:
            self.tree = evolve(self.tree, event)
            self.events.append(event)
            if isinstance(event, e.InstitutionOpened | e.InstitutionMoved):
                self.parents[event.institution] = event.parent

    def some(self, which: int) -> str:
        names = sorted(self.tree.institutions)
        return names[which % len(names)]

    @rule(below=st.integers(0, 40))
    def open(self, below: int) -> None:
        self.attempt(opened(f"ins_{len(self.tree.institutions)}", self.some(below)))

    @rule(which=st.integers(0, 40), below=st.integers(0, 40))
    def move(self, which: int, below: int) -> None:
        self.attempt(move(self.some(which), self.some(below)))

    @rule(which=st.integers(0, 40), members=st.integers(0, 1))
    def close(self, which: int, members: int) -> None:
        self.attempt(close(self.some(which), members))

    @rule(which=st.integers(0, 40))
    def rename(self, which: int) -> None:
        self.attempt(Rename(at=NOON, by=None, institution=self.some(which), name="rec_new"))

    @invariant()
    def everything_leads_to_the_one_root(self) -> None:
        for one in self.tree.institutions:
            path = list(self.tree.upwards(one))
            assert len(path) == len(set(path)) <= LEVELS_AT_MOST
            assert path[-1] == "ins_0"

    @invariant()
    def subtrees_are_those_of_the_parents_kept_beside(self) -> None:
        for top in self.parents:
            below, more = {top}, {top}
            while more:
                more = {one for one, parent in self.parents.items() if parent in more} - below
                below |= more
            assert self.tree.subtree(top) == below
            assert {one for one in self.parents if may_see(self.tree, top, one)} == below

    @invariant()
    def nothing_open_is_below_what_is_closed(self) -> None:
        for one in self.tree.institutions.values():
            if one.parent is not None and not one.closed:
                assert not self.tree.institutions[one.parent].closed

    @invariant()
    def the_events_make_the_same_tree(self) -> None:
        assert fold(self.events) == self.tree


TestTrees = TreeMachine.TestCase
