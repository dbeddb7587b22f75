"""Evidence files inside a signed revision: associated files (AF) of the signature's appearance.

ISO 32000-2, 14.13 (associated files) and 7.11 (file specifications). They hang on the appearance XObject because
there every verifier at hand finds the earlier signatures untouched (docs/adr/0003). A photo that is drawn is
stored once: the image and the attachment are the same stream.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from esign.evidence.photo import Photo

PHOTO_FILE = "photo.jpg"


@dataclass(frozen=True)
class AssociatedFile:
    """A file's bytes and its media type."""

    data: bytes
    media_type: str


def add_photo(writer: BasePdfFileWriter, photo: Photo) -> generic.IndirectObject:
    """Add the photo as an image XObject whose encoded bytes are the JPEG itself."""
    return writer.add_object(
        generic.StreamObject(
            {
                pdf_name("/Type"): pdf_name("/XObject"),
                pdf_name("/Subtype"): pdf_name("/Image"),
                pdf_name("/Width"): generic.NumberObject(photo.width),
                pdf_name("/Height"): generic.NumberObject(photo.height),
                pdf_name("/ColorSpace"): pdf_name("/DeviceRGB"),
                pdf_name("/BitsPerComponent"): generic.NumberObject(8),
                pdf_name("/Filter"): pdf_name("/DCTDecode"),
            },
            encoded_data=photo.jpeg,
        )
    )


def add_associated_files(
    writer: BasePdfFileWriter, files: Mapping[str, AssociatedFile], photo: generic.IndirectObject | None
) -> generic.ArrayObject:
    """Add the files and return the AF array. `photo` is the drawn image that serves as `photo.jpg` as well."""
    specifications = generic.ArrayObject()
    for name, file in files.items():
        stream = photo if name == PHOTO_FILE and photo is not None else _embedded_file(writer, file)
        file_name = generic.TextStringObject(name)
        specifications.append(
            writer.add_object(
                generic.DictionaryObject(
                    {
                        pdf_name("/Type"): pdf_name("/Filespec"),
                        pdf_name("/F"): file_name,
                        pdf_name("/UF"): file_name,
                        pdf_name("/AFRelationship"): pdf_name("/Data"),
                        pdf_name("/EF"): generic.DictionaryObject({pdf_name("/F"): stream, pdf_name("/UF"): stream}),
                    }
                )
            )
        )
    return specifications


def _embedded_file(writer: BasePdfFileWriter, file: AssociatedFile) -> generic.IndirectObject:
    stream = generic.StreamObject(
        {
            pdf_name("/Type"): pdf_name("/EmbeddedFile"),
            pdf_name("/Subtype"): generic.NameObject(f"/{file.media_type}"),
            pdf_name("/Params"): generic.DictionaryObject(
                {
                    pdf_name("/Size"): generic.NumberObject(len(file.data)),
                    # RFC 1321 is what ISO 32000-2 asks for here; it protects nothing, the manifest does
                    pdf_name("/CheckSum"): generic.ByteStringObject(
                        hashlib.md5(file.data, usedforsecurity=False).digest()
                    ),
                }
            ),
        },
        stream_data=file.data,
    )
    if not file.media_type.startswith("image/"):
        stream.compress()
    return writer.add_object(stream)
