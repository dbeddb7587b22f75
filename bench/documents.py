"""The files that are measured: made anew in each run, of the sizes that the figures name."""

from __future__ import annotations

import io
import os
import random
from pathlib import Path
from typing import BinaryIO

import typst
from PIL import Image

TEXT = """#set page(width: 210mm, height: 297mm, margin: 25mm)
#set text(font: "Noto Sans CJK SC", size: 10.5pt)
= 保险合同
#for n in range(1, 25) [第 #n 条 保险人按照本合同的约定承担保险责任。投保人应当如实告知，并按期交纳保险费。 #parbreak()]
#pagebreak()
#image("noise.jpg", width: 100%)
"""


def document_of(size: int, folder: Path) -> bytes:
    """Return a PDF of about `size` bytes: Chinese text with an embedded subset, and one photograph-like image."""
    (folder / "document.typ").write_text(TEXT, "utf-8")
    pixels = 64
    while True:
        noise = random.Random(7).randbytes(pixels * pixels)  # noqa: S311  # filler, not a secret
        picture = io.BytesIO()
        Image.frombytes("L", (pixels, pixels), noise).save(picture, "JPEG", quality=90)
        (folder / "noise.jpg").write_bytes(picture.getvalue())
        pdf = bytes(typst.compile(str(folder / "document.typ")))
        if len(pdf) >= size * 0.97:
            return pdf
        pixels = int(pixels * max(1.02, min(4.0, (size / len(pdf)) ** 0.5)))


def write_large_document(stream: BinaryIO, size: int) -> None:
    """Write a PDF of about `size` bytes whose bulk is image streams of 8 MB of random bytes."""
    offsets: list[int] = []

    def write_object(number: int, head: bytes, blocks: int = 0) -> None:
        offsets.append(stream.tell())
        stream.write(b"%d 0 obj\n" % number + head)
        if blocks:
            stream.write(b"\nstream\n")
            for _ in range(blocks):
                stream.write(os.urandom(1 << 20))
            stream.write(b"\nendstream")
        stream.write(b"\nendobj\n")

    megabytes = 8
    images = max(1, size // (megabytes << 20))
    stream.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    write_object(1, b"<</Type/Catalog/Pages 2 0 R>>")
    kids = b" ".join(b"%d 0 R" % (3 + 3 * n) for n in range(images))
    write_object(2, b"<</Type/Pages/Count %d/Kids[%s]/MediaBox[0 0 595 842]>>" % (images, kids))
    for n in range(images):
        page, content, image = 3 + 3 * n, 4 + 3 * n, 5 + 3 * n
        resources = b"/Resources<</XObject<</I %d 0 R>>>>" % image
        write_object(page, b"<</Type/Page/Parent 2 0 R/Contents %d 0 R%s>>" % (content, resources))
        drawing = b"q 500 0 0 700 40 80 cm /I Do Q"
        write_object(content, b"<</Length %d>>\nstream\n%s\nendstream" % (len(drawing), drawing))
        side = 1024 * megabytes
        write_object(
            image,
            b"<</Type/XObject/Subtype/Image/Width 1024/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8/Length %d>>"
            % (side, side * 1024),
            megabytes,
        )
    table = stream.tell()
    count = len(offsets) + 1
    stream.write(b"xref\n0 %d\n0000000000 65535 f \n" % count)
    stream.write(b"".join(b"%010d 00000 n \n" % offset for offset in offsets))
    stream.write(b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (count, table))
