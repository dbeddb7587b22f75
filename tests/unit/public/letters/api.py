"""Letters in the REST API."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.public.api import PDF, Body, Call, CodeWords, Page, PageQuery, Reply, Resource, RoomScope, actor, cut
from esign.public.people import Person
from tests.unit.public.letters.domain import LetterKind, LetterRefused
from tests.unit.public.letters.models import LetterCopy, LetterRow
from tests.unit.public.letters.office import LetterOffice

READ, WRITE = RoomScope("letters:read"), RoomScope("letters:write")
SCOPES: Final = {READ: ("查看信件", "see letters"), WRITE: ("写信", "write letters")}
CODES: Final = {
    "no-letter": CodeWords(404, "没有这封信", "请核对编号", "there is no such letter", "check its id"),
    "letter-exists": CodeWords(409, "已有这封信", "请换一个编号", "there is such a letter already", "take another id"),
    "letter-forgotten": CodeWords(
        410, "这封信已删除", "不用再做什么", "the letter was erased", "nothing is left to do"
    ),
}
_EXAMPLE: Final = {"id": "let_01k9x7m2qv8w3c5t6r4n0b1d2e", "kind": "thanks", "envelope": "env_1", "state": "written"}


class NewLetterBody(Body):
    """A letter that is wanted."""

    reference: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    kind: Annotated[LetterKind, Field(strict=False)]
    name: str = Field(min_length=1, max_length=20)
    phone: str = Field(pattern=r"^1[0-9]{10}$")


class LetterView(BaseModel):
    """A letter as it stands."""

    id: str
    kind: LetterKind
    envelope: str
    state: str


class LetterPage(Page[LetterView]):
    """A page of letters, oldest first."""


def letter_resource(office: LetterOffice) -> Resource:
    letters = Resource("letters", "信件", "Letters", "Letters to customers, which they answer by signing.")
    database = office.house.database

    def own(session: Session, call: Call) -> LetterRow:
        row = session.get(LetterRow, call.path["letter"])
        if row is None or row.client != call.client.client:
            raise LetterRefused("no-letter")
        return row

    @letters.operation(
        "POST",
        "/v1/letters",
        access=WRITE,
        zh="写信",
        en="Write a letter",
        body=NewLetterBody,
        answer=LetterView,
        status=201,
        problems=("external-id-taken",),
        example={"reference": "order-1", "kind": "thanks", "name": "于文山", "phone": "13800000001"},
        answer_example=_EXAMPLE,
    )
    def write(call: Call) -> Reply:
        body = call.body(NewLetterBody)
        person = Person(body.name, body.phone)
        letter = office.write(call.client.client, body.reference, body.kind, person, actor=actor(call))
        with database.reading() as session:
            return Reply(_view(session.get_one(LetterRow, letter)), status=201)

    @letters.operation(
        "GET",
        "/v1/letters",
        access=READ,
        zh="列出信件",
        en="List letters",
        query=PageQuery,
        answer=LetterPage,
        problems=("cursor-refused",),
        answer_example={"items": [_EXAMPLE], "next_cursor": None},
    )
    def listing(call: Call) -> Reply:
        query = call.query(PageQuery)
        chosen = select(LetterRow).where(LetterRow.client == call.client.client, LetterRow.id > query.after("letters"))
        with database.reading() as session:
            rows = session.scalars(chosen.order_by(LetterRow.id).limit(query.limit + 1)).all()
        shown, cursor = cut(rows, query, "letters", lambda row: row.id)
        return Reply(LetterPage(items=[_view(row) for row in shown], next_cursor=cursor))

    @letters.operation(
        "GET",
        "/v1/letters/<letter>",
        access=READ,
        zh="查看信件",
        en="See a letter",
        answer=LetterView,
        problems=("no-letter",),
        answer_example=_EXAMPLE,
    )
    def one(call: Call) -> Reply:
        with database.reading() as session:
            return Reply(_view(own(session, call)))

    @letters.operation(
        "GET",
        "/v1/letters/<letter>/confirmation",
        access=READ,
        zh="下载回执",
        en="Get the confirmation",
        answer=PDF,
        problems=("no-letter", "letter-forgotten", "record-erased"),
    )
    def confirmation(call: Call) -> Reply:
        with database.reading() as session:
            row = own(session, call)
            copy = session.get(LetterCopy, row.id)
            if row.state == "forgotten":
                raise LetterRefused("letter-forgotten")
            if copy is None:
                raise LetterRefused("no-letter")
            return Reply(office.house.documents.read(session, copy.blob, copy.record), media_type=PDF)

    return letters


def _view(row: LetterRow) -> LetterView:
    return LetterView(id=row.id, kind=LetterKind(row.kind), envelope=row.envelope, state=row.state)
