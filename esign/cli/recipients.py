"""Reads what `--recipient` and `--seal-at` say: comma-separated `key=value` pairs, files included."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from esign.ceremony.roles import ROLE_WORDS, Role
from esign.ceremony.signing_run import Recipient
from esign.errors import EsignError, EvidenceError, FieldError
from esign.evidence.handwriting import parse_handwriting
from esign.evidence.legibility import check_handwriting
from esign.evidence.photo import check_photo, read_photo
from esign.evidence.shortcoming import require_acceptable
from esign.pades.fields import AtAnchor, DefaultPlace, InField, OnPage, Place

PLACE_KEYS = frozenset({"field", "anchor", "occurrence", "offset", "size", "page", "box"})
RECIPIENT_KEYS = frozenset({"role", "name", "handwriting", "photo"}) | PLACE_KEYS
MAX_EVIDENCE_FILE = 32 * 1024 * 1024
MAX_DIGITS = 9
MAX_NAME_BYTES = 64  # what a certificate holds (RFC 5280, ub-common-name)


def read_recipient(text: str) -> Recipient:
    """Read `role=applicant,name=张伟,handwriting=a.json,photo=a.jpg[,anchor=...]`, and check its evidence.

    Raises `EsignError` (`recipient-unreadable`, `recipient-role-unknown`, `evidence-file-unreadable`) and
    `EvidenceError` where handwriting or photo is not good enough.
    """
    values = _pairs(text, RECIPIENT_KEYS, "recipient")
    missing = [key for key in ("role", "name", "handwriting") if not values.get(key)]
    if missing:
        raise _unreadable("recipient", f"{', '.join(missing)} is missing")
    if values["role"] not in set(Role):
        raise EsignError(
            "recipient-role-unknown", f"there is no role {values['role']}", "use one of: " + ", ".join(Role)
        )
    name = values["name"].strip()
    if len(name.encode()) > MAX_NAME_BYTES:
        raise EsignError(
            "recipient-name-too-long",
            f"{name} has {len(name.encode())} bytes in UTF-8, and a certificate holds {MAX_NAME_BYTES}",
            "shorten it to 21 Chinese characters or 64 Latin letters",
        )
    if not name or not name.isprintable():
        raise _unreadable("recipient", "a name is empty or has characters that cannot be printed")
    role = Role(values["role"])
    with _naming(values["handwriting"]):
        handwriting = parse_handwriting(_file(values["handwriting"]))
        require_acceptable(check_handwriting(handwriting))
    photo = None
    if values.get("photo"):
        with _naming(values["photo"]):
            photo = read_photo(_file(values["photo"]))
            require_acceptable(check_photo(photo))
    return Recipient(role, name, handwriting, photo, read_place(values, ROLE_WORDS[role].anchor))


def evidence_paths(recipients: Iterable[str]) -> list[Path]:
    """Return the files that the recipients name, so that no result is written over one of them."""
    parts = (part.partition("=") for text in recipients for part in text.split(","))
    return [Path(value) for key, _equals, value in parts if key.strip() in {"handwriting", "photo"} and value]


def read_seal_place(text: str, default_anchor: str) -> Place:
    """Read `anchor=...`, `field=...` or `page=N,box=left/bottom/right/top` of the seal; empty: the default."""
    return read_place(_pairs(text, PLACE_KEYS, "seal") if text else {}, default_anchor)


def read_place(values: Mapping[str, str], default_anchor: str) -> Place:
    """Return the place the values name; without one, the place beside `default_anchor` or on a signature page."""
    named = [key for key in ("field", "anchor", "page") if key in values]
    if len(named) > 1:
        raise FieldError("field-place-unclear", f"{' and '.join(named)} are both given", "give one of them")
    details = {"anchor": {"occurrence", "offset", "size"}, "page": {"box"}, "field": set(), "": set()}
    foreign = (PLACE_KEYS - {"field", "anchor", "page"}) & values.keys() - details[named[0] if named else ""]
    if foreign:
        beside = f"beside {named[0]}" if named else "without anchor or page"
        raise FieldError("field-place-unclear", f"{min(foreign)} means nothing {beside}", "leave it out")
    if "field" in values:
        return InField(values["field"])
    if "anchor" in values:
        return _beside(values)
    if "page" in values:
        left, bottom, right, top = _numbers(values.get("box", ""), 4, "box=left/bottom/right/top")
        return OnPage(_count(values["page"]), (left, bottom, right, top))
    return DefaultPlace(default_anchor)


def _beside(values: Mapping[str, str]) -> AtAnchor:
    place = AtAnchor(values["anchor"])
    if "occurrence" in values:
        place = replace(place, occurrence=_count(values["occurrence"]))
    if "offset" in values:
        right, up = _numbers(values["offset"], 2, "offset=right/up")
        place = replace(place, right=right, up=up)
    if "size" in values:
        width, height = _numbers(values["size"], 2, "size=width/height")
        place = replace(place, width=width, height=height)
    return place


@contextmanager
def _naming(path: str) -> Iterator[None]:
    """Say which file an error is about: with six people a reader would have to guess."""
    try:
        yield
    except EvidenceError as error:
        raise EvidenceError(error.code, f"{path}: {error.cause}", error.cure) from error


def _pairs(text: str, allowed: frozenset[str], what: str) -> dict[str, str]:
    values: dict[str, str] = {}
    for part in text.split(","):
        key, equals, value = part.partition("=")
        key = key.strip()
        if not equals or key not in allowed:
            raise _unreadable(what, f"{part.strip()!r} is not one of {', '.join(sorted(allowed))}, with = and a value")
        if key in values:
            raise _unreadable(what, f"{key} is given twice")
        values[key] = value
    return values


def _file(path: str) -> bytes:
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(MAX_EVIDENCE_FILE + 1)
    except OSError as error:
        raise EsignError(
            "evidence-file-unreadable",
            f"{path} cannot be read ({error.strerror})",
            "check the path and its rights",
        ) from error
    if len(data) > MAX_EVIDENCE_FILE:
        raise EsignError(
            "evidence-file-too-large",
            f"{path} has more than {MAX_EVIDENCE_FILE >> 20} MiB",
            "give a smaller file",
        )
    return data


def _numbers(text: str, count: int, form: str) -> list[float]:
    numbers = [_number(part) for part in text.split("/")] if text else []
    if len(numbers) != count:
        raise FieldError("field-place-unclear", f"{text!r} is not a place", f"write {form} in points")
    return numbers


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS):
        raise FieldError("field-place-unclear", f"{text!r} is not a whole number", "count pages and occurrences from 1")
    return int(text)


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise FieldError("field-place-unclear", f"{text!r} is not a number", "write box, offset and size as numbers")
    return number


def _unreadable(what: str, cause: str) -> EsignError:
    return EsignError(
        f"{what}-unreadable",
        f"--{what} cannot be read: {cause}",
        "for example role=applicant,name=张伟,handwriting=a.json,photo=a.jpg,anchor=投保人签名",
    )
