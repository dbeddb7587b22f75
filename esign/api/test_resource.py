"""What exists in test mode alone: a clock that the caller moves, the outbox, canned handwriting and a drawn face."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Annotated, Final, TypeAlias

from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.api.call import Call, Reply
from esign.api.envelope_examples import ENVELOPE_ID
from esign.api.errors import ApiError
from esign.api.json_body import Body, Query
from esign.api.operations import Resource
from esign.api.own_envelopes import OwnEnvelopes
from esign.api.pagination import Page, PageQuery, cut
from esign.api.scopes import Scope
from esign.api.test_signal_acts import declare_test_signals
from esign.ceremony.canned_handwriting import canned_handwriting
from esign.ceremony.canned_photo import canned_photo
from esign.ceremony.models import EnvelopeRow
from esign.evidence.handwriting import encode_handwriting
from esign.infra.database import JsonValue
from esign.infra.messages import MessageBox, OutboxEntry
from esign.infra.search_index import ERASED_TEXT
from esign.service import Service
from esign.staff.models import StaffRow

ClientOf: TypeAlias = Callable[[Session, str], str | None]
"""Returns the client whose something of a room is, by its id; None where it is nobody's, or is not there."""

_LISTING: Final = "outbox"
_ONLY: Final = ("test-mode-only",)
_CLOCK: Final[dict[str, JsonValue]] = {"now": "2026-03-13T04:00:00Z"}


class AdvanceBody(Body):
    """How far the clock is moved."""

    advance: Annotated[
        timedelta,
        Field(
            strict=False,
            description="An ISO 8601 duration such as P12D or PT1H (a month is 30 days), or seconds. Forward only.",
            json_schema_extra={"type": ["string", "number"], "format": "duration"},
        ),
    ]


class ClockView(BaseModel):
    """The time as this client sees it."""

    now: datetime


class OutboxQuery(PageQuery):
    """Which messages."""

    envelope: str | None = Field(None, max_length=80, description="Messages about this envelope alone.")
    about: str | None = Field(
        None,
        max_length=80,
        description="Instead: messages about this claim or delivery, to customers and others outside, none to staff. "
        "What is not the caller's own has none.",
    )


class MessageView(BaseModel):
    """A message to a person, with the codes and links in it."""

    id: str
    kind: str
    envelope: str | None
    state: str
    created_at: datetime
    to: str = Field(description="The phone number.")
    subject: str
    text: str


class OutboxPage(Page[MessageView]):
    """A page of messages, newest first."""


class CannedQuery(Query):
    """Whose hand or face: each name has its own."""

    name: str = Field("", max_length=100, description="Any text; the same one gives the same again.")


def nobodys(_session: Session, _subject: str) -> str | None:
    """Know nothing of rooms."""
    return None


