"""What goes with the copy: the completion certificate for whoever has all documents, and the log's checkpoint."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image

from esign.ceremony.creation import DocumentRequest, RecipientRequest
from esign.ceremony.domain import Envelope
from esign.ceremony.domain.values import RecipientRole
from esign.completion.certifying import CERTIFY
from esign.trail.compact_checkpoint import read_compact_checkpoint
from esign.trail.publishing import latest_checkpoint
from tests.service import YE, YU, short_request
from tests.unit.completion.completed import CompletionDesk, codes_in, tended
from tests.unit.web.page_room import Pages, Visitor

CERTIFICATE = "copy/certificate.pdf"


@pytest.fixture
def office(pages: Pages) -> CompletionDesk:
    return tended(pages.desk)


def opened(pages: Pages, envelope: Envelope, number: int = 0) -> tuple[Visitor, str]:
    """Return a recipient who answered the code for the copy, and the page of it."""
    who = pages.visitor(envelope, number)
    page = f"/s/{who.link}/copy"
    who.send(page, f"/s/{who.link}/copy-code")
    assert who.send(f"{page}?sent=1", page, code="246810").status_code == 303
    return who, page


def test_the_certificate_is_offered_beside_the_copy_once_it_is_there(
    pages: Pages, office: CompletionDesk, contract: bytes
) -> None:
    envelope = office.complete_soon(contract, YU)
    who, page = opened(pages, envelope)
    assert "签署完成证书正在生成" in who.get(page).text
    assert who.get(f"/s/{who.link}/{CERTIFICATE}").status_code == 404
    content = office.certify(envelope)
    assert f"{CERTIFICATE}" in who.get(page).text
    got = who.get(f"/s/{who.link}/{CERTIFICATE}")
    assert got.data == content and got.mimetype == "application/pdf"
    assert got.headers["Cache-Control"] == "private, no-store"


def test_nobody_gets_the_certificate_without_the_code(pages: Pages, office: CompletionDesk, contract: bytes) -> None:
    envelope, other = office.complete_soon(contract, YU), office.complete_soon(contract, YE)
    office.desk.step(CERTIFY)
    stranger, page = opened(pages, other)
    english = stranger.get(page).text
    assert "Certificate of completion" in english and "Be a witness" in english
    link = pages.visitor(envelope).link
    assert stranger.get(f"/s/{link}/{CERTIFICATE}").status_code == 401
    assert pages.visitor(envelope).get(f"/s/{link}/{CERTIFICATE}").status_code == 401


def test_who_has_only_some_of_the_documents_gets_the_checkpoint_and_no_certificate(
    pages: Pages, office: CompletionDesk, contract: bytes
) -> None:
    documents = [DocumentRequest("合同.pdf", contract), DocumentRequest("告知书.pdf", contract + b"\n% another\n")]
    recipients = [
        RecipientRequest(RecipientRole.APPLICANT, YU),
        RecipientRequest(RecipientRole.INSURED, YE, document=1),
        RecipientRequest(RecipientRole.COPY, YE),
    ]
    envelope = office.desk.create(short_request(contract, documents=documents, recipients=recipients))
    for number, person in enumerate((YU, YE)):
        office.desk.play(envelope, number, person)
        office.desk.work()
    office.tend()
    office.desk.step(CERTIFY)
    signer, page = opened(pages, envelope)
    told = signer.get(page).text
    assert "告知书.pdf" not in told and CERTIFICATE not in told and "留一份见证" in told
    assert signer.get(f"/s/{signer.link}/{CERTIFICATE}").status_code == 404
    receiver, page = opened(pages, envelope, 2)
    assert CERTIFICATE in receiver.get(page).text
    assert receiver.get(f"/s/{receiver.link}/{CERTIFICATE}").data.startswith(b"%PDF")


def test_a_phone_reads_the_latest_checkpoint_off_the_page(
    pages: Pages, office: CompletionDesk, contract: bytes
) -> None:
    envelope = office.complete_soon(contract, YU)
    who, page = opened(pages, envelope)
    text = who.get(page).text
    size = int(text.partition('class="qr" viewBox="0 0 ')[2].split(" ")[0])
    seen = Image.new("L", (size, size), 255)
    for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", text):
        seen.putpixel((int(x), int(y)), 0)
    picture = io.BytesIO()
    seen.resize((3 * size, 3 * size), Image.Resampling.NEAREST).save(picture, "PNG")
    (line,) = codes_in(picture.getvalue())
    with office.desk.service.ports.database.reading() as session:
        latest = latest_checkpoint(session)
    assert latest is not None
    assert read_compact_checkpoint(line).encode() == latest.signed.encode()
