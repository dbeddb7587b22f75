"""Who acts: a member in a session, or the operator at the machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from esign.staff.domain.roles import Factor, Role

VISITOR: Final = "visitor"
"""In the trail: somebody at the door, who has proven nothing."""


@dataclass(frozen=True)
class Caller:
    """A member of staff in a session. `roles` are those that this session has: some need a second factor."""

    member: str
    institution: str
    roles: frozenset[Role]
    session: str
    factor: Factor


@dataclass(frozen=True)
class Operator:
    """Whoever may run commands on the machine: the database is theirs anyway, and the trail says that it was they."""


Actor: TypeAlias = Caller | Operator


def id_of(actor: Actor) -> str | None:
    """Return what an event says it was done by: the member's id, None for the operator."""
    return actor.member if isinstance(actor, Caller) else None


def name_of(actor: Actor) -> str:
    """Return the actor as the trail records it beside every event."""
    return staff_actor(actor.member) if isinstance(actor, Caller) else "operator"


def staff_actor(member: str) -> str:
    """Return a member as an actor of the trail."""
    return f"staff:{member}"
