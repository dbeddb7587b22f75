"""Pictures of evidence: each signature as the page shows it (handwriting, name, time), and the photo that all can see.

Drawn from the revision that the signature signed. Nothing of the file is passed on as it is: pictures are decoded
within limits and encoded anew.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterable, Iterator
from typing import Final

from PIL import Image, JpegImagePlugin, PngImagePlugin  # noqa: F401  # there before a process is closed

from esign.evidence.items import ItemKind, Placement
from esign.verify.errors import MALFORMED, UnreadableDocument
from esign.verify.evidence import evidence_of
from esign.verify.pictures.drawn_document import Box, DrawnDocument
from esign.verify.reading.document import PdfFile
from esign.verify.reading.fields import Field
from esign.verify.reading.pages import pages
from esign.verify.reading.revision import Revision
from esign.verify.reading.signature_fields import SignatureField
from esign.verify.report import EvidencePicture

SIGNATURES_AT_MOST: Final = 12
_DPI: Final = 160
_SIDE_AT_MOST: Final = 900
_PHOTO_PIXELS_AT_MOST: Final = 50_000_000
_PIXELS_AT_LEAST: Final = 8
_UNREADABLE: Final[tuple[type[Exception], ...]] = (
    UnreadableDocument,
    OSError,
    MemoryError,
    Image.DecompressionBombError,
    *MALFORMED,
)


def evidence_pictures(
    file: PdfFile, signatures: Iterable[SignatureField], password: str | None = None
) -> tuple[EvidencePicture, ...]:
    """Return the pictures of the first signatures; what cannot be shown has none. Raises nothing."""
    found: list[EvidencePicture] = []
    for signature in itertools.islice((one for one in signatures if one.kind == "signature"), SIGNATURES_AT_MOST):
        found += [*_shown(file, signature, password), *_photo(file, signature)]
    return tuple(found)


def _shown(file: PdfFile, signature: SignatureField, password: str | None) -> Iterator[EvidencePicture]:
    """The signature as its page shows it, if it is shown at all."""
    if signature.end is None or signature.signed_field is None:
        return
    try:
        place = _place(file.revision(signature.end), signature.signed_field)
        if place is None:
            return
        index, box = place
        with DrawnDocument(file.data, signature.end, password) as drawn:
            page = drawn.draw(index, _DPI, file.limits.drawn_page_pixels)
            height, width = page.pixels.shape[:2]
            ((left, top, right, bottom),) = drawn.on_picture(index, [box], (height, width))
        picture = Image.fromarray(page.pixels).crop((max(0, left), max(0, top), min(width, right), min(height, bottom)))
    except _UNREADABLE:
        return
    if min(picture.size) >= _PIXELS_AT_LEAST:
        yield EvidencePicture(signature.name, "signature", index + 1, "image/png", _encoded(picture, "PNG"))


def _place(revision: Revision, signed_field: Field) -> tuple[int, Box] | None:
    """Return the page (from 0) and the box (left, bottom, right, top) of the field's first visible widget."""
    widgets = [*signed_field.widgets, signed_field.ref]
    for index, page in enumerate(pages(revision)):
        for annotation in revision.array(page.dictionary.get("Annots")):
            if annotation not in widgets:
                continue
            numbers = [
                value
                for item in revision.array(revision.dictionary(annotation).get("Rect"))
                if isinstance(value := revision.resolve(item), int | float)
            ]
            if len(numbers) != 4:
                return None
            left, bottom, right, top = map(float, numbers)
            if right != left and top != bottom:
                return index, (min(left, right), min(bottom, top), max(left, right), max(bottom, top))
    return None


def _photo(file: PdfFile, signature: SignatureField) -> Iterator[EvidencePicture]:
    """The photo among the evidence, where the manifest says that all may see it."""
    try:
        evidence = evidence_of(file, signature)
        item = evidence.manifest.item(ItemKind.PHOTO) if evidence and evidence.manifest else None
        if evidence is None or item is None or item.placement is not Placement.VISIBLE:
            return
        with Image.open(io.BytesIO(evidence.files[item.file_name]), formats=("JPEG",)) as photo:
            if photo.width * photo.height > _PHOTO_PIXELS_AT_MOST:
                return
            photo.draft("RGB", (_SIDE_AT_MOST, _SIDE_AT_MOST))
            picture = photo.convert("RGB")
    except _UNREADABLE:
        return
    yield EvidencePicture(signature.name, "photo", None, "image/jpeg", _encoded(picture, "JPEG"))


def _encoded(picture: Image.Image, form: str) -> bytes:
    picture.thumbnail((_SIDE_AT_MOST, _SIDE_AT_MOST))
    out = io.BytesIO()
    picture.save(out, form, **({"quality": 82} if form == "JPEG" else {"compress_level": 6}))
    return out.getvalue()
