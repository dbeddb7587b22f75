"""A proposal that is played: commands that fit where it stands, what they led to, and what it is now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from policy.domain import Proposal, decide, evolve
from policy.domain import commands as c
from policy.domain import events as e
from policy.domain.values import Asked, Delivery, Outcome, RequirementKind, ReturnReason, Signer, day_of
from policy.errors import PolicyRefused

NOON = datetime(2026, 11, 27, 4, 0, tzinfo=UTC)
"""Noon in China."""
HOLDS_UNTIL = date(2027, 3, 7)
BOTH = (Signer.APPLICANT, Signer.INSURED)
SELLER, UNDERWRITER, REVIEWER, SECOND_REVIEWER = "stf_shen", "stf_fang", "stf_qi", "stf_zhou"
CONTENT, OTHER_CONTENT, DOCUMENT = "c" * 64, "d" * 64, "5" * 64
FEN = 2_412_000


def asked(name: str = "req_1", **changes: Any) -> Asked:
    return Asked(
        **{
            "id": name,
            "kind": RequirementKind.PAPERS,
            "reason": "stay-in-hospital",
            "owner": SELLER,
            "due": date(2026, 12, 7),
            "message": "rec_message",
            **changes,
        }
    )


class Play:
    """One proposal. `now` is the moment at which the next command is given; ids are given out as they are needed."""

    def __init__(self, **content: Any) -> None:
        self.state: Proposal | None = None
        self.events: list[e.Event] = []
        self.given: list[c.Command] = []
        self.now = NOON
        self.content = content
        self._ids: Counter[str] = Counter()

    def do(self, command: c.Command) -> tuple[e.Event, ...]:
        """Give a command, and return the events it led to. Raises `PolicyRefused`."""
        events = decide(self.state, command)
        self.given.append(command)
        for event in events:
            self.state = evolve(self.state, event)
            self.events.append(event)
        return events

    def go(self, *kinds: type[c.Command], **changes: Any) -> Play:
        """Give commands one after the other, as they fit; the changes are for the last."""
        for kind in kinds[:-1]:
            self.do(self.command(kind))
        self.do(self.command(kinds[-1], **changes))
        return self

    def refused(self, kind: type[c.Command], **changes: Any) -> str:
        """Return the code with which a command is refused; it must be, and change nothing."""
        before = self.state
        try:
            self.do(self.command(kind, **changes))
        except PolicyRefused as refused:
            assert self.state == before
            return refused.code
        raise AssertionError(f"{kind.__name__} was taken")

    @property
    def proposal(self) -> Proposal:
        assert self.state is not None
        return self.state

    def new_id(self, prefix: str) -> str:
        """Return `prefix_1`, then `prefix_2`."""
        self._ids[prefix] += 1
        return f"{prefix}_{self._ids[prefix]}"

    def command(self, kind: type[c.Command], **changes: Any) -> c.Command:
        """Return a command of that kind that fits where the proposal stands, but for what is changed."""
        return kind(**{"at": self.now, **self._members(kind), **changes})

    def _members(self, kind: type[c.Command]) -> dict[str, Any]:
        if issubclass(kind, c.WithContent):
            return self._contents(kind)
        state = self.proposal
        today = day_of(self.now)
        digest = state.contents.digest
        debit = state.debits[-1].id if state.debits else "dbt_none"
        refund = state.refunds[-1].id if state.refunds else "rfd_none"
        opened = state.open_requirements[0].id if state.open_requirements else "req_none"
        recording = state.recordings[-1].id if state.recordings else "vid_none"
        reviewer = SECOND_REVIEWER if state.recordings and state.recordings[-1].by == REVIEWER else REVIEWER
        visit = state.visits[-1].id if state.visits else "vis_none"
        back: dict[str, Any] = {"envelope": state.envelope or "env_none"}

        def closing() -> dict[str, Any]:
            return {"requirement": opened, "case": self.new_id("cas"), "by": UNDERWRITER}

        members: dict[type[c.Command], Callable[[], dict[str, Any]]] = {
            c.Send: lambda: {"envelope": self.new_id("env"), "by": SELLER},
            c.RecordSigned: lambda: {
                **back,
                "document": DOCUMENT,
                "signers": state.contents.signers,
                "signed_on": today,
                "applicant_on": today,
            },
            c.RecordReturned: lambda: {**back, "reason": ReturnReason.EXPIRED},
            c.RecordRefused: lambda: {**back, "signer": Signer.APPLICANT, "reason": "too-dear"},
            c.Withdraw: lambda: {"reason": "changed-mind", "refund": self.new_id("rfd"), "by": SELLER},
            c.Underwrite: lambda: {
                "outcome": Outcome.ACCEPT,
                "table": "life",
                "table_version": "2026-1",
                "content": digest,
                "inputs": "1" * 64,
                "trace": self.new_id("rec"),
                "trace_digest": "2" * 64,
                "reasons": ("standard",),
                "loading": 0,
                "case": self.new_id("cas"),
            },
            c.MeetRequirement: lambda: {**closing(), "papers": "rec_papers"},
            c.WaiveRequirement: lambda: {**closing(), "reason": "rec_reason"},
            c.DecideCase: lambda: {
                "case": state.case or "cas_none",
                "outcome": Outcome.ACCEPT,
                "reason": "rec_words",
                "by": UNDERWRITER,
            },
            c.AddRecording: lambda: {
                "recording": self.new_id("vid"),
                "digest": "3" * 64,
                "content": digest,
                "checklist": "2026-1",
                "seconds": 480,
                "by": SELLER,
            },
            c.ReviewRecording: lambda: {"recording": recording, "passed": True, "by": reviewer},
            c.OrderDebit: lambda: {"debit": self.new_id("dbt"), "account": "rec_account"},
            c.RecordCollected: lambda: {"debit": debit, "fen": state.fen, "refund": self.new_id("rfd")},
            c.RecordDebitFailed: lambda: {"debit": debit, "reason": "insufficient-funds"},
            c.RecordUnanswered: lambda: {"debit": debit},
            c.OrderRefund: lambda: {"refund": refund},
            c.RecordRefunded: lambda: {"refund": refund},
            c.RecordRefundFailed: lambda: {"refund": refund, "reason": "account-closed"},
            c.Issue: lambda: {
                "policy": "CY330126112700",
                "effective_on": today,
                "applied_on": day_of(NOON),
                "document": "doc_contract",
                "contract": "4" * 64,
                "note": "rec_note",
                "delivery": Delivery.ELECTRONIC,
            },
            c.RecordReceived: lambda: {"received_on": today},
            c.InviteVisit: lambda: {"visit": self.new_id("vis"), "questionnaire": "2026-1"},
            c.RemindVisit: lambda: {"visit": visit},
            c.AnswerVisit: lambda: {"visit": visit, "answers": "rec_answers", "digest": "6" * 64},
            c.SeeToVisit: lambda: {"visit": visit, "note": "rec_note", "by": REVIEWER},
            c.Cancel: lambda: {"request": "srq_1", "asked_on": today, "refund": self.new_id("rfd")},
            c.Surrender: lambda: {"request": "srq_1", "asked_on": today, "fen": 800_000, "refund": self.new_id("rfd")},
        }
        return members[kind]()

    def _contents(self, kind: type[c.Command]) -> dict[str, Any]:
        contents = {
            "record": "rec_proposal",
            "digest": CONTENT,
            "product": "whole-life-suian",
            "product_version": "2026-1",
            "fen": FEN,
            "holds_until": HOLDS_UNTIL,
            "signers": BOTH,
            "needs_recording": False,
            "hesitation_days": 15,
            **self.content,
        }
        if kind is c.Enter:
            return {**contents, "salesperson": SELLER, "institution": "ins_qichuan"}
        return {**contents, "record": "rec_amended", "digest": OTHER_CONTENT}

    def later(self, **time: int) -> Play:
        self.now += timedelta(**time)
        return self


ENTERED = (c.Enter,)
SENT = (*ENTERED, c.Send)
SIGNED = (*SENT, c.RecordSigned)
ACCEPTED = (*SIGNED, c.Underwrite)
DEBITING = (*ACCEPTED, c.OrderDebit)
UNKNOWN = (*DEBITING, c.RecordUnanswered)
FAILED = (*DEBITING, c.RecordDebitFailed)
PAID = (*DEBITING, c.RecordCollected)
ISSUED = (*PAID, c.Issue)
RECEIVED = (*ISSUED, c.RecordReceived)


def at(*kinds: type[c.Command], **content: Any) -> Play:
    """Return a proposal after these commands."""
    return Play(**content).go(*kinds)


def referred(**content: Any) -> Play:
    """Return a proposal that a person has to decide about."""
    return at(*SIGNED, **content).go(c.Underwrite, outcome=Outcome.REFER, reasons=("diabetes",))


def wanting(*names: str, **content: Any) -> Play:
    """Return a proposal for which something was asked."""
    requirements = tuple(asked(name) for name in names or ("req_1",))
    return at(*SIGNED, **content).go(
        c.Underwrite, outcome=Outcome.ASK, reasons=("stay-in-hospital",), requirements=requirements
    )


def offered(**content: Any) -> Play:
    """Return a proposal that was accepted at a higher premium."""
    return at(*SIGNED, **content).go(c.Underwrite, reasons=("smoker",), loading=20)


def concerned(**content: Any) -> Play:
    """Return a policy whose customer said in the return visit that somebody else signed."""
    return at(*RECEIVED, c.InviteVisit, **content).go(c.AnswerVisit, concerns=("not-signed-by-me",))
