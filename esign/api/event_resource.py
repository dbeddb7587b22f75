"""Events as a resource: a feed in the order of the trail, an envelope's own story, and proofs to take away.

Nobody is told of a completion before a checkpoint covers it, here as in webhooks: the feed stops before it.
"""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Final

from pydantic import BaseModel, Field
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from esign.api.call import Call, Reply
from esign.api.envelope_examples import ENVELOPE_ID
from esign.api.errors import ApiError, Issue
from esign.api.json_body import Query
from esign.api.operations import Resource
from esign.api.own_envelopes import OwnEnvelopes
from esign.api.pagination import DEFAULT_LIMIT, LIMIT_AT_MOST, Page, PageQuery, read_cursor, write_cursor
from esign.api.scopes import Scope
from esign.ceremony.models import EnvelopeRow
from esign.ceremony.public_events import AWAITS_CHECKPOINT, TOLD, EnvelopeEvents
from esign.infra.database import JsonValue
from esign.service import Service
from esign.trail.event import Event
from esign.trail.keeper import told_until
from esign.trail.log import COLUMNS, event_of_row
from esign.trail.models import TrailEvent, TrailLeaf
from esign.trail.note import NoteVerifier
from esign.trail.publishing import latest_checkpoint, prove_event

_FEED, _TIMELINE = "events", "timeline"
_LARGEST: Final = 2**53
_DIGITS_AT_MOST: Final = 16
_EXAMPLE: Final[dict[str, JsonValue]] = {
    "id": "evt_0f6c1d9a4b7e42d88a53c2e1907f6b35",
    "type": "envelope.sent",
    "timestamp": "2026-03-01T04:00:00.000000Z",
    "data": {"envelope": ENVELOPE_ID, "external_id": "proposal-2026-000017"},
}


class EventView(BaseModel):
    """An event, as webhooks tell it: ids, codes and digests."""

    id: str
    type: str
    timestamp: datetime
    data: dict[str, str | bool | int | None]


class FeedQuery(Query):
    """From where on the feed is read."""

    after: str | None = Field(None, max_length=200, description="`next_cursor` of the answer before.")
    type: str | None = Field(None, max_length=97, description="Events of this type alone.")
    limit: int = Field(DEFAULT_LIMIT, ge=1, le=LIMIT_AT_MOST, description="At most so many events.")


class Feed(BaseModel):
    """A part of the feed. `next_cursor` is always there: keep it and ask again later."""

    items: list[EventView]
    next_cursor: str
    has_more: bool = Field(description="Whether more events wait already.")


class EventPage(Page[EventView]):
    """A page of an envelope's events, the first one first."""


class CheckpointView(BaseModel):
    """The trail's latest checkpoint."""

    note: str = Field(description="C2SP tlog-checkpoint: origin, size, root, signatures.")
    timestamp_token: str = Field(description="Base64 of the RFC 3161 token over the SHA-256 of the note.")
    verifier: str = Field(description="The log's verifier key, C2SP signed-note form.")
    size: int
    at: datetime


