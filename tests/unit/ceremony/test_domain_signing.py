"""Signatures and the seal: one accepted signature a recipient, one sealed form a document."""

from __future__ import annotations

import pytest

from esign.ceremony.domain import commands as c
from esign.ceremony.domain.values import EnvelopeState, PromisedLevel, RecipientState
from tests.unit.ceremony.domain_envelopes import (
    EXPIRY,
    Play,
    copy,
    digest,
    document,
    in_envelope_state,
    in_recipient_state,
    names,
    signer,
)

S = RecipientState


def side_by_side() -> Play:
    """Return an envelope in which both recipients have confirmed."""
    play = in_recipient_state(S.CONFIRMED)
    return play.to(S.CONFIRMED, "rcp_two")


def test_the_same_outcome_recorded_twice_is_one_signature() -> None:
    play = in_recipient_state(S.CONFIRMED)
    outcome = play.command(c.RecordSignature)
    assert names(play.do(outcome)) == ("recipient.signed",)
    assert play.do(outcome) == ()


@pytest.mark.parametrize("member", ["cms", "revision", "base"])
def test_another_signature_of_one_who_has_signed_is_refused(member: str) -> None:
    play = in_recipient_state(S.CONFIRMED)
    outcome = play.command(c.RecordSignature)
    play.do(outcome)
    changed = {**vars(outcome), member: digest("other"), "at": play.now}
    assert play.refused(c.RecordSignature, **changed) == "another-signature"


def test_a_signature_over_another_manifest_than_the_confirmed_one_is_refused() -> None:
    assert in_recipient_state(S.CONFIRMED).refused(c.RecordSignature, manifest=digest("old")) == "other-manifest"


def test_signatures_side_by_side_stand_on_each_other() -> None:
    play = side_by_side()
    stale = play.command(c.RecordSignature, "rcp_two")
    play.give(c.RecordSignature)
    again = {**vars(stale), "at": play.now}
    assert play.refused(c.RecordSignature, **again) == "revision-not-current"
    assert "recipient.signed" in names(play.give(c.RecordSignature, "rcp_two"))


@pytest.mark.parametrize("member", ["certificate", "cms", "revision"])
def test_what_belongs_to_one_signature_cannot_belong_to_another(member: str) -> None:
    play = side_by_side()
    first = play.command(c.RecordSignature)
    play.do(first)
    taken = {member: getattr(first, member)}
    assert play.refused(c.RecordSignature, "rcp_two", **taken) == "signature-elsewhere"


def test_an_abandoned_certificate_never_signs() -> None:
    play = in_recipient_state(S.CONFIRMED)
    play.give(c.AbandonCertificate, certificate="abc1")
    assert play.refused(c.RecordSignature, certificate="abc1") == "certificate-abandoned"


def test_the_certificate_of_the_accepted_signature_is_never_abandoned() -> None:
    play = in_recipient_state(S.CONFIRMED)
    play.give(c.RecordSignature, certificate="abc1")
    assert play.refused(c.AbandonCertificate, certificate="abc1") == "certificate-in-use"
    assert names(play.give(c.AbandonCertificate, certificate="abc2")) == ("certificate.abandoned",)
    assert play.give(c.AbandonCertificate, certificate="abc2") == ()


def test_after_a_failed_signature_the_recipient_confirms_again_with_a_new_manifest() -> None:
    play = in_recipient_state(S.CONFIRMED)
    first = play.recipient().manifests[-1]
    play.give(c.FailSigning, reason="revocation-missed")
    assert play.recipient().failure == "revocation-missed"
    assert play.give(c.Confirm, manifest=first) == ()
    assert play.recipient().state is S.SIGNING_FAILED
    assert names(play.give(c.Confirm)) == ("recipient.confirmed",)
    assert play.recipient().failure is None
    assert play.refused(c.RecordSignature, manifest=first) == "other-manifest"
    assert "recipient.signed" in names(play.give(c.RecordSignature))


def test_a_late_report_of_an_earlier_failure_does_not_undo_the_new_confirmation() -> None:
    play = in_recipient_state(S.CONFIRMED)
    first = play.recipient().manifests[-1]
    play.give(c.FailSigning)
    play.give(c.Confirm)
    assert play.give(c.FailSigning, manifest=first) == ()
    assert play.refused(c.FailSigning, manifest=digest("never confirmed")) == "other-manifest"
    assert play.recipient().state is S.CONFIRMED


@pytest.mark.parametrize("state", [S.CONFIRMED, S.SIGNED, S.SIGNING_FAILED])
def test_declining_is_over_once_a_recipient_has_confirmed(state: RecipientState) -> None:
    play = in_recipient_state(state)
    assert play.refused(c.Decline) in {"confirmed-already", "signed-already", "confirm-again"}


def test_a_signature_that_comes_after_the_expiry_is_accepted_since_lateness_was_ours() -> None:
    play = Play(signer("one"), copy()).send().to(S.CONFIRMED)
    assert play.refused(c.Expire) == "waiting-for-us"
    events = play.give(c.RecordSignature, at=EXPIRY)
    assert names(events) == ("recipient.signed", "envelope.signed")
    assert play.state.state is EnvelopeState.SEALING


def test_a_signature_for_a_voided_envelope_is_refused_and_its_certificate_still_abandoned() -> None:
    play = in_recipient_state(S.CONFIRMED)
    play.give(c.Void)
    before = play.state
    assert play.refused(c.RecordSignature) == "envelope-voided"
    assert names(play.give(c.AbandonCertificate)) == ("certificate.abandoned",)
    assert play.state.state is before.state
    assert play.recipient().state is S.CONFIRMED


# the seal


