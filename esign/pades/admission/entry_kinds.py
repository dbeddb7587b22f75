"""Entries of the catalog that preparing and signing build on: each must be of the kind its clause says."""

from __future__ import annotations

from esign.pades.admission import refusals
from esign.pades.admission.source import PdfSource
from esign.pades.admission.syntax import PdfValue

_FORM: dict[str, type] = {"Fields": list, "DR": dict, "SigFlags": int, "NeedAppearances": bool, "CO": list}
_SECURITY_STORE: dict[str, type] = {"Certs": list, "OCSPs": list, "CRLs": list, "VRI": dict}
_CATALOG: dict[str, type] = {
    "AcroForm": dict,
    "Extensions": dict,
    "DSS": dict,
    "Perms": dict,
    "Names": dict,
    "MarkInfo": dict,
    "AF": list,
}


def refuse_unusable_catalog(source: PdfSource, catalog: dict[str, PdfValue]) -> None:
    """Raise `DocumentRefused` for an entry of another kind than signing expects, or one that leads to nothing."""
    _require_kinds(source, catalog, _CATALOG, "the catalog")
    form = source.dictionary(catalog.get("AcroForm"))
    _require_kinds(source, form, _FORM, "the form")
    _require_kinds(source, source.dictionary(form.get("DR")), {"Font": dict}, "the form's resources")
    _require_kinds(source, source.dictionary(catalog.get("DSS")), _SECURITY_STORE, "the store of validation data")
    _require_kinds(source, source.dictionary(catalog.get("Perms")), {"DocMDP": dict}, "the permissions")
    _require_kinds(source, source.dictionary(catalog.get("Names")), {"EmbeddedFiles": dict}, "the list of names")
    for extension in source.dictionary(catalog.get("Extensions")).values():
        _require_extension(source, extension)


def _require_kinds(source: PdfSource, owner: dict[str, PdfValue], kinds: dict[str, type], where: str) -> None:
    for key, kind in kinds.items():
        if key in owner and not isinstance(source.get(owner[key]), kind):
            raise refusals.broken(f"{where} has an entry {key} of the wrong kind")


def _require_extension(source: PdfSource, extension: PdfValue) -> None:
    """One developer extension, or a list of them (ISO 32000-2, 7.12); Type of the whole is a name."""
    found = source.get(extension)
    for item in found if isinstance(found, list) else [found]:
        entries = source.get(item)
        if isinstance(entries, str):
            continue
        level = source.get(entries.get("ExtensionLevel")) if isinstance(entries, dict) else None
        if not isinstance(level, int):
            raise refusals.broken("its list of extensions cannot be read")
