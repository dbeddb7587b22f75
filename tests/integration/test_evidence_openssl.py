"""openssl as the outside judge: what we seal, an auditor opens with standard tools, salt, digest and all."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from esign.evidence.items import ItemKind, sealed_item
from esign.evidence.sealing import create_envelope_key, wrap_for_custodian
from tests.signers import face_jpeg, handwriting_json
from tests.tools import run_tool

CUSTODIAN_KEYS: dict[str, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey] = {
    "P-256": ec.generate_private_key(ec.SECP256R1()),
    "P-384": ec.generate_private_key(ec.SECP384R1()),
    "RSA-2048": rsa.generate_private_key(65537, 2048),
}


def _custodian(folder: Path, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    """Let openssl make the custodian's certificate; leave custodian.key and custodian.crt in the folder."""
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "custodian.key").write_bytes(pem)
    run_tool(
        "openssl",
        *("req", "-x509", "-new", "-key", folder / "custodian.key", "-subj", "/CN=Custodian"),
        *("-days", "30", "-out", folder / "custodian.crt"),
    )
    parsed = x509.load_pem_x509_certificate((folder / "custodian.crt").read_bytes())
    return parsed.public_bytes(Encoding.DER)


def _decrypt(folder: Path, name: str, *key: str | Path) -> bytes:
    out = folder / f"{name}.out"
    run_tool("openssl", "cms", "-decrypt", "-inform", "DER", "-in", folder / name, *key, "-out", out)
    return out.read_bytes()


def test_openssl_opens_a_sealed_item_with_the_envelope_key_alone(tmp_path: Path) -> None:
    key = create_envelope_key()
    data = handwriting_json(1)
    item = sealed_item(
        ItemKind.HANDWRITING,
        "application/json",
        data,
        salt=bytes(range(32)),
        envelope_public_key=key.public_key,
    )
    (tmp_path / item.file_name).write_bytes(item.content)
    (tmp_path / "envelope.key").write_bytes(key.private_key_pkcs8)
    plaintext = _decrypt(tmp_path, item.file_name, "-inkey", tmp_path / "envelope.key")
    assert hashlib.sha256(plaintext).digest() == item.digest
    assert plaintext[32:] == data


def test_openssl_names_the_form_and_the_algorithms(tmp_path: Path) -> None:
    item = sealed_item(
        ItemKind.PHOTO,
        "image/jpeg",
        face_jpeg(1),
        salt=bytes(32),
        envelope_public_key=create_envelope_key().public_key,
    )
    (tmp_path / "photo.cms").write_bytes(item.content)
    printed = run_tool("openssl", "cms", "-cmsout", "-print", "-inform", "DER", "-in", tmp_path / "photo.cms")
    for word in (b"id-smime-ct-authEnvelopedData", b"aes-256-gcm", b"id-aes256-wrap", b"sha256kdf-scheme"):
        assert word in printed.stdout


def test_openssl_refuses_another_key_and_a_changed_item(tmp_path: Path) -> None:
    key = create_envelope_key()
    item = sealed_item(ItemKind.DEVICE, "application/json", b"{}", salt=bytes(32), envelope_public_key=key.public_key)
    (tmp_path / "own.key").write_bytes(key.private_key_pkcs8)
    (tmp_path / "other.key").write_bytes(create_envelope_key().private_key_pkcs8)
    changed = bytearray(item.content)
    changed[-1] ^= 1
    (tmp_path / "intact.cms").write_bytes(item.content)
    (tmp_path / "changed.cms").write_bytes(changed)
    for cms, opener in (("intact.cms", "other.key"), ("changed.cms", "own.key")):
        arguments = ("-in", tmp_path / cms, "-inkey", tmp_path / opener, "-out", tmp_path / "out")
        done = run_tool("openssl", "cms", "-decrypt", "-inform", "DER", *arguments, accept=(4,))
        assert b"Error decrypting CMS" in done.stderr


@pytest.mark.parametrize("name", CUSTODIAN_KEYS)
def test_openssl_unwraps_the_envelope_key_for_the_custodian_and_opens_an_item_with_it(
    tmp_path: Path, name: str
) -> None:
    key = create_envelope_key()
    certificate = _custodian(tmp_path, CUSTODIAN_KEYS[name])
    (tmp_path / "envelope-key.cms").write_bytes(wrap_for_custodian(key, certificate))
    custodian = ("-inkey", tmp_path / "custodian.key", "-recip", tmp_path / "custodian.crt")
    unwrapped = _decrypt(tmp_path, "envelope-key.cms", *custodian)
    assert unwrapped == key.private_key_pkcs8

    item = sealed_item(ItemKind.IDENTITY, "application/json", b"{}", salt=bytes(32), envelope_public_key=key.public_key)
    (tmp_path / "identity.cms").write_bytes(item.content)
    (tmp_path / "envelope.key").write_bytes(unwrapped)
    assert _decrypt(tmp_path, "identity.cms", "-inkey", tmp_path / "envelope.key") == bytes(32) + b"{}"
