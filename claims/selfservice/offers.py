"""What is offered, as the customer sees it before they agree: payment, how it was worked out, next year's premium."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from claims.domain import Claim
from claims.domain import events as e
from claims.parts.catalogue import Catalogue
from claims.parts.files import load_parts
from claims.refusals import refused
from claims.service.office import Office
from claims.service.settling import Settling, Shown
from claims.settlement.settling import Step
from claims.settlement.table import Cover
from claims.settlement.telling import COVERS, words_of
from claims.sheets import named
from claims.wording import Words
from esign.public.events import read_stream


@dataclass(frozen=True)
class OfferLine:
    """A line of the assessment: what it is, how many, and what they cost in fen."""

    words: Words
    quantity: int
    fen: int


@dataclass(frozen=True)
class Offered:
    """The offer by its id; `steps` are sentences of the settlement, `covers` what each cover pays in fen."""

    id: str
    shown: Shown
    lines: tuple[OfferLine, ...]
    injury: int
    steps: tuple[Words, ...]
    covers: tuple[tuple[Words, int], ...]


_COVERS: Final = {cover.value: words for cover, words in COVERS.items()}


def offered(office: Office, session: Session, claim: str, state: Claim) -> Offered:
    """Return what is offered of a claim now. Raises `ClaimRefused` (`no-offer-now`), `RecordErased`."""
    offer, settlement = state.offer, state.settlement
    if offer is None or settlement is None:
        raise refused("no-offer-now")
    shown = Settling(office).shown(session, state)
    trace = json.loads(office.house.records.read(session, settlement.trace))
    steps = (
        Step(Cover(one["cover"]), one["rule"], one["before"], one["after"], one["number"]) for one in trace["steps"]
    )
    assessed = next(
        event
        for event in map(office.claims.forms.event_of, reversed(read_stream(session, claim)))
        if isinstance(event, e.LossAssessed) and event.assessment == settlement.assessment
    )
    catalogue = named(load_parts(), assessed.catalogue)
    return Offered(
        offer.id,
        shown,
        tuple(OfferLine(_name(catalogue, one.item), one.quantity, one.fen) for one in assessed.lines),
        assessed.injury,
        tuple(words_of(one) for one in steps),
        tuple((_COVERS.get(one.cover, Words(one.cover, one.cover)), one.fen) for one in shown.covers),
    )


def _name(catalogue: Catalogue, code: str) -> Words:
    item = catalogue.find(code)
    return Words(code, code) if item is None else item.words
