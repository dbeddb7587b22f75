"""Envelopes as a resource: a client makes, finds, sends and voids its own."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pydantic import Field
from sqlalchemy.orm import Session

from esign.api.call import Call, Reply
from esign.api.envelope_bodies import CODE, EnvelopeBody
from esign.api.envelope_examples import ENVELOPE, ENVELOPE_ASKED, SUMMARY
from esign.api.envelope_search import LISTING, EnvelopeQuery, find_envelopes
from esign.api.envelope_views import EnvelopeSummary, EnvelopeView, EnvelopeViews, summary
from esign.api.errors import ApiError
from esign.api.json_body import Body
from esign.api.material_words import MATERIAL_WORDS
from esign.api.operations import JSON_BYTES_AT_MOST, Resource
from esign.api.own_envelopes import OwnEnvelopes, mode
from esign.api.pagination import Page, cut
from esign.api.scopes import Scope
from esign.ceremony.domain import Envelope, commands
from esign.ceremony.domain.values import EnvelopeState
from esign.ceremony.envelopes import Change
from esign.ceremony.models import EnvelopeRow
from esign.infra.ids import new_id
from esign.service import Service

_PLAN_CODES: Final = ("plan-documents", "plan-expiry", "plan-fields", "plan-recipients", "plan-settings")
_MATERIAL: Final = tuple(code for code in MATERIAL_WORDS if not code.startswith(("handwriting-", "photo-")))
_OVER: Final = ("no-envelope", "envelope-completed", "envelope-declined", "envelope-expired", "envelope-voided")


class VoidBody(Body):
    """Why the envelope is withdrawn."""

    reason: str = Field(pattern=CODE, description="A code of yours, such as customer-asked.")
    note: str | None = Field(None, min_length=1, max_length=2000, description="More, for people; kept sealed.")


class EnvelopePage(Page[EnvelopeSummary]):
    """A page of envelopes, newest first."""


def envelope_resource(service: Service, public_url: str, upload_bytes_at_most: int) -> Resource:
    """Return the operations on envelopes; `upload_bytes_at_most` is for all documents of one, as they are decoded."""
    envelopes = Resource(
        "envelopes",
        "签署任务",
        "Envelopes",
        "Documents, recipients and order that are signed together. `next` says who acts next; `test` marks what was "
        "made in test mode.",
    )
    own, views, database = OwnEnvelopes(service), EnvelopeViews(service, public_url), service.ports.database

    def told(session: Session, change: Change) -> Reply:
        return Reply(views.envelope(session, session.get_one(EnvelopeRow, change.after.id)))

    @envelopes.operation(
        "POST",
        "/v1/envelopes",
        access=Scope.ENVELOPES_WRITE,
        zh="创建签署任务",
        en="Make an envelope",
        about="The documents are checked, frozen and hashed, and what could not be sealed later is refused now. The "
        "same request with the same `external_id` gives the envelope that is there (200).",
        body=EnvelopeBody,
        bytes_at_most=upload_bytes_at_most * 4 // 3 + JSON_BYTES_AT_MOST,
        answer=EnvelopeView,
        status=201,
        status_if_there=200,
        problems=(
            *(
                "external-id-taken",
                "document-unknown",
                "phone-of-agent",
                "phone-of-staff",
                "salesperson-unknown",
                "name-not-printable",
                "malformed-command",
            ),
            *("already-created", "storage-unavailable", "workers-busy", *_PLAN_CODES, *_MATERIAL),
        ),
        example=ENVELOPE_ASKED,
        answer_example=ENVELOPE,
    )
    def create(call: Call) -> Reply:
        body = call.body(EnvelopeBody)
        if body.size > upload_bytes_at_most:
            raise ApiError("body-too-large")
        with database.reading() as session:
            now = own.now(session, call)
        replies: list[Reply] = []

        def keep(session: Session, envelope: str) -> None:
            view = views.envelope(session, session.get_one(EnvelopeRow, envelope))
            location = f"/v1/envelopes/{envelope}"
            replies.append(call.keep(session, Reply(view, status=201, headers={"Location": location})))

        made = service.maker.create(call.client.client, body.request(mode(call), now), now=now, beside=keep)
        if not made.existed:
            return replies[-1]
        with database.reading() as session:
            return Reply(views.envelope(session, own.row(session, call, made.envelope)))

    @envelopes.operation(
        "GET",
        "/v1/envelopes",
        access=Scope.ENVELOPES_READ,
        zh="查找签署任务",
        en="Find envelopes",
        about="Newest first.",
        query=EnvelopeQuery,
        answer=EnvelopePage,
        problems=("cursor-refused",),
        answer_example={"items": [SUMMARY], "next_cursor": None},
    )
    def listing(call: Call) -> Reply:
        query = call.query(EnvelopeQuery)
        with database.reading() as session:
            rows = find_envelopes(session, service.records.index, call.client.client, query)
            shown, cursor = cut(rows, query, LISTING, lambda row: row.id)
            items = [summary(row, views.about(session, row.id)) for row in shown]
        return Reply(EnvelopePage(items=items, next_cursor=cursor))

    @envelopes.operation(
        "GET",
        "/v1/envelopes/<envelope>",
        access=Scope.ENVELOPES_READ,
        zh="查看签署任务",
        en="See an envelope",
        answer=EnvelopeView,
        problems=("no-envelope",),
        answer_example=ENVELOPE,
    )
    def one(call: Call) -> Reply:
        with database.reading() as session:
            return Reply(views.envelope(session, own.row(session, call, call.path["envelope"])))

    @envelopes.operation(
        "POST",
        "/v1/envelopes/<envelope>/send",
        access=Scope.ENVELOPES_WRITE,
        zh="发出签署任务",
        en="Send a draft",
        about="Those whose turn it is get their links. Sending it again changes nothing.",
        answer=EnvelopeView,
        problems=("no-envelope", "envelope-declined", "envelope-expired", "envelope-voided", "stream-changed"),
        answer_example=ENVELOPE,
    )
    def send(call: Call) -> Reply:
        def sent(_session: Session, _envelope: Envelope, now: datetime) -> commands.Command:
            return commands.SendEnvelope(at=now, by=call.client.client)

        return own.change(call, sent, told)

    @envelopes.operation(
        "POST",
        "/v1/envelopes/<envelope>/void",
        access=Scope.ENVELOPES_WRITE,
        zh="撤销签署任务",
        en="Void an envelope",
        about="It ends; links lead to a page that says so. A completed envelope cannot be voided.",
        body=VoidBody,
        answer=EnvelopeView,
        problems=("no-envelope", "envelope-completed", "envelope-declined", "envelope-expired", "stream-changed"),
        example={"reason": "customer-asked", "note": "投保人要求更换产品"},
        answer_example=ENVELOPE,
    )
    def void(call: Call) -> Reply:
        body = call.body(VoidBody)

        def voided(session: Session, envelope: Envelope, now: datetime) -> commands.Command:
            note = None
            if body.note is not None and envelope.state is not EnvelopeState.VOIDED:
                note = new_id("nte", now)
                service.records.keep(session, note, "note", body.note.encode("utf-8"), at=now)
            return commands.Void(at=now, by=call.client.client, reason=body.reason, note=note)

        return own.change(call, voided, told)

    @envelopes.operation(
        "POST",
        "/v1/envelopes/<envelope>/retry-seal",
        access=Scope.ENVELOPES_WRITE,
        zh="重试盖章",
        en="Try the seal again",
        about="For an envelope in `seal_failed`. Nothing that was signed is lost.",
        answer=EnvelopeView,
        problems=(*_OVER, "envelope-draft", "envelope-in-progress", "envelope-sealing", "stream-changed"),
        answer_example=ENVELOPE,
    )
    def retry_seal(call: Call) -> Reply:
        def retried(_session: Session, envelope: Envelope, now: datetime) -> commands.Command:
            # Attempts count from 1: before the first one, the envelope's state refuses.
            return commands.RetrySeal(at=now, attempt=max(1, envelope.seal_attempt), by=call.client.client)

        return own.change(call, retried, told)

    return envelopes
