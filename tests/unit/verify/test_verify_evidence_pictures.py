"""Pictures of evidence: each signature as its page shows it, and the photo that all may see, encoded anew."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from ca.trust import TrustStore
from esign.verify import Report, read_evidence, verify
from tests.authority import present_time


@pytest.fixture(scope="module")
def seen(signed: bytes, trust: TrustStore) -> Report:
    return verify(io.BytesIO(signed), name="signed.pdf", trust=trust, at=present_time(), pictures=True)


def test_every_signature_that_is_shown_has_a_picture_from_its_page(seen: Report) -> None:
    shown = {picture.field: picture for picture in seen.evidence_pictures if picture.kind == "signature"}
    visible = {signature.field for signature in seen.signatures if signature.evidence["present"]}
    assert visible <= shown.keys()
    for picture in shown.values():
        with Image.open(io.BytesIO(picture.data), formats=("PNG",)) as image:
            assert image.width > image.height > 50
            assert len(image.convert("L").getcolors() or []) > 20


def test_a_photo_is_passed_on_encoded_anew(seen: Report, signed: bytes) -> None:
    photos = {picture.field: picture.data for picture in seen.evidence_pictures if picture.kind == "photo"}
    original = {found.field: found.files.get("photo.jpg") for found in read_evidence(io.BytesIO(signed))}
    assert photos
    for field, photo in photos.items():
        assert photo != original[field]
        with Image.open(io.BytesIO(photo), formats=("JPEG",)) as image:
            assert max(image.size) <= 900
            assert not image.info.get("exif")


def test_without_pictures_none_are_taken(signed: bytes, trust: TrustStore) -> None:
    assert verify(io.BytesIO(signed), name="signed.pdf", trust=trust, at=present_time()).evidence_pictures == ()


def test_a_file_that_cannot_be_read_has_none(trust: TrustStore) -> None:
    report = verify(io.BytesIO(b"hello"), name="hello.pdf", trust=trust, at=present_time(), pictures=True)
    assert report.evidence_pictures == ()
