"""A whole service is backed up, lost, and brought back onto an empty place of the other database.

Every document and the trail's root are verified again; what was erased stays erased; no checkpoint contradicts one that
was published; and signing goes on.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from ca.authority import EmbeddedAuthority
from esign.ceremony.domain import Envelope
from esign.ceremony.domain.values import PromisedLevel
from esign.ceremony.erasing import VOCABULARY, Eraser
from esign.ceremony.models import EnvelopeKeyRow
from esign.infra.database import Database, open_database
from esign.infra.errors import RecordErased
from esign.infra.personal_records import PersonalRecords
from esign.infra.schema import upgrade
from esign.pades.typeface import Typeface
from esign.staff.approval_records import records_about
from esign.trail.checkpoint import SignedCheckpoint
from esign.trail.errors import TrailDamaged
from esign.trail.log import Trail, read_stream
from esign.trail.proof import parse_inclusion_proof, verify_inclusion_proof
from esign.trail.publishing import latest_checkpoint, prove_event
from esign.verify import verify
from tests.command import Desk
from tests.databases import *  # noqa: F403
from tests.recognised import ORIGIN, Office
from tests.service import YE, YU, short_request, system_now

WHO = ("--by", "stf_lin", "--reason", "disk-failure")


@dataclass
class House:
    """The command, and where the service is now."""

    command: Desk
    folder: Path
    authority: EmbeddedAuthority
    typeface: Typeface
    monkeypatch: pytest.MonkeyPatch
    database: Database

    def office(self, blobs: str) -> Office:
        """Open the service over the present database, with these blobs."""
        self.monkeypatch.setenv("ESIGN_DATABASE_URL", self.database.engine.url.render_as_string(hide_password=False))
        self.monkeypatch.setenv("ESIGN_BLOBS_FOLDER", str(self.folder / blobs / "blobs"))
        (self.folder / blobs).mkdir(exist_ok=True)
        if not (self.folder / blobs / "keys").exists() and (self.folder / "keys").exists():
            (self.folder / blobs / "keys").symlink_to(self.folder / "keys")
        office = Office.open(self.database, self.folder / blobs, self.authority, self.typeface)
        if not (self.folder / "keys").exists():
            (self.folder / blobs / "keys").rename(self.folder / "keys")
            (self.folder / blobs / "keys").symlink_to(self.folder / "keys")
        return office


@pytest.fixture(params=[("sqlite", "postgresql"), ("postgresql", "sqlite")], ids="-to-".join)
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Database, Database]]:
    """Two empty databases, one of each kind: where the service is, and where it comes back."""
    urls = {"sqlite": f"sqlite:///{tmp_path}/esign.db", "postgresql": request.getfixturevalue("postgresql_url")}
    first, second = (open_database(urls[kind]) for kind in request.param)
    upgrade(first)
    yield first, second
    first.close()
    second.close()


@pytest.fixture
def house(
    places: tuple[Database, Database],
    tmp_path: Path,
    authority: EmbeddedAuthority,
    typeface: Typeface,
    monkeypatch: pytest.MonkeyPatch,
) -> House:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ESIGN_KEYS_FOLDER", str(tmp_path / "keys"))
    monkeypatch.setenv("ESIGN_TRAIL_NAME", ORIGIN.log)
    command = Desk(tmp_path, {"authority_roots": lambda _folder: authority.trust_store()})
    return House(command, tmp_path, authority, typeface, monkeypatch, places[0])


def sealed(office: Office, contract: bytes) -> Envelope:
    """Take an envelope through to its seal."""
    envelope = office.desk.create(short_request(contract, YU, level=PromisedLevel.B_LTA))
    office.desk.play(envelope, 0, YU)
    office.desk.work()
    return envelope


def newest(database: Database) -> SignedCheckpoint:
    with database.reading() as session:
        found = latest_checkpoint(session)
    assert found is not None
    return found.signed


def test_a_service_comes_back_whole_and_signs_nothing_that_contradicts_itself(
    house: House, places: tuple[Database, Database], contract: bytes, tmp_path: Path
) -> None:
    office, command = house.office("first"), house.command
    done = sealed(office, contract)
    waiting = office.desk.create(short_request(contract, YE, level=PromisedLevel.B_LTA))
    office.publish()
    kept = newest(house.database)
    told = command.json("backup", "data", "--wrapped-keys", "apart")
    assert (told["blobs"] > 0, told["gone"]) == (True, 0)

    # After the backup: one more is made, and the first one's people are erased. Then all is lost but an export.
    lost = office.desk.create(short_request(contract, YU))
    records = PersonalRecords(office.desk.service.ports.keys)
    eraser = Eraser(office.desk.service.envelopes, records, Trail(VOCABULARY), records_about)
    assert eraser.erase(done.id, by="stf_lin", approved_by="stf_zhao", reason="customer-request", now=system_now()) > 3
    office.publish()
    later = newest(house.database)
    (tmp_path / "kept.txt").write_bytes(kept.encode() + later.encode())
    command.run("trail", "export", "trail.jsonl")
    with house.database.reading() as session:
        proof = prove_event(session, read_stream(session, lost.id)[-1].id).encode()

    house.database = places[1]
    house.office("second")
    told = command.json("restore", "data", "--wrapped-keys", "apart", "--erasures", "trail.jsonl")
    assert told["documents"] == {"passed": 1, "undecided": 0, "erased": 0, "wrong": []}
    assert (told["events"], told["root"]) == (kept.checkpoint.size, kept.checkpoint.root.hex())
    assert told["erased_again"] > 3

    back = house.office("second")
    report = verify(
        io.BytesIO(back.sealed(done)), name="back.pdf", trust=house.authority.trust_store(), at=system_now()
    )
    assert report.conclusion == "TOTAL-PASSED"
    with house.database.reading() as session:
        assert session.scalars(select(EnvelopeKeyRow.envelope)).all() == [waiting.id]
        with pytest.raises(RecordErased):
            back.desk.service.records.read(session, done.recipients[0].plan.person)

    # Nothing is signed before somebody says what was published; then in an epoch that names what was lost.
    with pytest.raises(TrailDamaged) as refusal:
        back.publish()
    assert refusal.value.code == "trail-restored"
    opened = command.json("trail", "open-epoch", "--witness", "kept.txt", *WHO)
    assert (opened["epoch"], opened["from"], opened["to"]) == (2, kept.checkpoint.size, later.checkpoint.size)
    back.publish()
    assert newest(house.database).checkpoint.origin.epoch == 2

    # Who waited goes on, and the whole is verified by what others kept.
    back.desk.play(waiting, 0, YE)
    back.desk.work()
    back.publish()
    (tmp_path / "trail.key").write_text(opened["key"])
    command.run("trail", "export", "again.jsonl")
    witnessed = ("--witness", "kept.txt")
    verdict = command.json("trail", "verify", "again.jsonl", "--log-key", "trail.key", *witnessed, status=15)
    assert [one["outcome"] for one in verdict["witnessed"]] == ["holds", "lost"]
    assert verdict["epochs_unexplained"] == []
    assert verify_inclusion_proof(parse_inclusion_proof(proof), back.keys).stream == lost.id
