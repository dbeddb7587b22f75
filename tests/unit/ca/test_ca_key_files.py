"""Private keys at rest."""

from __future__ import annotations

import pytest
from asn1crypto import pem
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from ca.authority.key_files import SALT_SIZE, KeyCipher
from ca.errors import AuthorityError

SALT = bytes(range(SALT_SIZE))


def test_a_sealed_key_is_pkcs8_that_others_open_with_the_passphrase() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    sealed = KeyCipher(b"secret").seal(key, SALT)
    assert sealed.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    opened = load_pem_private_key(sealed, b"secret")
    assert isinstance(opened, ec.EllipticCurvePrivateKey)
    assert opened.private_numbers() == key.private_numbers()


def test_the_same_key_is_never_sealed_the_same_way_twice() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    cipher = KeyCipher(b"secret")
    assert cipher.seal(key, SALT) != cipher.seal(key, SALT)


@pytest.mark.parametrize("cut", [10, 100, 200, 350])
def test_a_key_file_cut_short_is_refused(cut: int) -> None:
    cipher = KeyCipher(b"secret")
    sealed = cipher.seal(ec.generate_private_key(ec.SECP256R1()), SALT)
    with pytest.raises(AuthorityError) as refused:
        cipher.open(sealed[:cut])
    assert refused.value.code == "key-file-damaged"


def test_a_key_file_that_asks_for_another_scrypt_cost_is_refused_before_it_is_paid() -> None:
    cipher = KeyCipher(b"secret")
    label, _, der = pem.unarmor(cipher.seal(ec.generate_private_key(ec.SECP256R1()), SALT))
    costly = der.replace(b"\x02\x02\x40\x00", b"\x02\x02\x7f\xff")
    assert costly != der
    with pytest.raises(AuthorityError) as refused:
        cipher.open(pem.armor(label, costly))
    assert refused.value.code == "key-file-damaged"
