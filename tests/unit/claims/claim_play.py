"""A claim that is played: commands that fit where it stands, what they led to, and what it is now."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

from claims.domain import Claim, decide, evolve
from claims.domain import commands as c
from claims.domain import events as e
from claims.domain.values import (
    Agreement,
    AskedShop,
    CoverPart,
    Lane,
    Line,
    LineKind,
    PaymentKind,
    ReportWay,
    SurveyWay,
)
from claims.errors import ClaimRefused

NOON = datetime(2026, 11, 27, 4, 0, tzinfo=UTC)
"""Noon in China."""
HANDLER, SURVEYOR, LEAD, MANAGER, DESK = "usr_lin", "usr_gao", "usr_shi", "usr_qin", "usr_bai"
ACCOUNT, OTHER_ACCOUNT = "a" * 64, "b" * 64
LINES = (Line(LineKind.PART, "front-bumper", 1, 68_000), Line(LineKind.LABOUR, "paint-bumper", 1, 45_000))
ALONE_UPTO = 500_000
SECOND_ABOVE = 1_000_000


class Play:
    """One claim. `now` is the moment at which the next command is given; ids are given out as they are needed.

    `always` are members that every command of a kind has, unless told otherwise.
    """

    def __init__(self, always: Mapping[type[c.Command], Mapping[str, Any]] | None = None) -> None:
        self.state: Claim | None = None
        self.events: list[e.Event] = []
        self.given: list[c.Command] = []
        self.now = NOON
        self.always = dict(always or {})
        self._ids: Counter[str] = Counter()

    def do(self, command: c.Command) -> tuple[e.Event, ...]:
        """Give a command, and return the events it led to. Raises `ClaimRefused`."""
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

    def scored(self) -> Play:
        """Give every score that is waited for; none of them is high."""
        for step in self.claim.to_score:
            self.go(c.RecordScore, step=step, table=step)
        return self

    def refused(self, kind: type[c.Command], **changes: Any) -> str:
        """Return the code with which a command is refused; it must be, and change nothing."""
        before = self.state
        try:
            self.do(self.command(kind, **changes))
        except ClaimRefused as refused:
            assert self.state == before
            return refused.code
        raise AssertionError(f"{kind.__name__} was taken")

    @property
    def claim(self) -> Claim:
        assert self.state is not None
        return self.state

    @property
    def types(self) -> list[str]:
        """What happened, without the word that all types begin with."""
        return [event.type.name.removeprefix("claim.") for event in self.events]

    def new_id(self, prefix: str) -> str:
        """Return `prefix_1`, then `prefix_2`."""
        self._ids[prefix] += 1
        return f"{prefix}_{self._ids[prefix]}"

    def later(self, **time: int) -> Play:
        self.now += timedelta(**time)
        return self

    def command(self, kind: type[c.Command], **changes: Any) -> c.Command:
        """Return a command of that kind that fits where the claim stands, but for what is changed."""
        always = self.always.get(kind, {})
        if kind is c.Triage and (self.claim.lane is Lane.BLOCKED or self.claim.person_asked):
            always = {}
        return kind(**{"at": self.now, **self._members(kind), **always, **changes})

    def _members(self, kind: type[c.Command]) -> dict[str, Any]:
        if kind is c.Report:
            return reported(self.now)
        state = self.claim
        made = _MEMBERS[kind](self, state)
        names = {one.name for one in fields(kind)}
        if "by" in names and "by" not in made:
            made["by"] = _BY.get(kind, HANDLER)
        return made


def reported(at: datetime, **changes: Any) -> dict[str, Any]:
    """Return the members of a report, of half an hour before."""
    return {
        "policy": "CX330126112700",
        "cover": "mpr_1",
        "cover_digest": "c" * 64,
        "record": "crp_1",
        "digest": "d" * 64,
        "way": ReportWay.LINK,
        "occurred_at": at - timedelta(minutes=30),
        "cause": "collision",
        "injured": False,
        "estimate": 150_000,
        **changes,
    }


Members = Callable[[Play, Claim], dict[str, Any]]
_BY: dict[type[c.Command], str | None] = {
    c.Triage: None,
    c.ReviewBlock: LEAD,
    c.HandOver: LEAD,
    c.TakeSurvey: SURVEYOR,
    c.ReassignSurvey: LEAD,
    c.Verify: LEAD,
    c.ApprovePayee: MANAGER,
    c.ApprovePayment: LEAD,
    c.AllowAdvance: LEAD,
    c.SetPayee: None,
    c.OrderPayment: None,
    c.AnswerDispute: DESK,
    c.Close: None,
    c.Withdraw: None,
}


def _survey(state: Claim) -> str:
    return state.survey.id if state.survey else "svy_none"


def _taken(state: Claim) -> dict[str, Any]:
    survey = state.survey
    return {"by": survey.surveyor if survey else None, "device": survey.device if survey else None}


def _account(state: Claim) -> str:
    return state.payee.account if state.payee else ACCOUNT


def _assessment(state: Claim) -> str:
    return state.assessment.id if state.assessment else "ass_none"


def _adjudicated(play: Play, state: Claim) -> dict[str, Any]:
    return {
        "assessment": _assessment(state),
        "fault": 100,
        "covers": (CoverPart("vehicle", state.loss),),
        "fen": state.loss,
        "table_version": "2026-1",
        "trace": play.new_id("stl"),
        "trace_digest": "7" * 64,
        "limits": "2026-1",
        "tier": "document-free",
        "agreement": Agreement.CODE,
        "approvals": 0,
    }


def _approver(state: Claim) -> str:
    return MANAGER if LEAD in state.approved_by else LEAD


def _agreed(play: Play, state: Claim) -> dict[str, Any]:
    offer = state.offer
    if offer is not None and offer.agreement is Agreement.SIGNATURE:
        return {"offer": offer.id, "envelope": offer.envelope, "document": "5" * 64}
    return {"offer": offer.id if offer else "ofr_none", "confirmation": play.new_id("cnf")}


def _ordered(play: Play, state: Claim) -> dict[str, Any]:
    advance = state.advance if state.offer is None or state.offer.agreed_at is None else None
    kind = PaymentKind.FINAL if advance is None else PaymentKind.ADVANCE
    fen = state.payable if advance is None else advance
    return {"payment": play.new_id("pay"), "kind": kind, "fen": fen or 1, "account": _account(state)}


def _last(parts: tuple[Any, ...], none: str) -> str:
    return str(parts[-1].id) if parts else none


def _quote(state: Claim) -> str:
    return state.supplies[-1].quotes[0].id if state.supplies else "quo_none"


def _broken(play: Play, state: Claim) -> tuple[str, datetime]:
    """Return the first alarm that nobody saw yet."""
    open_ = sorted((clock, due) for clock, due, broke in state.told if broke and (clock, due) not in state.acknowledged)
    return open_[0] if open_ else ("assess", play.now)


def _score(play: Play, state: Claim) -> dict[str, Any]:
    return {
        "step": "report",
        "table": "report",
        "table_version": "2026-1",
        "table_digest": "8" * 64,
        "trace": play.new_id("rsk"),
        "trace_digest": f"{play.now.microsecond + len(play.given):064x}",
        "score": 7,
        "maximum": max(7, state.highest_score),
        "points": ("R001", "R004"),
        "hard_stop": False,
        "to_people": False,
    }


def _paid(state: Claim) -> dict[str, Any]:
    payment = state.open_payment or (state.payments[-1] if state.payments else None)
    return {"payment": payment.id, "fen": payment.fen} if payment else {"payment": "pay_none", "fen": 1}


def _missing(state: Claim) -> tuple[str, ...]:
    return tuple(sorted(state.papers.missing)) if state.papers else ("invoice",)


_MEMBERS: dict[type[c.Command], Members] = {
    c.Triage: lambda play, state: {
        "lane": Lane.BLOCKED if state.lane is Lane.BLOCKED else Lane.ORDINARY if state.person_asked else Lane.EXPRESS,
        "survey": play.new_id("svy"),
        "way": SurveyWay.SURVEYOR if state.person_asked else SurveyWay.SELF_SERVICE,
        "limits": "2026-1",
        "reasons": ("small", "clear"),
        "alone_upto": ALONE_UPTO,
        "second_above": SECOND_ABOVE,
    },
    c.RecordScore: _score,
    c.SendToPeople: lambda _play, state: {"step": next(iter(state.to_score), "report")},
    c.ReviewBlock: lambda play, _state: {"released": True, "reason": play.new_id("wrd")},
    c.Take: lambda _play, _state: {},
    c.HandOver: lambda _play, _state: {"to": "usr_new", "reason": "holiday"},
    c.AskForPerson: lambda _play, _state: {},
    c.AskCallBack: lambda play, _state: {"callback": play.new_id("cbk")},
    c.TakeCallBack: lambda _play, state: {"callback": _last(state.callbacks, "cbk_none")},
    c.RecordCalledBack: lambda _play, state: {"callback": _last(state.callbacks, "cbk_none"), "reached": True},
    c.AskPapers: lambda play, _state: {
        "request": play.new_id("ppr"),
        "items": ("driving-licence", "invoice"),
        "message": "msg_1",
    },
    c.RecordPapers: lambda play, state: {"items": _missing(state), "record": play.new_id("pap")},
    c.WaivePapers: lambda play, state: {"items": _missing(state)[:1], "reason": play.new_id("wrd")},
    c.AddPicture: lambda play, _state: {"picture": play.new_id("pic"), "kind": "close-up", "digest": "9" * 64},
    c.CheckPicture: lambda _play, state: {
        "picture": next((one for one in sorted(state.known) if re.fullmatch(r"pic_[0-9]+", one)), "pic_none"),
        "distance": 64,
    },
    c.TellSurvey: lambda play, _state: {"seen": play.new_id("sen"), "debris": True, "zones": ("front",)},
    c.TellInjury: lambda play, _state: {"seen": play.new_id("sen"), "grade": 1, "people_in_car": 2},
    c.TellShop: lambda play, _state: {"seen": play.new_id("sen"), "shop": "shp_1", "blocked": False},
    c.TellPapers: lambda play, _state: {"seen": play.new_id("sen"), "originals_needed": 2, "originals_seen": 2},
    c.FileForm: lambda play, _state: {
        "form": play.new_id("frm"),
        "tool": "survey",
        "record": "rec_form",
        "digest": "6" * 64,
        "seconds": 140,
        "device": "dev_1",
    },
    c.RevokeDevice: lambda _play, _state: {"device": "dev_1"},
    c.Join: lambda _play, _state: {"into": "clm_other"},
    c.Absorb: lambda _play, _state: {"other": "clm_second"},
    c.SendSurveyor: lambda _play, state: {"survey": _survey(state), "to": SURVEYOR, "metres": 2400},
    c.DeclineSurvey: lambda _play, state: {
        "survey": _survey(state),
        "reason": "at-another-loss",
        "by": (state.survey.surveyor if state.survey else None) or SURVEYOR,
    },
    c.RecordNobodyFree: lambda _play, state: {"survey": _survey(state)},
    c.AskQuotes: lambda play, state: {
        "supply": play.new_id("sup"),
        "assessment": _assessment(state),
        "shops": (AskedShop(play.new_id("quo"), "shp_1"), AskedShop(play.new_id("quo"), "shp_2")),
    },
    c.RecordQuote: lambda _play, state: {"quote": _quote(state), "fen": 68_000, "days": 2},
    c.DeclineQuote: lambda _play, state: {"quote": _quote(state)},
    c.OrderParts: lambda _play, state: {"quote": _quote(state)},
    c.RecordPartsDelivered: lambda _play, state: {"supply": _last(state.supplies, "sup_none")},
    c.CancelParts: lambda _play, state: {"supply": _last(state.supplies, "sup_none"), "reason": "repaired-elsewhere"},
    c.TakeSurvey: lambda _play, state: {"survey": _survey(state), "device": "dev_1"},
    c.ReassignSurvey: lambda _play, state: {"survey": _survey(state), "to": "usr_other", "reason": "far-away"},
    c.ChangeSurvey: lambda play, _state: {
        "survey": play.new_id("svy"),
        "way": SurveyWay.SURVEYOR,
        "reason": "pictures-unclear",
    },
    c.RecordSurvey: lambda _play, state: {
        "survey": _survey(state),
        "record": "rec_survey",
        "digest": "4" * 64,
        "fault": 100,
        **_taken(state),
    },
    c.Assess: lambda play, _state: {"assessment": play.new_id("ass"), "catalogue": "2026-1", "lines": LINES},
    c.Verify: lambda _play, state: {"assessment": _assessment(state), "passed": True},
    c.Supplement: lambda play, _state: {"supplement": play.new_id("spl"), "reason": "hidden-damage"},
    c.Remind: lambda play, _state: {"clock": "assess", "due": play.now + timedelta(hours=1), "owner": "handler"},
    c.Alarm: lambda play, _state: {"clock": "assess", "due": play.now, "owner": "handler"},
    c.AcknowledgeAlarm: lambda play, state: {
        "clock": _broken(play, state)[0],
        "due": _broken(play, state)[1],
        "measure": "reassigned",
        "words": play.new_id("wrd"),
        "by": MANAGER,
    },
    c.Adjudicate: _adjudicated,
    c.MakeOffer: lambda play, state: {
        "offer": play.new_id("ofr"),
        "fen": state.settlement.fen if state.settlement else 1,
        "shown": "3" * 64,
    },
    c.SendAgreement: lambda play, state: {
        "offer": state.offer.id if state.offer else "ofr_none",
        "envelope": play.new_id("env"),
    },
    c.ReturnAgreement: lambda _play, state: {
        "envelope": (state.offer.envelope if state.offer else None) or "env_none",
        "reason": "expired",
    },
    c.Agree: _agreed,
    c.Dispute: lambda play, _state: {"dispute": play.new_id("dsp"), "reason": "parts-too-cheap"},
    c.PassDispute: lambda _play, state: {"dispute": state.dispute.id if state.dispute else "dsp_none", "by": None},
    c.AnswerDispute: lambda play, state: {
        "dispute": state.dispute.id if state.dispute else "dsp_none",
        "changed": False,
        "reason": play.new_id("wrd"),
    },
    c.SetPayee: lambda play, _state: {"payee": play.new_id("pye"), "account": ACCOUNT, "matches": True},
    c.ApprovePayee: lambda _play, state: {"account": _account(state)},
    c.ApprovePayment: lambda _play, state: {
        "fen": state.payable or 1,
        "account": _account(state),
        "by": _approver(state),
    },
    c.AllowAdvance: lambda play, state: {"fen": max(1, (state.loss - state.paid) // 4)},
    c.OrderPayment: _ordered,
    c.RecordPaid: lambda _play, state: _paid(state),
    c.RecordPaymentFailed: lambda _play, state: {"payment": _paid(state)["payment"], "reason": "account-closed"},
    c.RecordUnanswered: lambda _play, state: {"payment": _paid(state)["payment"]},
    c.Close: lambda _play, _state: {},
    c.Refuse: lambda play, _state: {"reasons": ("driver-without-licence",), "words": play.new_id("wrd")},
    c.RecordNotice: lambda _play, _state: {"notice": "ntc_1"},
    c.Withdraw: lambda _play, _state: {"reason": "paid-by-other-side"},
    c.Reopen: lambda play, _state: {"reason": "new-damage", "words": play.new_id("wrd")},
    c.Rate: lambda _play, _state: {"stars": 5},
    c.OpenRecovery: lambda play, _state: {"recovery": play.new_id("rcv"), "against": "per_other", "fen": 1000},
    c.RecordRecovered: lambda play, state: {
        "recovery": _last(state.recoveries, "rcv_none"),
        "receipt": play.new_id("rct"),
        "fen": 400,
    },
    c.CloseRecovery: lambda _play, state: {"recovery": _last(state.recoveries, "rcv_none"), "reason": "no-assets"},
}


REPORTED = (c.Report,)
TRIAGED = (*REPORTED, c.Triage)
SURVEYED = (*TRIAGED, c.RecordSurvey)
ASSESSED = (*SURVEYED, c.Assess)
VERIFIED = (*ASSESSED, c.Verify)
ADJUDICATED = (*VERIFIED, c.Adjudicate)
OFFERED = (*ADJUDICATED, c.MakeOffer)
AGREED = (*OFFERED, c.Agree)
PAYABLE = (*AGREED, c.SetPayee)
PAYING = (*PAYABLE, c.OrderPayment)
UNKNOWN = (*PAYING, c.RecordUnanswered)
FAILED = (*PAYING, c.RecordPaymentFailed)
PAID = (*PAYING, c.RecordPaid)
CLOSED = (*PAID, c.Close)


def at(*kinds: type[c.Command], **always: Any) -> Play:
    """Return a claim after these commands; `always` are members of the report."""
    return Play({c.Report: always}).go(*kinds)


def blocked(*kinds: type[c.Command], before: tuple[type[c.Command], ...] = TRIAGED) -> Play:
    """Return a claim that a score blocked after `before`, and then these commands."""
    play = at(*before).go(c.RecordScore, score=60, maximum=60, to_people=True, points=("R010", "R077"))
    return play.go(*kinds) if kinds else play


def dispatched() -> Play:
    """Return a claim that a surveyor surveys, who has taken it."""
    play = Play({c.Triage: {"way": SurveyWay.SURVEYOR, "lane": Lane.ORDINARY}})
    return play.go(*TRIAGED, c.TakeSurvey)
