"""What an approved request leads to: each area declares the acts of its kinds, for the pages of approvals to show.

An act is carried out by whoever asked for it (or the operator), from the page of the approval.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from werkzeug.wrappers import Response

from esign.staff.actors import Caller
from esign.staff.approvals import ApprovalFacts
from esign.staff.domain.roles import ApprovalKind


@dataclass(frozen=True)
class Subject:
    """What a request is about, as it is shown; `address` is its page, None where the reader has none."""

    name: str
    address: str | None


@dataclass(frozen=True)
class Act:
    """`button` is a message; `would` says what would happen, in sentences of the request's language."""

    button: str
    would: Callable[[ApprovalFacts], Sequence[str]]
    carry_out: Callable[[Caller, ApprovalFacts], Response]
    is_final: bool = False
    """Whether what it does cannot be undone."""


@dataclass(frozen=True)
class Area:
    """The subjects of one kind of ids (`usr` of `usr_...`), and the acts that take two people.

    `subjects` names as many at once as a list has; one that the reader cannot see stays an id."""

    subjects: Callable[[Sequence[str]], Mapping[str, Subject]]
    acts: dict[ApprovalKind, tuple[Act, ...]]


Areas: TypeAlias = dict[str, Area]
"""By the prefix of the subject's id."""


def subjects_of(areas: Areas, ids: Iterable[str]) -> dict[str, Subject]:
    """Return what these requests are about, by the subjects' ids."""
    by_prefix: dict[str, list[str]] = {}
    for one in dict.fromkeys(ids):
        by_prefix.setdefault(one.partition("_")[0], []).append(one)
    named: dict[str, Subject] = {}
    for prefix, some in by_prefix.items():
        named |= {one: Subject(one, None) for one in some}
        if prefix in areas:
            named |= areas[prefix].subjects(some)
    return named
