"""Bundles of envelopes that ended otherwise: nobody signed, one signed, evidence was erased; and one exported again."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from sqlalchemy.orm import Session

from esign.bundle.checking.check import check_bundle
from esign.bundle.checking.recorded import check_recorded
from esign.bundle.checking.verdict import BundleVerdict, Findings
from esign.bundle.checking.words import said
from esign.bundle.description import encode_description
from esign.bundle.facts import Exported
from esign.bundle.layout import COMPLETION
from esign.ceremony.creation import DocumentRequest, RecipientRequest, keep_person
from esign.ceremony.domain import Envelope, commands
from esign.ceremony.domain.values import PhotoPlacement, RecipientRole
from esign.ceremony.sealing import Sealer
from esign.errors import SigningError
from esign.exports.errors import ExportError
from esign.trail.event import Event, LoggedEvent
from esign.trail.log import read_stream
from esign.verify.report import Conclusion
from esign.verify.reports.language import LANGUAGES
from tests.bundles import Case, members_of
from tests.service import YE, YU, request, settings, short_request, system_now


def checked(case: Case, envelope: Envelope) -> BundleVerdict:
    return check_bundle(case.office.bundle(envelope), case.question())


def codes(verdict: BundleVerdict) -> set[str]:
    return {finding.code for finding in verdict.findings}


def test_an_envelope_that_nobody_signed_passes_once_its_sealer_is_named(case: Case, contract: bytes) -> None:
    envelope = case.office.void(case.office.desk.create(short_request(contract, YU)))
    bundle = case.office.bundle(envelope)
    unnamed = check_bundle(bundle, case.question())
    assert (codes(unnamed), unnamed.conclusion) == ({"sealer-to-compare"}, Conclusion.INDETERMINATE)
    another = check_bundle(bundle, case.question(seals=frozenset({"00" * 32})))
    assert (codes(another), another.conclusion) == ({"sealer-not-named"}, Conclusion.FAILED)
    seal = hashlib.sha256(case.authority.seal.certificate).hexdigest()
    verdict = check_bundle(bundle, case.question(seals=frozenset({seal})))
    assert codes(verdict) == set()
    assert (verdict.conclusion, verdict.state, verdict.documents) == (Conclusion.PASSED, "voided", ())


def test_what_one_signed_and_was_never_sealed_is_judged_as_far_as_it_went(case: Case, contract: bytes) -> None:
    desk = case.office.desk
    envelope = desk.create(request(contract))
    desk.play(envelope, 0, YU)
    desk.work()
    verdict = checked(case, case.office.void(desk.envelope(envelope.id)))
    (document,) = verdict.documents
    assert document.member.endswith("/signed.pdf")
    assert (document.signatures, document.seals) == (1, ())
    assert codes(verdict) == {"sealer-to-compare"}


def test_sealed_items_that_nothing_was_compared_with_are_named_with_whose_they_are(case: Case, contract: bytes) -> None:
    desk = case.office.desk
    apart = settings(photo_placement=PhotoPlacement.DIGEST_ONLY, consents=())
    envelope = desk.create(request(contract, settings=apart, consents=()))
    for number, person in enumerate((YU, YE)):
        desk.play(envelope, number, person)
    verdict = checked(case, case.office.worked(envelope))
    assert (codes(verdict), verdict.conclusion) == ({"item-not-opened"}, Conclusion.PASSED)
    recipients = [one.id for one in envelope.recipients]
    assert [dict(finding.facts) for finding in verdict.findings] == [
        {"recipient": recipient, "item": "photo"} for recipient in recipients
    ]
    assert [finding.member for finding in verdict.findings] == [f"evidence/{one}/photo.cms" for one in recipients]
    for finding, language in product(verdict.findings, LANGUAGES):
        assert {finding.facts["recipient"], "photo"} <= set(said(finding, language).split())


def test_what_was_agreed_to_and_read_before_a_phone_was_corrected_is_there_too(case: Case, contract: bytes) -> None:
    desk = case.office.desk
    envelope = desk.create(request(contract))
    desk.prepare(envelope, 0, YU)
    recipient = envelope.recipients[0].id

    def correct(session: Session, _state: Envelope) -> commands.Command:
        person = keep_person(desk.service.records, session, replace(YU, phone="13900007731"), now=system_now())
        return commands.CorrectPhone(
            at=system_now(), recipient=recipient, person=person, by="usr_a", approved_by="usr_b"
        )

    desk.service.envelopes.change(envelope.id, correct, actor="system")
    assert desk.envelope(envelope.id).recipients[0].session.consents == ()
    bundle = case.office.bundle(case.office.void(desk.envelope(envelope.id)))
    assert {name for name in members_of(bundle) if name.startswith(f"consents/{recipient}/")}
    seal = hashlib.sha256(case.authority.seal.certificate).hexdigest()
    verdict = check_bundle(bundle, case.question(seals=frozenset({seal})))
    assert (codes(verdict), verdict.conclusion) == (set(), Conclusion.PASSED)


def test_a_document_that_was_sealed_before_its_envelope_was_voided_is_there_as_sealed(
    case: Case, contract: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = case.office.desk
    two = replace(
        short_request(contract, YU, YE),
        documents=[DocumentRequest("一.pdf", contract), DocumentRequest("二.pdf", contract)],
        recipients=[
            RecipientRequest(RecipientRole.APPLICANT, YU, document=0),
            RecipientRequest(RecipientRole.INSURED, YE, document=1),
        ],
    )
    envelope = desk.create(two)
    desk.play(envelope, 0, YU)
    desk.play(envelope, 1, YE)
    seal_document, sealed = Sealer._seal_document, list[Any]()

    def only_the_first(sealer: Sealer, *given: Any) -> Any:
        if sealed:
            raise SigningError("level-not-reached", "the level was not reached", "try again")
        sealed.append(seal_document(sealer, *given))
        return sealed[0]

    monkeypatch.setattr(Sealer, "_seal_document", only_the_first)
    desk.work(at_most=12)
    half = desk.envelope(envelope.id)
    assert [one.sealed is None for one in half.documents] == [False, True]
    verdict = checked(case, case.office.void(half))
    assert (codes(verdict), verdict.conclusion) == (set(), Conclusion.PASSED)
    assert [one.member.rpartition("/")[2] for one in verdict.documents] == ["sealed.pdf", "signed.pdf"]


@pytest.fixture(scope="module")
def erased(case: Case, contract: bytes) -> Envelope:
    envelope = case.office.short(contract)
    case.office.erase(envelope)
    return case.office.desk.envelope(envelope.id)


def test_an_envelope_whose_evidence_was_erased_passes(case: Case, erased: Envelope) -> None:
    verdict = checked(case, erased)
    assert codes(verdict) == set()
    assert verdict.conclusion is Conclusion.PASSED


def test_an_envelope_whose_erasing_no_checkpoint_covers_yet_is_not_exported(case: Case, contract: bytes) -> None:
    envelope = case.office.short(contract)
    case.office.erase_uncovered(envelope)
    with pytest.raises(ExportError) as error:
        case.office.bundle(envelope)
    assert error.value.code == "bundle-not-covered"


def test_evidence_that_is_there_though_it_was_erased_is_named(case: Case, erased: Envelope) -> None:
    other = Case.of(case.office, case.authority, erased)
    name = f"evidence/{erased.recipients[0].id}/handwriting.cms"
    verdict = check_bundle(other.bundle({**other.members, name: b"\x30\x00"}), case.question())
    assert ("evidence-unexplained", name) in named(verdict)


def test_a_bundle_that_says_its_evidence_was_erased_where_no_event_does_is_named(case: Case) -> None:

    left = {name: content for name, content in case.members.items() if not name.startswith("evidence/")}
    left["envelope.json"] = encode_description(replace(case.description, is_erased=True))
    verdict = check_bundle(case.bundle(left), case.question())
    assert "description-differs" in codes(verdict)


@pytest.mark.parametrize(
    ("type_name", "whole", "explains"),
    [
        ("evidence.erased", None, True),
        ("photo.erased", True, True),
        ("photo.erased", False, False),
    ],
)
def test_evidence_is_left_out_only_for_what_erased_it(
    case: Case, type_name: str, whole: bool | None, explains: bool
) -> None:
    """A photo's copy in the service may go while the PDF holds it: no reason to leave out all that was signed."""
    payload = {"envelope": case.envelope.id} | ({} if whole is None else {"whole": whole})
    erasure = Event(f"evt_{'0' * 32}", "erasures", 1, type_name, 1, "operator", system_now(), payload)
    findings = Findings()
    check_recorded(replace(case.description, is_erased=True), [*case.events, erasure], findings)
    assert ([finding.code for finding in findings.all()] == []) is explains


