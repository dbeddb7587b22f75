"""Bundles for tests: a real envelope's members, as a service would export them, and bundles with something changed."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from ca.trust import TrustStore
from esign.bundle.check_page import check_page
from esign.bundle.checking.check import BundleQuestion
from esign.bundle.checking.container import open_container
from esign.bundle.description import encode_description
from esign.bundle.facts import BundledDocument, BundledRecipient, BundleFacts, Description, Exported
from esign.bundle.layout import CHECK_PAGE, README, is_referenced, place_of
from esign.bundle.readme import readme_page
from esign.bundle.trail_members import ProvenEvent, ProvenTrail, encode_events, encode_proofs
from esign.bundle.writing import bundle_chunks, member
from esign.bundle.zip_stream import STORED, ZipStream
from esign.canonical_json import encode_canonical
from esign.ceremony.consent_texts import ConsentTexts
from esign.ceremony.domain import Envelope
from esign.ceremony.domain.values import RecipientRole
from esign.ceremony.records import CeremonyRecords
from esign.ceremony.screens import stream_of
from esign.pades.chains import timestamp_chain
from esign.pades.cms import sign_digest
from esign.pades.detached import sign_detached
from esign.pades.validation_data import ValidationData, collect_validation_data
from esign.trail.event import Event
from esign.trail.log import read_stream
from esign.trail.publishing import latest_checkpoint, prove_event
from esign.verify.reports import html_report, xml_report
from tests.recognised import ORIGIN, Office, report_on
from tests.service import YE, YU, request, system_now

Members = Mapping[str, bytes]


@dataclass(frozen=True)
class Case:
    """An envelope that was completed, and what a bundle of it is made from."""

    office: Office
    envelope: Envelope
    trail: ProvenTrail
    description: Description
    members: Members

    @property
    def trust(self) -> TrustStore:
        return self.office.authority.trust_store()

    @property
    def log_key(self) -> str:
        return self.trail.log_key

    @property
    def events(self) -> list[Event]:
        """The envelope's own events, in order."""
        return [one.event for one in self.trail.events if one.event.stream == self.envelope.id]

    def bundle(self, members: Members | None = None, sign: Callable[[bytes], bytes] | None = None) -> bytes:
        """Return the bundle of these members, signed anew by the seal: what only the insurer could make."""
        given = self.members if members is None else members
        chunks = bundle_chunks((member(*one) for one in given.items()), self.pages, sign or self.sign)
        return b"".join(chunks)

    def pages(self, digests: Mapping[str, str]) -> Members:
        """Return the pages that tell of a bundle of these members."""
        head = self.trail.checkpoint.checkpoint
        told = {name: digest for name, digest in digests.items() if is_referenced(name)}
        facts = BundleFacts(self.description, told, self.log_key, head.size, head.root)
        return {README: readme_page(facts), CHECK_PAGE: check_page(facts)}

    def sign(self, manifest: bytes) -> bytes:
        """Return a CAdES-B-T signature of the seal over the manifest."""
        authority = self.office.authority
        return sign_detached(
            manifest, authority.seal, authority.timestamp_authority, signing_time=system_now(), media_type="text/xml"
        )

    def sign_without_timestamp(self, manifest: bytes) -> bytes:
        return sign_digest(hashlib.sha256(manifest).digest(), self.office.authority.seal).der

    def question(self, **changes: object) -> BundleQuestion:
        """Return what is asked of a bundle by somebody who has the root and the log's key, and does not draw pages."""
        usual = BundleQuestion("contract.asice", self.trust, system_now(), (self.log_key,))
        return replace(usual, **changes)  # type: ignore[arg-type]

    def with_trail(self, trail: ProvenTrail) -> Members:
        return {**self.members, **trail_members(trail)}


def members_of(bundle: bytes) -> dict[str, bytes]:
    """Return the members of a bundle by name, in the order of the file."""
    container = open_container(bundle)
    return {name: container.read(name) for name in container.names}


def container_of(members: Members, *, ordered: bool = True) -> bytes:
    """Return a container of these members, as anybody could pack it: in a bundle's order, or as they come."""
    stream = ZipStream()
    names = sorted(members, key=place_of) if ordered else list(members)
    chunks = [chunk for name in names for chunk in stream.entry(name, members[name], method=STORED)]
    return b"".join((*chunks, *stream.end()))


def completed(office: Office, contract: bytes) -> Case:
    """Have a contract signed by two, sealed and published, and gather what a bundle of it holds."""
    desk = office.desk
    envelope = desk.create(request(contract))
    desk.play(envelope, 0, YU)
    desk.work()
    desk.play(envelope, 1, YE)
    desk.work()
    office.publish()
    envelope = desk.envelope(envelope.id)
    trail = proven(office, envelope)
    description = described(envelope, trail)
    members = (
        dict(gathered(office, envelope)) | trail_members(trail) | {"envelope.json": encode_description(description)}
    )
    return Case(office, envelope, trail, description, members)


def proven(office: Office, envelope: Envelope) -> ProvenTrail:
    """Return the events of the envelope and of its recipients' screens, with their proofs."""
    streams = [envelope.id, *(stream_of(one.id) for one in envelope.recipients)]
    with office.database.reading() as session:
        checkpoint = latest_checkpoint(session)
        assert checkpoint is not None
        proofs = [
            (event, prove_event(session, event.id, checkpoint))
            for stream in streams
            for event in read_stream(session, stream)
        ]
    events = sorted((ProvenEvent(proof.index, event, proof.path) for event, proof in proofs), key=lambda e: e.position)
    return ProvenTrail(events, checkpoint, ORIGIN.verifier(office.key.public_key).vkey)


