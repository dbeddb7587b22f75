"""Another person in a recipient's place: whatever their name, it is drawn as if the document were made for them."""

from __future__ import annotations

import io
from contextlib import closing
from functools import partial
from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy.orm import Session

from ca.authority import EmbeddedAuthority
from esign.ceremony.domain import Envelope, commands
from esign.ceremony.errors import EnvelopeError
from esign.ceremony.people import Person
from esign.ceremony.recipient_changes import RecipientChanges
from esign.infra.database import Database
from esign.pades.typeface import Typeface
from esign.service import assemble
from esign.verify import verify
from tests.databases import *  # noqa: F403
from tests.service import YE, YU, Desk, ports_for, short_request, system_now

NEW = Person("龚䶮", "13800000003")


@pytest.fixture
def desk(database: Database, tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface) -> Desk:
    return Desk(assemble(ports_for(database, tmp_path, authority, typeface)))


def replace_recipient(desk: Desk, envelope: Envelope, number: int, person: Person) -> None:
    service = desk.service
    changes = RecipientChanges(service.records, service.ports.typeface, service.ports.is_staff_phone)

    def replacing(session: Session, now_envelope: Envelope) -> commands.Command:
        old = now_envelope.recipients[number]
        return changes.replacement(
            session, now_envelope, old, person, by="usr_lin", approved_by="usr_zhao", at=desk.now()
        )

    service.envelopes.change(envelope.id, replacing, actor="user:usr_lin")


def sealed_document(desk: Desk, envelope: Envelope) -> bytes:
    document = desk.envelope(envelope.id).documents[0]
    with desk.service.ports.database.reading() as session:
        return desk.service.documents.read(session, document.plan.id, str(document.sealed))


def text_of_fields(pdf: bytes) -> str:
    """Return the text of all pages with that of their fields."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        document.init_forms()
        for page in document:
            page.flatten()
        flat = io.BytesIO()
        document.save(flat)
    with closing(pypdfium2.PdfDocument(flat.getvalue())) as document:
        return "".join(page.get_textpage().get_text_bounded() for page in document)


@pytest.mark.parametrize("new_one_first", [False, True], ids=["after the other", "before the other"])
def test_whoever_took_a_place_signs_with_a_name_that_the_document_was_not_prepared_for(
    desk: Desk, contract: bytes, authority: EmbeddedAuthority, *, new_one_first: bool
) -> None:
    envelope = desk.create(short_request(contract, YU, YE))
    replace_recipient(desk, envelope, 1, NEW)
    acts = [partial(desk.play, envelope, 0, YU), partial(desk.play, envelope, 2, NEW)]
    for act in reversed(acts) if new_one_first else acts:
        act()
        desk.work()
    assert [one.state.value for one in desk.envelope(envelope.id).recipients] == ["signed", "replaced", "signed"]
    assert desk.envelope(envelope.id).state.value == "completed"
    sealed = sealed_document(desk, envelope)
    report = verify(io.BytesIO(sealed), name="x.pdf", trust=authority.trust_store(), at=system_now())
    assert report.conclusion == "TOTAL-PASSED"
    assert {s.changes_after for s in report.signatures if s.kind == "signature"} == {"permitted"}
    assert f"被保险人 {NEW.name}" in text_of_fields(sealed)


def test_a_name_that_the_typeface_cannot_write_takes_no_place(desk: Desk, contract: bytes) -> None:
    envelope = desk.create(short_request(contract, YU, YE))
    with pytest.raises(EnvelopeError, match="2 characters") as caught:
        replace_recipient(desk, envelope, 1, Person("龚\U0001f600\U0001f601", "13800000003"))
    assert caught.value.code == "name-not-printable"
    assert desk.envelope(envelope.id) == envelope