def test_a_seal_waits_until_it_is_started() -> None:
    play = in_envelope_state(EnvelopeState.SEALING)
    assert play.refused(c.RecordSealed) == "seal-attempt"
    play.give(c.StartSeal)
    assert names(play.give(c.RecordSealed)) == ("document.sealed", "recipient.sent", "envelope.completed")


def test_an_envelope_is_completed_when_its_last_document_is_sealed() -> None:
    documents = (document("doc_a"), document("doc_b"))
    play = Play(signer("one"), signer("two", of="doc_b"), documents=documents).send().sign_all()
    play.give(c.StartSeal)
    assert names(play.give(c.RecordSealed)) == ("document.sealed",)
    assert play.state.state is EnvelopeState.SEALING
    second = play.state.document("doc_b")
    events = play.give(c.RecordSealed, document="doc_b", base=second.current)
    assert names(events) == ("document.sealed", "envelope.completed")


def test_a_level_below_the_promised_one_is_refused_and_a_better_one_is_not() -> None:
    play = Play(signer("one"), level=PromisedLevel.B_LT).send().sign_all()
    play.give(c.StartSeal)
    assert play.refused(c.RecordSealed, level=PromisedLevel.B_T) == "level-not-reached"
    assert "envelope.completed" in names(play.give(c.RecordSealed, level=PromisedLevel.B_LTA))


def test_a_seal_on_another_revision_than_the_last_is_refused() -> None:
    play = in_envelope_state(EnvelopeState.SEALING)
    play.give(c.StartSeal)
    assert play.refused(c.RecordSealed, base=document().prepared) == "revision-not-current"
    assert play.refused(c.RecordSealed, document="doc_stranger") == "no-document"


def test_the_same_sealed_document_twice_is_one_and_another_is_refused() -> None:
    play = in_envelope_state(EnvelopeState.COMPLETED)
    sealed = play.state.documents[0].sealed
    assert play.give(c.RecordSealed, sealed=sealed) == ()
    assert play.refused(c.RecordSealed, sealed=digest("another")) == "sealed-otherwise"


def test_a_failed_seal_is_visible_explained_and_retryable() -> None:
    play = in_envelope_state(EnvelopeState.SEAL_FAILED)
    assert play.state.seal_failure == "tsa-down"
    assert names(play.give(c.RetrySeal)) == ("seal.retried",)
    assert play.give(c.RetrySeal) == ()
    assert play.give(c.FailSeal, attempt=1) == ()
    play.give(c.StartSeal)
    assert play.state.seal_attempt == 2
    assert play.state.seal_failure is None
    assert play.give(c.FailSeal, attempt=1) == ()
    assert play.give(c.RetrySeal, attempt=1) == ()
    assert play.state.seal_running
    assert "envelope.completed" in names(play.give(c.RecordSealed))


def test_a_worker_that_takes_over_goes_on_with_the_attempt_of_the_dead_one() -> None:
    play = in_envelope_state(EnvelopeState.SEALING)
    play.give(c.StartSeal, attempt=1)
    assert play.give(c.StartSeal, attempt=1) == ()
    assert play.refused(c.StartSeal, attempt=2) == "seal-attempt"


def test_a_worker_of_an_attempt_that_has_failed_does_not_seal() -> None:
    play = in_envelope_state(EnvelopeState.SEAL_FAILED)
    assert play.refused(c.RecordSealed) == "envelope-seal-failed"
    play.give(c.RetrySeal)
    assert play.refused(c.StartSeal, attempt=1) == "seal-attempt"
    assert play.refused(c.RecordSealed) == "seal-attempt"


def test_sealing_never_expires_but_can_be_voided() -> None:
    for state in (EnvelopeState.SEALING, EnvelopeState.SEAL_FAILED):
        play = in_envelope_state(state)
        assert play.refused(c.Expire).startswith("envelope-seal")
        assert names(play.give(c.Void)) == ("envelope.voided",)


def test_a_completed_envelope_gets_one_certificate() -> None:
    play = in_envelope_state(EnvelopeState.COMPLETED)
    assert names(play.give(c.CertifyCompletion, certificate=digest("certificate"))) == ("completion.certified",)
    assert play.state.certificate == digest("certificate")
    assert play.give(c.CertifyCompletion, certificate=digest("certificate")) == ()
    assert play.refused(c.CertifyCompletion, certificate=digest("another")) == "certified-otherwise"
    assert play.state.state is EnvelopeState.COMPLETED


def test_a_sealed_document_is_renewed_again_and_again_each_time_on_the_last_form() -> None:
    play = in_envelope_state(EnvelopeState.COMPLETED)
    first = play.state.documents[0]
    once, twice = digest("once"), digest("twice")
    assert names(play.give(c.RenewDocument, base=first.sealed, renewed=once)) == ("document.renewed",)
    assert play.give(c.RenewDocument, base=first.sealed, renewed=once) == ()
    assert play.refused(c.RenewDocument, base=first.sealed, renewed=twice) == "revision-not-current"
    assert names(play.give(c.RenewDocument, base=once, renewed=twice)) == ("document.renewed",)
    assert play.state.documents[0].sealed == twice
    assert play.state.documents[0].versions == (first.sealed, once, twice)
    assert play.state.documents[0].current == first.current


def test_nothing_is_renewed_before_everything_is_sealed() -> None:
    assert in_envelope_state(EnvelopeState.SEALING).refused(c.RenewDocument) == "envelope-sealing"


def test_nothing_is_certified_before_everything_is_sealed() -> None:
    assert in_envelope_state(EnvelopeState.SEALING).refused(c.CertifyCompletion) == "envelope-sealing"
    assert in_envelope_state(EnvelopeState.VOIDED).refused(c.CertifyCompletion) == "envelope-voided"
