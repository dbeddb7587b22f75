"""Opens encrypted documents (ISO 32000-2 clause 7.6) with pyHanko's standard security handler."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.crypt import AuthStatus, StandardSecurityHandler
from pyhanko.pdf_utils.crypt.api import CryptFilter, SecurityHandler

from esign.verify.errors import MALFORMED, Malformed, UnreadableDocument
from esign.verify.reading.objects import Name, PdfDict, PdfValue, Ref, Stream

if TYPE_CHECKING:
    from esign.verify.reading.revision import Revision


class Decipher:
    """Deciphers the strings and streams of one document."""

    def __init__(self, handler: SecurityHandler, own_reference: Ref | None, metadata_is_encrypted: bool) -> None:
        self._handler = handler
        self._own_reference = own_reference
        self._metadata_is_encrypted = metadata_is_encrypted

    def strings(self, ref: Ref, value: PdfValue) -> PdfValue:
        """Return the object with its strings deciphered; the Contents of a signature never is encrypted."""
        if ref == self._own_reference:
            return value
        crypt_filter = self._handler.get_string_filter()
        key = crypt_filter.derive_object_key(ref.number, ref.generation)
        return self._in_value(value, crypt_filter, key)

    def dictionary(self, ref: Ref, value: PdfDict) -> PdfDict:
        """Return a stream's dictionary with its strings deciphered."""
        plain = self.strings(ref, value)
        return plain if isinstance(plain, dict) else value

    def _in_value(self, value: PdfValue, crypt_filter: CryptFilter, key: bytes) -> PdfValue:
        if isinstance(value, bytes):
            try:
                return crypt_filter.decrypt(key, value)
            except MALFORMED:
                return value
        if isinstance(value, list) and not isinstance(value, Ref):
            return [self._in_value(item, crypt_filter, key) for item in value]
        if isinstance(value, dict):
            is_signature = "ByteRange" in value
            return {
                name: item if is_signature and name == "Contents" else self._in_value(item, crypt_filter, key)
                for name, item in value.items()
            }
        return value

    def stream(self, ref: Ref, dictionary: PdfDict) -> Callable[[bytes], bytes] | None:
        """Return what deciphers the stream's data, or None if it is stored in clear."""
        kind = dictionary.get("Type")
        if kind == "XRef" or (kind == "Metadata" and not self._metadata_is_encrypted):
            return None
        filters = dictionary.get("Filter")
        if "Crypt" in (filters if isinstance(filters, list) else [filters]):
            return None
        crypt_filter = (
            self._handler.get_embedded_file_filter() if kind == "EmbeddedFile" else self._handler.get_stream_filter()
        )
        key = crypt_filter.derive_object_key(ref.number, ref.generation)

        def decipher(data: bytes) -> bytes:
            try:
                return crypt_filter.decrypt(key, data)
            except MALFORMED as error:
                raise Malformed("a stream's data cannot be deciphered") from error

        return decipher


def open_encrypted(revision: Revision, password: str | None) -> Decipher | None:
    """Return what deciphers the document, or None if it is not encrypted.

    Raises `UnreadableDocument` (`password-needed`, `encryption-unsupported`).
    """
    encryption = revision.trailer.get("Encrypt")
    dictionary = revision.resolve(encryption)
    if dictionary is None:
        return None
    identifiers = revision.array(revision.trailer.get("ID"))
    first = identifiers[0] if identifiers else b""
    try:
        converted = _to_pyhanko(revision, dictionary)
        if not isinstance(converted, generic.DictionaryObject):
            raise Malformed("the encryption is not described")
        handler = SecurityHandler.build(converted)
        if not isinstance(handler, StandardSecurityHandler):
            raise UnreadableDocument(
                "encryption-unsupported", "the file is encrypted to certificates", "give the file without encryption"
            )
        result = handler.authenticate(password or "", id1=first if isinstance(first, bytes) else b"")
    except MALFORMED as error:
        raise UnreadableDocument(
            "encryption-unsupported",
            "the file is encrypted in a way that is not supported",
            "give the file without encryption",
        ) from error
    if result.status == AuthStatus.FAILED:
        raise UnreadableDocument(
            "password-needed", "the file is encrypted and this password does not open it", "give the password"
        )
    metadata = revision.dictionary(encryption).get("EncryptMetadata")
    return Decipher(handler, encryption if isinstance(encryption, Ref) else None, metadata is not False)


def _to_pyhanko(revision: Revision, value: PdfValue) -> generic.PdfObject:  # noqa: PLR0911  # one per type
    value = revision.resolve(value)
    if isinstance(value, Stream) or value is None:
        return generic.NullObject()
    if isinstance(value, dict):
        return generic.DictionaryObject(
            {generic.pdf_name("/" + key): _to_pyhanko(revision, item) for key, item in value.items()}
        )
    if isinstance(value, list):
        return generic.ArrayObject(_to_pyhanko(revision, item) for item in value)
    if isinstance(value, Name):
        return generic.NameObject("/" + value)
    if isinstance(value, bool):
        return generic.BooleanObject(value)
    if isinstance(value, bytes):
        return generic.ByteStringObject(value)
    return generic.NumberObject(int(value)) if isinstance(value, int) else generic.FloatObject(value)
