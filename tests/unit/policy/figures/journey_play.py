"""Invented ways of proposals, as the events of the trail that tell them, with a clock that stands where it is put."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from esign.public.events import Event
from policy.domain.events import EVENTS

BEGIN = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
_VERSIONS = {one.type.name: one.type.version for one in EVENTS}
CEREMONY = ("opened", "identified", "read", "drawn", "confirmed", "signed")


@dataclass
class Story:
    """Writes events, stream by stream; `at` is when the next one happens."""

    at: datetime = BEGIN
    events: list[Event] = field(default_factory=list)
    _versions: dict[str, int] = field(default_factory=dict)

    def wait(self, **more: float) -> None:
        self.at += timedelta(**more)

    def tell(self, stream: str, type_: str, **payload: Any) -> None:
        version = self._versions[stream] = self._versions.get(stream, 0) + 1
        id_ = f"evt_{len(self.events):016d}"
        written = _VERSIONS.get(type_, 1)
        self.events.append(Event(id_, stream, version, type_, written, "system", self.at, payload))

    def enter(self, proposal: str, product: str = "whole-life", institution: str = "ins_1", **more: Any) -> None:
        known = {"client": None, "holds_until": "2026-11-20", "salesperson": "stf_1"}
        self.tell(proposal, "proposal.entered", product=product, institution=institution, **{**known, **more})

    def send(self, proposal: str, envelope: str, *roles: str) -> None:
        """Make the envelope and send it: its recipients are called by their roles."""
        people = [{"id": f"{envelope}.{role}", "role": role} for role in (*roles, "agent")]
        self.tell(envelope, "envelope.created", recipients=people)
        self.tell(proposal, "proposal.sent", envelope=envelope)

    def walk(self, envelope: str, role: str, to: str = "signed", presence: str = "remote") -> None:
        """Have a signer come so far."""
        for step in CEREMONY[: CEREMONY.index(to) + 1]:
            more = {"presence": presence} if step == "identified" else {}
            self.tell(envelope, f"recipient.{step}", recipient=f"{envelope}.{role}", **more)

    def sign(self, proposal: str, envelope: str) -> None:
        self.tell(proposal, "proposal.signed", envelope=envelope)

    def issue(self, proposal: str, **more: Any) -> None:
        """Go on from signed to issued, an hour each for underwriting, debit, contract."""
        for type_, payload in (
            ("underwriting.decided", {"outcome": "accept"}),
            ("debit.collected", {}),
            ("policy.issued", more),
        ):
            self.wait(hours=1)
            self.tell(proposal, type_, **payload)
