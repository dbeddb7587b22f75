"""The trailers of a file, which say where everything begins (ISO 32000-2, 7.5.5, 7.5.8)."""

from __future__ import annotations

from collections.abc import Iterator

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.xref import XRefSectionType

from esign.pades.admission import refusals
from esign.pades.admission.parser_errors import refused_as_broken
from esign.pades.admission.source import PdfSource
from esign.pades.admission.syntax import Ref

_Place = tuple[int, Ref | None]
_IDENTIFIERS = 2
"""The permanent one and the one of this revision (14.4)."""


def refuse_unusable_trailers(source: PdfSource) -> None:
    """Raise `DocumentRefused` if a trailer can be read in two ways, counts too few objects, or has a broken entry.

    The next revision numbers its objects from Size on: with a Size that is too small it would overwrite what a page
    shows.
    """
    with refused_as_broken("its cross-reference table cannot be read"):
        places = list(_places(source))
        highest = _highest_number(source)
    for offset, ref in places:
        source.require_clear_dictionary(offset, ref)
    if highest >= source.first_free_number:
        raise refusals.broken(f"it has an object {highest}, beyond the objects that it counts")
    with refused_as_broken("its trailer leads nowhere"):
        trailer = source.reader.trailer
        identifiers = trailer["/ID"] if "/ID" in trailer else None  # noqa: SIM401  (follows references, get does not)
        information = trailer["/Info"] if "/Info" in trailer else None  # noqa: SIM401
    if identifiers is not None and not _are_identifiers(identifiers):
        raise refusals.broken("its identifier is not a pair of strings")
    if information is not None and not isinstance(information, generic.DictionaryObject):
        raise refusals.broken("its document information is not a dictionary")


def _are_identifiers(value: generic.PdfObject) -> bool:
    if not isinstance(value, generic.ArrayObject) or len(value) != _IDENTIFIERS:
        return False
    return all(isinstance(part, generic.TextStringObject | generic.ByteStringObject) for part in value)


def _places(source: PdfSource) -> Iterator[_Place]:
    """Yield where each trailer dictionary stands: behind a table, or in the object of a cross-reference stream."""
    xrefs = source.reader.xrefs
    for revision in range(xrefs.total_revisions):
        hybrid = xrefs.get_xref_data(revision).hybrid
        infos = [xrefs.get_xref_container_info(revision), *([hybrid.meta_info] if hybrid else [])]
        for info in infos:
            if info.stream_ref is None or info.xref_section_type is XRefSectionType.HYBRID_MAIN:
                yield info.end_location, None
            else:
                yield info.start_location, Ref(info.stream_ref.idnum, info.stream_ref.generation)


def _highest_number(source: PdfSource) -> int:
    xrefs = source.reader.xrefs
    return max(
        (
            reference.idnum
            for revision in range(xrefs.total_revisions)
            for reference in xrefs.explicit_refs_in_revision(revision)
        ),
        default=0,
    )
