"""Sealing at rest: every record under a key of its own, bound to the record's name. Bytes in, bytes out.

A sealed item: format (1 byte), nonce (12), AES-256-GCM ciphertext and tag. A sealed stream: format (1), then chunks
of 1 MiB, each with its tag, under the nonce "number of the chunk (11 bytes), last chunk or not (1)". So no chunk can
be moved, doubled, or cut off, and a data key seals one stream at most: never seal two under the same key.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from esign.infra.errors import SealedDataError

KEY_SIZE: Final = 32
CHUNK_SIZE: Final = 1024 * 1024
_NONCE_SIZE: Final = 12
_TAG_SIZE: Final = 16
_ITEM: Final = b"\x01"
_STREAM: Final = b"\x02"


def new_data_key() -> bytes:
    """Return a random key for one record."""
    return secrets.token_bytes(KEY_SIZE)


def seal(key: bytes, record_id: str, data: bytes) -> bytes:
    """Encrypt the record's data, bound to its id."""
    nonce = secrets.token_bytes(_NONCE_SIZE)
    return _ITEM + nonce + AESGCM(key).encrypt(nonce, data, _bound(_ITEM, record_id))


def unseal(key: bytes, record_id: str, sealed: bytes) -> bytes:
    """Return the record's data. Raises `SealedDataError` if it was altered or belongs to another record or key."""
    if sealed[:1] != _ITEM or len(sealed) < 1 + _NONCE_SIZE + _TAG_SIZE:
        raise _refused()
    nonce, ciphertext = sealed[1 : 1 + _NONCE_SIZE], sealed[1 + _NONCE_SIZE :]
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, _bound(_ITEM, record_id))
    except InvalidTag as error:
        raise _refused() from error


def seal_stream(key: bytes, name: str, data: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the sealed stream of `data`, in pieces of any size, holding two chunks in memory at most."""
    cipher, bound = AESGCM(key), _bound(_STREAM, name)
    yield _STREAM
    number, waiting = 0, b""
    for chunk in _chunks(data, CHUNK_SIZE):
        if number:
            yield cipher.encrypt(_nonce(number - 1, last=False), waiting, bound)
        number, waiting = number + 1, chunk
    yield cipher.encrypt(_nonce(max(number - 1, 0), last=True), waiting, bound)


def unseal_stream(key: bytes, name: str, sealed: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the data of a sealed stream, each piece only after its tag held; ends only if the last chunk was there.

    Raises `SealedDataError`, possibly after pieces were yielded: what was taken so far must then be thrown away.
    """
    pieces = iter(sealed)
    first = next((piece for piece in pieces if piece), b"")
    if first[:1] != _STREAM:
        raise _refused()
    cipher, bound = AESGCM(key), _bound(_STREAM, name)
    number, waiting = 0, b""
    try:
        for chunk in _chunks(_after(first[1:], pieces), CHUNK_SIZE + _TAG_SIZE):
            if number:
                yield cipher.decrypt(_nonce(number - 1, last=False), waiting, bound)
            number, waiting = number + 1, chunk
        yield cipher.decrypt(_nonce(max(number - 1, 0), last=True), waiting, bound)
    except InvalidTag as error:
        raise _refused() from error


def most_in_a_stream(sealed: int) -> int:
    """Return how many bytes fit into a sealed stream of `sealed` bytes."""
    whole, rest = divmod(sealed - 1, CHUNK_SIZE + _TAG_SIZE)
    return max(0, whole * CHUNK_SIZE + max(0, rest - _TAG_SIZE))


def _bound(kind: bytes, name: str) -> bytes:
    return b"esign record\x00" + kind + name.encode("utf-8")


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def _after(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _chunks(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Yield the same bytes in pieces of `size`, the last one shorter; nothing for no bytes."""
    buffer = bytearray()
    for piece in pieces:
        buffer += piece
        while len(buffer) >= size:
            yield bytes(buffer[:size])
            del buffer[:size]
    if buffer:
        yield bytes(buffer)


def _refused() -> SealedDataError:
    return SealedDataError(
        "sealed-data-refused",
        "data at rest does not open: it was altered, cut off, or belongs to another record",
        "restore it from a backup, and find out who could write there",
    )
