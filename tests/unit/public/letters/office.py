"""Letters written, answered, confirmed, forgotten: commands in, trail appended, rows projected, people told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, TypeAlias

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from esign.public.documents import WrittenBlob
from esign.public.envelopes import DocumentRequest, RecipientRequest, RecipientRole, ToSign
from esign.public.events import Change, EventForms, LoggedEvent, Streams, holding, retried
from esign.public.house import House
from esign.public.people import HeldFile, Person, RecordErased, keep_person
from esign.public.rows import new_id
from esign.public.values import encode_canonical as canonical
from tests.documents import contract
from tests.unit.public.letters.domain import (
    EVENTS,
    Answer,
    Command,
    Forget,
    Letter,
    LetterEvent,
    LetterKind,
    Write,
    decide,
    evolve,
)
from tests.unit.public.letters.models import LetterCopy, LetterRow

FORMS: Final = EventForms[LetterEvent](EVENTS)
LetterStreams: TypeAlias = Streams[Letter | None, Command, LetterEvent]
WAITS: Final = timedelta(days=7)
CONFIRM: Final = "confirm"


def project(session: Session, change: Change[Letter | None, LetterEvent]) -> None:
    """Bring the row of a letter to the state."""
    letter = change.after
    assert letter is not None
    row = session.get(LetterRow, change.stream)
    if row is None:
        row = LetterRow(id=change.stream, written_at=change.recorded[0].time)
        session.add(row)
    row.client, row.kind, row.person, row.envelope = letter.client, letter.kind.value, letter.person, letter.envelope
    row.state = "forgotten" if letter.forgotten else "written" if letter.sealed is None else "answered"
    session.flush()


def letter_streams() -> LetterStreams:
    return Streams(
        FORMS, prefix="let_", start=None, decide=decide, evolve=evolve, project=project, hold=holding(LetterRow)
    )


class LetterOffice:
    """What the API, the pages, the consumer, the job and the beat of the room call."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.letters = letter_streams()

    def write(
        self, client: str, reference: str, kind: LetterKind, person: Person, *, actor: str, by: str | None = None
    ) -> str:
        """Write a letter and have it signed; return its id, the same for the same reference."""
        letter = new_id("let", self.house.clock())

        def record(session: Session, envelope: str) -> None:
            now = self.house.clocks.now(session, client)
            kept = keep_person(self.house.records, session, person, now=now)
            command = Write(at=now, kind=kind, client=client, person=kept, envelope=envelope)
            self.letters.execute(session, letter, command, actor=actor)

        wanted = ToSign(
            title="致客户的信",
            documents=[DocumentRequest("信.pdf", contract())],
            recipients=[RecipientRequest(RecipientRole.APPLICANT, person)],
            external_id=reference,
            consents=(),
        )
        made = self.house.envelopes.create(client, wanted, beside=record, by=by)
        with self.house.database.reading() as session:
            return session.scalars(select(LetterRow.id).filter_by(envelope=made.envelope)).one()

    def hear(self, session: Session, logged: LoggedEvent) -> None:
        """The consumer: a letter that is signed is to be confirmed."""
        if logged.event.type == "envelope.completed":
            row = session.scalars(select(LetterRow).filter_by(envelope=logged.event.stream)).one_or_none()
            if row is not None:
                self.house.tasks.add(session, CONFIRM, row.id, envelope=row.envelope)

    def confirm(self, letter: str) -> None:
        """The job: the answer is had, the insurer seals a confirmation of its own, the customer is told."""
        with self.house.database.reading() as session:
            row = session.get_one(LetterRow, letter)
            answer = self.house.envelopes.sealed(session, row.envelope)
        if row.state != "written":
            return
        sealed = self.house.documents.seal("回执.pdf", contract(), about=letter)
        written = self.house.documents.write(sealed.content)

        def record(session: Session) -> None:
            now = self.house.clocks.now(session, row.client)
            change = self.letters.execute(session, letter, Answer(at=now, sealed=answer.sha256), actor="system:letters")
            if change.events:
                self._keep(session, letter, written, sealed.sha256)
                day, cause = now.date().isoformat(), change.recorded[0].id
                self.house.messages.tell(
                    session,
                    "letters-answered",
                    row.person,
                    about=letter,
                    because=cause,
                    at=now,
                    facts={"day": day},
                    envelope=row.envelope,
                )

        retried(self.house.database, record)

    def give_up(self, letter: str, reason: str) -> None:
        raise AssertionError(f"{letter} was given up: {reason}")

    def look(self) -> None:
        """The beat: whoever has not answered for a week is told once more."""
        with self.house.database.transaction() as session:
            for row in session.scalars(select(LetterRow).filter_by(state="written")):
                now = self.house.clocks.now(session, row.client)
                if now - row.written_at >= WAITS:
                    self.house.messages.tell(
                        session, "letters-waiting", row.person, about=row.id, because=f"{row.id}:week", at=now
                    )

    def forget(self, letter: str, *, actor: str) -> None:
        """Erase what is kept of the person, and the confirmation."""

        def forgotten(session: Session, _state: Letter | None) -> Command:
            return Forget(at=self.house.clock())

        def erase(session: Session, change: Change[Letter | None, LetterEvent]) -> None:
            for record in records_of(session, letter):
                self.house.records.erase(session, record, at=self.house.clock())

        self.letters.change(self.house.database, letter, forgotten, actor=actor, beside=erase)

    def held(self, session: Session, envelope: str, _recipient: str) -> list[HeldFile]:
        """What is kept on whoever got the letter: how it stands, and the confirmation."""
        row = session.scalars(select(LetterRow).filter_by(envelope=envelope)).one_or_none()
        if row is None:
            return []
        files = [HeldFile("letter.json", canonical({"kind": row.kind, "state": row.state}))]
        copy = session.get(LetterCopy, row.id)
        if copy is not None:
            try:
                files.append(HeldFile("confirmation.pdf", self.house.documents.read(session, copy.blob, copy.record)))
            except RecordErased:
                files.append(HeldFile("confirmation.pdf", None))
        return files

    def clean(self, session: Session, now: datetime) -> None:
        """The cleaning: confirmations of letters that nobody opens any more leave no row behind."""
        gone = select(LetterRow.id).where(LetterRow.state == "forgotten")
        session.execute(delete(LetterCopy).where(LetterCopy.letter.in_(gone)))

    def _keep(self, session: Session, letter: str, written: WrittenBlob, sha256: str) -> None:
        record = f"lcp_{letter.removeprefix('let_')}"
        self.house.documents.keep(session, record, written)
        session.add(LetterCopy(letter=letter, sha256=sha256, size=written.size, blob=written.name, record=record))
        session.flush()


def records_of(session: Session, letter: str) -> list[str]:
    """Name the records that are kept of a letter: the person's, and the confirmation's."""
    row, copy = session.get(LetterRow, letter), session.get(LetterCopy, letter)
    return [*([] if row is None else [row.person]), *([] if copy is None else [copy.record])]


def person_of(session: Session, letter: str) -> str | None:
    row = session.get(LetterRow, letter)
    return None if row is None else row.person
