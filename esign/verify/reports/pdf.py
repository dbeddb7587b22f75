"""The report as PDF: A4, tagged for screen readers (PDF/UA-1) and for archives (PDF/A-2a), fonts embedded.

It is set by typst from a template of ours. What came out of a file reaches it as data, so nothing of it is markup.
"""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final

import typst

from esign.errors import EsignError
from esign.look import light_colours
from esign.look.fonts import fonts_in
from esign.verify.reports.language import CHINESE, LABELS, Labels, chinese
from esign.verify.reports.view import ReportView

STANDARDS: Final = ("ua-1", "a-2a")
_TEMPLATE: Final = files("esign.verify.reports") / "templates" / "report.typ"
_UNUSUAL: Final = re.compile(
    r"[^\u0020-\u007e\u00a0-\u024f\u2010-\u2026\u2039\u203a\u3000-\u3029\u4e00-\u9fa5\uff01-\uff5e✓✕·]"
)
"""What a font for Chinese may not have: where a character cannot be set, all of these are written as numbers."""


def report_pdf(view: ReportView, fonts: Path, *, made_at: datetime) -> bytes:
    """Return the report as PDF. `fonts` is the folder with the Noto CJK fonts, `made_at` the time in its data.

    Raises `EsignError` with code `report-not-set` where the fonts cannot set it.
    """
    data = _data(view)
    try:
        return _set(data, fonts, made_at)
    except typst.TypstError:  # a name in letters that the fonts do not have
        try:
            return _set(_spelled(data), fonts, made_at)
        except typst.TypstError as error:
            raise EsignError(
                "report-not-set",
                f"the report cannot be set as PDF ({error.message})",
                "install fonts for Chinese: apt-get install fonts-noto-cjk",
            ) from error


def _set(data: dict[str, Any], fonts: Path, made_at: datetime) -> bytes:
    with as_file(_TEMPLATE) as template:
        made: bytes = typst.compile(
            template,
            root=template.parent,
            format="pdf",
            font_paths=fonts_in(fonts),
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=list(STANDARDS),
            timestamp=made_at.replace(microsecond=0),
        )
    return made


def _data(view: ReportView) -> dict[str, Any]:
    labels = Labels(view.language)
    return {
        "view": dataclasses.asdict(view, dict_factory=_without_pictures),
        "pictures": {
            picture.name: {
                "data": list(picture.data),
                "format": "jpg" if picture.media_type == "image/jpeg" else "png",
                "words": picture.words,
            }
            for picture in view.pictures
        },
        "claimed": {
            str(signature.number): labels.say("the signer says {moment}", moment=signature.claimed)
            for signature in view.signatures
            if signature.claimed is not None
        },
        "labels": dict(chinese(LABELS)) if view.language == CHINESE else {},
        "colours": dict(light_colours()),
        "title": view.title,
        "file": view.document[0].value,
        "sha256": view.document[-1].value,
        "lang": "zh" if view.language == CHINESE else "en",
        "region": "CN" if view.language == CHINESE else "GB",
    }


def _without_pictures(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {key: value for key, value in pairs if not isinstance(value, bytes)}


def _spelled(value: Any) -> Any:
    if isinstance(value, str):
        return _UNUSUAL.sub(lambda found: f"‹U+{ord(found.group()):04X}›", value)
    if isinstance(value, dict):
        return {key: _spelled(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_spelled(one) for one in value]
    return value
