"""Forms that were written once are read for ever: the vectors next to the script that made them."""

from __future__ import annotations

import hashlib

import pytest

from esign.evidence.handwriting import encode_handwriting, parse_handwriting
from esign.evidence.manifest import encode_manifest, manifest_digest, parse_manifest
from esign.evidence.sealing import open_sealed, unwrap_envelope_key
from tests.vectors.evidence.make_vectors import FOLDER, SALT, make_sealed_vectors, manifest

HANDWRITING_SHA256 = "5a887cc34ffc3442b96291b5da3afca68286e9f6447ad7e5cedd2da0920444c1"
MANIFEST_SHA256 = "7ad1e210d5599e86605e80e0476e7404e406ed24291c48e26f538daee14d8a06"


def test_the_handwriting_vector_is_read_and_written_byte_for_byte() -> None:
    data = (FOLDER / "handwriting.json").read_bytes()
    assert hashlib.sha256(data).hexdigest() == HANDWRITING_SHA256
    assert encode_handwriting(parse_handwriting(data)) == data


def test_the_manifest_vector_is_read_and_written_byte_for_byte() -> None:
    data = (FOLDER / "manifest.json").read_bytes()
    assert manifest_digest(data).hex() == MANIFEST_SHA256
    assert parse_manifest(data) == manifest()
    assert encode_manifest(manifest()) == data


@pytest.mark.parametrize("custodian", ["ec", "rsa"])
def test_what_was_sealed_by_an_earlier_build_is_still_opened(custodian: str) -> None:
    private_key = (FOLDER / f"custodian-{custodian}.test-key.der").read_bytes()
    envelope_key = unwrap_envelope_key((FOLDER / f"envelope-key-{custodian}.cms").read_bytes(), private_key)
    opened = open_sealed((FOLDER / "handwriting.cms").read_bytes(), envelope_key.private_key_pkcs8)
    assert opened == SALT + (FOLDER / "handwriting.json").read_bytes()


def test_the_script_still_makes_every_vector() -> None:
    made = make_sealed_vectors()
    stored = {path.name for path in FOLDER.iterdir() if path.suffix in {".cms", ".der"}}
    assert set(made) == stored
