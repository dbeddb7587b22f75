"""Errors inside the verifier. `verify` turns each into a finding; `read_evidence` lets the first kind out."""

from __future__ import annotations

import struct
import zlib

from pyhanko.pdf_utils.misc import PdfError

from esign.errors import EsignError


class UnreadableDocument(EsignError):
    """The file cannot be read as a PDF, or not without the right password, or not within the limits."""


class Malformed(ValueError):
    """A part of the file is not what its place in the file says it is."""


class LimitReached(Malformed):
    """A part of the file is larger, deeper or more numerous than the limits allow."""


MALFORMED: tuple[type[Exception], ...] = (
    PdfError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    NotImplementedError,
    RecursionError,
    struct.error,
    zlib.error,
    EOFError,
)
"""What the libraries' parsers raise on hostile input; caught where a verdict "cannot be read" is then given."""
