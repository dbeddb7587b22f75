"""Who acts: a member in a session, the operator at the machine, or a program with what a member asked for."""

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


@dataclass(frozen=True)
class Program:
    """A client of the API, by its id, that carries out what members asked for and agreed to."""

    client: str


Actor: TypeAlias = Caller | Operator | Program


def id_of(actor: Actor) -> str | None:
    """Return what an event says it was done by: the member's id, None for the operator and for programs."""
    return actor.member if isinstance(actor, Caller) else None


def name_of(actor: Actor) -> str:
    """Return the actor as the trail records it beside every event."""
    if isinstance(actor, Program):
        return f"client:{actor.client}"
    return staff_actor(actor.member) if isinstance(actor, Caller) else "operator"


def staff_actor(member: str) -> str:
    """Return a member as an actor of the trail."""
    return f"staff:{member}"
