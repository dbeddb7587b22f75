"""One file to print from many contracts: cover sheet, contract, the next one.

What is drawn stays as it is: pages are taken over whole, not drawn anew. Signatures and seals lie above a page as
fields; they are made part of it first (PDFium's flattening for print), so that every program prints them. The result is
a file to print and not the signed file: a signature is of a file's bytes, and these are others.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

from esign.public.errors import EsignError


@dataclass(frozen=True)
class Merged:
    """The file, and how many pages each contract has in it: cover sheet and the blank at its end, too."""

    content: bytes
    pages: tuple[int, ...]


def merged(covers: bytes, contracts: Iterable[bytes]) -> Merged:
    """Return the file: page n of `covers` before contract n. They are read one after another.

    Each begins on the front of a sheet where both sides are printed. Raises `EsignError` (`document-not-printable`).
    """
    counts: list[int] = []
    with closing(pypdfium2.PdfDocument.new()) as made, closing(pypdfium2.PdfDocument(covers)) as fronts:
        for number, contract in enumerate(contracts):
            made.import_pages(fronts, [number])
            with _opened(contract) as document:
                for page in range(len(document)):
                    _flatten(document, page)
                made.import_pages(document)
                count = 1 + len(document)
                if count % 2:
                    last = document[len(document) - 1]
                    made.new_page(*last.get_size())
                    count += 1
            counts.append(count)
        written = io.BytesIO()
        made.save(written)
    return Merged(written.getvalue(), tuple(counts))


class _opened:
    """A contract that is open, and closed afterwards. Raises `EsignError` for what is no PDF."""

    def __init__(self, contract: bytes) -> None:
        try:
            self._document = pypdfium2.PdfDocument(contract)
        except pypdfium2.PdfiumError as error:
            raise _not_printable() from error

    def __enter__(self) -> pypdfium2.PdfDocument:
        return self._document

    def __exit__(self, *_told: object) -> None:
        self._document.close()


def _flatten(document: pypdfium2.PdfDocument, number: int) -> None:
    page = document[number]
    try:
        if pdfium.FPDFPage_Flatten(page, pdfium.FLAT_PRINT) == pdfium.FLATTEN_FAIL:
            raise _not_printable()
    finally:
        page.close()


def _not_printable() -> EsignError:
    return EsignError(
        "document-not-printable", "a contract cannot be put into a print file", "look at the contract in the console"
    )