def trail_members(trail: ProvenTrail) -> dict[str, bytes]:
    return {
        "trail/events.jsonl": encode_events(trail.events),
        "trail/proofs.json": encode_proofs(trail),
        "trail/checkpoint.txt": trail.checkpoint.signed.encode(),
        "trail/checkpoint.tst": trail.checkpoint.token.der,
        "trail/log-key.txt": trail.log_key.encode() + b"\n",
    }


def described(envelope: Envelope, trail: ProvenTrail) -> Description:
    """Return what `envelope.json` says, by the envelope and its events."""
    events = [one.event for one in trail.events]
    streams: dict[str, int] = {}
    for event in events:
        streams[event.stream] = streams.get(event.stream, 0) + 1
    own = [event for event in events if event.stream == envelope.id]
    return Description(
        envelope=envelope.id,
        title="鸿福一生终身寿险合同",
        company="示例保险股份有限公司",
        external_id=envelope.settings.external_id,
        mode=envelope.settings.mode.value,
        level=envelope.settings.level.value,
        state=envelope.state.value,
        created_at=own[0].time,
        ended_at=next(event.time for event in own if event.type == "envelope.completed"),
        is_erased=False,
        documents=tuple(
            BundledDocument(
                one.plan.id, "合同.pdf", one.plan.pages, one.plan.original, one.plan.prepared, None, one.sealed
            )
            for one in envelope.documents
        ),
        recipients=tuple(
            BundledRecipient(
                id=one.id,
                role=one.plan.role.value,
                name={RecipientRole.APPLICANT: YU, RecipientRole.INSURED: YE}[one.plan.role].name,
                state=one.state.value,
                document=one.plan.document,
                field=one.plan.field,
                manifest=one.manifests[-1],
                confirmed_at=time_of(own, "recipient.confirmed", one.id),
                certificate=one.signature.certificate if one.signature else None,
                signed_at=time_of(own, "recipient.signed", one.id),
            )
            for one in envelope.recipients
        ),
        streams=streams,
        exported=Exported("exp_test", datetime(2026, 11, 26, 10, tzinfo=UTC), "operator:stf_lin", "court-request"),
        software=("esign", "0.1.0"),
    )


def time_of(events: list[Event], kind: str, recipient: str) -> datetime:
    return next(e.time for e in reversed(events) if e.type == kind and e.payload.get("recipient") == recipient)


def gathered(office: Office, envelope: Envelope) -> Iterator[tuple[str, bytes]]:
    """Yield every member but the trail's, `envelope.json` and what is signed: by name."""
    service = office.desk.service
    for document in envelope.documents:
        folder = f"documents/{document.plan.id}"
        yield f"{folder}/original.pdf", office.content(envelope, document.plan.original)
        yield f"{folder}/prepared.pdf", office.content(envelope, document.plan.prepared)
        sealed = office.sealed(envelope)
        yield f"{folder}/sealed.pdf", sealed
        yield from reported(sealed, office, f"{folder}/verification")
    with office.database.reading() as session:
        for one in envelope.recipients:
            assert one.confirmation is not None
            evidence = CeremonyRecords(service.records).confirmation(session, one.confirmation).evidence
            yield f"evidence/{one.id}/manifest.json", evidence.manifest
            for item in evidence.items:
                yield f"evidence/{one.id}/{item.file_name}", item.content
            for consent in one.session.consents:
                text = ConsentTexts().read(session, consent.digest).encode()
                yield f"consents/{one.id}/{consent.id}.{consent.version}.txt", text
            for stay in one.session.stays:
                picture = service.documents.page_image_seen(session, str(one.plan.document), stay.page, stay.image)
                assert picture is not None
                jpeg = service.documents.read_page_image(session, picture)
                yield f"pages/{one.plan.document}/{stay.image}.jpg", jpeg
    yield from material(office)
    yield "system/statement.zh-CN.html", "<!doctype html><html lang=zh-CN><title>系统说明</title></html>".encode()


def reported(sealed: bytes, office: Office, folder: str) -> Iterator[tuple[str, bytes]]:
    report = report_on(sealed, office.authority.trust_store())
    yield f"{folder}/report.json", encode_canonical(report.as_json())
    yield f"{folder}/report.zh-CN.html", html_report(report, "zh-CN").encode()
    yield f"{folder}/report.en.html", html_report(report, "en").encode()
    assert report.validation_time is not None
    yield f"{folder}/report.xml", xml_report(report, judged_at=report.validation_time)


def material(office: Office) -> Iterator[tuple[str, bytes]]:
    """Yield what proves later that the seal and the timestamps were good: chains, and answers on revocation."""
    seal = office.authority.seal
    token = office.authority.timestamp_authority.timestamp(bytes(32)).der
    roots = office.authority.roots
    data: ValidationData = collect_validation_data(
        [(seal.certificate, *seal.chain), timestamp_chain(token, roots)], office.authority.revocation
    )
    for der in data.certificates:
        folder = "certificates/roots" if der in roots else "certificates"
        yield f"{folder}/{short(der)}.pem", pem(der)
    for der in data.ocsp_responses:
        yield f"revocation/{short(der)}.ocsp", der
    for der in data.crls:
        yield f"revocation/{short(der)}.crl", der
    yield f"timestamps/{short(token)}.tst", token


def short(der: bytes) -> str:
    return hashlib.sha256(der).hexdigest()[:16]


def pem(der: bytes) -> bytes:
    lines = base64.encodebytes(der).replace(b"\n", b"")
    wrapped = b"\n".join(lines[start : start + 64] for start in range(0, len(lines), 64))
    return b"-----BEGIN CERTIFICATE-----\n" + wrapped + b"\n-----END CERTIFICATE-----\n"
