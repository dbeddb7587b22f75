"""Embedded font programs: found, told apart by their first bytes, and read once."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TypeAlias

from esign.pades.admission import refusals
from esign.pades.admission.decoding import StreamUndecodable
from esign.pades.admission.fonts.cff import CffProgram, read_cff
from esign.pades.admission.fonts.truetype import SIGNATURES, TrueTypeProgram
from esign.pades.admission.fonts.type1 import Type1Program, read_type1
from esign.pades.admission.source import PdfSource
from esign.pades.admission.syntax import PdfValue

Program: TypeAlias = TrueTypeProgram | CffProgram | Type1Program


@dataclass(frozen=True)
class Embedding:
    """What a font descriptor holds: whether a program is there, whether it is a font, and what could be read.

    `program` is None for a font that is there but whose inside was not understood; it is taken as it is.
    """

    present: bool
    is_font: bool = True
    program: Program | None = None


ABSENT = Embedding(present=False)


def embedded_program(source: PdfSource, descriptor: dict[str, PdfValue]) -> Embedding:
    """Read the font program of a font descriptor (ISO 32000-2, 9.9).

    Raises `DocumentRefused` if it lies in another file.
    """
    for key in ("FontFile", "FontFile2", "FontFile3"):
        stream = source.stream(descriptor.get(key))
        if stream is None:
            continue
        if source.get(stream.entries.get("F")) is not None:
            raise refusals.external_stream("a font of the document")
        try:
            data = source.decoded(stream, source.limits.font_bytes)
        except StreamUndecodable:
            return Embedding(present=True, is_font=False)
        return _told_apart(data)
    return ABSENT


def _told_apart(data: bytes) -> Embedding:
    start = data[:64].lstrip()
    try:
        if data[:4] in SIGNATURES:
            return Embedding(present=True, program=_sfnt(data))
        if start.startswith((b"%!", b"\x80\x01")):
            return Embedding(present=True, program=read_type1(data))
        if data[:1] == b"\x01" and len(data) > 8:
            return Embedding(present=True, program=read_cff(data))
    except (ValueError, LookupError, struct.error):
        return Embedding(present=True)
    return Embedding(present=True, is_font=False)


def _sfnt(data: bytes) -> Program:
    sfnt = TrueTypeProgram(data)
    outlines = sfnt.table(b"CFF ")
    if outlines:
        return read_cff(outlines)
    sfnt.read_all()
    return sfnt
