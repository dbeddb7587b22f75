"""Bundles that are kept for whoever asked: they hold what is there, and go with what was erased."""

from __future__ import annotations

import pytest

from esign.ceremony.domain.values import PhotoPlacement
from esign.ceremony.erasing import STREAM
from esign.exports.errors import ExportError
from esign.trail.log import read_stream
from tests.service import YE, YU, request, settings, system_now
from tests.unit.exports.export_office import *  # noqa: F403
from tests.unit.exports.export_office import ExportOffice

CLIENT = "cli_test"


def ask(office: ExportOffice, *envelopes: str) -> str:
    with office.database.transaction() as session:
        return office.service.exports.ask(session, CLIENT, envelopes, reason="court", now=system_now())


def test_where_no_copy_of_a_face_is_to_be_left_the_kept_bundle_goes_with_the_photo(
    office: ExportOffice, contract: bytes
) -> None:
    bare = settings(photo_placement=PhotoPlacement.DIGEST_ONLY, consents=())
    envelope = office.desk.create(request(contract, settings=bare, consents=()))
    office.desk.play(envelope, 0, YU)
    office.desk.play(envelope, 1, YE)
    office.worked(envelope)
    export = ask(office, envelope.id)
    office.desk.work()
    assert b"photo.cms" in b"".join(office.service.exports.file(CLIENT, export).chunks)
    office.erase_photo(envelope, 0)
    with pytest.raises(ExportError) as refused:
        office.service.exports.file(CLIENT, export)
    assert refused.value.code == "export-empty"
    with office.database.reading() as session:
        (told,) = read_stream(session, STREAM)
    assert (told.payload["whole"], told.payload["records"], told.payload["left"]) == (True, 3, 1)
