"""Letters at the console, and the page that a customer's link opens."""

from __future__ import annotations

from typing import Final

from flask import Response, redirect, request
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from esign.public.console import N_, ConsolePart, Entry, Role, RoomConsole, caller, done, name_of, only, page
from esign.public.pages import LinkedPages, LinkedPart, Visitor
from tests.unit.public.letters.domain import LetterRefused
from tests.unit.public.letters.models import LetterRow
from tests.unit.public.letters.office import LetterOffice, person_of

ROOM: Final = "letters"
PACKAGE: Final = "tests.unit.public.letters"
READERS: Final = frozenset({Role.OPERATIONS, Role.COMPLIANCE})
KINDS: Final = {
    "letters-confirm": N_("确认回信"),
    "letters-answered": N_("回信确认"),
    "letters-waiting": N_("等您回信"),
}
ENTRIES: Final = (Entry(N_("信件"), "letter_list", N_("写给客户的信"), READERS),)


def console_part(office: LetterOffice) -> ConsolePart:
    def declare(console: RoomConsole) -> None:
        @console.page("", to=only(*READERS))
        def letter_list() -> Response:
            with office.house.database.reading() as session:
                rows = session.scalars(select(LetterRow).order_by(LetterRow.id)).all()
            return page("letter_list.html", letters=rows)

        @console.form("/forget", to=only(Role.COMPLIANCE))
        def forget_letter() -> AnyResponse:
            letter = request.form.get("letter", "")
            with office.house.database.reading() as session:
                if session.get(LetterRow, letter) is None:
                    raise LetterRefused("no-letter")
            office.forget(letter, actor=name_of(caller()))
            return done("/console/letters", "letter-forgotten")

        console.count("letter_list", lambda: 0)

    return ConsolePart(ROOM, PACKAGE, declare, ENTRIES, {"letter-forgotten": N_("信件已删除。")}, KINDS)


def linked_part(office: LetterOffice) -> LinkedPart:
    def declare(pages: LinkedPages) -> None:
        @pages.page()
        def letter(visitor: Visitor) -> Response:
            with office.house.database.reading() as session:
                row = session.get_one(LetterRow, visitor.subject)
            return pages.show("letter_page.html", visitor, state=row.state)

        @pages.form("/forget")
        def forget(visitor: Visitor) -> AnyResponse:
            office.forget(visitor.subject, actor="person")
            return redirect("/", 303)

    return LinkedPart(ROOM, PACKAGE, declare, person_of)
