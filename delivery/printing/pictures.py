"""The bar code in a photograph: for telephones whose browser reads none by itself."""

from __future__ import annotations

from delivery.domain.refusal import refusal
from esign.public.pictures import UPLOAD_AT_MOST, EvidenceError, QuarantineFailed, RoomPictures


def code_in(pictures: RoomPictures, upload: bytes) -> str:
    """Return what a bar code in the photograph says, read in quarantine; nothing of the picture is kept.

    Raises `DeliveryRefused` (`scan-unreadable`) where there is none, or the file is too large or no picture, and
    `QuarantineUnavailable`.
    """
    if len(upload) > UPLOAD_AT_MOST:
        raise refusal("scan-unreadable")
    try:
        codes = pictures.read(upload).codes
    except (EvidenceError, QuarantineFailed) as error:
        raise refusal("scan-unreadable") from error
    if not codes:
        raise refusal("scan-unreadable")
    return codes[0]
