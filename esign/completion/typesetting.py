"""The certificate's pages: A4, tagged for screen readers (PDF/UA-1) and for archives (PDF/A-2a), fonts embedded.

They are set by typst from a template of ours; every text reaches it as data, so a name that looks like markup stays a
name. The first page has a place for the seal, which is put there afterwards.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from importlib.resources import as_file, files
from typing import Any, Final

import typst

from esign.completion import words
from esign.completion.content import Both, CertificateContent, CertifiedDocument, CertifiedSigner
from esign.completion.moments import local
from esign.errors import EsignError
from esign.evidence.handwriting import Handwriting
from esign.evidence.ink import INK_COLOUR, ink_outlines
from esign.look import light_colours
from esign.look.fonts import fonts_in
from esign.look.qr import qr_svg
from esign.pades.fields import OnPage
from esign.pades.typeface import Typeface
from esign.trail.compact_checkpoint import compact_checkpoint

STANDARDS: Final = ("ua-1", "a-2a")
SEAL_PLACE: Final = OnPage(1, (328.0, 730.0, 545.0, 806.0))
"""Where the template keeps the first page free, in points from the lower left corner."""
INK_WIDTH, INK_HEIGHT = 150.0, 56.0
"""The thumbnail of a handwriting, in points."""
_TEMPLATE: Final = files("esign.completion") / "templates" / "certificate.typ"


def certificate_pdf(content: CertificateContent, typeface: Typeface, *, made_at: datetime) -> bytes:
    """Return the certificate before its seal. `typeface` stands in the folder with the Noto CJK fonts.

    Raises `EsignError` with code `certificate-not-set` where the fonts cannot set it.
    """
    data = _settable(_data(content), typeface)
    try:
        with as_file(_TEMPLATE) as template:
            made: bytes = typst.compile(
                template,
                root=template.parent,
                format="pdf",
                font_paths=fonts_in(typeface.path.parent),
                sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
                pdf_standards=list(STANDARDS),
                timestamp=made_at.replace(microsecond=0),
            )
    except typst.TypstError as error:
        raise EsignError(
            "certificate-not-set",
            f"the completion certificate cannot be set as PDF ({error.message})",
            "install fonts for Chinese: apt-get install fonts-noto-cjk",
        ) from error
    return made


def _data(content: CertificateContent) -> dict[str, Any]:
    pages = sum(one.pages for one in content.documents)
    checkpoint = content.checkpoint
    line = compact_checkpoint(checkpoint.signed)
    return {
        "labels": words.LABELS,
        "colours": dict(light_colours()),
        "test": content.is_test,
        "title": content.title,
        "envelope": content.envelope,
        "external": content.external_id,
        "organisation": content.organisation,
        "completed": local(content.completed_at),
        "counts": words.count_words(len(content.documents), pages, len(content.signers)),
        "stand_ins": content.stand_ins,
        "documents": [_document(one) for one in content.documents],
        "signers": [_signer(one, content) for one in content.signers],
        "authorities": _authorities(content),
        "receivers": [
            {"name": one.name, "sent": None if one.sent_at is None else local(one.sent_at)} for one in content.receivers
        ],
        "replaced": content.replaced,
        "check": {"address": content.verify_address, "words": words.CHECK, "code": _verify_code(content)},
        "trail": {
            "words": words.TRAIL,
            "log": str(checkpoint.checkpoint.origin),
            "size": f"{checkpoint.checkpoint.size:,}",
            "root": checkpoint.checkpoint.root.hex(),
            "stamped": local(checkpoint.token.gen_time),
            "line": line,
            "code": qr_svg(line),
        },
    }


def _verify_code(content: CertificateContent) -> str | None:
    return None if content.verify_address is None else qr_svg(content.verify_address)


def _document(one: CertifiedDocument) -> dict[str, Any]:
    return {**dataclasses.asdict(one), "sealed_at": local(one.sealed_at)}


def _signer(one: CertifiedSigner, content: CertificateContent) -> dict[str, Any]:
    document = content.documents[one.document - 1]
    return {
        "name": one.name,
        "role": one.role,
        "signed": local(one.signed_at),
        "document": {"number": document.number, "name": document.name},
        "presence": one.presence,
        "identity": one.identity,
        "face": one.face,
        "statement": one.statement,
        "ink": _ink_svg(one.handwriting),
        "photo": None if one.photo is None else list(one.photo),
        "serial": one.certificate_serial,
        "authority": dataclasses.asdict(one.authority),
        "manifest": one.manifest,
        "steps": [{"what": step.what, "at": local(step.at), "times": step.times} for step in one.steps],
        "agreed": [{**dataclasses.asdict(text), "at": local(text.at)} for text in one.agreed],
        "pages": [[page.page, page.seconds] for page in one.pages],
        "seconds": one.reading_seconds,
    }


def _authorities(content: CertificateContent) -> list[dict[str, Any]]:
    """Return whoever issued a certificate, each once, with the number of the licence."""
    of_signers, of_seals = (one.authority for one in content.signers), (one.seal_authority for one in content.documents)
    issuers = dict.fromkeys((*of_signers, *of_seals))
    licence = words.LICENCE_UNKNOWN
    if content.licence:
        licence = Both(content.licence, content.licence)
    elif words.STAND_INS["embedded-authority"] in content.stand_ins:
        licence = words.NO_LICENCE
    return [{**dataclasses.asdict(one), "licence": licence} for one in issuers]


def _ink_svg(handwriting: Handwriting) -> str:
    """Return the handwriting as an SVG file: the same outlines as beside the signature, with y downwards."""
    drawn = []
    for outline in ink_outlines(handwriting, width=INK_WIDTH, height=INK_HEIGHT):
        curves = (" ".join(_point(vertex) for vertex in segment) for segment in outline.segments)
        drawn.append(f"M{_point(outline.start)} " + " ".join(f"C{curve}" for curve in curves) + "Z")
    colour = "#{:02x}{:02x}{:02x}".format(*INK_COLOUR)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {INK_WIDTH:g} {INK_HEIGHT:g}">'
        f'<path d="{" ".join(drawn)}" fill="{colour}" fill-rule="nonzero"/></svg>'
    )


def _point(vertex: tuple[float, float]) -> str:
    return f"{vertex[0]:g} {INK_HEIGHT - vertex[1]:g}"


def _settable(data: dict[str, Any], typeface: Typeface) -> dict[str, Any]:
    """Return the same with every character that the fonts lack told by its number: a title may have anything in it."""
    missing = typeface.missing("".join(_texts(data)))
    if not missing:
        return data
    told = {ord(one): f"‹U+{ord(one):04X}›" for one in missing}
    return {key: _told(value, told) for key, value in data.items()}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


def _told(value: Any, told: Mapping[int, str]) -> Any:
    if isinstance(value, str):
        return value.translate(told)
    if isinstance(value, dict):
        return {key: _told(one, told) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_told(one, told) for one in value]
    return value
