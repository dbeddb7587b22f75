"""Recipients of an envelope as a resource: see them, remind them, change who they are, look at what they gave."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from esign.api.call import Call, Reply
from esign.api.envelope_bodies import ID, PersonBody, Phone
from esign.api.envelope_examples import PERSON, RECIPIENT
from esign.api.envelope_views import EnvelopeViews, RecipientView
from esign.api.json_body import Body
from esign.api.operations import Resource
from esign.api.own_envelopes import OwnEnvelopes, find
from esign.api.recipient_pictures import add_pictures
from esign.api.scopes import Scope
from esign.api.second_person import SecondPerson
from esign.ceremony.domain import Envelope, commands
from esign.ceremony.domain.refusal import refusal
from esign.ceremony.envelopes import Change
from esign.ceremony.recipient_changes import RecipientChanges
from esign.service import Service
from esign.staff.domain.roles import ApprovalKind

_THERE: Final = ("no-envelope", "no-recipient")
_ENDED: Final = ("envelope-completed", "envelope-declined", "envelope-expired", "envelope-voided")
_STANDS: Final = (
    *_THERE,
    *_ENDED,
    *("envelope-draft", "envelope-sealing", "envelope-seal-failed", "stream-changed"),
    *("confirmed-already", "signed-already", "recipient-declined", "recipient-expired", "recipient-replaced"),
)
_APPROVAL: Final = ("own-approval", "approval-missing", "approval-in-console", "approval-not-usable")
_CHANGES: Final = (*_STANDS, *_APPROVAL, "phone-of-agent", "phone-of-staff", "record-erased")
_APPROVED_BY: Final = (
    "The approval (apr_...) that a second person gave in the console for exactly this change; it is used up. Not "
    "needed for a draft. In test mode any other id stands in for a second person."
)


class ReplaceBody(PersonBody):
    """The person who takes the recipient's place, in the same role."""

    approved_by: str | None = Field(None, pattern=ID, description=_APPROVED_BY)


class PhoneBody(Body):
    """The corrected phone number."""

    phone: Phone
    approved_by: str | None = Field(None, pattern=ID, description=_APPROVED_BY)


class FaceBody(Body):
    """What the salesperson says of the photo."""

    is_customer: bool
    by: str = Field(pattern=ID, description="The salesperson, by your id (usr_...).")
    photo: str | None = Field(None, pattern=ID, description="`photo.id` of what was looked at; null: the present one.")


class RecipientList(BaseModel):
    """All recipients of an envelope, those who were replaced too."""

    items: list[RecipientView]