def event_resource(service: Service, log: NoteVerifier) -> Resource:
    """Return the operations on events; `log` is the key by which checkpoints of the trail are verified."""
    events = Resource(
        "events",
        "事件",
        "Events",
        "What happened to your envelopes, in one order that never changes. A type may gain members; unknown types "
        "are to be passed over.",
    )
    own, database, told = OwnEnvelopes(service), service.ports.database, EnvelopeEvents()

    def view(session: Session, event: Event) -> EventView:
        return EventView.model_validate(told.form(session, event))

    @events.operation(
        "GET",
        "/v1/events",
        access=Scope.EVENTS_READ,
        zh="读取事件流",
        en="Read the feed of events",
        about="At least the same events as webhooks, for who would rather ask. Each is there once, in trail order.",
        query=FeedQuery,
        answer=Feed,
        problems=("cursor-refused",),
        answer_example={"items": [_EXAMPLE], "next_cursor": "ZXZlbnRzCjQx", "has_more": False},
    )
    def feed(call: Call) -> Reply:
        query = call.query(FeedQuery)
        wanted = _types(query.type)
        with database.reading() as session:
            start = 0 if query.after is None else _number(_FEED, query.after)
            until = told_until(session, AWAITS_CHECKPOINT)
            rows = session.execute(
                select(TrailLeaf.position, *COLUMNS)
                .join(TrailEvent, TrailEvent.id == TrailLeaf.event_id)
                .join(EnvelopeRow, EnvelopeRow.id == TrailEvent.stream)
                .where(
                    TrailLeaf.position >= start,
                    TrailLeaf.position < until,
                    TrailEvent.type.in_(wanted),
                    EnvelopeRow.client == call.client.client,
                )
                .order_by(TrailLeaf.position)
                .limit(query.limit + 1)
            ).all()
            shown = rows[: query.limit]
            has_more = len(rows) > len(shown)
            # Where nothing more waits, the next question begins where this one ended, not at the last event found.
            going_on = shown[-1][0] + 1 if has_more else max(start, until)
            items = [view(session, event_of_row(row[1:])) for row in shown]
        return Reply(Feed(items=items, next_cursor=write_cursor(_FEED, str(going_on)), has_more=has_more))

    @events.operation(
        "GET",
        "/v1/envelopes/<envelope>/events",
        access=Scope.EVENTS_READ,
        zh="查看签署任务的事件",
        en="Read an envelope's events",
        query=PageQuery,
        answer=EventPage,
        problems=("no-envelope", "cursor-refused"),
        answer_example={"items": [_EXAMPLE], "next_cursor": None},
    )
    def timeline(call: Call) -> Reply:
        query = call.query(PageQuery)
        with database.reading() as session:
            envelope = own.row(session, call, call.path["envelope"]).id
            after = 0 if query.cursor is None else _number(_TIMELINE, query.cursor)
            until = _first_awaited(session, envelope)
            chosen = _of_envelope(envelope).where(TrailEvent.version > after)
            if until is not None:
                chosen = chosen.where(TrailEvent.version < until)
            rows = session.execute(chosen.limit(query.limit + 1)).all()
            found = [event_of_row(row[:]) for row in rows]
            shown = found[: query.limit]
            cursor = write_cursor(_TIMELINE, str(shown[-1].version)) if len(found) > len(shown) else None
            return Reply(EventPage(items=[view(session, event) for event in shown], next_cursor=cursor))

    @events.operation(
        "GET",
        "/v1/events/<event>/proof",
        access=Scope.EVENTS_READ,
        zh="下载事件的存在证明",
        en="Get the proof that an event is in the trail",
        about="C2SP tlog-proof with the event in it: this file and the log's key are all that its verifier needs.",
        answer="text/plain; charset=utf-8",
        problems=("no-event", "event-not-covered"),
    )
    def proof(call: Call) -> Reply:
        with database.reading() as session:
            event = session.scalar(
                select(TrailEvent.id)
                .join(EnvelopeRow, EnvelopeRow.id == TrailEvent.stream)
                .where(
                    TrailEvent.id == call.path["event"],
                    TrailEvent.type.in_(TOLD),
                    EnvelopeRow.client == call.client.client,
                )
            )
            if event is None:
                raise ApiError("no-event")
            encoded = prove_event(session, event).encode()
        disposition = {"Content-Disposition": f'attachment; filename="{event}.tlog-proof"'}
        return Reply(encoded, headers=disposition, media_type="text/plain; charset=utf-8")

    @events.operation(
        "GET",
        "/v1/trail/checkpoint",
        access=Scope.EVENTS_READ,
        zh="查看最新检查点",
        en="See the trail's latest checkpoint",
        answer=CheckpointView,
        problems=("no-checkpoint",),
    )
    def checkpoint(call: Call) -> Reply:
        with database.reading() as session:
            latest = latest_checkpoint(session)
        if latest is None:
            raise ApiError("no-checkpoint")
        return Reply(
            CheckpointView(
                note=latest.signed.encode().decode("utf-8"),
                timestamp_token=base64.b64encode(latest.token.der).decode("ascii"),
                verifier=latest.checkpoint.origin.verifier(log.public_key).vkey,
                size=latest.checkpoint.size,
                at=latest.token.gen_time,
            )
        )

    return events


def _types(asked: str | None) -> tuple[str, ...]:
    if asked is None:
        return tuple(TOLD)
    if asked not in TOLD:
        raise ApiError("request-invalid", issues=[Issue("?type", "没有这种事件", "is no type that is told of")])
    return (asked,)


def _of_envelope(envelope: str) -> Select[str, str, int, str, int, str, datetime, str]:
    told = TrailEvent.stream == envelope, TrailEvent.type.in_(TOLD)
    return select(*COLUMNS).where(*told).order_by(TrailEvent.version)


def _first_awaited(session: Session, envelope: str) -> int | None:
    """Return the version of the envelope's first event that must not be told yet, or None."""
    latest = latest_checkpoint(session)
    covered = 0 if latest is None else latest.checkpoint.size
    return session.scalar(
        select(TrailEvent.version)
        .outerjoin(TrailLeaf, TrailLeaf.event_id == TrailEvent.id)
        .where(
            TrailEvent.stream == envelope,
            TrailEvent.type.in_(AWAITS_CHECKPOINT),
            TrailLeaf.position.is_(None) | (TrailLeaf.position >= covered),
        )
        .order_by(TrailEvent.version)
        .limit(1)
    )


def _number(listing: str, cursor: str) -> int:
    """Return the number in a cursor of ours. Raises `ApiError` (`cursor-refused`)."""
    place = read_cursor(listing, cursor)
    if len(place) > _DIGITS_AT_MOST or not (place.isascii() and place.isdigit()) or int(place) > _LARGEST:
        raise ApiError("cursor-refused")
    return int(place)
