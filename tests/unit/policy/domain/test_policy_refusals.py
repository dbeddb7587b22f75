"""Every refusal: where it is met, and that it has words. What the tables do not name is refused by the state's name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from policy.domain import catalogue
from policy.domain import commands as c
from policy.domain.money_rules import DEBITS_AT_MOST
from policy.domain.refusal import refusal
from policy.domain.request_words import REQUEST_WORDS
from policy.domain.table import TABLE
from policy.domain.underwriting_rules import RECORDINGS_AT_MOST, REQUIREMENTS_AT_MOST
from policy.domain.values import Outcome, ProposalState, Signer, VisitWay
from policy.domain.words import PROPOSAL_WORDS, WORDS
from policy.errors import PolicyRefused
from tests.unit.policy.proposal_play import (
    ACCEPTED,
    DEBITING,
    ENTERED,
    FAILED,
    ISSUED,
    NOON,
    OTHER_CONTENT,
    PAID,
    RECEIVED,
    REVIEWER,
    SELLER,
    SENT,
    SIGNED,
    UNKNOWN,
    Play,
    asked,
    at,
    concerned,
    offered,
    referred,
    wanting,
)

S = ProposalState
YESTERDAY, TOMORROW = date(2026, 11, 26), date(2026, 11, 28)

STANDS: dict[ProposalState, Callable[[], Play]] = {
    S.ENTERED: lambda: at(*ENTERED),
    S.SENT: lambda: at(*SENT),
    S.LAPSED: lambda: at(*SENT, c.RecordReturned),
    S.SIGNED: lambda: at(*SIGNED),
    S.REFERRED: referred,
    S.WANTING: wanting,
    S.OFFERED: offered,
    S.ACCEPTED: lambda: at(*ACCEPTED),
    S.DEBITING: lambda: at(*DEBITING),
    S.DEBIT_FAILED: lambda: at(*FAILED),
    S.DEBIT_UNKNOWN: lambda: at(*UNKNOWN),
    S.PAID: lambda: at(*PAID),
    S.ISSUED: lambda: at(*ISSUED),
    S.WITHDRAWN: lambda: at(*ENTERED, c.Withdraw),
    S.DECLINED: lambda: at(*SIGNED).go(c.Underwrite, outcome=Outcome.DECLINE, reasons=("tumour",)),
    S.REFUSED_BY_CUSTOMER: lambda: at(*SENT, c.RecordRefused),
    S.CANCELLED: lambda: at(*ISSUED, c.Cancel),
    S.SURRENDERED: lambda: at(*RECEIVED).later(days=20).go(c.Surrender),
}
REFUSED_EVERYWHERE = {
    # A command that only one state takes, for each state that does not.
    state: c.Issue if state is not S.PAID else c.OrderDebit
    for state in S
}


def test_each_state_can_be_reached() -> None:
    assert {state: make().proposal.state for state, make in STANDS.items()} == {state: state for state in S}


@pytest.mark.parametrize("state", S)
def test_what_a_state_does_not_take_is_refused_by_its_name(state: ProposalState) -> None:
    kind = REFUSED_EVERYWHERE[state]
    assert kind not in TABLE[state].accepts
    changes = {"policy": "CY999999"} if kind is c.Issue else {}
    assert STANDS[state]().refused(kind, **changes) == f"proposal-{state.value}"


def recorded() -> Play:
    return at(*ENTERED, c.AddRecording)


def amended() -> Play:
    play = recorded()
    return play.go(c.Send, c.RecordReturned, c.Amend)


def paid_with_surplus() -> Play:
    """The first debit failed, the second was ordered, and then the bank collected both."""
    play = at(*FAILED, c.OrderDebit).go(c.RecordCollected, debit="dbt_1", refund="rfd_surplus")
    return play.go(c.RecordCollected)


def settled() -> Play:
    return at(*ISSUED)


def repaid() -> Play:
    return at(*PAID, c.Withdraw, c.OrderRefund, c.RecordRefunded)


def debited_often() -> Play:
    play = at(*FAILED)
    for _ in range(DEBITS_AT_MOST - 1):
        play.go(c.OrderDebit, c.RecordDebitFailed)
    return play


def recorded_often() -> Play:
    return at(*ENTERED, *[c.AddRecording] * RECORDINGS_AT_MOST)


MANY = tuple(asked(f"req_{number}") for number in range(REQUIREMENTS_AT_MOST + 1))
WRONG: dict[str, Any] = {"outcome": Outcome.ASK, "reasons": ("hypertension",)}

CASES: list[tuple[str, Callable[[], Play], type[c.Command], dict[str, Any]]] = [
    ("malformed-command", lambda: at(*ENTERED), c.Send, {"envelope": "于文山"}),
    ("malformed-command", Play, c.Enter, {"record": "13800134026"}),
    ("malformed-command", Play, c.Enter, {"product_version": "13800134026"}),
    ("malformed-command", Play, c.Enter, {"fen": True}),
    ("malformed-command", Play, c.Enter, {"fen": 0}),
    ("malformed-command", Play, c.Enter, {"holds_until": date(1999, 1, 1)}),
    ("malformed-command", Play, c.Enter, {"signers": (Signer.APPLICANT,) * 65}),
    ("malformed-command", Play, c.Enter, {"signers": ("applicant",)}),
    ("malformed-command", Play, c.Enter, {"client": ""}),
    ("malformed-command", lambda: at(*ENTERED), c.Send, {"at": datetime(2026, 11, 27)}),  # noqa: DTZ001  # as meant
    ("malformed-command", lambda: at(*SIGNED), c.Underwrite, {**WRONG, "requirements": (asked(owner="沈知秋"),)}),
    ("proposal-exists", lambda: at(*ENTERED), c.Enter, {"digest": OTHER_CONTENT}),
    ("quote-over", Play, c.Enter, {"holds_until": YESTERDAY}),
    ("quote-over", lambda: at(*ENTERED).later(days=200), c.Send, {}),
    ("quote-over", lambda: at(*ENTERED).later(days=200), c.Amend, {}),
    ("signers-incomplete", Play, c.Enter, {"signers": (Signer.INSURED,)}),
    ("signers-incomplete", Play, c.Enter, {"signers": (Signer.APPLICANT, Signer.APPLICANT)}),
    ("signers-incomplete", Play, c.Enter, {"signers": tuple(Signer)}),
    ("envelope-used", STANDS[S.LAPSED], c.Send, {"envelope": "env_1"}),
    ("envelope-out", lambda: offered().go(c.Send), c.Send, {"envelope": "env_other"}),
    ("envelope-unknown", lambda: at(*SENT), c.RecordSigned, {"envelope": "env_other"}),
    ("envelope-unknown", lambda: at(*SENT), c.RecordReturned, {"envelope": "env_other"}),
    ("envelope-unknown", lambda: at(*SENT), c.RecordRefused, {"envelope": "env_other"}),
    ("envelope-unknown", offered, c.RecordSigned, {}),
    ("signature-missing", lambda: at(*SENT), c.RecordSigned, {"signers": (Signer.APPLICANT,)}),
    ("signature-missing", lambda: offered().go(c.Send), c.RecordSigned, {"signers": (Signer.INSURED,)}),
    ("no-signer", lambda: at(*SENT), c.RecordRefused, {"signer": Signer.GUARDIAN}),
    ("day-in-future", lambda: at(*SENT), c.RecordSigned, {"signed_on": TOMORROW}),
    ("day-in-future", settled, c.RecordReceived, {"received_on": TOMORROW}),
    ("day-in-future", settled, c.Cancel, {"asked_on": TOMORROW}),
    ("decision-of-something-else", lambda: at(*SIGNED), c.Underwrite, {"content": OTHER_CONTENT}),
    ("requirements-misplaced", lambda: at(*SIGNED), c.Underwrite, {"outcome": Outcome.ASK}),
    ("requirements-misplaced", lambda: at(*SIGNED), c.Underwrite, {"requirements": (asked(),)}),
    ("requirements-misplaced", referred, c.DecideCase, {"outcome": Outcome.ASK}),
    ("loading-misplaced", lambda: at(*SIGNED), c.Underwrite, {"outcome": Outcome.REFER, "loading": 20}),
    ("loading-misplaced", referred, c.DecideCase, {"outcome": Outcome.DECLINE, "loading": 20}),
    ("requirement-known", lambda: at(*SIGNED), c.Underwrite, {**WRONG, "requirements": (asked(), asked())}),
    (
        "requirement-known",
        lambda: wanting().go(c.MeetRequirement),
        c.DecideCase,
        {"outcome": Outcome.ASK, "requirements": (asked(),)},
    ),
    ("requirements-too-many", lambda: at(*SIGNED), c.Underwrite, {**WRONG, "requirements": MANY}),
    (
        "requirement-due-past",
        lambda: at(*SIGNED),
        c.Underwrite,
        {**WRONG, "requirements": (asked(due=YESTERDAY),)},
    ),
    ("no-requirement", wanting, c.MeetRequirement, {"requirement": "req_none"}),
    ("no-requirement", wanting, c.WaiveRequirement, {"requirement": "req_none"}),
    (
        "requirement-closed",
        lambda: wanting("req_1", "req_2").go(c.MeetRequirement),
        c.WaiveRequirement,
        {"requirement": "req_1"},
    ),
    ("no-case", referred, c.DecideCase, {"case": "cas_none"}),
    ("own-case", referred, c.DecideCase, {"by": SELLER}),
    ("own-case", wanting, c.WaiveRequirement, {"by": SELLER}),
    ("case-not-decided", referred, c.DecideCase, {"outcome": Outcome.REFER}),
    ("recording-of-something-else", lambda: at(*ENTERED), c.AddRecording, {"content": OTHER_CONTENT}),
    ("recording-of-something-else", amended, c.ReviewRecording, {}),
    ("recordings-too-many", recorded_often, c.AddRecording, {}),
    ("no-recording", lambda: at(*ENTERED), c.ReviewRecording, {}),
    (
        "recording-reviewed",
        lambda: recorded().go(c.ReviewRecording),
        c.ReviewRecording,
        {"passed": False, "reasons": ("no-face",)},
    ),
    ("own-recording", recorded, c.ReviewRecording, {"by": SELLER}),
    ("own-recording", lambda: at(*ENTERED).go(c.AddRecording, by="stf_lu"), c.ReviewRecording, {"by": "stf_lu"}),
    ("review-reasons", recorded, c.ReviewRecording, {"passed": False}),
    ("review-reasons", recorded, c.ReviewRecording, {"reasons": ("no-face",)}),
    ("recording-first", lambda: at(*ACCEPTED, needs_recording=True), c.OrderDebit, {}),
    ("no-debit", lambda: at(*ACCEPTED), c.RecordCollected, {}),
    ("no-debit", lambda: at(*ACCEPTED), c.RecordDebitFailed, {}),
    ("no-debit", lambda: at(*ACCEPTED), c.RecordUnanswered, {}),
    ("debit-known", lambda: at(*FAILED), c.OrderDebit, {"debit": "dbt_1"}),
    ("debits-too-many", debited_often, c.OrderDebit, {}),
    ("amount-differs", lambda: at(*DEBITING), c.RecordCollected, {"fen": 1}),
    ("debit-settled", settled, c.RecordDebitFailed, {}),
    ("debit-settled", lambda: at(*PAID, c.Withdraw), c.RecordDebitFailed, {}),
    ("debit-settled", lambda: at(*FAILED, c.Withdraw, c.RecordCollected), c.RecordDebitFailed, {}),
    ("no-refund", settled, c.OrderRefund, {}),
    ("no-refund", settled, c.RecordRefunded, {}),
    ("no-refund", settled, c.RecordRefundFailed, {}),
    ("refund-known", paid_with_surplus, c.Withdraw, {"refund": "rfd_surplus"}),
    ("refund-not-ordered", lambda: at(*PAID, c.Withdraw), c.RecordRefunded, {}),
    ("refund-not-ordered", lambda: at(*PAID, c.Withdraw), c.RecordRefundFailed, {}),
    ("refund-settled", repaid, c.RecordRefundFailed, {}),
    ("effective-day", lambda: at(*PAID), c.Issue, {"effective_on": YESTERDAY}),
    ("effective-day", lambda: at(*PAID), c.Issue, {"effective_on": TOMORROW + timedelta(days=1)}),
    ("day-before-issue", settled, c.RecordReceived, {"received_on": YESTERDAY}),
    ("day-before-issue", settled, c.Cancel, {"asked_on": YESTERDAY}),
    ("receipt-first", settled, c.InviteVisit, {}),
    ("no-visit", lambda: at(*RECEIVED), c.AnswerVisit, {}),
    ("no-visit", lambda: at(*RECEIVED), c.RemindVisit, {}),
    ("no-visit", lambda: at(*RECEIVED), c.SeeToVisit, {}),
    ("visit-answered", lambda: at(*RECEIVED, c.InviteVisit, c.AnswerVisit), c.InviteVisit, {}),
    ("visit-answered", lambda: at(*RECEIVED, c.InviteVisit, c.AnswerVisit), c.RemindVisit, {}),
    ("visit-answered", lambda: at(*RECEIVED, c.InviteVisit, c.AnswerVisit), c.AnswerVisit, {"digest": "7" * 64}),
    ("visit-way", lambda: at(*RECEIVED, c.InviteVisit), c.AnswerVisit, {"way": VisitWay.PHONE}),
    ("visit-way", lambda: at(*RECEIVED, c.InviteVisit), c.AnswerVisit, {"by": REVIEWER}),
    ("own-visit", lambda: at(*RECEIVED, c.InviteVisit), c.AnswerVisit, {"by": SELLER, "way": VisitWay.PHONE}),
    ("own-visit", concerned, c.SeeToVisit, {"by": SELLER}),
    ("no-concern", lambda: at(*RECEIVED, c.InviteVisit, c.AnswerVisit), c.SeeToVisit, {}),
    ("no-concern", lambda: concerned().go(c.SeeToVisit), c.SeeToVisit, {"note": "rec_other"}),
    ("hesitation-over", lambda: at(*RECEIVED).later(days=16), c.Cancel, {}),
    ("cancel-instead", lambda: at(*RECEIVED).later(days=15), c.Surrender, {}),
    ("cancel-instead", settled, c.Surrender, {}),
]


@pytest.mark.parametrize(("code", "make", "kind", "changes"), CASES)
def test_each_refusal_is_met_where_it_belongs_and_changes_nothing(
    code: str, make: Callable[[], Play], kind: type[c.Command], changes: dict[str, Any]
) -> None:
    assert make().refused(kind, **changes) == code


def test_nothing_happens_to_a_proposal_that_was_never_entered() -> None:
    with pytest.raises(PolicyRefused) as refused:
        Play().do(c.Send(at=NOON, envelope="env_1"))
    assert refused.value.code == "no-proposal"


def test_every_refusal_there_is_words_for_can_be_met() -> None:
    met = {code for code, *_ in CASES} | {f"proposal-{state.value}" for state in S} | {"no-proposal"}
    assert met == set(PROPOSAL_WORDS)
    assert {one.code for one in catalogue()} == set(PROPOSAL_WORDS) | set(REQUEST_WORDS)


def test_a_refusal_says_cause_and_cure_in_both_languages() -> None:
    for code, words in WORDS.items():
        assert all(words)
        made = refusal(code)
        assert made.zh.count("。") == 2
        assert made.en.isascii() and made.en[0].isupper() and made.en.endswith(".")
        assert str(made) == f"{words[2]}; {words[3]}"


def test_a_refusal_names_what_it_is_about() -> None:
    assert str(refusal("signature-missing", ("insured",))).startswith("not everybody has signed (insured);")


def test_a_malformed_command_never_repeats_what_it_held() -> None:
    play = at(*ENTERED)
    with pytest.raises(PolicyRefused, match="envelope") as refused:
        play.do(play.command(c.Send, envelope="13800134026"))
    assert "13800134026" not in str(refused.value)
