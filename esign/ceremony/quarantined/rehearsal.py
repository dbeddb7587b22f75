"""Everything that tasks need later, loaded before them: a task cannot open a file, so it cannot import.

What libraries load by name is loaded by name here; the rest by rehearsing every task on a page of our own.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from importlib import import_module
from typing import Final

from PIL import Image

from ca.trust import TrustStore
from esign.ceremony.photo_task import FORMATS, small_picture
from esign.ceremony.quarantined.documents import prepare_document
from esign.ceremony.quarantined.judgement import judge_document
from esign.ceremony.quarantined.material import read_carried_material
from esign.ceremony.quarantined.newest_timestamp import read_newest_timestamp
from esign.ceremony.quarantined.page_images import render_pages
from esign.ceremony.quarantined.page_readings import find_field, read_page_text
from esign.ceremony.quarantined.revisions import add_validation_data, open_revision, open_timestamp_revision
from esign.ceremony.quarantined.verification import verify_document
from esign.evidence.handwriting import Handwriting, Point, Stroke
from esign.evidence.photo import read_photo
from esign.infra.quarantine.port import TaskRunner
from esign.pades.appearance import HandwrittenAppearance, SealAppearance, announced_text
from esign.pades.associated_files import AssociatedFile
from esign.pades.fields import DefaultPlace, FieldPlan, Lock, OnPage
from esign.pades.revision import SignatureContent
from esign.pades.validation_data import ValidationData

_LOADED_BY_NAME: Final = (
    "cryptography.hazmat.backends",
    "encodings",
    "fontTools.cffLib",
    "fontTools.encodings",
    "fontTools.misc.eexec",
    "fontTools.pens.t2CharStringPen",
    "fontTools.ttLib.tables",
    "fontTools.unicode",
    "pyhanko.pdf_utils",  # its readers and writers fetch each other when a document asks for them
)
_CAPACITY: Final = 64
_MOMENT: Final = datetime(2026, 1, 1, tzinfo=UTC)
_NAME: Final = "A"
_UNPREPARED: Final = "Z"
"""A name outside the prepared type, so that the signing with type of its own is rehearsed too."""


def load_everything() -> None:
    """Import what the libraries import only when a file asks for it: codecs, font tables, picture formats."""
    for name in _LOADED_BY_NAME:
        _load(name)
    Image.init()


def rehearse(quarantine: TaskRunner, *, with_type: bool) -> None:
    """Run every task on a page and pictures of our own; `with_type` also those that need a typeface."""
    for picture_format in FORMATS:
        read_photo(small_picture(picture_format))
    document = _page()
    if with_type:
        plans = [
            FieldPlan("a", OnPage(1, (20.0, 20.0, 180.0, 100.0)), Lock.OWN_FIELD, _NAME),
            FieldPlan("b", DefaultPlace(_NAME), Lock.DOCUMENT, _NAME),
        ]
        document += prepare_document(quarantine, document, plans, announced_text([_NAME])).increment
        for content in _contents(read_photo(small_picture("JPEG")).jpeg):
            document += open_revision(quarantine, document, content, capacity=_CAPACITY).increment
    document += add_validation_data(quarantine, document, ValidationData(crls=(b"\x30\x00",)))
    document += open_timestamp_revision(quarantine, document, ValidationData(), capacity=_CAPACITY).increment
    render_pages(quarantine, document, [1])
    read_page_text(quarantine, document, 1)
    find_field(quarantine, document, "a")
    read_carried_material(quarantine, document)
    read_newest_timestamp(quarantine, document)
    verify_document(quarantine, document, name=_NAME, trust=TrustStore(), at=_MOMENT)
    judge_document(quarantine, document, name=_NAME, trust=TrustStore(), at=_MOMENT)


def _load(name: str) -> None:
    module = None
    with suppress(ImportError):  # parts for other systems, or for libraries that are not installed
        module = import_module(name)
    for found in pkgutil.iter_modules(getattr(module, "__path__", ()), f"{name}."):
        _load(found.name)


def _contents(jpeg: bytes) -> Iterable[SignatureContent]:
    stroke = Stroke((Point(10.0, 10.0, 0, 0.5), Point(60.0, 40.0, 9_000, 0.5)), "pen")
    ink = HandwrittenAppearance(Handwriting(100.0, 50.0, 1.0, (stroke,)), None, _NAME, _NAME, _MOMENT, 1)
    yield SignatureContent("a", _NAME, _MOMENT, ink, {"photo.jpg": AssociatedFile(jpeg, "image/jpeg")})
    yield SignatureContent("b", _NAME, _MOMENT, SealAppearance(_UNPREPARED, _MOMENT, 1))


def _page() -> bytes:
    """Return a small PDF: one page with a line drawn on it."""
    drawn = b"0 0 m 100 100 l S"
    bodies = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<<>>>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(drawn), drawn),
    )
    made = b"%PDF-1.7\n"
    entries = [b"0000000000 65535 f \n"]
    for number, body in enumerate(bodies, start=1):
        entries.append(b"%010d 00000 n \n" % len(made))
        made += b"%d 0 obj%b endobj\n" % (number, body)
    table = b"xref\n0 %d\n%b" % (len(entries), b"".join(entries))
    return made + b"%btrailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (table, len(entries), len(made))