def test_a_later_export_tells_of_the_earlier_one_and_passes(case: Case, contract: bytes) -> None:
    envelope = case.office.short(contract)
    case.office.bundle(envelope)
    case.office.cover()
    again = case.office.bundle(envelope, Exported("exp_again", system_now(), "operator:stf_zhao", "audit"))
    assert b'"bundle.exported"' in members_of(again)["trail/events.jsonl"]
    assert check_bundle(again, case.question()).findings == ()


def test_the_completion_certificate_is_the_one_that_its_event_names(case: Case, contract: bytes) -> None:
    office = case.office
    envelope = office.short(contract)
    with office.database.transaction() as session:
        events = read_stream(session, envelope.id)
        completed = next(event for event in events if event.type == "envelope.completed")
        office.service.completions.enter_event(session, LoggedEvent(0, completed))
    certified = Case.of(office, case.authority, office.worked(envelope))
    verdict = check_bundle(certified.exported, case.question())
    assert verdict.findings == ()
    assert [document.member for document in verdict.documents][1:] == [COMPLETION]
    edited = {**certified.members, COMPLETION: certified.members[COMPLETION] + b"\n"}
    assert ("document-not-recorded", COMPLETION) in named(check_bundle(certified.bundle(edited), case.question()))
    left = {name: content for name, content in certified.members.items() if name != COMPLETION}
    assert ("member-missing", COMPLETION) in named(check_bundle(certified.bundle(left), case.question()))
    foreign = {**case.members, COMPLETION: certified.members[COMPLETION]}
    assert ("document-not-recorded", COMPLETION) in named(check_bundle(case.bundle(foreign), case.question()))


def named(verdict: BundleVerdict) -> set[tuple[str, str]]:
    return {(finding.code, finding.member) for finding in verdict.findings}
