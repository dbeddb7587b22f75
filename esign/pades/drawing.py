"""The normal appearance of a signed field: a form XObject that shows the signature and carries its evidence files."""

from __future__ import annotations

from collections.abc import Mapping

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from esign.pades.appearance import Appearance
from esign.pades.associated_files import AssociatedFile, add_associated_files, add_photo
from esign.pades.canvas import PHOTO_NAME, TYPE_NAME, Canvas
from esign.pades.fields import page_rotation
from esign.pades.typeface import EmbeddedType, Typeface, find_embedded_type, read_embedded_type

UPRIGHT = {90: (0, 1, -1, 0, 0, 0), 180: (-1, 0, 0, -1, 0, 0), 270: (0, -1, 1, 0, 0, 0)}
"""Form matrices that turn a drawing upright on a page that is shown rotated."""


def draw_appearance(
    writer: BasePdfFileWriter,
    field: generic.DictionaryObject,
    appearance: Appearance | None,
    files: Mapping[str, AssociatedFile],
    *,
    typeface: Typeface | None = None,
) -> generic.IndirectObject:
    """Draw on the field's rectangle, attach the files, and return the form XObject's reference.

    Without an appearance, or on a field without extent, nothing is drawn and the files are still carried. With a
    `typeface`, text that the document was not prepared for is drawn too (ADR 0026). Raises `FieldError`
    (`document-not-prepared`, `font-text-not-prepared` without a typeface, `font-glyph-missing` with one).
    """
    width, height, rotation = _extent(field)
    resources = generic.DictionaryObject()
    photo = None
    drawn = b""
    if appearance is not None and width and height:
        embedded = _type_for(writer, appearance, typeface)
        canvas = Canvas(embedded)
        appearance.draw(canvas, width, height)
        drawn = canvas.content
        resources[pdf_name("/Font")] = generic.DictionaryObject({pdf_name(TYPE_NAME): embedded.reference})
        if appearance.photo is not None:
            photo = add_photo(writer, appearance.photo)
            resources[pdf_name("/XObject")] = generic.DictionaryObject({pdf_name(PHOTO_NAME): photo})
    box = (0, 0, round(width, 3), round(height, 3))
    form = generic.StreamObject(
        {
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Form"),
            pdf_name("/BBox"): generic.ArrayObject(map(generic.FloatObject, box)),
            pdf_name("/Resources"): resources,
        },
        stream_data=drawn,
    )
    if rotation:
        form[pdf_name("/Matrix")] = generic.ArrayObject(map(generic.NumberObject, UPRIGHT[rotation]))
    if files:
        form[pdf_name("/AF")] = add_associated_files(writer, files, photo)
    form.compress()
    return writer.add_object(form)


def _type_for(writer: BasePdfFileWriter, appearance: Appearance, typeface: Typeface | None) -> EmbeddedType:
    """Return the prepared type or, where that lacks a character, a subset that this appearance alone refers to.

    The form's resources stay as they are: the locks of those who signed before cover them.
    """
    prepared = find_embedded_type(writer)
    if typeface is None or prepared.codes.keys() >= set("".join(appearance.announced)):
        return prepared
    subset = typeface.subset(appearance.announced)
    return read_embedded_type(subset.embed(writer, tag=subset.own_tag))


def _extent(field: generic.DictionaryObject) -> tuple[float, float, int]:
    """Return the width and height that a reader sees, in points, and the page's rotation."""
    left, bottom, right, top = (float(value) for value in field["/Rect"])
    rotation = page_rotation(field["/P"]) if "/P" in field else 0
    width, height = abs(right - left), abs(top - bottom)
    return (height, width, rotation) if rotation in (90, 270) else (width, height, rotation)
