"""PDFs written by hand, object by object, so that a test shows exactly what it puts into the file."""

from __future__ import annotations

import io
import zlib


class HandmadePdf:
    """Objects 1 (catalog), 2 (page tree), 3 (first page) and 4 (its content) exist; tests add to them."""

    def __init__(self, content: bytes = b"", *, compress: bool = False) -> None:
        self.catalog = "/Type/Catalog/Pages 2 0 R"
        self.page = "/Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]"
        self.resources = ""
        self.content = content
        self.contents = "4 0 R"
        self.kids = ["3 0 R"]
        self.trailer = ""
        self.version = "1.7"
        self._compress = compress
        self.added: list[bytes] = []

    def add(self, text: str | bytes) -> str:
        """Add an object and return a reference to it."""
        self.added.append(text.encode("latin-1") if isinstance(text, str) else text)
        return f"{4 + len(self.added)} 0 R"

    def add_stream(self, entries: str, data: bytes, *, compress: bool = False) -> str:
        """Add a stream object and return a reference to it."""
        return self.add(_stream(entries, data, compress=compress))

    def bytes(self) -> bytes:
        """Return the file, with a cross-reference table."""
        objects = [
            f"<<{self.catalog}>>".encode("latin-1"),
            f"<</Type/Pages/Kids[{' '.join(self.kids)}]/Count {len(self.kids)}>>".encode("latin-1"),
            f"<<{self.page}/Contents {self.contents}/Resources<<{self.resources}>>>>".encode("latin-1"),
            _stream("", self.content, compress=self._compress),
            *self.added,
        ]
        out = bytearray(f"%PDF-{self.version}\n%\xe2\xe3\xcf\xd3\n".encode("latin-1"))
        table = [b"0000000000 65535 f \n"]
        for number, body in enumerate(objects, 1):
            table.append(b"%010d 00000 n \n" % len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        start = len(out)
        out += b"xref\n0 %d\n%s" % (len(table), b"".join(table))
        trailer = f"trailer\n<</Size {len(table)}/Root 1 0 R{self.trailer}>>\nstartxref\n{start}\n%%EOF\n"
        return bytes(out) + trailer.encode("latin-1")

    def file(self) -> io.BytesIO:
        """Return the file, seekable."""
        return io.BytesIO(self.bytes())


def _stream(entries: str, data: bytes, *, compress: bool) -> bytes:
    if compress:
        data = zlib.compress(data)
        entries += "/Filter/FlateDecode"
    return f"<<{entries}/Length {len(data)}>>\nstream\n".encode("latin-1") + data + b"\nendstream"
