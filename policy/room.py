"""The room as the composition root takes it: what is so whether or not it is open, and what it does in a process."""

from __future__ import annotations

from typing import Final

from esign.public.events import Consumer
from esign.public.house import House
from esign.public.room import Room, RoomParts
from esign.public.work import Beat
from policy.advancing import Advancing
from policy.api import CODES, SCOPES, policy_resources
from policy.bank.books import BookedBank
from policy.drafts.store import Drafts
from policy.figures.projecting import figures_projection
from policy.models import (
    BankEntry,
    CaseOf,
    Contract,
    DraftRow,
    EndorsementOf,
    EnvelopeOf,
    ExternalId,
    JourneyRow,
    MoneyOf,
    PersonOf,
    ProposalRow,
    RecordingOf,
    RequestName,
    RequestRow,
    TakenNumber,
    VisitDraft,
    VisitOf,
)
from policy.pages import console_part
from policy.pages.linked import linked_part
from policy.products.files import load_catalogue
from policy.requests.doing import Doing
from policy.requests.hearing import RequestHearing
from policy.requests.register import Register
from policy.requests.sweeping import RequestSweep
from policy.requests.telling import REQUEST_MESSAGES
from policy.service.forgetting import Forgetting
from policy.service.hearing import HEARD, Hearing
from policy.service.held import Held
from policy.service.keeping import records_about
from policy.service.money import Money
from policy.service.office import ADVANCE, CARRY_OUT, HEAR, HEAR_REQUESTS, RECALL, RECEIVE, Office
from policy.service.recalling import Recalling
from policy.service.receipts import RECEIVED, Receipts
from policy.service.setting_aside import SettingAside
from policy.service.streams import FORMS
from policy.underwriting.telling import MESSAGES as TOLD_OF_UNDERWRITING
from policy.visits.answering import Answering
from policy.visits.inviting import MESSAGES as TOLD_OF_VISITS
from policy.visits.inviting import Inviting

SWEEP_SECONDS: Final = 30.0
BANK_SECONDS: Final = 10.0
VISITS_SECONDS: Final = 600.0


def open_room(house: House) -> RoomParts:
    """Return what the room does over what a process has open."""
    office = Office(house, load_catalogue(), BookedBank(house.database))
    money = Money(office)
    advancing, recalling = Advancing(office, money), Recalling(house)
    register = Register(office)
    doing = Doing(register)
    hearing = SettingAside(house, HEAR, HEARD, Hearing(office).take_down)
    of_requests = SettingAside(house, HEAR_REQUESTS, HEARD, RequestHearing(register).take_down)
    receiving = SettingAside(house, RECEIVE, (RECEIVED,), Receipts(office).take_down)
    return RoomParts(
        resources=policy_resources(office),
        console=console_part(office),
        pages=linked_part(office),
        cleanings=(Drafts(house).clean, Forgetting(office).clean, Answering(office).clean),
        consumers=(
            Consumer("policy-envelopes", hearing.hear),
            Consumer("policy-requests", of_requests.hear),
            Consumer("policy-deliveries", receiving.hear),
            figures_projection(),
        ),
        jobs=(
            house.tasks.job(ADVANCE, advancing.advance, advancing.give_up, at_once=2, look_seconds=0.5),
            house.tasks.job(RECALL, recalling.recall, recalling.give_up),
            house.tasks.job(HEAR, hearing.take_up, hearing.give_up),
            house.tasks.job(HEAR_REQUESTS, of_requests.take_up, of_requests.give_up),
            house.tasks.job(RECEIVE, receiving.take_up, receiving.give_up),
            house.tasks.job(CARRY_OUT, doing.do, doing.give_up),
        ),
        beats=(
            Beat("policy sweep", SWEEP_SECONDS, advancing.sweep),
            Beat("policy requests", SWEEP_SECONDS, RequestSweep(register).sweep),
            Beat("policy bank", BANK_SECONDS, money.listen),
            Beat("policy visits", VISITS_SECONDS, Inviting(office).remind),
        ),
        held=Held(office).held,
    )


ROOM: Final = Room(
    "policy",
    "policy",
    FORMS.vocabulary,
    open=open_room,
    changing=(
        *(ProposalRow, EnvelopeOf, VisitOf, CaseOf, RecordingOf, MoneyOf, RequestRow),
        *(JourneyRow, ExternalId, RequestName, PersonOf, DraftRow, TakenNumber, Contract, EndorsementOf, VisitDraft),
    ),
    adding=(BankEntry,),
    codes=CODES,
    scopes=SCOPES,
    messages={**TOLD_OF_UNDERWRITING, **TOLD_OF_VISITS, **REQUEST_MESSAGES},
    has_signed=True,
    records_about=records_about,
    stand_ins={"simulated-bank": "premiums are taken by a bank that is plainly simulated: nobody's money moves"},
)
