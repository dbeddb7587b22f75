"""The four levels of institutions: head office, branch, sub-branch, outlet."""

from __future__ import annotations

from enum import IntEnum

from esign.public.institutions import Tree


class Level(IntEnum):
    """How far down an institution is; the words of the trade are 总公司, 分公司, 支公司, 网点."""

    HEAD_OFFICE = 1
    BRANCH = 2
    SUB_BRANCH = 3
    OUTLET = 4


def level_of(tree: Tree, institution: str) -> Level | None:
    """Return the level of an institution, None for one that is not there. What is below an outlet counts as one."""
    depth = sum(1 for _ in tree.upwards(institution))
    return Level(min(depth, Level.OUTLET)) if depth else None


def above(tree: Tree, institution: str, level: Level) -> str | None:
    """Return the institution of that level to which this one belongs: itself, or what is above it; None without one."""
    upwards = list(tree.upwards(institution))
    return upwards[-level] if len(upwards) >= level else None


def at_level(tree: Tree, level: Level) -> tuple[str, ...]:
    """Return the open institutions of a level, in order of their ids."""
    return tuple(
        sorted(one.id for one in tree.institutions.values() if not one.closed and level_of(tree, one.id) is level)
    )
