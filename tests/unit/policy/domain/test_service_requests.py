"""Service requests: entered, signed in the same ceremony, done or refused; each refusal met, no order broken."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.domain import Request, decide_request, evolve_request, fold_request
from policy.domain import requests as r
from policy.domain.commands import Command
from policy.domain.event import Event
from policy.domain.request_events import RequestEntered, RequestKind, RequestSent
from policy.domain.request_words import REQUEST_WORDS
from policy.domain.requests import REQUEST_COMMANDS, REQUEST_MOVES, REQUEST_TABLE, RequestState
from policy.domain.values import ReturnReason, Signer
from policy.errors import PolicyRefused, PolicyTrailBroken

NOON = datetime(2026, 12, 10, 4, 0, tzinfo=UTC)
BOTH = (Signer.APPLICANT, Signer.INSURED)


def command(kind: type[Command], /, **changes: Any) -> Command:
    members: dict[type[Command], dict[str, Any]] = {
        r.EnterRequest: {
            "kind": RequestKind.BENEFICIARY,
            "proposal": "prp_1",
            "policy": "CY330126112700",
            "record": "rec_request",
            "digest": "a" * 64,
            "insured": Signer.INSURED,
            "hesitation_ends": date(2026, 12, 12),
        },
        r.SendRequest: {"envelope": "env_1"},
        r.RecordRequestSigned: {"envelope": "env_1", "document": "b" * 64, "signers": BOTH},
        r.RecordRequestReturned: {"envelope": "env_1", "reason": ReturnReason.EXPIRED},
        r.FinishRequest: {},
        r.RefuseRequest: {"reason": "not-agreed"},
    }
    return kind(**{"at": NOON, **members[kind], **changes})


def after(*kinds: type[Command], **changes: Any) -> tuple[Request | None, list[Event]]:
    """Return the request after these commands, and its events; the changes are for the first."""
    state: Request | None = None
    events: list[Event] = []
    for place, kind in enumerate(kinds):
        for event in decide_request(state, command(kind, **(changes if place == 0 else {}))):
            state = evolve_request(state, event)
            events.append(event)
    return state, events


ENTERED = (r.EnterRequest,)
SENT = (*ENTERED, r.SendRequest)
SIGNED = (*SENT, r.RecordRequestSigned)
DONE = (*SIGNED, r.FinishRequest)


def test_a_request_is_entered_signed_and_done() -> None:
    state, events = after(*DONE)
    assert state is not None
    assert (state.state, state.document) == (RequestState.DONE, "b" * 64)
    assert [event.type.name for event in events] == [
        "request.entered",
        "request.sent",
        "request.signed",
        "request.done",
    ]
    assert fold_request(events) == state


@pytest.mark.parametrize(
    ("kind", "insured", "signers"),
    [
        (RequestKind.BENEFICIARY, Signer.INSURED, BOTH),
        (RequestKind.BENEFICIARY, Signer.GUARDIAN, (Signer.APPLICANT, Signer.GUARDIAN)),
        (RequestKind.BENEFICIARY, Signer.APPLICANT, (Signer.APPLICANT,)),
        (RequestKind.ADDRESS, Signer.INSURED, (Signer.APPLICANT,)),
        (RequestKind.CANCELLATION, Signer.INSURED, (Signer.APPLICANT,)),
    ],
)
def test_the_insured_signs_where_the_beneficiary_changes(
    kind: RequestKind, insured: Signer, signers: tuple[Signer, ...]
) -> None:
    state, _ = after(r.EnterRequest, kind=kind, insured=insured)
    assert state is not None
    assert state.signers == signers
    assert state.asked_on == NOON.date()


def test_an_envelope_that_ended_is_sent_again() -> None:
    state, _ = after(*SENT, r.RecordRequestReturned)
    assert state is not None
    assert state.state is RequestState.ENTERED
    (sent,) = decide_request(state, command(r.SendRequest, envelope="env_2"))
    assert isinstance(sent, RequestSent)


@pytest.mark.parametrize("before", [ENTERED, SENT, SIGNED])
def test_a_request_may_be_refused_until_it_is_done(before: tuple[type[Command], ...]) -> None:
    state, _ = after(*before, r.RefuseRequest)
    assert state is not None
    assert state.state is RequestState.REFUSED


def test_a_cancellation_needs_no_receipt_and_a_surrender_does() -> None:
    state, _ = after(r.EnterRequest, kind=RequestKind.CANCELLATION, hesitation_ends=None)
    assert state is not None
    state, _ = after(r.EnterRequest, kind=RequestKind.SURRENDER, hesitation_ends=date(2026, 12, 9))
    assert state is not None


CASES: list[tuple[str, tuple[type[Command], ...], type[Command], dict[str, Any]]] = [
    ("no-request", (), r.SendRequest, {}),
    ("request-exists", ENTERED, r.EnterRequest, {"digest": "c" * 64}),
    ("malformed-command", ENTERED, r.SendRequest, {"envelope": "于文山"}),
    (
        "hesitation-over",
        (),
        r.EnterRequest,
        {"kind": RequestKind.CANCELLATION, "hesitation_ends": date(2026, 12, 9)},
    ),
    ("cancel-instead", (), r.EnterRequest, {"kind": RequestKind.SURRENDER}),
    ("cancel-instead", (), r.EnterRequest, {"kind": RequestKind.SURRENDER, "hesitation_ends": None}),
    ("request-entered", ENTERED, r.FinishRequest, {}),
    ("request-sent", SENT, r.FinishRequest, {}),
    ("request-signed", SIGNED, r.SendRequest, {"envelope": "env_2"}),
    ("request-done", DONE, r.RefuseRequest, {}),
    ("request-refused", (*ENTERED, r.RefuseRequest), r.SendRequest, {}),
    ("envelope-used", (*SENT, r.RecordRequestReturned), r.SendRequest, {}),
    ("envelope-unknown", SENT, r.RecordRequestSigned, {"envelope": "env_2"}),
    ("envelope-unknown", SENT, r.RecordRequestReturned, {"envelope": "env_2"}),
    ("signature-missing", SENT, r.RecordRequestSigned, {"signers": (Signer.APPLICANT,)}),
]


@pytest.mark.parametrize(("code", "before", "kind", "changes"), CASES)
def test_each_refusal_is_met_where_it_belongs(
    code: str, before: tuple[type[Command], ...], kind: type[Command], changes: dict[str, Any]
) -> None:
    state, _ = after(*before)
    with pytest.raises(PolicyRefused) as refused:
        decide_request(state, command(kind, **changes))
    assert refused.value.code == code


def test_every_refusal_about_requests_can_be_met() -> None:
    assert set(REQUEST_WORDS) <= {code for code, *_ in CASES}


@pytest.mark.parametrize("before", [ENTERED, SENT, SIGNED, DONE, (*SENT, r.RecordRequestReturned)])
def test_the_last_command_again_changes_nothing(before: tuple[type[Command], ...]) -> None:
    state, _ = after(*before)
    assert decide_request(state, command(before[-1])) == ()


@given(st.lists(st.sampled_from(REQUEST_COMMANDS), max_size=12))
def test_no_order_of_commands_leaves_the_table(kinds: list[type[Command]]) -> None:
    state: Request | None = None
    states = []
    given_kinds: list[type[Command]] = [r.EnterRequest, *kinds]
    for number, kind in enumerate(given_kinds):
        changes = {"envelope": f"env_{number}"} if kind is r.SendRequest else {}
        if state is not None and kind in (r.RecordRequestSigned, r.RecordRequestReturned):
            changes = {"envelope": state.envelope or "env_none"}
        try:
            events = decide_request(state, command(kind, **changes))
        except PolicyRefused:
            continue
        for event in events:
            before = state
            state = evolve_request(state, event)
            assert before is None or kind in REQUEST_TABLE[before.state]
            states.append(state.state)
    assert all(move in REQUEST_MOVES for move in pairwise(states))
    assert states.count(RequestState.DONE) + states.count(RequestState.REFUSED) <= 1
    assert RequestState.DONE not in states or RequestState.SIGNED in states


def test_events_that_cannot_follow_break_the_trail() -> None:
    _, (entered, sent, signed) = after(*SIGNED)
    assert isinstance(entered, RequestEntered)
    for events in ([sent], [entered, entered], [entered, signed], [entered, sent, sent]):
        with pytest.raises(PolicyTrailBroken):
            fold_request(events)
