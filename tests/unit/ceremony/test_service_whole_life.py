"""An envelope from its creation to the sealed document, on both databases, with real cryptography."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from sqlalchemy import select

from ca.authority import EmbeddedAuthority
from esign.ceremony.models import AcceptedSignature, SealedRelease
from esign.infra.database import Database
from esign.pades.typeface import Typeface
from esign.service import assemble
from esign.verify import verify
from tests.databases import *  # noqa: F403
from tests.service import YE, YU, Desk, ports_for, request, system_now


@pytest.fixture
def desk(database: Database, tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface) -> Desk:
    return Desk(assemble(ports_for(database, tmp_path, authority, typeface)))


def test_two_people_sign_and_the_sealed_document_passes_every_check(
    desk: Desk, contract: bytes, authority: EmbeddedAuthority
) -> None:
    envelope = desk.create(request(contract))
    desk.play(envelope, 0, YU)
    desk.work()
    desk.play(envelope, 1, YE)
    desk.work()
    after = desk.envelope(envelope.id)
    assert after.state.value == "completed"
    with desk.service.ports.database.reading() as session:
        release = session.scalars(select(SealedRelease)).one()
        sealed = desk.service.documents.read(session, after.documents[0].plan.id, str(after.documents[0].sealed))
        assert len(session.scalars(select(AcceptedSignature)).all()) == 2
    assert release.sha256 == after.documents[0].sealed
    report = verify(io.BytesIO(sealed), name="x.pdf", trust=authority.trust_store(), at=system_now())
    assert report.conclusion == "TOTAL-PASSED"
    assert {s.level for s in report.signatures if s.kind == "signature"} == {"B-LTA"}
    assert desk.messages.kinds() == ["invitation", "invitation", "code", "code", "copy", "copy"]
