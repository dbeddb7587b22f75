"""The room as the composition root takes it: what is so whether or not it is open, and what it does in a process."""

from __future__ import annotations

from typing import Final

from claims.advancing import Advancing
from claims.agreements.ceremony import AGREEMENT, Agreements
from claims.agreements.hearing import AgreementHearing
from claims.alarms.hearing import ClockHearing
from claims.alarms.models import AlarmRow
from claims.alarms.texts import MESSAGES as TOLD_OF_CLOCKS
from claims.api import CODES, SCOPES, claims_resources
from claims.dispatch.duty import DutyDesk
from claims.dispatch.models import LossPlace, SurveyorOnDuty
from claims.dispatch.sending import MESSAGES as TOLD_OF_DISPATCH
from claims.errors import ClaimRefused
from claims.figures.models import ClaimsLotRow, ClaimsUntilRow, CourseRow
from claims.figures.projecting import figures_projection
from claims.handling.models import PhoneRow
from claims.handling.texts import MESSAGES as TOLD_BY_STAFF
from claims.hotline.models import PolicyKey
from claims.hotline.searching import Searching
from claims.keeping.erased_events import ERASED, ERASURES, claim_erased
from claims.keeping.erasing import Erasing
from claims.keeping.held import Held
from claims.keeping.matters import ClaimMatters
from claims.keeping.models import ErasedClaim
from claims.messages.guiding import Guiding
from claims.messages.texts import MESSAGES
from claims.models import (
    AgreementOf,
    ClaimName,
    ClaimRow,
    MotorPolicyRow,
    MotorPolicyVersion,
    PaymentEntry,
    PaymentOf,
)
from claims.pages import console_part
from claims.parts_supply.models import QuoteRow, ShopRow
from claims.parts_supply.supplying import MESSAGES as TOLD_OF_PARTS
from claims.payment.books import PayingBooks
from claims.pictures.models import PictureRow
from claims.reconciling.models import FiledPayment, PaymentFile, StatementEntry
from claims.refusing.models import NOTICE_TASK, NoticeRow
from claims.refusing.notices import Notices
from claims.risk.room_part import RISK_ADDING, RISK_CHANGING
from claims.selfservice.entering import Entrances
from claims.selfservice.models import CustomerOf, Entrance, InvitationToReport, SentCode
from claims.selfservice.pages.linked import linked_part
from claims.service.forgetting import Forgetting
from claims.service.keeping import records_about
from claims.service.office import ADVANCE, Office
from claims.service.owning import client_of
from claims.service.paying import Paying
from claims.service.settling import Settling
from claims.service.streams import FORMS
from claims.service.tracking import Tracking
from esign.public.events import Consumer
from esign.public.house import House
from esign.public.room import Room, RoomParts
from esign.public.work import Beat

SWEEP_SECONDS: Final = 30.0
BANK_SECONDS: Final = 10.0
FILL_SECONDS: Final = 600.0
NOTICE_SECONDS: Final = 600.0
CLOCK_SECONDS: Final = 5.0
"""How often clocks are looked at: the shortest runs for two minutes."""
CODES_SECONDS: Final = 1.0
"""Somebody stands beside a road and waits for a code."""


def open_room(house: House) -> RoomParts:
    """Return what the room does over what a process has open."""
    office = Office(house, PayingBooks(house.database))
    paying = Paying(office)
    advancing = Advancing(office, Settling(office), paying)
    entrances, agreements, notices = Entrances(office), Agreements(office), Notices(office)
    return RoomParts(
        resources=claims_resources(office),
        console=console_part(office),
        pages=linked_part(office),
        cleanings=(entrances.forget, DutyDesk(house).clean, Erasing(office).forget_invitations),
        held=Held(office).held,
        jobs=(
            house.tasks.job(ADVANCE, advancing.advance, advancing.give_up, at_once=2, look_seconds=0.5),
            house.tasks.job(NOTICE_TASK, notices.make, notices.give_up),
            house.tasks.job(AGREEMENT, agreements.see_to, agreements.give_up, final=(ClaimRefused,)),
        ),
        beats=(
            Beat("claims sweep", SWEEP_SECONDS, advancing.sweep),
            Beat("claims notices", NOTICE_SECONDS, notices.sweep),
            Beat("claims bank", BANK_SECONDS, paying.listen),
            Beat("claims clocks", CLOCK_SECONDS, Tracking(office).sweep),
            Beat("claims codes", CODES_SECONDS, entrances.send_codes),
            Beat("claims policy keys", FILL_SECONDS, Searching(house).fill),
        ),
        consumers=(
            Consumer("claims-erasures", Forgetting(office).hear),
            Consumer("claims-clocks", ClockHearing(office).hear),
            Consumer("claims-guide", Guiding(office).hear),
            Consumer("claims-agreements", AgreementHearing(office).hear),
            figures_projection(),
        ),
    )


ROOM: Final = Room(
    "claims",
    "claims",
    FORMS.vocabulary | ERASURES,
    open=open_room,
    changing=(
        *(PhoneRow, AlarmRow, ClaimRow, PaymentOf, AgreementOf, ClaimName, MotorPolicyRow, *RISK_CHANGING),
        *(CustomerOf, InvitationToReport, Entrance, SentCode, PolicyKey),
        *(SurveyorOnDuty, LossPlace, ShopRow, QuoteRow, StatementEntry),
        *(CourseRow, ClaimsLotRow, ClaimsUntilRow),
    ),
    adding=(
        NoticeRow,
        PaymentEntry,
        PaymentFile,
        FiledPayment,
        ErasedClaim,
        MotorPolicyVersion,
        PictureRow,
        *RISK_ADDING,
    ),
    codes=CODES,
    scopes=SCOPES,
    messages={**MESSAGES, **TOLD_OF_CLOCKS, **TOLD_OF_DISPATCH, **TOLD_OF_PARTS, **TOLD_BY_STAFF},
    has_signed=True,
    records_about=records_about,
    matters=ClaimMatters,
    client_of=client_of,
    erasures={ERASED.name: claim_erased},
    stand_ins={"simulated-claims-bank": "claims are paid by a bank that is plainly simulated: nobody's money moves"},
)
