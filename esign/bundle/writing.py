"""Writing one bundle in one pass: its members, what is told of them, the manifest, the signature over that."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from esign.bundle.asic_manifest import encode_asic_manifest
from esign.bundle.layout import (
    CONTAINER_TYPE,
    LAST,
    MANIFEST,
    MEMBERS_AT_MOST,
    MIMETYPE,
    SIGNATURE,
    is_member_name,
    place_of,
)
from esign.bundle.zip_stream import DEFLATED, STORED, ZipStream
from esign.errors import EsignError

Sign: TypeAlias = Callable[[bytes], bytes]
"""Returns the detached CMS (DER) over the bytes of the manifest."""
Tell: TypeAlias = Callable[[Mapping[str, str]], Mapping[str, bytes]]
"""Returns pages that tell of the members before them, by name; given the digests of those (64 hex digits), in order."""
_PACKED_ALREADY: Final = ("pdf", "jpg", "cms")


@dataclass(frozen=True)
class Member:
    """A file in a bundle. Its content is asked for when it is written, so that not all of it is held at once."""

    name: str
    read: Callable[[], bytes] = field(repr=False)


@dataclass(frozen=True)
class Written:
    """What was written of a bundle: size in bytes, SHA-256 in hex digits, CRC-32."""

    size: int
    sha256: str
    crc: int


def member(name: str, content: bytes) -> Member:
    """Return a member of content that is at hand."""
    return Member(name, lambda: content)


def bundle_chunks(members: Iterable[Member], tell: Tell, sign: Sign) -> Iterator[bytes]:
    """Yield the bytes of the bundle of these members, in any order, with what tells of them.

    Raises `EsignError` (`bundle-too-large`), `ValueError` for a name that the layout does not know or that comes twice,
    and what reading and signing raise: what was yielded until then is of no use.
    """
    ordered = sorted(members, key=lambda one: place_of(one.name))
    if len(ordered) + len(LAST) + 1 > MEMBERS_AT_MOST:
        raise EsignError(
            "bundle-too-large",
            f"the bundle would have more than {MEMBERS_AT_MOST} files",
            "take the documents of this envelope one by one",
        )
    stream, digests = ZipStream(), dict[str, str]()

    def entry(name: str, content: bytes) -> Iterator[bytes]:
        if not is_member_name(name):
            raise ValueError(f"the layout has no member {name!r}")
        digests[name] = hashlib.sha256(content).hexdigest()
        return stream.entry(name, content, method=_method(name))

    yield from stream.entry(MIMETYPE, CONTAINER_TYPE, method=STORED)
    for one in ordered:
        yield from entry(one.name, one.read())
    for name, content in sorted(tell(dict(digests)).items(), key=lambda told: place_of(told[0])):
        yield from entry(name, content)
    manifest = encode_asic_manifest(digests)
    yield from entry(MANIFEST, manifest)
    yield from entry(SIGNATURE, sign(manifest))
    yield from stream.end()


class Measure:
    """Tells what went through it."""

    def __init__(self) -> None:
        self._size, self._crc, self._digest = 0, 0, hashlib.sha256()

    def through(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the chunks as they come."""
        for chunk in chunks:
            self._size += len(chunk)
            self._crc = zlib.crc32(chunk, self._crc)
            self._digest.update(chunk)
            yield chunk

    @property
    def written(self) -> Written:
        """What came through so far."""
        return Written(self._size, self._digest.hexdigest(), self._crc)


def _method(name: str) -> int:
    return STORED if name.rpartition(".")[2] in _PACKED_ALREADY else DEFLATED
