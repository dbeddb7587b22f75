"""Asking a vendor about a person: one signed question, one signed answer, over any `HttpTransport`.

The contract is small, so that a few lines in front of a vendor's own interface keep to it.

Question: `POST` to the vendor's address, with the headers

    Esign-Key         the name of the shared secret
    Esign-Request     32 hexadecimal digits, new for each question; a repeated one is the same question again
    Esign-Timestamp   seconds since 1970-01-01T00:00Z
    Esign-Signature   v1=<HMAC-SHA256 over "question.<request>.<timestamp>." and the body, in hexadecimal>

Answer: status 200, `application/json` in UTF-8, an object of exactly two texts

    answer            a JSON object as text
    signature         v1=<HMAC-SHA256 over "answer.<request>." and the text of `answer` in UTF-8, in hexadecimal>

The HMAC's key is the shared secret's UTF-8. An answer is believed only for the question that it was signed for. An
exchange that fails on the way, and status 429 or 5xx, are tried once more with the same question; redirects are never
followed.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from ca.ports import Clock, HttpAnswer, HttpTransport, TransportFailed, TransportFailure
from esign.ceremony.domain.forms import Code, FormError, to_json
from esign.ceremony.errors import VendorRefused, VendorUnavailable
from esign.errors import EvidenceError
from esign.evidence.strict_json import StrictJson
from esign.infra.errors import ConfigurationError
from esign.infra.secret import Secret

SECRET_AT_LEAST: Final = 32
_KEY_NAME: Final = re.compile(r"[0-9A-Za-z._-]{1,64}", re.ASCII)
_REFERENCE: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._:/-]{0,63}", re.ASCII)


@dataclass(frozen=True)
class Vendor:
    """Whom to ask. `by` is the code under which evidence names the vendor; `key` is the name of `secret`.

    `url` is https, or http on this machine. `timeout_seconds` is for each of at most two attempts; an answer of more
    than `max_bytes` is refused.
    """

    by: str
    url: str
    key: str
    secret: Secret
    timeout_seconds: float = 5
    max_bytes: int = 16_384


@dataclass(frozen=True)
class VendorService:
    """What the vendor is asked for: the prefix of error codes, its name in a sentence, the errors that are raised."""

    prefix: str
    name: str
    unavailable: type[VendorUnavailable]
    refused: type[VendorRefused]


@dataclass(frozen=True)
class VendorAnswer:
    """What the vendor vouches for: members by name, read by methods that raise what `malformed` makes of a cause."""

    _members: Mapping[str, object] = field(repr=False)
    malformed: Callable[[str], VendorRefused] = field(repr=False)

    def word(self, name: str, *words: str) -> str:
        """Return the member, which is one of the words."""
        value = self._members[name]
        if not isinstance(value, str) or value not in words:
            raise self.malformed(f"its {name} is not one of {', '.join(words)}")
        return value

    def code(self, name: str) -> str:
        """Return the member, which is a code in lower-case words with hyphens."""
        value = self._members[name]
        try:
            to_json(value, Code, name)
        except FormError:
            raise self.malformed(f"its {name} is not a code in lower-case words with hyphens") from None
        return str(value)

    def number(self, name: str, low: int, high: int) -> int:
        """Return the member, which is a whole number between the two, both included."""
        value = self._members[name]
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self.malformed(f"its {name} is not a whole number from {low} to {high}")
        return value

    def reference(self, name: str) -> str:
        """Return the member, which is one word of at most 64 letters, digits and `._:/-`."""
        value = self._members[name]
        if not isinstance(value, str) or not _REFERENCE.fullmatch(value):
            raise self.malformed(f"its {name} is not one word of at most 64 letters and digits")
        return value


class VendorCall:
    """Asks one vendor for one service."""

    def __init__(self, service: VendorService, vendor: Vendor, transport: HttpTransport, clock: Clock) -> None:
        """Raises `ConfigurationError`: `...-vendor-code`, `-url-unusable`, `-key-unusable`, `-secret-short`."""
        self._service = service
        self._vendor = vendor
        self._transport = transport
        self._clock = clock
        self._json = StrictJson(f"{service.prefix}-answer", "ask the vendor to keep to the contract")
        self._require_usable(vendor)

    def ask(self, body: bytes, *, media_type: str, members: tuple[str, ...]) -> VendorAnswer:
        """Send the body and return what is vouched for, an object of exactly `members`.

        Raises the service's errors. Unavailable: `...-unreachable`, `...-timeout`, `...-http-error` (5xx, 429).
        Refused: `...-redirected`, `...-http-refused` (other statuses), `...-address-forbidden`, `...-answer-too-large`,
        `...-answer-malformed`, `...-answer-forged`.
        """
        request = secrets.token_hex(16)
        answer = self._answer(request, body, media_type)
        return VendorAnswer(self._vouched(request, answer, members), self._malformed)

    def _answer(self, request: str, body: bytes, media_type: str) -> HttpAnswer:
        timestamp = str(int(self._clock().timestamp()))
        headers = {
            "Content-Type": media_type,
            "Accept": "application/json",
            "Esign-Key": self._vendor.key,
            "Esign-Request": request,
            "Esign-Timestamp": timestamp,
            "Esign-Signature": self._signature(f"question.{request}.{timestamp}.", body),
        }
        try:
            return self._posted(body, headers)
        except VendorUnavailable:
            return self._posted(body, headers)

    def _posted(self, body: bytes, headers: Mapping[str, str]) -> HttpAnswer:
        vendor = self._vendor
        try:
            answer = self._transport.post(
                vendor.url,
                body=body,
                headers=headers,
                timeout_seconds=vendor.timeout_seconds,
                max_bytes=vendor.max_bytes,
            )
        except TransportFailed as failed:
            raise self._failed(failed) from failed
        if answer.status >= 500 or answer.status == 429:
            raise self._unavailable("http-error", f"answered with HTTP status {answer.status}")
        if 300 <= answer.status < 400:
            raise self._refused("redirected", "redirects to another address", "configure its final address")
        if answer.status != 200:
            raise self._refused(
                "http-refused", f"answered with HTTP status {answer.status}", "check its address, key and secret"
            )
        return answer

    def _vouched(self, request: str, answer: HttpAnswer, members: tuple[str, ...]) -> Mapping[str, object]:
        if answer.content_type != "application/json":
            raise self._malformed("it is not application/json")
        try:
            outer = self._json.load(answer.body, bytes_at_most=self._vendor.max_bytes)
            signed = self._json.members(outer, ("answer", "signature"), "the answer")
            text, signature = signed["answer"], signed["signature"]
            if not isinstance(text, str) or not isinstance(signature, str):
                raise self._malformed("answer and signature are not both text")
            vouched = text.encode()
            expected = self._signature(f"answer.{request}.", vouched)
            if not hmac.compare_digest(expected.encode(), signature.encode()):
                raise self._refused(
                    "answer-forged",
                    "gave an answer that its secret did not sign for this question",
                    "compare the secret and its name on both sides",
                )
            inner = self._json.load(vouched, bytes_at_most=self._vendor.max_bytes)
            return self._json.members(inner, members, "what is vouched for")
        except EvidenceError as error:
            raise self._malformed(error.cause) from error
        except UnicodeEncodeError:
            raise self._malformed("it has characters that UTF-8 cannot carry") from None

    def _signature(self, head: str, body: bytes) -> str:
        secret = self._vendor.secret.reveal().encode()
        return "v1=" + hmac.new(secret, head.encode() + body, hashlib.sha256).hexdigest()

    def _failed(self, failed: TransportFailed) -> VendorUnavailable | VendorRefused:
        if failed.failure is TransportFailure.TOO_LARGE:
            return self._refused("answer-too-large", f"sent too much: {failed.detail}", "check its address")
        if failed.failure is TransportFailure.REFUSED:
            return self._refused(
                "address-forbidden", f"may not be asked: {failed.detail}", "list its host and port as allowed"
            )
        if failed.failure is TransportFailure.TIMEOUT:
            return self._unavailable("timeout", f"gave {failed.detail}")
        return self._unavailable("unreachable", f"cannot be reached ({failed.detail})")

    def _unavailable(self, code: str, cause: str) -> VendorUnavailable:
        service = self._service
        return service.unavailable(f"{service.prefix}-{code}", f"{service.name} {cause}", "try again later")

    def _refused(self, code: str, cause: str, cure: str) -> VendorRefused:
        service = self._service
        return service.refused(f"{service.prefix}-{code}", f"{service.name} {cause}", cure)

    def _malformed(self, cause: str) -> VendorRefused:
        return self._refused(
            "answer-malformed", f"gave an answer that is not understood: {cause}", "ask it to keep to the contract"
        )

    def _require_usable(self, vendor: Vendor) -> None:
        prefix, name = self._service.prefix, self._service.name
        try:
            to_json(vendor.by, Code, "the vendor")
        except FormError as error:
            raise ConfigurationError(
                f"{prefix}-vendor-code", f"{name} is named otherwise than by a code", "name it in lower-case words"
            ) from error
        if not _is_usable(vendor.url):
            raise ConfigurationError(
                f"{prefix}-url-unusable",
                f"the address of {name} is not an https url without user name and fragment",
                "give one such as https://vendor.example/check; http is for this machine only",
            )
        if not _KEY_NAME.fullmatch(vendor.key):
            raise ConfigurationError(
                f"{prefix}-key-unusable", f"the key's name for {name} is not one word", "use letters, digits and ._-"
            )
        if len(vendor.secret.reveal()) < SECRET_AT_LEAST:
            raise ConfigurationError(
                f"{prefix}-secret-short",
                f"the secret shared with {name} is shorter than {SECRET_AT_LEAST} characters",
                "agree on a random one",
            )


def _is_usable(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or port == 0 or parts.username is not None or parts.fragment:
        return False
    if not url.isascii() or not url.isprintable() or " " in url:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(host))


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
