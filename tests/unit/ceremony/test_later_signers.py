"""Who signs later sees what others signed before: on the pages that they read, and in what is recorded of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ca.authority import EmbeddedAuthority
from esign.ceremony.domain import Refusal
from esign.ceremony.reactions import SIGN
from esign.ceremony.records import CeremonyRecords
from esign.evidence.manifest import parse_manifest
from esign.infra.database import Database
from esign.pades.typeface import Typeface
from esign.service import assemble
from tests.databases import *  # noqa: F403
from tests.service import YE, YU, Desk, ports_for, short_request

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def desk(database: Database, tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface) -> Desk:
    return Desk(assemble(ports_for(database, tmp_path, authority, typeface)))


def test_the_second_signer_reads_the_page_with_the_first_ones_handwriting(desk: Desk, contract: bytes) -> None:
    envelope = desk.create(short_request(contract, YU, YE))
    ceremony = desk.service.ceremony
    mother = desk.enter(envelope, 1, YE)
    before = ceremony.page(mother, 1)
    prepared = desk.envelope(envelope.id).documents[0].current
    desk.play(envelope, 0, YU)
    desk.step(SIGN)
    signed = desk.envelope(envelope.id).documents[0].current
    after = ceremony.page(mother, 1)
    assert signed != prepared
    assert after.sha256 != before.sha256  # the son's handwriting is on it
    assert ceremony.page(mother, 1, prepared) == before  # what was shown stays what it was
    # A stay is recorded with the picture that was before her eyes, whatever was signed meanwhile.
    now = desk.now()
    ceremony.record_pages(mother, [(1, now, now)], prepared)
    now = desk.now()
    ceremony.record_pages(mother, [(1, now, now)], signed)
    stays = desk.recipient(envelope, 1).session.stays
    assert [stay.image for stay in stays] == [before.sha256, after.sha256]


def test_her_manifest_names_the_pictures_that_she_saw(desk: Desk, contract: bytes) -> None:
    envelope = desk.create(short_request(contract, YU, YE))
    desk.play(envelope, 0, YU)
    desk.step(SIGN)
    token = desk.prepare(envelope, 1, YE)
    shown = desk.service.ceremony.page(token, 1).sha256
    desk.service.ceremony.confirm(token)
    record = desk.recipient(envelope, 1).confirmation
    with desk.service.ports.database.reading() as session:
        kept = CeremonyRecords(desk.service.records).confirmation(session, str(record))
    manifest = parse_manifest(kept.evidence.manifest)
    assert manifest.pages[0].image_sha256.hex() == shown
    assert [present.field for present in manifest.signatures_present] == [envelope.recipients[0].plan.field]


def test_what_somebody_signed_stays_what_they_read(desk: Desk, contract: bytes) -> None:
    envelope = desk.create(short_request(contract, YU, YE))
    son = desk.prepare(envelope, 0, YU)
    read = desk.service.ceremony.document(son)
    desk.service.ceremony.confirm(son)
    desk.step(SIGN)
    assert desk.service.ceremony.document(son) == read


def test_no_other_revision_is_shown(desk: Desk, contract: bytes) -> None:
    envelope = desk.create(short_request(contract, YU))
    token = desk.enter(envelope, 0, YU)
    for other in (envelope.documents[0].plan.original, "0" * 64):
        for act in (
            lambda other=other: desk.service.ceremony.page(token, 1, other),
            lambda other=other: desk.service.ceremony.record_pages(token, [(1, desk.now(), desk.now())], other),
        ):
            with pytest.raises(Refusal) as refused:
                act()
            assert refused.value.code == "page-not-shown"
