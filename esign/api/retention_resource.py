"""How long what an envelope left is kept, as its client tells and sees: the contract's end is known to the client."""

from __future__ import annotations

from datetime import date
from typing import Final

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from esign.api.call import Call, Reply
from esign.api.json_body import Body
from esign.api.operations import Resource
from esign.api.own_envelopes import OwnEnvelopes, actor
from esign.api.scopes import Scope
from esign.infra.columns import JsonValue
from esign.retention.contracts import ContractEnd
from esign.retention.kept import Kept, kept_of
from esign.retention.models import RetainedEnvelope
from esign.retention.room import RetentionRoom
from esign.retention.rules import Kind, Term
from esign.service import Service

_EXAMPLE: Final[dict[str, JsonValue]] = {
    "envelope": "env_01k9x7m2qv8w3c5t6r4n0b1d2e",
    "term": "over-one-year",
    "contract_ended_on": "2026-10-31",
    "legal_hold": False,
    "kept": [
        {"kind": "documents", "until": "2036-10-31", "demanded": True},
        {"kind": "evidence", "until": "2036-10-31", "demanded": True},
        {"kind": "photo", "until": "2028-11-26", "demanded": False},
    ],
}


class ContractEndBody(Body):
    """That the contract ended, and for how long it insured."""

    ended_on: date = Field(
        description="The day on which it ended, in Beijing; not after today, nor before it was signed."
    )
    term: Term = Field(description="For how long the contract insured: it decides whether five or ten years count.")


class KeptView(BaseModel):
    """One kind of what is kept."""

    kind: Kind
    until: date | None = Field(description="The last day of keeping; null: kept until the contract's end is told.")
    demanded: bool = Field(description="Whether a law demands keeping until then.")


class RetentionView(BaseModel):
    """What is kept of an envelope, and until when."""

    envelope: str
    term: Term | None = Field(description="As it was told last; null: not told.")
    contract_ended_on: date | None = Field(description="As it was told last; null: not told, or the contract goes on.")
    legal_hold: bool = Field(description="Whether a court or an authority may still ask for it: nothing is erased.")
    kept: list[KeptView] = Field(description="What is erased already is not here.")


def retention_resource(service: Service, room: RetentionRoom) -> Resource:
    """Return the operations."""
    retention = Resource(
        "retention",
        "保存期限",
        "Retention",
        "What an envelope left is kept until the contract's end is told and the legal period after it is over. Tell "
        "the end once it is known; what is told last counts.",
    )
    own, database, clock = OwnEnvelopes(service), service.ports.database, service.ports.trust_services.clock

    def view(session: Session, envelope: str) -> RetentionView:
        row = session.get(RetainedEnvelope, envelope)
        if row is None:  # made a moment ago, and not read from the trail yet
            return RetentionView(envelope=envelope, term=None, contract_ended_on=None, legal_hold=False, kept=[])
        kept = kept_of(session, room.rules, row, now=clock())
        return RetentionView(
            envelope=envelope,
            term=kept.term,
            contract_ended_on=kept.ended_on,
            legal_hold=kept.held,
            kept=[_kept(one) for one in kept.kept],
        )

    @retention.operation(
        "GET",
        "/v1/envelopes/<envelope>/retention",
        access=Scope.ENVELOPES_READ,
        zh="查看保存期限",
        en="See what is kept and until when",
        answer=RetentionView,
        problems=("no-envelope",),
        answer_example=_EXAMPLE,
    )
    def one(call: Call) -> Reply:
        with database.reading() as session:
            return Reply(view(session, own.row(session, call, call.path["envelope"]).id))

    def told(call: Call, end: ContractEnd | None) -> Reply:
        with database.transaction() as session:
            envelope = own.get(session, call, call.path["envelope"])
            room.contracts.tell(
                session, envelope, end, by=call.client.client, actor=actor(call), now=own.now(session, call)
            )
            return call.keep(session, Reply(view(session, envelope.id)))

    @retention.operation(
        "POST",
        "/v1/envelopes/<envelope>/contract-end",
        access=Scope.ENVELOPES_WRITE,
        zh="告知合同终止",
        en="Tell that the contract ended",
        about="From that day the legal period counts: five years for terms up to one year, else ten. Telling another "
        "day corrects the one before.",
        body=ContractEndBody,
        answer=RetentionView,
        problems=(
            "no-envelope",
            "contract-not-made",
            "contract-end-future",
            "contract-end-early",
            "evidence-gone",
            "stream-changed",
        ),
        example={"ended_on": "2026-10-31", "term": "over-one-year"},
        answer_example=_EXAMPLE,
    )
    def contract_end(call: Call) -> Reply:
        body = call.body(ContractEndBody)
        return told(call, ContractEnd(body.ended_on, body.term))

    @retention.operation(
        "POST",
        "/v1/envelopes/<envelope>/contract-resume",
        access=Scope.ENVELOPES_WRITE,
        zh="告知合同恢复",
        en="Tell that the contract goes on after all",
        about="For a contract that lapsed and was revived: what is kept is held again until its end is told.",
        answer=RetentionView,
        problems=("no-envelope", "contract-not-made", "evidence-gone", "stream-changed"),
        answer_example=_EXAMPLE | {"term": None, "contract_ended_on": None},
    )
    def contract_resume(call: Call) -> Reply:
        return told(call, None)

    return retention


def _kept(one: Kept) -> KeptView:
    return KeptView(kind=one.kind, until=one.until, demanded=one.demanded)
