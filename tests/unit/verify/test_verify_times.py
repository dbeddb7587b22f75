"""Which sub-indication a signer has, by the times that are proven (EN 319 102-1 clauses 5.2 to 5.6)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from small_case import CA_USAGE, DAY, LONG, Case, authority, document_timestamp, signature, stamp, timestamper
from small_pki import NOW, YEAR, Holder, certify, crl_of, leaf, listed, ocsp_answer, root

from ca.trust import Purpose, TrustAnchor
from esign.verify.trust.algorithm_constraints import AlgorithmConstraints, default_constraints
from esign.verify.trust.validation_data import SecurityStore

PASSED = ("TOTAL-PASSED", None)


def undecided(sub_indication: str) -> tuple[str, str]:
    return "INDETERMINATE", sub_indication


def failed(sub_indication: str) -> tuple[str, str]:
    return "TOTAL-FAILED", sub_indication


def ago(days: int) -> datetime:
    return NOW - days * DAY


def revoking(holder: Holder, at: datetime, *extensions: x509.ExtensionType, issuer: Holder | None = None) -> bytes:
    """A list of now on which the certificate is."""
    return crl_of(issuer or root(), entry=listed(holder.certificate.serial_number, *extensions, at=at))


@cache
def expired() -> Holder:
    """A signer whose certificate ended ten days ago."""
    return certify("signer", root(), valid=(ago(300), ago(10)))


# Basic validation, and validation with time.


def test_a_signer_under_a_believed_root_that_is_not_revoked_passes() -> None:
    assert Case(crls=[crl_of(root())]).of(signature(leaf())) == PASSED


def test_without_an_answer_on_revocation_one_is_to_try_later() -> None:
    assert Case().of(signature(leaf())) == undecided("TRY_LATER")


def test_an_answer_that_ended_before_the_proven_time_is_none() -> None:
    old = Case(crls=[crl_of(root(), made_at=ago(30))])
    assert old.of(signature(leaf())) == undecided("TRY_LATER")
    assert old.of(signature(leaf(), timestamps=[stamp(ago(25))])) == PASSED


def test_a_signer_without_a_certificate_is_not_found() -> None:
    assert Case().of(signature(None)) == undecided("NO_SIGNING_CERTIFICATE_FOUND")


def test_a_signer_under_nobody_that_is_believed_has_no_chain() -> None:
    assert Case(roots=[]).of(signature(leaf())) == undecided("NO_CERTIFICATE_CHAIN_FOUND")
    assert Case().of(signature(certify("stranger", None))) == undecided("NO_CERTIFICATE_CHAIN_FOUND")


def test_a_root_that_is_believed_no_more_still_counts_for_what_is_proven_to_be_older() -> None:
    ended = Case(
        roots=[TrustAnchor(root().der, until=ago(20)), *Case().roots[1:]], crls=[crl_of(root(), made_at=ago(30))]
    )
    assert ended.of(signature(leaf())) == undecided("NO_CERTIFICATE_CHAIN_FOUND_NO_POE")
    assert ended.of(signature(leaf(), timestamps=[stamp(ago(25))])) == PASSED
    assert ended.of(signature(leaf(), timestamps=[stamp(ago(15))])) == undecided("NO_CERTIFICATE_CHAIN_FOUND")


def test_a_revoked_signer_is_undecided_until_something_proves_when_it_signed() -> None:
    case = Case(crls=[revoking(leaf(), ago(10))])
    assert case.of(signature(leaf())) == undecided("REVOKED_NO_POE")
    assert case.of(signature(leaf(), timestamps=[stamp(ago(11))])) == PASSED


def test_a_signature_that_is_timestamped_only_after_the_revocation_fails() -> None:
    assert Case(crls=[revoking(leaf(), ago(10))]).of(signature(leaf(), timestamps=[stamp(ago(9))])) == failed("REVOKED")


def test_a_content_timestamp_after_the_revocation_proves_that_the_signer_was_revoked() -> None:
    case = Case(crls=[revoking(leaf(), ago(10))])
    assert case.of(signature(leaf(), content_timestamps=[stamp(ago(9))])) == failed("REVOKED")
    assert case.of(signature(leaf(), content_timestamps=[stamp(ago(11))])) == undecided("REVOKED_NO_POE")


def test_a_timestamp_in_what_a_signature_covers_is_older_than_the_signature() -> None:
    case = Case(crls=[revoking(leaf(), ago(10))])
    earlier = document_timestamp(ago(9), end=500)
    assert case.of(signature(leaf(), end=1000), earlier) == failed("REVOKED")
    assert case.of(signature(leaf(), end=400)) == undecided("REVOKED_NO_POE")


def test_a_suspended_signer_is_asked_for_later_and_one_that_came_back_passes() -> None:
    hold = x509.CRLReason(x509.ReasonFlags.certificate_hold)
    suspended = revoking(leaf(), ago(10), hold)
    assert Case(crls=[suspended]).of(signature(leaf())) == undecided("TRY_LATER")
    assert Case(crls=[suspended]).of(signature(leaf(), timestamps=[stamp(ago(11))])) == PASSED
    assert Case(crls=[suspended, crl_of(root(), made_at=NOW + DAY)]).of(signature(leaf())) == PASSED


def test_an_expired_signer_is_undecided_until_something_proves_when_it_signed() -> None:
    assert Case().of(signature(expired())) == undecided("OUT_OF_BOUNDS_NO_POE")
    known_till_then = Case(crls=[crl_of(root(), made_at=ago(12))])
    assert known_till_then.of(signature(expired())) == undecided("OUT_OF_BOUNDS_NOT_REVOKED")
    assert known_till_then.of(signature(expired(), timestamps=[stamp(ago(11))])) == PASSED


def test_a_signature_that_is_proven_to_be_younger_than_its_certificate_fails_as_expired() -> None:
    case = Case(crls=[crl_of(root(), made_at=ago(12))])
    assert case.of(signature(expired(), content_timestamps=[stamp(ago(9))])) == failed("EXPIRED")


def test_a_certificate_that_was_made_after_the_signature_is_not_yet_valid() -> None:
    young = certify("signer", root(), valid=(ago(5), NOW + YEAR))
    case = Case(crls=[crl_of(root())])
    assert case.of(signature(young, timestamps=[stamp(ago(6))])) == failed("NOT_YET_VALID")
    assert Case(at=ago(6), crls=[crl_of(root())]).of(signature(young)) == undecided("OUT_OF_BOUNDS_NO_POE")


def test_a_list_made_after_a_certificate_expired_does_not_say_that_it_was_good() -> None:
    told = signature(expired(), timestamps=[stamp(ago(11))])
    assert Case(crls=[crl_of(root(), made_at=ago(9))]).of(told) == undecided("TRY_LATER")
    since = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.60"), b"\x18\x0f20200101000000Z")
    assert Case(crls=[crl_of(root(), since, made_at=ago(9))]).of(told) == PASSED
    assert Case(crls=[revoking(expired(), ago(12))]).of(told) == failed("REVOKED")


def test_the_time_of_validation_may_be_chosen() -> None:
    case = Case(crls=[crl_of(root(), made_at=ago(12))])
    assert Case(at=ago(11), crls=case.crls).of(signature(expired())) == PASSED
    later = Case(at=NOW + 20 * YEAR, crls=case.crls).indications(
        signature(expired(), timestamps=[stamp(ago(11))]), document_timestamp(ago(1), end=2000)
    )
    assert later == [undecided("OUT_OF_BOUNDS_NOT_REVOKED"), undecided("OUT_OF_BOUNDS_NOT_REVOKED")]


def test_a_timestamp_after_the_chosen_time_proves_nothing_then() -> None:
    found = Case(at=ago(5), crls=[crl_of(root())]).indications(
        signature(leaf(), timestamps=[stamp(ago(4))]), document_timestamp(ago(3), end=2000)
    )
    assert found == [PASSED, undecided("TIMESTAMP_ORDER_FAILURE")]


def test_a_signature_that_does_not_say_which_certificate_it_is_by_keeps_a_rule_of_its_kind_not() -> None:
    case = Case(crls=[crl_of(root())])
    nameless = signature(leaf(), names_certificate=False)
    assert case.of(nameless) == undecided("SIG_CONSTRAINTS_FAILURE")
    nameless.signature.dictionary["SubFilter"] = "adbe.pkcs7.detached"
    assert case.of(nameless) == PASSED


def test_of_several_who_signed_one_message_each_has_to_stand() -> None:
    case = Case(crls=[crl_of(root())])
    assert case.of(signature(leaf(), others=[certify("second", root())])) == PASSED
    stranger = certify("stranger", None)
    assert case.of(signature(leaf(), others=[stranger])) == undecided("NO_CERTIFICATE_CHAIN_FOUND")


# Timestamps that contradict one another, or that nobody may rely on.


def test_timestamps_in_the_wrong_order_leave_the_signature_undecided() -> None:
    case = Case(crls=[crl_of(root())])
    contradicting = signature(leaf(), timestamps=[stamp(ago(9))], content_timestamps=[stamp(ago(8))])
    assert case.of(contradicting) == undecided("TIMESTAMP_ORDER_FAILURE")
    covered = signature(leaf(), end=1000, timestamps=[stamp(ago(8))])
    assert case.of(covered, document_timestamp(ago(9), end=2000)) == undecided("TIMESTAMP_ORDER_FAILURE")
    in_order = signature(leaf(), timestamps=[stamp(ago(8))], content_timestamps=[stamp(ago(9))])
    assert case.of(in_order, document_timestamp(ago(7), end=2000)) == PASSED


def test_a_document_timestamp_that_a_later_one_covers_is_not_younger_than_it() -> None:
    found = Case().indications(document_timestamp(ago(8), end=1000), document_timestamp(ago(9), end=2000))
    assert found == [undecided("TIMESTAMP_ORDER_FAILURE"), PASSED]


def test_a_timestamp_outside_its_certificates_validity_proves_nothing() -> None:
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    late = certify("timestamper", root(), usage, valid=(ago(20), ago(15)))
    case = Case(crls=[revoking(leaf(), ago(10)), crl_of(root(), made_at=ago(16))])
    assert case.of(signature(leaf(), timestamps=[stamp(ago(12), late)])) == undecided("REVOKED_NO_POE")
    outer = document_timestamp(ago(14), end=2000)
    young = certify("timestamper", root(), usage, valid=(ago(15), NOW + YEAR))
    assert case.of(document_timestamp(ago(16), end=1000, holder=young), outer)[1] == "NOT_YET_VALID"


# What is long past: an authority that was revoked, answers whose maker ended, algorithms that fell.


@cache
def issuing() -> Holder:
    return authority("issuing", root())


@cache
def under_issuing() -> Holder:
    return certify("signer", issuing())


def test_under_a_revoked_authority_a_signature_counts_that_is_older_with_its_answers() -> None:
    own = crl_of(issuing(), made_at=ago(12))
    case = Case(
        certificates=[issuing()],
        crls=[own, revoking(issuing(), ago(10))],
        stores={2000: SecurityStore((issuing().parsed,), (), (own,))},
    )
    timely = signature(under_issuing(), timestamps=[stamp(ago(12))])
    assert case.of(signature(under_issuing())) == undecided("REVOKED_CA_NO_POE")
    assert case.of(timely) == undecided("REVOCATION_OUT_OF_BOUNDS_NO_POE")
    assert case.of(timely, document_timestamp(ago(9), end=2000)) == undecided("REVOCATION_OUT_OF_BOUNDS_NO_POE")
    assert case.of(timely, document_timestamp(ago(11), end=2000)) == PASSED


def test_an_authority_that_is_not_proven_to_be_older_than_its_issuers_revocation_is_not_believed() -> None:
    lower = authority("lower", issuing())
    signer = certify("signer", lower)
    own, above = crl_of(lower, made_at=ago(12)), crl_of(issuing(), made_at=ago(12))
    timely = signature(signer, timestamps=[stamp(ago(12))])
    kept = SecurityStore((), (), (own, above))
    crls = [own, above, revoking(issuing(), ago(10))]
    case = Case(certificates=[issuing(), lower], crls=crls, stores={2000: kept})
    assert case.of(timely, document_timestamp(ago(11), end=2000)) == undecided("NO_POE")
    case.stores = {2000: SecurityStore((lower.parsed,), (), (own, above))}
    assert case.of(timely, document_timestamp(ago(11), end=2000)) == PASSED


def test_an_answer_counts_that_is_proven_to_be_older_than_the_end_of_its_responder() -> None:
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING])
    ended = certify("responder", root(), usage, x509.OCSPNoCheck(), valid=(ago(100), ago(10)))
    answer = ocsp_answer(leaf(), root(), ended, made_at=ago(12))
    case = Case(ocsp_responses=[answer], stores={2000: SecurityStore((), (answer,), ())})
    timely = signature(leaf(), timestamps=[stamp(ago(12))])
    assert case.of(timely) == undecided("REVOCATION_OUT_OF_BOUNDS_NO_POE")
    assert case.of(timely, document_timestamp(ago(11), end=2000)) == PASSED
    assert case.of(timely, document_timestamp(ago(9), end=2000)) == undecided("REVOCATION_OUT_OF_BOUNDS_NO_POE")


def test_a_responder_that_was_revoked_speaks_no_more() -> None:
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING])
    thief = certify("responder", root(), usage)
    answer = ocsp_answer(leaf(), root(), thief, made_at=ago(12))
    timely = signature(leaf(), timestamps=[stamp(ago(12))])
    assert Case(ocsp_responses=[answer]).of(timely) == PASSED
    revoked = crl_of(root(), made_at=ago(40), entry=listed(thief.certificate.serial_number, at=ago(13)))
    assert Case(ocsp_responses=[answer], crls=[revoked]).of(timely) == undecided("TRY_LATER")


def with_sha256_until(moment: datetime) -> AlgorithmConstraints:
    return AlgorithmConstraints({**default_constraints().digests, "sha384": moment}, default_constraints().signatures)


def test_an_algorithm_that_fell_counts_for_what_is_proven_to_be_older() -> None:
    case = Case(crls=[crl_of(root())], constraints=with_sha256_until(ago(10)))
    assert case.of(signature(leaf(), digest="sha384")) == undecided("CRYPTO_CONSTRAINTS_FAILURE_NO_POE")
    assert case.of(signature(leaf(), digest="sha384", timestamps=[stamp(ago(11))])) == PASSED
    assert case.of(signature(leaf(), digest="sha384", timestamps=[stamp(ago(9))])) == undecided(
        "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"
    )


def test_an_algorithm_that_had_fallen_before_the_signature_was_made_is_too_weak() -> None:
    case = Case(crls=[crl_of(root())], constraints=with_sha256_until(ago(10)))
    made_later = signature(leaf(), digest="sha384", content_timestamps=[stamp(ago(9))])
    assert case.of(made_later) == undecided("CRYPTO_CONSTRAINTS_FAILURE")
    young = certify("signer", root(), valid=(ago(5), NOW + YEAR))
    assert case.of(signature(young, digest="sha384")) == undecided("CRYPTO_CONSTRAINTS_FAILURE")
    assert case.of(signature(leaf(), digest="sha1")) == undecided("CRYPTO_CONSTRAINTS_FAILURE")
    assert case.of(signature(leaf(), digest="whirlpool")) == undecided("CRYPTO_CONSTRAINTS_FAILURE")


def test_a_certificate_signed_with_sha1_counts_only_if_it_is_proven_to_be_old() -> None:
    old = (datetime(2010, 1, 1, tzinfo=NOW.tzinfo), NOW + YEAR)
    usage = x509.BasicConstraints(ca=True, path_length=None)
    weak = certify("issuing", root(), usage, CA_USAGE, valid=old, weak=True)
    signer = certify("signer", weak)
    case = Case(certificates=[weak], crls=[crl_of(root()), crl_of(weak)])
    assert case.of(signature(signer)) == undecided("CRYPTO_CONSTRAINTS_FAILURE_NO_POE")
    young = certify("issuing", root(), usage, CA_USAGE, weak=True)
    case = Case(certificates=[young], crls=[crl_of(root()), crl_of(young)])
    assert case.of(signature(certify("signer", young))) == undecided("CRYPTO_CONSTRAINTS_FAILURE")


# Paths: their rules, several of them, and what roots are believed for.


@pytest.mark.parametrize(
    "rule",
    [
        x509.BasicConstraints(ca=True, path_length=0),
        x509.NameConstraints(None, [x509.DirectoryName(x509.Name([]))]),
        x509.PolicyConstraints(require_explicit_policy=0, inhibit_policy_mapping=None),
    ],
    ids=["path-length", "name-constraints", "policy"],
)
def test_a_path_that_breaks_a_rule_is_not_believed(rule: x509.ExtensionType) -> None:
    basic = [] if isinstance(rule, x509.BasicConstraints) else [x509.BasicConstraints(ca=True, path_length=None)]
    top = certify("top", root(), *basic, CA_USAGE, rule)
    lower = authority("lower", top)
    signer = certify("signer", lower)
    case = Case(certificates=[top, lower], crls=[crl_of(root()), crl_of(top), crl_of(lower)])
    assert case.of(signature(signer)) == undecided("CERTIFICATE_CHAIN_GENERAL_FAILURE")


def test_a_key_that_is_for_a_service_makes_no_signature() -> None:
    service = certify("signer", root(), x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]))
    assert Case(crls=[crl_of(root())]).of(signature(service)) == undecided("CHAIN_CONSTRAINTS_FAILURE")


def test_one_path_that_stands_is_enough_among_cross_certificates() -> None:
    other_root = certify("other root", None, x509.BasicConstraints(ca=True, path_length=None), CA_USAGE)
    one = authority("issuing", root())
    basic = x509.BasicConstraints(ca=True, path_length=None)
    crossed = certify("issuing", other_root, basic, CA_USAGE, key=one.key)
    signer = certify("signer", one)
    revoked = crl_of(other_root, entry=listed(crossed.certificate.serial_number, at=ago(20)))
    case = Case(
        roots=[TrustAnchor(root().der), TrustAnchor(other_root.der)],
        certificates=[one, crossed, other_root],
        crls=[crl_of(root()), revoked, crl_of(one)],
    )
    assert case.of(signature(signer)) == PASSED
    case.roots = [TrustAnchor(other_root.der)]
    assert case.of(signature(signer)) == undecided("REVOKED_CA_NO_POE")


def test_a_list_by_the_key_that_an_authority_had_since_counts() -> None:
    basic = x509.BasicConstraints(ca=True, path_length=None)
    before, since = authority("issuing", root()), authority("issuing", root())
    signer = certify("signer", before)
    case = Case(certificates=[before, since], crls=[crl_of(root()), crl_of(since)])
    assert case.of(signature(signer)) == PASSED
    stranger = certify("issuing", certify("stranger", None, basic, CA_USAGE), basic, CA_USAGE)
    case = Case(certificates=[before, stranger], crls=[crl_of(root()), crl_of(stranger)])
    assert case.of(signature(signer)) == undecided("TRY_LATER")


def test_a_revocation_on_a_list_of_changes_counts_although_the_list_says_nothing_else() -> None:
    changes = crl_of(
        root(), x509.DeltaCRLIndicator(7), entry=listed(leaf().certificate.serial_number, at=NOW - timedelta(hours=1))
    )
    assert Case(crls=[crl_of(root()), changes]).of(signature(leaf())) == undecided("REVOKED_NO_POE")
    assert Case(crls=[crl_of(root(), x509.DeltaCRLIndicator(7))]).of(signature(leaf())) == undecided("TRY_LATER")
    taken_off = x509.CRLReason(x509.ReasonFlags.remove_from_crl)
    entry = listed(leaf().certificate.serial_number, taken_off)
    case = Case(crls=[crl_of(root()), crl_of(root(), x509.DeltaCRLIndicator(7), entry=entry)])
    assert case.of(signature(leaf())) == PASSED


@cache
def seal() -> Holder:
    """A certificate that says it is for seals (QcType eseal)."""
    statements = bytes.fromhex("3015301306060400 8e4601063009060704008e46010602".replace(" ", ""))
    return certify("seal", root(), x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.5.5.7.1.3"), statements))


@pytest.mark.parametrize(("purpose", "passes"), [(Purpose.SEALING, (False, True)), (Purpose.SIGNING, (True, False))])
def test_a_root_is_believed_for_seals_or_for_signatures(purpose: Purpose, passes: tuple[bool, bool]) -> None:
    case = Case(roots=[TrustAnchor(root().der, frozenset({purpose}))], crls=[crl_of(root())])
    found = [case.of(signature(holder)) for holder in (leaf(), seal())]
    assert found == [PASSED if one else undecided("NO_CERTIFICATE_CHAIN_FOUND") for one in passes]


def test_a_timestamp_by_a_certificate_that_is_itself_believed_needs_no_root_above() -> None:
    alone = [TrustAnchor(timestamper().der, frozenset({Purpose.TIMESTAMPING}))]
    assert Case(roots=alone).of(document_timestamp(ago(1), end=1000)) == PASSED
    assert timestamper().certificate.not_valid_after_utc == LONG[1]
