"""Makes the evidence vectors: `python -m tests.vectors.evidence.make_vectors`.

handwriting.json and manifest.json are the same on every run. The sealed files hold fresh random
keys and are made once: a later build must still open them. The keys here protect nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from esign.evidence.consent import Consent, PageView
from esign.evidence.items import ItemKind, Placement, item_file_name, sealed_item
from esign.evidence.manifest import (
    IdentityAssurance,
    Manifest,
    ManifestItem,
    Mode,
    PresentSignature,
    encode_manifest,
)
from esign.evidence.sealing import create_envelope_key, wrap_for_custodian
from tests.signers import handwriting_json

FOLDER = Path(__file__).parent
SALT = bytes(range(32))
START = datetime(2026, 3, 1, 1, 0, 0, tzinfo=UTC)


def manifest() -> Manifest:
    """Return a manifest that uses every member, with digests that stand for nothing."""

    def listed(kind: ItemKind, media_type: str, placement: Placement, fill: int) -> ManifestItem:
        return ManifestItem(kind, media_type, placement, bytes([fill]) * 32, item_file_name(kind, placement))

    return Manifest(
        envelope="env-7f3a",
        recipient="rec-01",
        role="applicant",
        field="投保人签名",
        original_sha256=b"\x11" * 32,
        prepared_sha256=b"\x22" * 32,
        pages=(
            PageView(1, b"\x31" * 32, START, START + timedelta(seconds=41)),
            PageView(2, b"\x32" * 32, START + timedelta(seconds=41), START + timedelta(seconds=97.125)),
        ),
        signatures_present=(PresentSignature("被保险人签名", b"\x44" * 32),),
        consents=(Consent("face-photo", "2026-01", b"\x55" * 32, START + timedelta(seconds=120)),),
        identity=IdentityAssurance("not-verified", "embedded"),
        mode=Mode.TEST,
        confirmed_at=START + timedelta(seconds=180),
        items=(
            listed(ItemKind.HANDWRITING, "application/json", Placement.SEALED, 0x61),
            listed(ItemKind.PHOTO, "image/jpeg", Placement.VISIBLE, 0x62),
            listed(ItemKind.DEVICE, "application/json", Placement.SEALED, 0x63),
            listed(ItemKind.IDENTITY, "application/json", Placement.SEALED, 0x64),
        ),
    )


def _custodian_certificate(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Test custodian")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(START)
        .not_valid_after(START + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(Encoding.DER)


def make_sealed_vectors() -> dict[str, bytes]:
    """Return an item sealed to a fresh envelope key, and that key wrapped for an EC and an RSA custodian."""
    envelope_key = create_envelope_key()
    item = sealed_item(
        ItemKind.HANDWRITING,
        "application/json",
        handwriting_json(1),
        salt=SALT,
        envelope_public_key=envelope_key.public_key,
    )
    vectors = {item.file_name: item.content}
    custodians: dict[str, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey] = {
        "ec": ec.generate_private_key(ec.SECP256R1()),
        "rsa": rsa.generate_private_key(65537, 2048),
    }
    for kind, key in custodians.items():
        private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        vectors[f"custodian-{kind}.test-key.der"] = private
        vectors[f"envelope-key-{kind}.cms"] = wrap_for_custodian(envelope_key, _custodian_certificate(key))
    return vectors


def main() -> None:
    """Write what is missing; rewrite what is the same on every run."""
    (FOLDER / "handwriting.json").write_bytes(handwriting_json(1))
    (FOLDER / "manifest.json").write_bytes(encode_manifest(manifest()))
    if not (FOLDER / "handwriting.cms").exists():
        for name, content in make_sealed_vectors().items():
            (FOLDER / name).write_bytes(content)


if __name__ == "__main__":
    main()
