"""What an approved request leads to: each area declares the acts of its kinds, for the pages of approvals to show.

An act is carried out by whoever asked for it (or the operator), from the page of the approval.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
    """The subjects of one kind of ids (`usr` of `usr_...`), and the acts that take two people."""

    subject: Callable[[str], Subject]
    acts: dict[ApprovalKind, tuple[Act, ...]]


Areas: TypeAlias = dict[str, Area]
"""By the prefix of the subject's id."""
