"""The room of letters as one value."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.public.api import RoomCodes
from esign.public.events import Consumer, Event
from esign.public.house import House
from esign.public.messages import MessageText, Words
from esign.public.room import Room, RoomParts
from esign.public.work import Beat
from tests.unit.public.letters.api import CODES, SCOPES, letter_resource
from tests.unit.public.letters.domain import LetterRefused
from tests.unit.public.letters.models import LetterCopy, LetterRow
from tests.unit.public.letters.office import CONFIRM, FORMS, LetterOffice, records_of
from tests.unit.public.letters.pages import PACKAGE, ROOM, console_part, linked_part

MESSAGES: Final = {
    "letters-answered": MessageText(
        Words("您的回信已收到", "您 {day} 的回信已收到，可在这里查看： {link} 仅供本人"),
        Words("Your answer has come", "Your answer of {day} has come, see it here: {link} For you alone."),
    ),
    "letters-waiting": MessageText(
        Words("我们在等您的回信", "我们在等您的回信，请看这里： {link} 仅供本人"),
        Words("We await your answer", "We await your answer, see here: {link} For you alone."),
    ),
}


def open_room(house: House) -> RoomParts:
    office = LetterOffice(house)
    return RoomParts(
        resources=(letter_resource(office),),
        console=console_part(office),
        pages=linked_part(office),
        consumers=(Consumer("letters", office.hear),),
        jobs=(house.tasks.job(CONFIRM, office.confirm, office.give_up),),
        beats=(Beat("letters", 60.0, office.look),),
        cleanings=(office.clean,),
        held=office.held,
    )


def records_about(session: Session, subjects: Collection[str]) -> Sequence[str]:
    """Name what is kept of the letters that were signed in these envelopes."""
    found = session.scalars(select(LetterRow.id).where(LetterRow.envelope.in_(subjects))).all()
    return [record for letter in found for record in records_of(session, letter)]


def forgotten(session: Session, event: Event) -> Sequence[str]:
    """Name what went when a letter was forgotten."""
    return [str(event.payload["person"]), *records_of(session, event.stream)]


def client_of(session: Session, letter: str) -> str | None:
    row = session.get(LetterRow, letter)
    return None if row is None else row.client


LETTERS: Final = Room(
    name=ROOM,
    package=PACKAGE,
    vocabulary=FORMS.vocabulary,
    open=open_room,
    changing=(LetterRow, LetterCopy),
    codes=RoomCodes((LetterRefused,), CODES),
    scopes=SCOPES,
    messages=MESSAGES,
    stand_ins={"letters-not-posted": "letters are shown and not posted"},
    records_about=records_about,
    erasures={"letter.forgotten": forgotten},
    told={"letter.written": ("kind", "envelope"), "letter.answered": ("sealed",)},
    client_of=client_of,
)
