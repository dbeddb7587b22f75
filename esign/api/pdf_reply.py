"""A PDF as an answer: named for whoever saves it, known by its digest."""

from __future__ import annotations

import re
from typing import Final, Literal
from urllib.parse import quote

from esign.api.call import Reply

PDF: Final = "application/pdf"
_NAME_AT_MOST: Final = 120
_UNSAFE: Final = re.compile(r'[\\/:*?"<>|]')


def pdf_reply(content: bytes, name: str, sha256: str, *, shown: Literal["inline", "attachment"]) -> Reply:
    """Return the answer with the file's name (RFC 6266, clause 4.3; RFC 8187) and an entity tag of its digest."""
    plain = "".join(character for character in _UNSAFE.sub("-", name) if character.isprintable()).strip(" .")
    kept = plain.removesuffix(".pdf")[:_NAME_AT_MOST] or "document"
    disposition = f"{shown}; filename=\"document.pdf\"; filename*=UTF-8''{quote(f'{kept}.pdf', safe='')}"
    headers = {"Content-Disposition": disposition, "ETag": f'"{sha256}"', "Cache-Control": "private, no-store"}
    return Reply(content, media_type=PDF, headers=headers)
