"""Bundles that are kept for whoever asked: they hold what is there, and go with what was erased."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from esign.bundle.facts import Exported
from esign.ceremony.domain import Envelope
from esign.ceremony.domain.values import PhotoPlacement
from esign.ceremony.erasing import STREAM
from esign.exports import making
from esign.exports.errors import ExportError
from esign.exports.exporting import HELD_UP_IN_A_ROW
from esign.exports.models import ExportItemRow
from esign.infra.blobs import store_failed
from esign.trail.log import read_stream
from tests.service import YE, YU, request, settings, system_now
from tests.unit.exports.export_office import *  # noqa: F403
from tests.unit.exports.export_office import ExportOffice

CLIENT = "cli_test"
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


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


def when_written(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None], *, first: bool) -> None:
    """Have `act` done once, before the first byte of a bundle is written or after the last."""
    write, acts = making.bundle_chunks, [act]

    def chunks(*given: object) -> Iterator[bytes]:
        if first and acts:
            acts.pop()()
        yield from write(*given)  # type: ignore[arg-type]
        if acts:
            acts.pop()()

    monkeypatch.setattr(making, "bundle_chunks", chunks)


@ON_SQLITE
@pytest.mark.parametrize("first", [True, False], ids=["before the first byte", "after the last byte"])
def test_documents_that_were_erased_while_a_bundle_was_written_are_in_no_kept_bundle(
    office: ExportOffice, contract: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: bool
) -> None:
    envelope = office.short(contract)
    export = ask(office, envelope.id)

    def erase() -> None:
        office.erase_documents(envelope)
        office.cover()

    when_written(monkeypatch, erase, first=first)
    office.desk.work()
    with pytest.raises(ExportError) as refused:
        office.service.exports.file(CLIENT, export)
    assert refused.value.code == "export-empty"
    with office.database.reading() as session:
        (item,) = session.scalars(select(ExportItemRow))
    assert (item.ended, item.problem, item.blob) == (True, "record-erased", None)
    assert not [blob for blob in tmp_path.rglob("bundle*") if blob.is_file()]


def with_unreadable(monkeypatch: pytest.MonkeyPatch, *unreadable: Envelope) -> list[str]:
    """Have the store of blobs fail for these envelopes; return the list of the envelopes that are begun."""
    make, begun, ids = making.BundleMaker.make, list[str](), {one.id for one in unreadable}

    def checked(maker: making.BundleMaker, envelope: str, exported: Exported) -> making.Bundle:
        begun.append(envelope)
        if envelope in ids:
            raise store_failed("a sector is gone")
        return make(maker, envelope, exported)

    monkeypatch.setattr(making.BundleMaker, "make", checked)
    return begun


@ON_SQLITE
def test_an_envelope_that_cannot_be_read_for_now_holds_up_no_other_of_its_set(
    office: ExportOffice, contract: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    unreadable, whole = office.short(contract), office.short(contract)
    export = ask(office, unreadable.id, whole.id)
    with monkeypatch.context() as meanwhile:
        with_unreadable(meanwhile, unreadable)
        office.desk.step("export")
    with office.database.reading() as session:
        ended = {one.envelope: (one.ended, one.tries) for one in session.scalars(select(ExportItemRow))}
    assert ended == {unreadable.id: (False, 0), whole.id: (True, 1)}
    office.desk.work()
    with office.database.reading() as session:
        told = office.service.exports.get(session, CLIENT, export)
    assert (told.ended, told.failed) == (2, 0)


@ON_SQLITE
def test_what_several_in_a_row_wait_for_is_asked_for_no_other(
    office: ExportOffice, contract: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    several = [office.short(contract) for _ in range(HELD_UP_IN_A_ROW + 2)]
    ask(office, *(one.id for one in several))
    begun = with_unreadable(monkeypatch, *several)
    office.desk.step("export")
    assert begun == sorted(one.id for one in several)[:HELD_UP_IN_A_ROW]
