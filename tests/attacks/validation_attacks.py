"""Attacks on what makes a signature believed: certificates, revocation data, timestamps, the security store."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from ca.authority.profiles import key_usage
from tests.attacks import people
from tests.attacks.cases import attack
from tests.attacks.contracts import (
    CATALOG,
    FIRST,
    FORM,
    FREE,
    SECOND_SIGNATURE,
    approved,
    catalog,
    fill,
    form,
    signature_dictionary,
    signature_field,
    signed,
    unsigned,
)
from tests.attacks.messages import SIGNATURE_TIMESTAMP, SignerInfo, attribute, signed_data
from tests.attacks.people import NOW, YEAR, Person
from tests.attacks.writing import stream, update

DAY: Final = timedelta(days=1)


def signed_by(
    person: Person,
    *chain: bytes,
    crls: Sequence[bytes] | None = None,
    stamped: datetime | None = None,
    stamper: Person | None = None,
    imprint_of: bytes | None = None,
) -> bytes:
    """The contract, signed by a person with these further certificates; stamped at a time if one is given."""

    def stamp(value: bytes) -> list[bytes]:
        if stamped is None:
            return []
        digest = hashlib.sha256(value if imprint_of is None else imprint_of).digest()
        return [attribute(SIGNATURE_TIMESTAMP, people.timestamp_token(digest, stamped, stamper))]

    info = SignerInfo(person, unsigned=stamp)
    held = [person.der, *chain]
    return signed(unsigned(), lambda content: signed_data(info.der(content), certificates=held, crls=crls))


@attack("no-certificate-chain-found", conclusion="INDETERMINATE")
def signer_nobody_knows() -> bytes:
    """A stranger of the same name signs; their root comes with the message and is believed by nobody.

    Source: RFC 5280 clause 6.1.1 (d), trust anchors come from outside; VERIFY.md, "not recognised".
    """
    lists = [people.revocation_list(people.foreign_root())]
    return signed_by(people.stranger(), people.foreign_root().der, crls=lists)


@cache
def follower_of_the_namesake() -> Person:
    return people.certify("Signer", people.namesake_root())


@attack(conclusion="INDETERMINATE")
def root_of_the_same_name() -> bytes:
    """The signer's root calls itself like the believed one.

    Source: RFC 5280 clause 6.1 (the anchor's key, not its name, is trusted).
    """
    lists = [people.good_list(), people.revocation_list(people.namesake_root())]
    return signed_by(follower_of_the_namesake(), people.namesake_root().der, crls=lists)


@cache
def underling(name: str) -> Person:
    """Somebody whom a person certified who is no authority."""
    return people.certify("Underling of " + name, people.signer())


@attack(conclusion="INDETERMINATE")
def certificate_by_a_signer() -> bytes:
    """A person with a believed certificate issues one to somebody else.

    Source: CVE-2002-0862; RFC 5280 clause 6.1.4 (k), only authorities issue certificates.
    """
    lists = [people.good_list(), people.revocation_list(people.signer())]
    return signed_by(underling("the signer"), people.signer().der, crls=lists)


@cache
def limited_authority() -> Person:
    usage = key_usage(key_cert_sign=True, crl_sign=True)
    return people.certify("Limited", people.root(), x509.BasicConstraints(ca=True, path_length=0), usage)


@cache
def beyond_the_limit() -> tuple[Person, Person]:
    usage = key_usage(key_cert_sign=True, crl_sign=True)
    between = people.certify("Between", limited_authority(), x509.BasicConstraints(ca=True, path_length=None), usage)
    return between, people.certify("Signer", between)


@attack(conclusion="INDETERMINATE")
def path_that_is_too_long() -> bytes:
    """An authority that may certify people alone has certified another authority.

    Source: RFC 5280 clause 6.1.4 (l) and (m).
    """
    between, last = beyond_the_limit()
    lists = [people.revocation_list(issuer) for issuer in (people.root(), limited_authority(), between)]
    return signed_by(last, between.der, limited_authority().der, crls=lists)


@cache
def outside_of_the_names() -> tuple[Person, Person]:
    inside = x509.DirectoryName(x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Inside")]))
    limits = x509.NameConstraints([inside], None)
    usage = key_usage(key_cert_sign=True, crl_sign=True)
    authority = people.certify(
        "Constrained", people.root(), x509.BasicConstraints(ca=True, path_length=None), usage, limits
    )
    return authority, people.certify("Signer", authority)


@attack(conclusion="INDETERMINATE")
def name_that_its_authority_may_not_certify() -> bytes:
    """An authority that may certify one organisation's people has certified somebody else.

    Source: RFC 5280 clauses 4.2.1.10 and 6.1.3 (b).
    """
    authority, last = outside_of_the_names()
    lists = [people.revocation_list(), people.revocation_list(authority)]
    return signed_by(last, authority.der, crls=lists)


@cache
def of_a_purpose(purpose: str) -> Person:
    usages = {
        "a server": x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]),
        "timestamps": x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]),
        "revocation": x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]),
        "an authority": x509.BasicConstraints(ca=True, path_length=None),
        "encryption": key_usage(key_encipherment=True),
    }
    return people.certify("For " + purpose, people.root(), usages[purpose])


@attack.each(
    {name: name for name in ("a server", "timestamps", "revocation", "an authority", "encryption")},
    "chain-constraints-failure",
    conclusion="INDETERMINATE",
)
def certificate_for(purpose: str) -> bytes:
    """The signer's certificate was issued for something else than signing documents.

    Source: RFC 5280 clauses 4.2.1.3 and 4.2.1.12; EN 319 102-1 clause 5.2.6 (CHAIN_CONSTRAINTS_FAILURE).
    """
    return signed_by(of_a_purpose(purpose))


@cache
def of_a_time(start: int, end: int) -> Person:
    return people.certify("In time", people.root(), valid=(NOW + start * DAY, NOW + end * DAY))


@attack.each({"expired": (-90, -30), "future": (30, 90)}, conclusion="INDETERMINATE")
def certificate_out_of_time(times: tuple[int, int]) -> bytes:
    """The certificate had expired, or was not yet valid, and nothing proves another time than now.

    Source: EN 319 102-1 clause 5.2.6 (OUT_OF_BOUNDS_NO_POE).
    """
    return signed_by(of_a_time(*times))


@attack("not-yet-valid")
def signature_before_its_certificate() -> bytes:
    """A timestamp proves that the signature is older than the certificate that it was made with.

    Source: EN 319 102-1 clause 5.2.6 (NOT_YET_VALID).
    """
    return signed_by(of_a_time(-2, 90), stamped=NOW - 20 * DAY, crls=[people.good_list()])


@attack("revoked")
def signature_after_a_revocation() -> bytes:
    """A timestamp proves that the signature was made after its certificate was revoked.

    Source: EN 319 102-1 clause 5.2.6 (REVOKED).
    """
    serial = people.signer().certificate.serial_number
    lists = [people.revocation_list(None, serial, revoked_at=NOW - 10 * DAY)]
    return signed_by(people.signer(), stamped=NOW - DAY, crls=lists)


@attack("revoked-no-poe", conclusion="INDETERMINATE")
def signature_of_a_revoked_certificate() -> bytes:
    """The certificate is revoked, and nothing proves that the signature was made before.

    Source: EN 319 102-1 clause 5.2.6 (REVOKED_NO_POE).
    """
    serial = people.signer().certificate.serial_number
    return signed_by(people.signer(), crls=[people.revocation_list(None, serial, revoked_at=NOW - 10 * DAY)])


@attack(conclusion="INDETERMINATE")
def good_list_beside_the_bad_one() -> bytes:
    """An older list on which the certificate is not stands before the newer one on which it is.

    Source: RFC 5280 clause 6.3.3; replay of a list that was good when it was made.
    """
    serial = people.signer().certificate.serial_number
    good = people.revocation_list(made_at=NOW - 3 * DAY)
    return signed_by(people.signer(), crls=[good, people.revocation_list(None, serial, revoked_at=NOW - 2 * DAY)])


@attack("try-later", conclusion="INDETERMINATE")
def list_that_is_old() -> bytes:
    """The list that says nothing bad is a year old: whoever replays it hides a revocation.

    Source: EN 319 102-1 clause 5.2.5 (revocation freshness); RFC 5280 clause 6.3.3.
    """
    return signed_by(people.signer(), crls=[people.revocation_list(made_at=NOW - YEAR)])


@attack.each(
    {"a stranger": people.foreign_root, "the issuer's namesake": people.namesake_root, "the signer": people.signer},
    conclusion="INDETERMINATE",
)
def list_made_by(maker: Callable[[], Person]) -> bytes:
    """The list was made by somebody who may not speak for the certificate's issuer.

    Source: RFC 5280 clause 6.3.3 (f) and (g).
    """
    return signed_by(people.signer(), maker().der, crls=[people.revocation_list(maker())])


@attack("try-later", conclusion="INDETERMINATE")
def no_list_at_all() -> bytes:
    """Nothing in the file says whether the certificate was revoked: whoever took that out hides a revocation.

    Source: EN 319 102-1 clause 5.2.6 (TRY_LATER).
    """
    return signed_by(people.signer(), crls=[])


@attack(conclusion="INDETERMINATE")
def store_of_a_stranger() -> bytes:
    """A security store is added whose certificates and lists are the forger's.

    Source: EN 319 142-1 clause 5.4 (the store may be added by anybody); ISO 32000-2 clause 12.8.4.3.
    """
    store = b"<< /Type /DSS /Certs [101 0 R] /CRLs [102 0 R 103 0 R] >>"
    return update(
        no_list_at_all(),
        {
            CATALOG: catalog(b"/DSS 100 0 R"),
            FREE: store,
            FREE + 1: stream(people.namesake_root().der),
            FREE + 2: stream(people.revocation_list(people.namesake_root())),
            FREE + 3: stream(b"no list at all"),
        },
    )


@attack.each(
    {
        "over other data": (None, b"other data"),
        "by somebody who signs": (people.second_signer, None),
        "by a stranger": (people.stranger, None),
    },
    conclusion="INDETERMINATE",
)
def timestamp_that_proves_nothing(how: tuple[object, bytes | None]) -> bytes:
    """A timestamp says that a signature is old whose certificate has expired: it is over something else, or by nobody.

    Source: RFC 3161 clause 2.3 (key purpose) and clause 2.4.2 (message imprint).
    """
    make, imprint_of = how
    stamper = make() if callable(make) else None
    return signed_by(of_a_time(-90, -30), stamped=NOW - 60 * DAY, stamper=stamper, imprint_of=imprint_of)


@attack(conclusion="INDETERMINATE")
def timestamp_from_tomorrow() -> bytes:
    """The timestamp is later than the time of validation.

    Source: EN 319 102-1 clause 5.2.7 (TIMESTAMP_ORDER_FAILURE).
    """
    return signed_by(of_a_time(-90, -30), stamped=NOW + 2 * DAY)


def document_timestamp(
    document: bytes, *, kind: bytes = b"/Type /DocTimeStamp", imprint_of: bytes | None = None, number: int = 200
) -> bytes:
    """The document with a timestamp over it, or over something else. `number` is that of its field."""

    def stamp(content: bytes) -> bytes:
        return people.timestamp_token(hashlib.sha256(imprint_of or content).digest())

    others = b"".join(b" %d 0 R" % earlier for earlier in range(200, number + 1, 2))
    changed = {
        FORM: form(fields=b"10 0 R 11 0 R 12 0 R 13 0 R" + others),
        number: b"<< /FT /Sig /T (stamp %d) /V %d 0 R >>" % (number, number + 1),
        number + 1: signature_dictionary(b"", sub_filter=b"/ETSI.RFC3161", kind=kind),
    }
    return fill(update(document, changed), stamp)


@attack("timestamp-broken", conclusion="TOTAL-PASSED")
def document_timestamp_over_something_else() -> bytes:
    """A timestamp over other bytes is put behind a signature: it proves nothing, and takes nothing from the signature.

    Source: VERIFY.md, "a broken document timestamp is a warning"; EN 319 142-1 clause 5.4.3.
    """
    return document_timestamp(approved(), imprint_of=b"something else")


@attack("timestamp-broken")
def forgery_behind_which_a_timestamp_stands() -> bytes:
    """The content is changed in place, and a timestamp over the changed file is added.

    Source: EN 319 142-1 clause 5.4.3 (a timestamp says when, not whether).
    """
    return document_timestamp(approved().replace(b"pays 100", b"pays 900"), imprint_of=b"x")


@attack("signature-broken")
def signature_that_calls_itself_a_timestamp() -> bytes:
    """A broken signature's dictionary is changed to be a timestamp's, which weighs less.

    Source: VERIFY.md, "a broken document timestamp is a warning"; ISO 32000-2 table 255, Type.
    """
    forged = approved().replace(b"pays 100", b"pays 900")
    return forged.replace(b"/SubFilter /ETSI.CAdES.detached", b"/SubFilter /ETSI.RFC3161".ljust(31))


@attack("signature-broken")
def message_of_a_timestamp_as_a_signature() -> bytes:
    """A timestamp over the file is passed off as somebody's signature.

    Source: ISO 32000-2 clauses 12.8.1 and 12.8.5; EN 319 142-1 clause 5.4.3.
    """

    def stamp(content: bytes) -> bytes:
        return people.timestamp_token(hashlib.sha256(content).digest())

    return signed(unsigned(), stamp)


@attack("signature-removed")
def older_signature_taken_out() -> bytes:
    """Of two signatures the first is taken out of the form and the page, as if it had never been.

    Source: VERIFY.md, one signature never hides another.
    """
    document = signed(approved(), name=b"second")
    return update(document, {FORM: form(fields=b"10 0 R 11 0 R 13 0 R"), FIRST: b"null"})


@attack("signature-removed")
def signature_swapped_for_another() -> bytes:
    """The first signature's value is replaced by the second one's, so that both fields show one person.

    Source: ISO 32000-2 clause 12.7.5.5; VERIFY.md, a signature that two fields share is listed once.
    """
    document = signed(approved(), name=b"second")
    return update(document, {FIRST: signature_field(b"first", b"60 500 260 560", b"/V %d 0 R" % SECOND_SIGNATURE)})
