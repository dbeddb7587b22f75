"""What the room keeps on people, for erasure together with the envelope in which a claim was agreed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.dispatch.models import LossPlace
from claims.domain.values import ENDS
from claims.models import AgreementOf, ClaimRow
from claims.pictures.models import PictureRow, told_record
from claims.reconciling.models import StatementEntry
from claims.refusing.models import NoticeRow
from claims.selfservice.models import CustomerOf
from esign.public.events import plain_payload, read_stream, read_streams

NAMED: Final[Mapping[str, tuple[str, ...]]] = {
    "claim.reported": ("record",),
    "claim.block-reviewed": ("reason",),
    "claim.papers-asked": ("message",),
    "claim.papers-received": ("record",),
    "claim.papers-waived": ("reason",),
    "claim.picture-added": ("picture",),
    "claim.form-filed": ("record",),
    "claim.surveyed": ("record",),
    "claim.adjudicated": ("trace",),
    "claim.price-disputed": ("record",),
    "claim.dispute-answered": ("reason",),
    "claim.payee-set": ("payee",),
    "claim.refused": ("words",),
    "claim.refusal-notified": ("notice",),
    "claim.reopened": ("words",),
    "claim.recovery-opened": ("against",),
    "claim.alarm-acknowledged": ("words",),
}
"""The members of events that name records with people's data. The motor policy's own record stays with the policy."""
AGREED: Final = "claim.agreed"
OVER: Final = frozenset(one.value for one in ENDS)


def records_about(session: Session, subjects: Collection[str]) -> Sequence[str]:
    """Name the records of the claims whose agreement was signed in one of the envelopes, unless the claim is under way.

    An envelope that ended without the signature takes nothing along: its time is over long before the claim's.
    """
    found = session.scalars(select(AgreementOf.claim).where(AgreementOf.envelope.in_(subjects))).all()
    named: dict[str, None] = {}
    for claim in sorted(set(found)):
        row = session.get(ClaimRow, claim)
        if row is not None and row.state in OVER and signed_in(session, claim) in subjects:
            named.update(dict.fromkeys(records_of_claim(session, claim)))
    return list(named)


def signed_in(session: Session, claim: str) -> str | None:
    """Return the envelope in which the claim was agreed to, the last one if several were; None where nobody signed."""
    told = read_streams(session, (claim,), types=(AGREED,)).get(claim, [])
    signed = [str(one.payload["envelope"]) for one in told if one.payload["envelope"] is not None]
    return signed[-1] if signed else None


def records_of_claim(session: Session, claim: str) -> Sequence[str]:
    """Name every record that the room keeps about one claim, each once."""
    place = session.get(LossPlace, claim)
    said = select(StatementEntry.words).where(StatementEntry.claim == claim, StatementEntry.words.is_not(None))
    words = (str(one) for one in session.scalars(said))
    kept = (
        one for row in (PictureRow, NoticeRow) for one in session.scalars(select(row.record).filter_by(claim=claim))
    )
    return list(dict.fromkeys((*_named_by(session, claim), *words, *kept, *(() if place is None else (place.place,)))))


def _named_by(session: Session, claim: str) -> Iterator[str]:
    for event in read_stream(session, claim):
        payload = plain_payload(event)
        yield from (str(payload[name]) for name in NAMED.get(event.type, ()) if payload.get(name) is not None)
        if event.type == "claim.picture-added":
            yield told_record(str(payload["picture"]))
    customer = session.get(CustomerOf, claim)
    if customer is not None:
        yield customer.person
