"""A verdict to take away, and the pictures that its page shows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from urllib.parse import quote

from flask import Response

from esign.verifications.judged import Judged
from esign.verifications.reports import MEDIA_TYPES, view_of, written
from esign.web.errors import no_page
from esign.web.files import picture
from esign.web.verdict_view import report_language

_NAME_AT_MOST: Final = 100
_UNSAFE: Final = re.compile(r'[\\/:*?"<>|%]')


def verdict_file(judged: Judged, form: str, fonts: Path) -> Response:
    """Return the report in this form, to be saved under the name of the file that it is about.

    `fonts` is the folder with the fonts of the PDF. Raises `PageError` (`no-page`) for a form that there is not.
    """
    if form not in MEDIA_TYPES:
        raise no_page()
    response = Response(written(judged, form, report_language(), fonts), content_type=MEDIA_TYPES[form])
    plain = _UNSAFE.sub("-", judged.name).removesuffix(".pdf")[:_NAME_AT_MOST].strip(" .") or "document"
    name = quote(f"{plain}-report.{form}", safe="")
    response.headers["Content-Disposition"] = f"attachment; filename=\"report.{form}\"; filename*=UTF-8''{name}"
    return response


def verdict_picture(judged: Judged, name: str) -> Response:
    """Return a picture of the report by its name. Raises `PageError` (`no-page`)."""
    for one in view_of(judged, report_language()).pictures:
        if one.name == name:
            return picture(one.data, one.media_type)
    raise no_page()
