"""Every refusal there is words for can be met, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from delivery.domain import commands as c
from delivery.domain.chase_rules import CALLS_AT_MOST
from delivery.domain.command import Command
from delivery.domain.paper_rules import COPIES_AT_MOST
from delivery.domain.printing_words import PRINTING_WORDS
from delivery.domain.receipt_rules import PHOTOS_AT_MOST
from delivery.domain.receipt_words import RECEIPT_WORDS
from delivery.domain.refusal import refusal
from delivery.domain.values import CheckReason, DeliveryState, EndReason, ReceiptWay, ReprintReason, RouteWay, SignedBy
from delivery.domain.visit_rules import LINKS_AT_MOST
from delivery.domain.words import RULE_WORDS, STATE_WORDS, WORDS
from delivery.errors import DeliveryRefused
from tests.unit.delivery.delivery_play import (
    AT_OUTLET,
    AT_RELAY,
    BOUND,
    BRANCH,
    CHECKED,
    HANDED,
    ISSUED,
    NOON,
    OPENED,
    OTHER_OUTLET,
    OUTLET,
    PACKED,
    PHOTOGRAPHED,
    PRINTED,
    RECEIVED,
    RETURNED,
    SELLER,
    SUB_BRANCH,
    TODAY,
    UNDERWAY,
    Play,
    at,
    electronic,
)

S = DeliveryState
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


def signed_by_family() -> Play:
    return at(*HANDED).go(c.Sign, signed_by=SignedBy.FAMILY)


STANDS: dict[DeliveryState, Callable[[], Play]] = {
    S.AWAITING_ISSUE: lambda: at(*OPENED),
    S.TO_PRINT: lambda: at(*ISSUED),
    S.PRINTED: lambda: at(*PRINTED),
    S.BOUND: lambda: at(*BOUND),
    S.CHECKED: lambda: at(*CHECKED),
    S.PACKED: lambda: at(*PACKED),
    S.UNDERWAY: lambda: at(*UNDERWAY),
    S.AT_RELAY: lambda: at(*AT_RELAY),
    S.AT_OUTLET: lambda: at(*AT_OUTLET),
    S.WITH_SALESPERSON: lambda: at(*HANDED),
    S.TO_SEND: electronic,
    S.LINK_SENT: lambda: electronic(c.SendLink),
    S.LINK_OPENED: lambda: electronic(c.SendLink, c.OpenLink),
    S.ADDRESS_WRONG: lambda: at(*HANDED, c.ReportAddressWrong),
    S.CUSTOMER_AWAY: lambda: at(*HANDED, c.ReportAway),
    S.REFUSED: lambda: at(*HANDED, c.ReportRefused),
    S.SIGNED_BY_OTHER: signed_by_family,
    S.PHOTOGRAPHED: lambda: at(*PHOTOGRAPHED),
    S.RECEIVED: lambda: at(*RECEIVED),
    S.RETURNED: lambda: at(*RETURNED),
    S.ENDED: lambda: at(*HANDED, c.RecordEnded),
    S.SIGNED_AFTER_END: lambda: at(*HANDED, c.RecordEnded, c.Sign),
    S.DROPPED: lambda: at(*OPENED, c.RecordDropped),
}


@pytest.mark.parametrize("state", S)
def test_every_state_can_be_reached_and_refuses_what_the_table_does_not_name(state: DeliveryState) -> None:
    play = STANDS[state]()
    assert play.delivery.state is state
    refusing = c.Print if state is not S.TO_PRINT else c.Bind
    assert play.refused(refusing) == f"delivery-{state.value}"


def failed_often() -> Play:
    play = at(*ISSUED)
    for _ in range(COPIES_AT_MOST - 1):
        play.go(c.Print, c.Reprint)
    return play.go(c.Print)


def called_often() -> Play:
    return at(*HANDED, *[c.LogCall] * CALLS_AT_MOST)


CASES: list[tuple[str, Callable[[], Play], type[Command], dict[str, Any]]] = [
    ("malformed-command", Play, c.Open, {"proposal": "于文山"}),
    ("malformed-command", Play, c.Open, {"institution": "13800134026"}),
    ("malformed-command", Play, c.Open, {"applied_on": NOON}),
    ("malformed-command", Play, c.Open, {"hesitation_days": True}),
    ("malformed-command", Play, c.Open, {"at": datetime(2026, 11, 2)}),  # noqa: DTZ001  # as meant
    ("malformed-command", lambda: at(*CHECKED), c.Pack, {"stops": [BRANCH]}),
    ("malformed-command", lambda: at(*CHECKED), c.Pack, {"stops": ("x",)}),
    ("malformed-command", lambda: at(*HANDED), c.Sign, {"way": "self"}),
    ("delivery-exists", lambda: at(*OPENED), c.Open, {"applied_on": YESTERDAY}),
    ("delivery-applied-in-future", Play, c.Open, {"applied_on": TOMORROW}),
    ("delivery-back-dated", lambda: at(*ISSUED).later(hours=-1), c.Print, {}),
    ("delivery-days-out-of-order", lambda: at(*OPENED), c.RecordIssued, {"underwritten_on": YESTERDAY}),
    ("delivery-days-out-of-order", lambda: at(*OPENED), c.RecordIssued, {"issued_on": TOMORROW}),
    ("delivery-ended-in-future", lambda: at(*ISSUED), c.RecordEnded, {"ended_on": TOMORROW}),
    ("delivery-is-electronic", lambda: electronic(c.ReportRefused), c.Photograph, {}),
    ("delivery-is-electronic", lambda: electronic(c.ReportRefused), c.Reprint, {}),
    ("delivery-is-paper", lambda: at(*HANDED), c.SendLink, {}),
    ("delivery-check-reason", lambda: at(*BOUND), c.Check, {"passed": False}),
    ("delivery-check-reason", lambda: at(*BOUND), c.Check, {"reason": CheckReason.PAGES}),
    ("delivery-checked", lambda: at(*CHECKED), c.Check, {"passed": False, "reason": CheckReason.PAGES}),
    ("delivery-other-outlet", lambda: at(*CHECKED), c.Pack, {"outlet": OTHER_OUTLET}),
    ("delivery-other-outlet", lambda: at(*UNDERWAY), c.Arrive, {"outlet": OTHER_OUTLET}),
    ("delivery-other-outlet", lambda: at(*AT_OUTLET), c.Arrive, {"outlet": OTHER_OUTLET}),
    ("delivery-packed-elsewhere", lambda: at(*PACKED), c.Pack, {"parcel": "pcl_other"}),
    ("delivery-packed-elsewhere", lambda: at(*PACKED), c.Dispatch, {"parcel": "pcl_other"}),
    ("delivery-stops", lambda: at(*CHECKED), c.Pack, {"way": RouteWay.DIRECT}),
    ("delivery-stops", lambda: at(*CHECKED), c.Pack, {"stops": (BRANCH, BRANCH)}),
    ("delivery-stops", lambda: at(*CHECKED), c.Pack, {"stops": (OUTLET,)}),
    ("delivery-not-on-route", lambda: at(*UNDERWAY), c.Reach, {"institution": OTHER_OUTLET}),
    (
        "delivery-stop-passed",
        lambda: at(*UNDERWAY).go(c.Reach, institution=SUB_BRANCH),
        c.Reach,
        {"institution": BRANCH},
    ),
    ("delivery-not-at-stop", lambda: at(*AT_RELAY), c.Forward, {"institution": SUB_BRANCH}),
    ("delivery-other-salesperson", lambda: at(*AT_OUTLET), c.Hand, {"salesperson": "usr_other"}),
    ("delivery-orphaned", lambda: at(*AT_OUTLET, c.RecordOrphaned), c.Hand, {}),
    ("delivery-reprint-reason", lambda: at(*HANDED), c.Reprint, {"reason": ReprintReason.CHECK_FAILED}),
    ("delivery-copies-too-many", failed_often, c.Reprint, {}),
    ("delivery-links-too-many", lambda: electronic(*[c.SendLink] * LINKS_AT_MOST), c.SendLink, {}),
    ("delivery-again-past", lambda: at(*HANDED), c.ReportAway, {"again_on": TODAY}),
    ("delivery-receipt-way", lambda: at(*HANDED), c.Sign, {"way": ReceiptWay.PAPER}),
    ("delivery-receipt-in-future", lambda: at(*HANDED), c.Sign, {"received_on": TOMORROW}),
    ("delivery-receipt-in-future", lambda: at(*HANDED), c.Photograph, {"signed_on": TOMORROW}),
    ("delivery-receipt-before-arrival", lambda: at(*HANDED), c.Sign, {"received_on": YESTERDAY}),
    ("delivery-receipt-before-arrival", electronic, c.Sign, {"received_on": YESTERDAY}),
    ("delivery-receipt-before-arrival", lambda: at(*HANDED), c.Photograph, {"signed_on": YESTERDAY}),
    ("delivery-underway", lambda: at(*UNDERWAY), c.Sign, {}),
    ("delivery-photo-known", lambda: at(*PHOTOGRAPHED, c.RejectReceipt), c.Photograph, {"receipt": f"{1:064x}"}),
    ("delivery-photos-too-many", lambda: at(*HANDED, *[c.Photograph] * PHOTOS_AT_MOST), c.Photograph, {}),
    ("delivery-no-photo", lambda: at(*PHOTOGRAPHED), c.AcceptReceipt, {"photo": "rec_other"}),
    ("delivery-own-receipt", lambda: at(*PHOTOGRAPHED), c.AcceptReceipt, {"by": SELLER}),
    ("delivery-own-receipt", lambda: at(*HANDED).go(c.Photograph, by="usr_x"), c.RejectReceipt, {"by": "usr_x"}),
    ("delivery-own-receipt", lambda: at(*HANDED, c.Reassign, c.Photograph), c.AcceptReceipt, {"by": SELLER}),
    ("delivery-returned", lambda: at(*RETURNED), c.Sign, {}),
    ("delivery-chase-early", lambda: at(*HANDED), c.OpenChase, {}),
    ("delivery-no-chase", lambda: at(*HANDED), c.Remind, {}),
    ("delivery-calls-too-many", called_often, c.LogCall, {}),
    ("delivery-late-already", lambda: at(*HANDED).later(days=16), c.ForetellLate, {}),
    ("delivery-expected-in-time", lambda: at(*HANDED), c.ForetellLate, {"expected_on": TOMORROW}),
    ("delivery-not-late", lambda: at(*HANDED), c.ExplainLate, {}),
    ("delivery-not-late", lambda: at(*HANDED), c.FallLate, {}),
    ("delivery-ended", lambda: at(*HANDED).go(c.RecordEnded, reason=EndReason.VOIDED), c.ReportAway, {}),
]


@pytest.mark.parametrize(("code", "make", "kind", "changes"), CASES)
def test_each_refusal_is_met_where_it_belongs_and_changes_nothing(
    code: str, make: Callable[[], Play], kind: type[Command], changes: dict[str, Any]
) -> None:
    assert make().refused(kind, **changes) == code


def test_nothing_happens_to_a_policy_that_nobody_knows() -> None:
    with pytest.raises(DeliveryRefused) as refused:
        Play().do(c.Arrive(at=NOON, outlet=OUTLET))
    assert refused.value.code == "no-delivery"


ELSEWHERE = {"delivery-route-past", "delivery-no-route", "delivery-no-institution", "delivery-no-code", "no-delivery"}
"""Met in the tests of routes, reasons and above; those of printing in the tests of parcels, runs and scans."""


def test_every_refusal_there_is_words_for_can_be_met() -> None:
    met = {code for code, *_ in CASES} | {f"delivery-{state.value}" for state in S} | ELSEWHERE
    assert met == set(WORDS) - set(PRINTING_WORDS) - set(RECEIPT_WORDS)
    assert not STATE_WORDS.keys() & RULE_WORDS.keys()


def test_a_refusal_says_cause_and_cure_in_both_languages() -> None:
    for code, words in WORDS.items():
        made = refusal(code)
        assert made.zh.count("。") == 2
        assert made.en.isascii() and made.en[0].isupper() and made.en.endswith(".")
        assert str(made) == f"{words[2]}; {words[3]}"


def test_a_malformed_command_never_repeats_what_it_held() -> None:
    play = at(*HANDED)
    with pytest.raises(DeliveryRefused, match="salesperson") as refused:
        play.do(play.command(c.Reassign, salesperson="13800134026"))
    assert "13800134026" not in str(refused.value)
