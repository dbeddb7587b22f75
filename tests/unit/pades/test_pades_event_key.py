"""A key that signs once and forgets itself."""

from __future__ import annotations

import gc
import pickle

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from ca.ports import SignatureAlgorithm
from esign.errors import SigningError
from esign.pades.event_key import EventKey


def public_key_of(request: bytes) -> ec.EllipticCurvePublicKey:
    key = x509.load_der_x509_csr(request).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    return key


def test_the_request_proves_that_the_key_is_held() -> None:
    request = x509.load_der_x509_csr(EventKey().certification_request("张伟"))
    assert request.is_signature_valid
    assert request.subject.rfc4514_string() == "CN=张伟"
    assert isinstance(request.public_key(), ec.EllipticCurvePublicKey)


def test_it_signs_once_with_the_key_that_was_requested() -> None:
    key = EventKey()
    public_key = public_key_of(key.certification_request("张伟"))
    assert key.algorithm is SignatureAlgorithm.ECDSA_SHA256
    signature = key.sign(b"attributes")
    public_key.verify(signature, b"attributes", ec.ECDSA(hashes.SHA256()))
    with pytest.raises(InvalidSignature):
        public_key.verify(signature, b"others", ec.ECDSA(hashes.SHA256()))


def test_it_signs_no_second_time() -> None:
    key = EventKey()
    key.sign(b"attributes")
    with pytest.raises(SigningError) as caught:
        key.sign(b"attributes")
    assert caught.value.code == "event-key-used"


def test_after_signing_nothing_can_be_requested_for_it() -> None:
    key = EventKey()
    key.sign(b"attributes")
    with pytest.raises(SigningError) as caught:
        key.certification_request("张伟")
    assert caught.value.code == "event-key-used"


def test_after_signing_it_holds_no_private_key() -> None:
    key = EventKey()
    key.sign(b"attributes")
    held = [thing for thing in gc.get_referents(key, vars(key)) if isinstance(thing, ec.EllipticCurvePrivateKey)]
    assert held == []


def test_every_key_is_another_one() -> None:
    keys = {public_key_of(EventKey().certification_request("张伟")).public_numbers().x for _ in range(5)}
    assert len(keys) == 5


def test_it_cannot_be_pickled() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(EventKey())
