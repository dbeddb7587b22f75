"""When a completion certificate is made, who vouches for it, and how it ends."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ca.authority import EmbeddedAuthority
from ca.errors import TrustServiceUnavailable
from ca.ports import TimestampToken
from esign.ceremony.domain import Envelope
from esign.ceremony.erasing import VOCABULARY, Eraser, Order
from esign.completion.certifying import CERTIFY
from esign.infra.database import Database
from esign.infra.errors import RecordErased
from esign.pades.typeface import Typeface
from esign.trail.log import Trail
from esign.verify import verify
from tests.databases import *  # noqa: F403
from tests.service import YE, YU, system_now
from tests.tools import run_tool
from tests.unit.completion.completed import CompletionDesk, completion_desk

once = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def office(database: Database, tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface) -> CompletionDesk:
    return completion_desk(database, tmp_path, authority, typeface)


def conclusion(content: bytes, authority: EmbeddedAuthority) -> str:
    return verify(io.BytesIO(content), name="c.pdf", trust=authority.trust_store(), at=system_now()).conclusion


def enter_again(office: CompletionDesk, envelope: Envelope) -> None:
    service, task = office.desk.service, f"{CERTIFY}:{envelope.id}"
    with service.ports.database.transaction() as session:
        service.tasks.add(session, task, CERTIFY, envelope.id, envelope=envelope.id, now=system_now())


def erase(office: CompletionDesk, envelope: Envelope) -> int:
    service = office.desk.service
    eraser = Eraser(service.envelopes, service.records, Trail(VOCABULARY))
    given = {"by": "stf_lin", "approved_by": "stf_zhao", "reason": "customer-request"}
    return eraser.erase(envelope.id, **given, now=system_now() + timedelta(seconds=1))


def test_it_is_made_stored_and_told_once_a_checkpoint_covers_the_completion_and_erased_with_the_envelope(
    office: CompletionDesk, contract: bytes, authority: EmbeddedAuthority
) -> None:
    envelope = office.complete_soon(contract, YU, YE)
    assert office.waiting() == [(envelope.id, None)]
    content = office.certify(envelope)
    digest = hashlib.sha256(content).hexdigest()
    assert office.desk.envelope(envelope.id).certificate == digest
    assert office.desk.events(envelope)[-2:] == ["envelope.completed", "completion.certified"]
    office.tend()  # the certificate is covered too, and nothing asks for another one
    assert office.waiting() == []
    assert erase(office, envelope) > 0
    with pytest.raises(RecordErased):
        office.read(envelope)
    assert erase(office, envelope) == 0
    assert office.desk.envelope(envelope.id).certificate == digest
    assert conclusion(content, authority) == "TOTAL-PASSED"  # what was handed out


@once
def test_our_verifier_and_pdfsig_vouch_for_its_seal(
    office: CompletionDesk, contract: bytes, authority: EmbeddedAuthority, tmp_path: Path
) -> None:
    content = office.certify(office.complete_soon(contract, YU))
    report = verify(io.BytesIO(content), name="c.pdf", trust=authority.trust_store(), at=system_now())
    assert report.conclusion == "TOTAL-PASSED"
    assert [(one.field, one.level) for one in report.signatures if one.kind == "signature"] == [("seal", "B-LTA")]
    (tmp_path / "c.pdf").write_bytes(content)
    said = run_tool("pdfsig", tmp_path / "c.pdf", accept=(0, 1)).stdout
    assert said.count(b"Signature is Valid.") == 1
    assert b"ETSI.CAdES.detached" in said
    spoiled = bytearray(content)
    spoiled[len(content) // 3] ^= 1
    assert conclusion(bytes(spoiled), authority) != "TOTAL-PASSED"


class Silent:
    """A timestamp authority that does not answer."""

    token_size_bound = 8192

    def timestamp(self, digest: bytes) -> TimestampToken:
        raise TrustServiceUnavailable("tsa-unreachable", "nobody answers", "wait")


@once
def test_a_timestamp_authority_that_is_down_delays_the_certificate_and_not_the_envelope(
    database: Database, tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface, contract: bytes
) -> None:
    office = completion_desk(database, tmp_path, authority, typeface)
    envelope = office.complete_soon(contract, YU)
    services = replace(office.desk.service.ports.trust_services, timestamp_authority=Silent())
    down = completion_desk(database, tmp_path, authority, typeface, trust_services=services)
    down.desk.step(CERTIFY)
    assert down.waiting() == [(envelope.id, "tsa-unreachable")]
    assert down.desk.envelope(envelope.id).state == "completed"
    assert down.desk.envelope(envelope.id).certificate is None
    assert office.certify(envelope).startswith(b"%PDF")
    assert office.waiting() == []


@once
def test_nothing_is_certified_before_a_checkpoint_covers_it_nor_ever_a_second_time(
    office: CompletionDesk, contract: bytes
) -> None:
    envelope = office.sign_soon(contract, YU)
    office.keeper.place()
    office.keeper.consume()
    assert office.waiting() == []  # nobody is told of the completion yet
    enter_again(office, envelope)  # as if somebody had been told too early
    office.desk.step(CERTIFY)
    assert office.waiting() == [(envelope.id, "event-not-covered")]
    office.tend()
    first = office.certify(envelope)
    enter_again(office, envelope)
    office.desk.step(CERTIFY)
    assert office.waiting() == []
    assert office.read(envelope) == first
    assert office.desk.events(envelope).count("completion.certified") == 1


@once
@pytest.mark.parametrize("what", ["evidence", "documents"])
def test_its_blob_goes_with_the_evidence_and_with_the_documents(
    office: CompletionDesk, contract: bytes, what: str
) -> None:
    envelope = office.complete_soon(contract, YU)
    office.desk.step(CERTIFY)
    service = office.desk.service
    eraser = Eraser(service.envelopes, service.records, Trail(VOCABULARY))
    order, erase = Order("stf_lin", "stf_zhao", "customer-request"), getattr(eraser, f"erase_{what}")
    with service.ports.database.transaction() as session:
        kept = service.certificates.find(session, envelope.id)
        assert kept is not None
        assert kept.blob in erase(session, envelope.id, order, now=system_now()).blobs
    with pytest.raises(RecordErased):
        office.read(envelope)


@once
def test_what_was_erased_before_it_was_certified_gets_no_certificate_any_more(
    office: CompletionDesk, contract: bytes
) -> None:
    envelope = office.complete_soon(contract, YU)
    assert erase(office, envelope) > 0
    office.desk.step(CERTIFY)
    assert office.waiting() == []
    assert office.desk.envelope(envelope.id).certificate is None
