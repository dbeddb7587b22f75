"""What the tables of signing and sealing hold of people is sealed, and goes with the document's keys."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from ca.authority import EmbeddedAuthority
from esign.backup.tables import kept_tables, write_rows
from esign.ceremony.acts import signature_of, validation_data_of
from esign.ceremony.domain import Envelope
from esign.ceremony.erasing import Order
from esign.ceremony.models import AcceptedSignature, SealedRelease, SigningAct
from esign.ceremony.releases import released_report
from esign.infra.database import Database
from esign.infra.errors import RecordErased, SealedDataError
from esign.infra.models import DataKey
from esign.pades.typeface import Typeface
from esign.retention.usual_eraser import usual_eraser
from esign.service import assemble
from tests.databases import *  # noqa: F403
from tests.service import YU, Desk, ports_for, short_request

NAME = YU.name
SPELLINGS = (NAME.encode(), NAME.encode("utf-16-be"), json.dumps(NAME).encode()[1:-1])
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
OF_A_DOCUMENT = (b"endobj", b"/ByteRange", b"startxref")


@pytest.fixture
def signed(
    database: Database, tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface, contract: bytes
) -> tuple[Desk, Envelope]:
    """An envelope that its one recipient has signed and that is sealed."""
    desk = Desk(assemble(ports_for(database, tmp_path, authority, typeface)))
    envelope = desk.create(short_request(contract, YU))
    desk.play(envelope, 0, YU)
    desk.work()
    return desk, desk.envelope(envelope.id)


def values(session: Session) -> Iterator[tuple[str, bytes]]:
    """Everything that a backup of data holds of the database, each with its table and column."""
    for table in kept_tables():
        for row in session.execute(select(table)).mappings():
            for column, value in row.items():
                data = value if isinstance(value, bytes) else str(value).encode()
                yield f"{table.name}.{column}", data


def test_no_row_that_a_backup_holds_shows_a_name_or_a_piece_of_a_document(signed: tuple[Desk, Envelope]) -> None:
    desk, _envelope = signed
    with desk.service.ports.database.reading() as session:
        found = list(values(session))
    telling = {place for place, data in found if any(word in data for word in (*SPELLINGS, *OF_A_DOCUMENT))}
    assert telling == set()
    assert {"signing_acts.increment", "sealed_releases.report"} <= {place for place, _data in found}


@ON_SQLITE
def test_a_backups_files_hold_neither(signed: tuple[Desk, Envelope], tmp_path: Path) -> None:
    """A backup writes bytes in base64, so the report is looked for in that form, too."""
    desk, envelope = signed
    document = envelope.documents[0].plan.id
    path = tmp_path / "rows.jsonl"
    with desk.service.ports.database.reading() as session, path.open("wb") as file:
        report = released_report(session, desk.service.records.data_keys, document)
        for table in kept_tables():
            write_rows(session, table, file, lambda _blob: None)
    written = path.read_bytes()
    assert report is not None
    assert NAME.encode() in report
    assert document.encode() in written
    words = (*SPELLINGS, *OF_A_DOCUMENT, base64.b64encode(report)[:100])
    assert [line[:300] for line in written.splitlines() if any(word in line for word in words)] == []


@ON_SQLITE
def test_who_has_the_documents_key_opens_the_rows_again(signed: tuple[Desk, Envelope]) -> None:
    desk, envelope = signed
    document = envelope.documents[0].plan.id
    with desk.service.ports.database.reading() as session:
        key = desk.service.documents.column_key(session, document)
        made = signature_of(session.scalars(select(SigningAct)).one(), key)
        sealed = desk.service.documents.read(session, document, str(envelope.documents[0].sealed))
        assert made.certificate in validation_data_of(session, key, document).certificates
    assert made.increment in sealed  # byte for byte what was signed


@ON_SQLITE
@pytest.mark.parametrize("column", ["certificate", "increment", "cms"])
def test_a_sealed_column_opens_in_its_own_place_alone(signed: tuple[Desk, Envelope], column: str) -> None:
    desk, envelope = signed
    other = {"certificate": "cms", "increment": "certificate", "cms": "increment"}[column]
    with desk.service.ports.database.transaction() as session:
        session.execute(update(SigningAct).values({column: getattr(SigningAct, other)}))
    with desk.service.ports.database.reading() as session:
        key = desk.service.documents.column_key(session, envelope.documents[0].plan.id)
        with pytest.raises(SealedDataError):
            signature_of(session.scalars(select(SigningAct)).one(), key)


@ON_SQLITE
def test_a_report_is_bound_to_the_revision_that_it_judges(signed: tuple[Desk, Envelope]) -> None:
    desk, envelope = signed
    with desk.service.ports.database.transaction() as session:
        session.execute(update(SealedRelease).values(sha256="ab" * 32))
    with desk.service.ports.database.reading() as session, pytest.raises(SealedDataError):
        released_report(session, desk.service.records.data_keys, envelope.documents[0].plan.id)


def test_once_the_documents_are_erased_a_copy_of_the_rows_tells_nothing(signed: tuple[Desk, Envelope]) -> None:
    """The rows go, and what a backup still has of them opens no more."""
    desk, envelope = signed
    database, document = desk.service.ports.database, envelope.documents[0].plan.id
    copied = (SigningAct, AcceptedSignature, SealedRelease)
    with database.reading() as session:
        kept = {one: [dict(row) for row in session.execute(select(one.__table__)).mappings()] for one in copied}
    with database.transaction() as session:
        order = Order("usr_a", "usr_b", "period-over")
        usual_eraser(database, desk.service.records).erase_documents(session, envelope.id, order, now=desk.now())
    with database.transaction() as session:
        assert session.scalars(select(SigningAct)).all() == []
        assert released_report(session, desk.service.records.data_keys, document) is None
        assert session.scalars(select(AcceptedSignature.validation_data)).all() == [b""]
        session.execute(delete(AcceptedSignature))
        for one, rows in kept.items():
            session.execute(one.__table__.insert(), rows)
    with database.reading() as session:
        assert session.get(DataKey, f"{document}.0") is None
        with pytest.raises(RecordErased):
            desk.service.documents.column_key(session, document)
        with pytest.raises(RecordErased):
            released_report(session, desk.service.records.data_keys, document)
