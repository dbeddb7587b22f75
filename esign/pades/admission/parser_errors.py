"""The exceptions by which a damaged PDF shows itself inside pyHanko, in one place."""

from __future__ import annotations

import errno
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from pyhanko.pdf_utils.misc import PdfError

from esign.pades.admission import refusals

PARSER_ERRORS = (
    PdfError,
    ValueError,  # numbers, names and encodings that are none; includes UnicodeError
    LookupError,  # entries that must be there: KeyError, IndexError
    TypeError,  # an entry of another kind than its clause says
    AttributeError,
    AssertionError,  # some expectations are stated this way
    ArithmeticError,  # offsets and sizes that overflow
    RecursionError,
    NotImplementedError,  # an unknown filter
    EOFError,
    struct.error,
    zlib.error,
)


@contextmanager
def refused_as_broken(cause: str) -> Iterator[None]:
    """Turn what pyHanko raises on a damaged file into `document-broken`, with `cause` in the sentence.

    Only calls into pyHanko belong inside: our own readers raise what they mean, and their defects must be seen.
    """
    try:
        yield
    except PARSER_ERRORS as error:
        raise refusals.broken(cause) from error
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise  # the disk, not the document
        raise refusals.broken("it points to a place before its beginning") from error
