"""Revocation data that a CMS carries itself: beside its certificates, and in Adobe's revocation archival attribute."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from asn1crypto import cms, core

from ca.encoding import encoding_of

REVOCATION_ARCHIVAL: Final = "1.2.840.113583.1.1.8"
_OCSP_RESPONSE: Final = "1.3.6.1.5.5.7.16.2"


@dataclass(frozen=True)
class Attribute:
    """A CMS attribute: its type's dotted identifier and its values, DER each."""

    kind: str
    values: tuple[bytes, ...]


class _RevocationArchival(core.Sequence):  # type: ignore[misc]
    """adbe-revocationInfoArchival (ISO 32000-2 clause 12.8.3.3)."""

    class _Items(core.SequenceOf):  # type: ignore[misc]
        _child_spec = core.Any

    _fields = [  # noqa: RUF012
        ("crl", _Items, {"explicit": 0, "optional": True}),
        ("ocsp", _Items, {"explicit": 1, "optional": True}),
        ("other", _Items, {"explicit": 2, "optional": True}),
    ]


def embedded_revocation(
    signed_data: cms.SignedData, attributes: Iterable[Attribute]
) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """Return the CRLs and the OCSP responses (DER). Raises what asn1crypto raises where they do not parse.

    OCSP responses may stand beside the CRLs as another format of revocation data (RFC 5940 clause 2.1).
    """
    crls: list[bytes] = []
    responses: list[bytes] = []
    if not isinstance(signed_data["crls"], core.Void):
        for choice in signed_data["crls"]:
            if choice.name == "crl":
                crls.append(encoding_of(choice.chosen))
            elif choice.chosen["other_rev_info_format"].dotted == _OCSP_RESPONSE:
                responses.append(encoding_of(choice.chosen["other_rev_info"]))
    for attribute in attributes:
        if attribute.kind != REVOCATION_ARCHIVAL:
            continue
        for value in attribute.values:
            archival = _RevocationArchival.load(value)
            for field, target in (("crl", crls), ("ocsp", responses)):
                if not isinstance(archival[field], core.Void):
                    target.extend(map(encoding_of, archival[field]))
    return tuple(crls), tuple(responses)
