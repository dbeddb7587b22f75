"""Revocation answers that must not be believed: of other scopes, by others, or weakly signed."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from small_pki import (
    LISTED_AT,
    NOW,
    YEAR,
    Holder,
    certify,
    crl_of,
    issuing_point,
    leaf,
    listed,
    ocsp_answer,
    root,
    state_of,
)

from esign.verify.trust.revocation_status import RevocationState

GOOD, REVOKED, UNKNOWN, WEAK = (
    RevocationState.GOOD,
    RevocationState.REVOKED,
    RevocationState.UNKNOWN,
    RevocationState.WEAK,
)
OCSP_SIGNING, TIME_STAMPING = ExtendedKeyUsageOID.OCSP_SIGNING, ExtendedKeyUsageOID.TIME_STAMPING
UNKNOWN_EXTENSION = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\x05\x00")


# CRLs that do not speak of the certificate.


@pytest.mark.parametrize(
    "extension",
    [
        issuing_point(authority=True),
        issuing_point(attribute=True),
        issuing_point(indirect=True),
        issuing_point(reasons=frozenset({x509.ReasonFlags.key_compromise})),
        issuing_point(full_name="http://ca.example/other.crl"),
        x509.DeltaCRLIndicator(7),
        UNKNOWN_EXTENSION,
    ],
)
def test_a_list_that_does_not_speak_of_the_certificate_says_nothing(extension: x509.ExtensionType) -> None:
    assert state_of(leaf(), crls=(crl_of(root(), extension),)) is UNKNOWN


@pytest.mark.parametrize("extension", [issuing_point(user=True), issuing_point(full_name=LISTED_AT), x509.CRLNumber(4)])
def test_a_list_whose_scope_holds_the_certificate_counts(extension: x509.ExtensionType) -> None:
    assert state_of(leaf(), crls=(crl_of(root(), extension),)) is GOOD
    entry = listed(leaf().certificate.serial_number)
    assert state_of(leaf(), crls=(crl_of(root(), extension, entry=entry),)) is REVOKED


def test_a_list_of_users_says_nothing_of_an_authority() -> None:
    lower = certify("issuing", root(), x509.BasicConstraints(ca=True, path_length=0))
    assert state_of(lower, crls=(crl_of(root(), issuing_point(user=True)),)) is UNKNOWN
    assert state_of(lower, crls=(crl_of(root(), issuing_point(authority=True)),)) is GOOD


def test_a_list_with_an_entry_that_is_not_understood_says_nothing() -> None:
    assert state_of(leaf(), crls=(crl_of(root(), entry=listed(99, UNKNOWN_EXTENSION)),)) is UNKNOWN
    assert state_of(leaf(), crls=(crl_of(root(), entry=listed(99)),)) is GOOD


# OCSP answers by those who may not answer.


def responder(*usages: x509.ObjectIdentifier, valid: tuple[datetime, datetime] = (NOW - YEAR, NOW + YEAR)) -> Holder:
    extensions = [x509.ExtendedKeyUsage(usages)] if usages else []
    return certify("responder", root(), *extensions, x509.OCSPNoCheck(), valid=valid)


def test_the_issuer_and_its_responder_may_answer() -> None:
    assert state_of(leaf(), ocsp_responses=(ocsp_answer(leaf(), root(), root()),)) is GOOD
    assert state_of(leaf(), ocsp_responses=(ocsp_answer(leaf(), root(), responder(OCSP_SIGNING)),)) is GOOD


@pytest.mark.parametrize(
    "signer",
    [
        leaf(),
        responder(),
        responder(TIME_STAMPING),
        responder(OCSP_SIGNING, valid=(NOW - YEAR, NOW - timedelta(days=1))),
        responder(OCSP_SIGNING, valid=(NOW + YEAR, NOW + 2 * YEAR)),
        certify("responder", None, x509.ExtendedKeyUsage([OCSP_SIGNING])),
    ],
    ids=["leaf", "without-usage", "other-usage", "expired", "not-yet-valid", "of-nobody"],
)
def test_nobody_else_answers(signer: Holder) -> None:
    produced_now = ocsp_answer(leaf(), root(), signer)
    assert state_of(leaf(), ocsp_responses=(produced_now,)) is UNKNOWN


@pytest.mark.parametrize("position", [0, 1])
def test_an_answer_for_another_issuer_is_none(position: int) -> None:
    issuer = root().parsed
    right = [hashlib.sha256(part).digest() for part in (issuer.subject.dump(), bytes(issuer.public_key["public_key"]))]
    whole = ocsp_answer(leaf(), root(), root(), hashed=(right[0], right[1]))
    assert state_of(leaf(), ocsp_responses=(whole,)) is GOOD
    right[position] = bytes(32)
    assert (
        state_of(leaf(), ocsp_responses=(ocsp_answer(leaf(), root(), root(), hashed=(right[0], right[1])),)) is UNKNOWN
    )


# Digests that are too weak.


def test_a_good_answer_by_a_weak_signature_is_not_relied_upon_but_a_revocation_is() -> None:
    weak_answer = ocsp_answer(leaf(), root(), root(), weak=True)
    weak_list = crl_of(root(), weak=True)
    assert state_of(leaf(), ocsp_responses=(weak_answer,), crls=(weak_list,)) is WEAK
    assert state_of(leaf(), ocsp_responses=(weak_answer,), crls=(crl_of(root()),)) is GOOD
    revoked = ocsp_answer(leaf(), root(), root(), weak=True, revoked_at=NOW - timedelta(days=1))
    assert state_of(leaf(), ocsp_responses=(revoked,)) is REVOKED


def test_an_answer_by_a_responder_whose_certificate_is_weakly_signed_is_weak() -> None:
    usage = x509.ExtendedKeyUsage([OCSP_SIGNING])
    weakly_certified = certify("responder", root(), usage, x509.OCSPNoCheck(), weak=True)
    assert state_of(leaf(), ocsp_responses=(ocsp_answer(leaf(), root(), weakly_certified),)) is WEAK


# Suspended certificates, and answers on what has expired.


def test_no_number_of_other_responders_keeps_one_from_being_heard() -> None:
    def responder(name: str) -> Holder:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING])
        return certify(name, root(), purpose, x509.OCSPNoCheck())

    others = [ocsp_answer(leaf(), root(), responder(f"responder {number}")) for number in range(33)]
    revoked = ocsp_answer(leaf(), root(), responder("the last"), revoked_at=NOW - timedelta(days=2))
    assert state_of(leaf(), ocsp_responses=(*others, revoked)) is RevocationState.REVOKED


def test_a_certificate_that_is_suspended_is_neither_good_nor_revoked() -> None:
    hold = listed(leaf().certificate.serial_number, x509.CRLReason(x509.ReasonFlags.certificate_hold))
    assert state_of(leaf(), crls=(crl_of(root(), entry=hold),)) is RevocationState.HELD
    answer = ocsp_answer(leaf(), root(), root(), revoked_at=NOW - timedelta(days=1))
    assert state_of(leaf(), ocsp_responses=(answer,), crls=(crl_of(root(), entry=hold),)) is REVOKED


def test_an_answer_on_what_has_expired_counts_only_if_its_maker_keeps_that() -> None:
    ended = certify("signer", root(), valid=(NOW - YEAR, NOW - timedelta(days=2)))
    assert state_of(ended, ocsp_responses=(ocsp_answer(ended, root(), root()),)) is UNKNOWN
    kept = ocsp_answer(ended, root(), root(), kept_since=NOW - 3 * YEAR)
    assert state_of(ended, ocsp_responses=(kept,)) is GOOD
    late = ocsp_answer(ended, root(), root(), kept_since=NOW - timedelta(days=1))
    assert state_of(ended, ocsp_responses=(late,)) is UNKNOWN
    assert (
        state_of(ended, ocsp_responses=(ocsp_answer(ended, root(), root(), revoked_at=NOW - timedelta(days=3)),))
        is REVOKED
    )