def test_resource(service: Service, messages: MessageBox, public_url: str, client_of: ClientOf = nobodys) -> Resource:
    """Return the operations that a client in test mode has beside the others. `client_of` knows what rooms have."""
    tests = Resource(
        "test",
        "测试模式",
        "Test mode",
        "For an integrator's own tests. Each client has a clock of its own; the one-time code is always 246810.",
    )
    own, database = OwnEnvelopes(service), service.ports.database

    def in_test_mode(run: Callable[[Call], Reply]) -> Callable[[Call], Reply]:
        @wraps(run)
        def refusing(call: Call) -> Reply:
            if service.ports.live or call.client.mode != "test":
                raise ApiError("test-mode-only")
            return run(call)

        return refusing

    @tests.operation(
        "GET",
        "/v1/test/clock",
        access=Scope.TEST_WRITE,
        zh="查看时钟",
        en="See the clock",
        answer=ClockView,
        problems=_ONLY,
        answer_example=_CLOCK,
    )
    @in_test_mode
    def clock(call: Call) -> Reply:
        with database.reading() as session:
            return Reply(ClockView(now=own.now(session, call)))

    @tests.operation(
        "POST",
        "/v1/test/clock",
        access=Scope.TEST_WRITE,
        zh="拨动时钟",
        en="Move the clock forward",
        about="Reminders and expiries that are due then have happened when the answer comes.",
        body=AdvanceBody,
        answer=ClockView,
        problems=(*_ONLY, "clock-move"),
        example={"advance": "P12D"},
        answer_example=_CLOCK,
    )
    @in_test_mode
    def advance(call: Call) -> Reply:
        body = call.body(AdvanceBody)
        with database.transaction() as session:
            now = service.clocks.advance(session, call.client.client, body.advance)
            reply = call.keep(session, Reply(ClockView(now=now)))
        service.deadlines.run()
        return reply

    @tests.operation(
        "GET",
        "/v1/test/outbox",
        access=Scope.TEST_WRITE,
        zh="查看发件箱",
        en="Read the messages to people",
        about="With codes and links, newest first: about envelopes, or with `about` about one thing of a room.",
        query=OutboxQuery,
        answer=OutboxPage,
        problems=(*_ONLY, "cursor-refused", "no-envelope"),
        answer_example={
            "items": [
                {
                    "id": "msg_01k9x7m2qv8w3c5t6r4n0b1d2e",
                    "kind": "code",
                    "envelope": ENVELOPE_ID,
                    "state": "sent",
                    "created_at": "2026-03-01T04:00:00Z",
                    "to": "13800000001",
                    "subject": "【测试】您的验证码",
                    "text": "【测试】【示例保险】验证码 246810，5 分钟内有效",
                }
            ],
            "next_cursor": None,
        },
    )
    @in_test_mode
    def outbox(call: Call) -> Reply:
        query = call.query(OutboxQuery)
        with database.reading() as session:
            envelope = None if query.envelope is None else own.row(session, call, query.envelope).id
            before, limit = query.after(_LISTING) or None, query.limit + 1
            if query.about is None:
                owned = select(EnvelopeRow.id).where(EnvelopeRow.client == call.client.client)
                entries = messages.outbox(session, envelope=envelope, envelopes=owned, before=before, limit=limit)
            elif client_of(session, query.about) == call.client.client:
                staff = select(StaffRow.person)
                entries = messages.outbox(session, about=query.about, besides=staff, before=before, limit=limit)
            else:
                entries = ()
        shown, cursor = cut(entries, query, _LISTING, lambda entry: entry.id)
        return Reply(OutboxPage(items=[_message(entry) for entry in shown], next_cursor=cursor))

    @tests.operation(
        "GET",
        "/v1/test/handwriting",
        access=Scope.TEST_WRITE,
        zh="获取示例笔迹",
        en="Get canned handwriting",
        about="A capture in the form esign-handwriting/1, as a ceremony takes it.",
        query=CannedQuery,
        answer="application/json",
        problems=_ONLY,
    )
    @in_test_mode
    def handwriting(call: Call) -> Reply:
        return Reply(encode_handwriting(canned_handwriting(call.query(CannedQuery).name)))

    @tests.operation(
        "GET",
        "/v1/test/photo.jpg",
        access=Scope.TEST_WRITE,
        zh="获取示例照片",
        en="Get a drawn face",
        about="Nobody's, and accepted as a photo.",
        query=CannedQuery,
        answer="image/jpeg",
        problems=_ONLY,
    )
    @in_test_mode
    def photo(call: Call) -> Reply:
        return Reply(canned_photo(call.query(CannedQuery).name), media_type="image/jpeg")

    declare_test_signals(tests, service, public_url, in_test_mode)
    return tests


def _message(entry: OutboxEntry) -> MessageView:
    composed = entry.composed
    return MessageView(
        id=entry.id,
        kind=entry.kind,
        envelope=entry.envelope,
        state=entry.state,
        created_at=entry.created_at,
        to=ERASED_TEXT if composed is None else composed.to.phone or "",
        subject=ERASED_TEXT if composed is None else composed.words.subject,
        text=ERASED_TEXT if composed is None else composed.words.text,
    )
