"""What a recipient has drawn and taken, for the page of the salesperson beside them. Every look is logged."""

from __future__ import annotations

from typing import Final

from esign.api.call import Call, Reply
from esign.api.errors import ApiError
from esign.api.operations import Resource
from esign.api.own_envelopes import OwnEnvelopes
from esign.api.scopes import Scope
from esign.ceremony.records import HANDWRITING, PHOTO, CeremonyRecords
from esign.evidence.handwriting import Handwriting, parse_handwriting
from esign.evidence.ink import render_png
from esign.infra.logs import log_for
from esign.service import Service

WIDTH: Final = 960
"""Pixels of the picture of handwriting; its height follows from the pad."""
_HEIGHT_AT_LEAST, _HEIGHT_AT_MOST = 120, 1920
_log = log_for(__name__)


def add_pictures(recipients: Resource, service: Service, own: OwnEnvelopes) -> None:
    """Declare the two pictures."""
    records, database = CeremonyRecords(service.records), service.ports.database

    def look(call: Call, kind: str) -> bytes:
        """Return the capture and log that somebody looked. Raises `ApiError`, `RecordErased`."""
        with database.reading() as session:
            envelope, recipient = own.recipient(session, call)
            done = recipient.session
            capture = done.handwriting if kind == HANDWRITING else done.photo
            if capture is None:
                raise ApiError(f"no-{kind}")
            data = records.capture(session, capture.record).data
        _log.info(
            "evidence was looked at",
            type=kind,
            envelope=envelope.id,
            recipient=recipient.id,
            record=capture.record,
            client=call.client.client,
        )
        return data

    @recipients.operation(
        "GET",
        "/v1/envelopes/<envelope>/recipients/<recipient>/handwriting.png",
        access=Scope.EVIDENCE_READ,
        zh="查看手写签名",
        en="See what a recipient drew",
        about="The ink on a transparent ground. The capture itself is not given out.",
        answer="image/png",
        problems=("no-envelope", "no-recipient", "no-handwriting", "record-erased"),
    )
    def handwriting(call: Call) -> Reply:
        drawn = parse_handwriting(look(call, HANDWRITING))
        return Reply(render_png(drawn, width=WIDTH, height=_height(drawn)), media_type="image/png")

    @recipients.operation(
        "GET",
        "/v1/envelopes/<envelope>/recipients/<recipient>/photo.jpg",
        access=Scope.EVIDENCE_READ,
        zh="查看照片",
        en="See the photo that a recipient took",
        answer="image/jpeg",
        problems=("no-envelope", "no-recipient", "no-photo", "record-erased"),
    )
    def photo(call: Call) -> Reply:
        return Reply(look(call, PHOTO), media_type="image/jpeg")


def _height(drawn: Handwriting) -> int:
    return min(_HEIGHT_AT_MOST, max(_HEIGHT_AT_LEAST, round(WIDTH * drawn.pad_height / drawn.pad_width)))