def recipient_resource(service: Service, public_url: str) -> Resource:
    """Return the operations on recipients."""
    recipients = Resource(
        "recipients",
        "签署人",
        "Recipients",
        "People in an envelope. After sending, a change of person or phone needs a second person, restarts the "
        "ceremony for that recipient, and stands in the trail.",
    )
    own, views, database = OwnEnvelopes(service), EnvelopeViews(service, public_url), service.ports.database
    changes = RecipientChanges(service.records, service.ports.typeface, service.ports.is_staff_phone)
    second = SecondPerson(service)

    def told(session: Session, change: Change, recipient: str) -> Reply:
        return Reply(views.recipient(session, change.after, recipient))

    @recipients.operation(
        "GET",
        "/v1/envelopes/<envelope>/recipients",
        access=Scope.ENVELOPES_READ,
        zh="列出签署人",
        en="List recipients",
        answer=RecipientList,
        problems=("no-envelope",),
        answer_example={"items": [RECIPIENT]},
    )
    def listing(call: Call) -> Reply:
        with database.reading() as session:
            state = own.get(session, call, call.path["envelope"])
            return Reply(RecipientList(items=views.recipients(session, state)))

    @recipients.operation(
        "GET",
        "/v1/envelopes/<envelope>/recipients/<recipient>",
        access=Scope.ENVELOPES_READ,
        zh="查看签署人",
        en="See a recipient",
        answer=RecipientView,
        problems=_THERE,
        answer_example=RECIPIENT,
    )
    def one(call: Call) -> Reply:
        with database.reading() as session:
            state, recipient = own.recipient(session, call)
            return Reply(views.recipient(session, state, recipient.id))

    @recipients.operation(
        "POST",
        "/v1/envelopes/<envelope>/recipients/<recipient>/remind",
        access=Scope.ENVELOPES_WRITE,
        zh="提醒签署人",
        en="Remind a recipient",
        about="Sends the link again, an hour after the message before at the earliest.",
        answer=RecipientView,
        problems=(*_STANDS, "not-your-turn", "reminder-too-early", "reminder-number", "copy-never-signs"),
        answer_example=RECIPIENT,
    )
    def remind(call: Call) -> Reply:
        recipient = call.path["recipient"]

        def reminded(_session: Session, envelope: Envelope, now: datetime) -> commands.Command:
            number = find(envelope, recipient).reminders + 1
            return commands.Remind(at=now, recipient=recipient, number=number, asked_by=call.client.client)

        return own.change(call, reminded, lambda session, change: told(session, change, recipient))

    @recipients.operation(
        "POST",
        "/v1/envelopes/<envelope>/recipients/<recipient>/replace",
        access=Scope.ENVELOPES_WRITE,
        zh="更换签署人",
        en="Put another person in a recipient's place",
        about="The answer is the new recipient, with an id of its own. The old link ends.",
        body=ReplaceBody,
        answer=RecipientView,
        problems=(*_CHANGES, "name-not-printable"),
        example={**PERSON, "name": "叶小禾", "phone": "13800000002", "id_number": None, "approved_by": "usr_0217"},
        answer_example=RECIPIENT,
    )
    def replace(call: Call) -> Reply:
        body, recipient = call.body(ReplaceBody), call.path["recipient"]

        def replaced(session: Session, envelope: Envelope, now: datetime) -> commands.Command:
            old, new, by = find(envelope, recipient), body.person(), call.client.client
            kind = ApprovalKind.RECIPIENT_REPLACEMENT
            agreed = second.agreed(session, call, envelope, old, kind, body.approved_by, lambda asked: asked == new)
            if agreed.record is not None and agreed.by is not None:
                return changes.agreed_replacement(
                    session, envelope, old, agreed.record, by=by, approved_by=agreed.by, at=now
                )
            return changes.replacement(session, envelope, old, new, by=by, approved_by=agreed.by, at=now)

        def new_one(session: Session, change: Change) -> Reply:
            return told(session, change, change.after.recipient(recipient).replaced_by or recipient)

        return own.change(call, replaced, new_one)

    @recipients.operation(
        "POST",
        "/v1/envelopes/<envelope>/recipients/<recipient>/correct-phone",
        access=Scope.ENVELOPES_WRITE,
        zh="更正手机号",
        en="Correct a recipient's phone",
        about="The old link ends and the ceremony starts anew. The number that is there already changes nothing.",
        body=PhoneBody,
        answer=RecipientView,
        problems=_CHANGES,
        example={"phone": "13800000003", "approved_by": "usr_0217"},
        answer_example=RECIPIENT,
    )
    def correct_phone(call: Call) -> Reply:
        body, recipient = call.body(PhoneBody), call.path["recipient"]

        def corrected(session: Session, envelope: Envelope, now: datetime) -> commands.Command:
            old, phone, by = find(envelope, recipient), body.phone, call.client.client
            kind = ApprovalKind.PHONE_CORRECTION
            agreed = second.agreed(
                session, call, envelope, old, kind, body.approved_by, lambda asked: asked.phone == phone
            )
            if agreed.record is not None and agreed.by is not None:
                return changes.agreed_correction(
                    session, envelope, old, agreed.record, by=by, approved_by=agreed.by, at=now
                )
            return changes.correction(session, envelope, old, phone, by=by, approved_by=agreed.by, at=now)

        return own.change(call, corrected, lambda session, change: told(session, change, recipient))

    @recipients.operation(
        "POST",
        "/v1/envelopes/<envelope>/recipients/<recipient>/state-face",
        access=Scope.ENVELOPES_WRITE,
        zh="确认照片是否为客户本人",
        en="State whose face a photo shows",
        about="Recorded as what the salesperson said. If it is not the customer, the envelope is voided.",
        body=FaceBody,
        answer=RecipientView,
        problems=(*_STANDS, "photo-unknown", "copy-never-signs"),
        example={"is_customer": True, "by": "usr_0105", "photo": "pho_01k9x7m2qvd4f6h8k0m2p4r6t8"},
        answer_example=RECIPIENT,
    )
    def state_face(call: Call) -> Reply:
        body, recipient = call.body(FaceBody), call.path["recipient"]

        def stated(_session: Session, envelope: Envelope, now: datetime) -> commands.Command:
            present = find(envelope, recipient).session.photo
            if present is None:
                raise refusal("photo-unknown")
            photo = body.photo or present.record
            return commands.StateFace(
                at=now, recipient=recipient, photo=photo, is_customer=body.is_customer, by=body.by
            )

        return own.change(call, stated, lambda session, change: told(session, change, recipient))

    add_pictures(recipients, service, own)
    return recipients
