"""The part of an XML document that is signed by a given certificate (XML Signature, XAdES), and nothing else of it.

The document is taken as UTF-8 without a document type, so that no entity is known, and under a limit of bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from lxml import etree
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

XML_BYTES_AT_MOST: Final = 32 * 1024 * 1024
_UNREADABLE: Final = (SignXMLException, etree.LxmlError, UnsupportedAlgorithm, ValueError, TypeError, LookupError)


class UnsignedXml(ValueError):
    """The document cannot be read, or is not signed as a whole by one of the given certificates."""


def read_xml(data: bytes) -> etree._Element:
    """Read a document and return its root element. Raises `UnsignedXml`."""
    if len(data) > XML_BYTES_AT_MOST:
        raise UnsignedXml("it is too long")
    try:
        has_type = "<!DOCTYPE" in data.decode("utf-8")
        root = None if has_type else etree.fromstring(data, _parser())
    except UnicodeDecodeError as error:
        raise UnsignedXml("it is not in UTF-8") from error
    except (etree.LxmlError, ValueError) as error:
        raise UnsignedXml("it is not XML") from error
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise UnsignedXml("it has a document type")
    return root


def signed_root(data: bytes, signers: Sequence[x509.Certificate], signed_at: datetime) -> etree._Element:
    """Return the root element as it was signed, read anew from the bytes that the signature is over.

    The signature is a child of the root element and covers the document (clause 4.4.3.3, the empty URI). `signed_at` is
    when a signer's certificate must be valid. Raises `UnsignedXml`.
    """
    root = read_xml(data)
    config = SignatureConfiguration(location="./", expect_references=True, verification_time=signed_at)
    for signer in signers:
        try:
            results = XMLVerifier().verify(data, x509_cert=signer, expect_config=config, parser=_parser())
            for result in results if isinstance(results, list) else [results]:
                if result.signed_xml is not None and result.signed_xml.tag == root.tag:
                    return read_xml(result.signed_data)
        except _UNREADABLE:
            continue
    raise UnsignedXml("it is not signed by a certificate that was given for it")


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
