"""Private keys at rest: standard PKCS#8 (PBES2 with scrypt and AES-256-CBC, RFC 7914 and RFC 8018).

`openssl pkey` opens each file with the passphrase. The server's keys share one salt (each has its own IV), so
that opening the authority costs one scrypt and not one per key; scrypt is what makes guessing expensive.
"""

from __future__ import annotations

import hashlib
import secrets

from asn1crypto import core, keys, pem
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from ca.authority.keys import PrivateKey
from ca.errors import AuthorityError

SALT_SIZE = 16

# The cost that openssl's own `pkcs8 -scrypt` uses, and the most that its default memory limit opens.
_COST, _BLOCK_SIZE, _PARALLELIZATION = 16384, 8, 1
_SCRYPT = "1.3.6.1.4.1.11591.4.11"
_PEM_LABEL = "ENCRYPTED PRIVATE KEY"


class _ScryptParams(core.Sequence):  # type: ignore[misc]
    _fields = [  # noqa: RUF012
        ("salt", core.OctetString),
        ("cost", core.Integer),
        ("block_size", core.Integer),
        ("parallelization", core.Integer),
        ("key_length", core.Integer, {"optional": True}),
    ]


class KeyCipher:
    """Seals and opens the private key files that share one passphrase; derives once for each salt."""

    def __init__(self, passphrase: bytes) -> None:
        if not passphrase:
            raise AuthorityError(
                "passphrase-empty",
                "the passphrase of the authority is empty",
                "give one of at least one byte",
            )
        self._passphrase = passphrase
        self._derived: dict[bytes, bytes] = {}

    def seal(self, key: PrivateKey, salt: bytes) -> bytes:
        """Return the PEM `EncryptedPrivateKeyInfo` of the key."""
        clear = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        padder = padding.PKCS7(128).padder()
        iv = secrets.token_bytes(16)
        encryptor = Cipher(algorithms.AES(self._derive(salt)), modes.CBC(iv)).encryptor()
        sealed = encryptor.update(padder.update(clear) + padder.finalize()) + encryptor.finalize()
        kdf_parameters = _ScryptParams(
            {"salt": salt, "cost": _COST, "block_size": _BLOCK_SIZE, "parallelization": _PARALLELIZATION}
        )
        info = keys.EncryptedPrivateKeyInfo(
            {
                "encryption_algorithm": {
                    "algorithm": "pbes2",
                    "parameters": {
                        "key_derivation_func": {"algorithm": _SCRYPT, "parameters": kdf_parameters},
                        "encryption_scheme": {"algorithm": "aes256_cbc", "parameters": iv},
                    },
                },
                "encrypted_data": sealed,
            }
        )
        return bytes(pem.armor(_PEM_LABEL, info.dump()))

    def open(self, sealed_pem: bytes) -> PrivateKey:
        """Return the key of a file that `seal` made.

        Raises `AuthorityError` with code `wrong-passphrase`, or `key-file-damaged` if it is no such file.
        """
        salt, iv, sealed = _parse(sealed_pem)
        decryptor = Cipher(algorithms.AES(self._derive(salt)), modes.CBC(iv)).decryptor()
        unpadder = padding.PKCS7(128).unpadder()
        try:
            padded = decryptor.update(sealed) + decryptor.finalize()
            clear = unpadder.update(padded) + unpadder.finalize()
            # Checking the primes of an RSA key takes longer than all the rest of opening; the caller compares
            # the public half with the certificate instead.
            key = load_der_private_key(clear, None, unsafe_skip_rsa_key_validation=True)
        except ValueError as error:
            raise AuthorityError(
                "wrong-passphrase",
                "the authority's keys do not open with this passphrase",
                "give the passphrase that the authority was created with",
            ) from error
        if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
            raise _damaged()
        return key

    def _derive(self, salt: bytes) -> bytes:
        if salt not in self._derived:
            self._derived[salt] = hashlib.scrypt(
                self._passphrase, salt=salt, n=_COST, r=_BLOCK_SIZE, p=_PARALLELIZATION, dklen=32
            )
        return self._derived[salt]


def _parse(sealed_pem: bytes) -> tuple[bytes, bytes, bytes]:
    """Return salt, IV and ciphertext; only the parameters that `seal` writes are read."""
    try:
        label, _, der = pem.unarmor(sealed_pem)
        info = keys.EncryptedPrivateKeyInfo.load(der, strict=True)
        parameters = info["encryption_algorithm"]["parameters"]
        scheme = parameters["encryption_scheme"]
        kdf = parameters["key_derivation_func"]
        scrypt = kdf["parameters"].parse(_ScryptParams).native
        as_written = (
            label == _PEM_LABEL
            and info["encryption_algorithm"]["algorithm"].native == "pbes2"
            and kdf["algorithm"].native == _SCRYPT
            and scheme["algorithm"].native == "aes256_cbc"
            and (scrypt["cost"], scrypt["block_size"], scrypt["parallelization"])
            == (_COST, _BLOCK_SIZE, _PARALLELIZATION)
        )
        salt, iv, sealed = scrypt["salt"], scheme["parameters"].native, info["encrypted_data"].native
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _damaged() from error
    if not as_written or len(iv) != 16:
        raise _damaged()
    return salt, iv, sealed


def _damaged() -> AuthorityError:
    return AuthorityError(
        "key-file-damaged",
        "a private key file of the authority is not the encrypted PKCS#8 that was written",
        "restore the authority's folder from its backup",
    )
