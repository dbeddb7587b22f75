"""Opening sealed evidence: one key of two people, another of the custodian's, and every item checked."""

from __future__ import annotations

import io
import json
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from ca.authority import EmbeddedAuthority
from esign.ceremony.domain import Envelope, Refusal
from esign.evidence.handwriting import parse_handwriting
from esign.exports.errors import ExportError
from esign.exports.events import openings_of
from esign.exports.handing_out import hand_out_key
from esign.trail.log import read_stream
from tests.authority import create_test_authority
from tests.command import Desk as Command
from tests.service import system_now
from tests.unit.exports.export_office import *  # noqa: F403
from tests.unit.exports.export_office import ExportOffice, members_of

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def authority(tmp_path: Path) -> EmbeddedAuthority:
    """An authority in `ca`, so that the custodian's key is at hand."""
    return create_test_authority(tmp_path / "ca")


def hand_out(office: ExportOffice, envelope: Envelope, approved_by: str = "stf_zhao") -> bytes:
    with office.database.transaction() as session:
        return hand_out_key(
            session, envelope.id, by="stf_lin", approved_by=approved_by, reason="court", now=system_now()
        )


def open_with(folder: Path, *, bundle: bytes, key: bytes, status: int = 0) -> str:
    """Run `esign bundle open` over these into `opened`; return what it complains of."""
    (folder / "a.asice").write_bytes(bundle)
    (folder / "a.cms").write_bytes(key)
    keys = ("--custodian-key", folder / "ca/keys/custodian.pem", "--envelope-key", folder / "a.cms")
    why = ("--by", "stf_lin", "--reason", "court", "--out", folder / "opened")
    return Command(folder).run("bundle", "open", folder / "a.asice", *keys, *why, status=status).stderr


def rewritten(bundle: bytes, name: str, content: bytes) -> bytes:
    """Return the bundle with another content of one member."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for member, kept in members_of(bundle).items():
            archive.writestr(member, content if member == name else kept)
    return out.getvalue()


@ON_SQLITE
def test_what_was_sealed_is_opened_beside_the_bundle_and_fits_its_manifest(
    office: ExportOffice, contract: bytes, tmp_path: Path
) -> None:
    envelope = office.completed(contract)
    bundle = office.bundle(envelope)
    open_with(tmp_path, bundle=bundle, key=hand_out(office, envelope))
    assert (tmp_path / "a.asice").read_bytes() == bundle
    record = json.loads((tmp_path / "opened/opening.json").read_bytes())
    assert (record["schema"], record["by"], record["reason"]) == ("esign-opening/1", "stf_lin", "court")
    assert record["bundle"] == f"sha256:{sha256(bundle).hexdigest()}"
    assert len(record["items"]) == 2 * 5
    for item in record["items"]:
        content = (tmp_path / "opened" / item["file"]).read_bytes()
        assert item["sha256"] == f"sha256:{sha256(content).hexdigest()}"
        if not item["file"].endswith(".csv"):
            assert item["digest"] == f"sha256:{sha256(bytes.fromhex(item['salt']) + content).hexdigest()}"
    own = tmp_path / "opened/opened" / envelope.recipients[0].id
    drawn = parse_handwriting((own / "handwriting.json").read_bytes())
    lines = (own / "handwriting.csv").read_text().splitlines()
    assert len(lines) == 1 + sum(len(stroke.points) for stroke in drawn.strokes)
    assert (own / "photo.jpg").read_bytes().startswith(b"\xff\xd8")


@ON_SQLITE
def test_the_key_is_handed_out_to_two_people_and_the_trail_says_so(office: ExportOffice, contract: bytes) -> None:
    envelope = office.short(contract)
    with pytest.raises(Refusal) as refused:
        hand_out(office, envelope, approved_by="stf_lin")
    assert refused.value.code == "own-approval"
    hand_out(office, envelope)
    with office.database.reading() as session:
        (event,) = read_stream(session, openings_of(envelope.id))
    assert event.type == "evidence.opened"
    assert (event.payload["by"], event.payload["approved_by"]) == ("stf_lin", "stf_zhao")
    office.cover()
    assert b'"evidence.opened"' in office.members(envelope)["trail/events.jsonl"]


@ON_SQLITE
def test_after_an_erasure_there_is_no_key_to_hand_out(office: ExportOffice, contract: bytes) -> None:
    envelope = office.short(contract)
    office.erase(envelope)
    with pytest.raises(ExportError) as refused:
        hand_out(office, envelope)
    assert refused.value.code == "envelope-key-erased"
    with office.database.reading() as session:
        assert read_stream(session, openings_of(envelope.id)) == []


@ON_SQLITE
def test_an_item_or_manifest_of_another_person_is_not_taken_for_this_one(
    office: ExportOffice, contract: bytes, tmp_path: Path
) -> None:
    envelope = office.completed(contract)
    bundle, key = office.bundle(envelope), hand_out(office, envelope)
    one, other = (f"evidence/{recipient.id}" for recipient in envelope.recipients)
    members = members_of(bundle)
    swapped = rewritten(bundle, f"{one}/handwriting.cms", members[f"{other}/handwriting.cms"])
    assert "evidence-digest-differs" in open_with(tmp_path, bundle=swapped, key=key, status=10)
    swapped = rewritten(bundle, f"{one}/manifest.json", members[f"{other}/manifest.json"])
    assert "bundle-manifest-differs" in open_with(tmp_path, bundle=swapped, key=key, status=10)
    assert not (tmp_path / "opened").exists()


@pytest.mark.parametrize("name", ["evidence/../../escaped.cms", "evidence/rcp_1/other.bin"])
def test_a_name_that_no_bundle_has_is_not_followed(tmp_path: Path, name: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("envelope.json", b"{}")
        archive.writestr(name, b"x")
    (tmp_path / "ca/keys").mkdir(parents=True)
    (tmp_path / "ca/keys/custodian.pem").write_bytes(b"")
    assert "bundle-unreadable" in open_with(tmp_path, bundle=out.getvalue(), key=b"", status=10)
    assert not (tmp_path / "opened").exists()
