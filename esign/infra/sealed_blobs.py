"""Blobs that are sealed before they reach their store, each under the data key of its record."""

from __future__ import annotations

from collections.abc import Iterator

from esign.infra.blobs import BlobStore, Source, pieces_of
from esign.infra.encryption import most_in_a_stream, seal_stream, unseal_stream


class SealedBlobs:
    """Seals on the way in and opens on the way out. The key comes from `DataKeys`, by the blob's name.

    Make the key in the transaction that records the blob, put the blob, then commit: a crash between leaves a blob
    that nobody can open. Erase it by erasing its key; deleting the blob only frees space.
    """

    def __init__(self, store: BlobStore) -> None:
        self._store = store

    @property
    def bytes_at_most(self) -> int:
        """The size of the largest blob before it is sealed."""
        return most_in_a_stream(self._store.bytes_at_most)

    def put(self, key: bytes, name: str, source: Source) -> None:
        """Seal and write a new blob. The key must be the blob's own and seal nothing else. Raises as the store does."""
        self._store.put(name, seal_stream(key, name, pieces_of(source, at_most=self.bytes_at_most)))

    def chunks(self, key: bytes, name: str) -> Iterator[bytes]:
        """Yield the blob's content in pieces that each were checked.

        Raises `BlobError`, or `SealedDataError`, possibly after pieces were yielded: throw those away then.
        """
        return unseal_stream(key, name, self._store.chunks(name))

    def read(self, key: bytes, name: str) -> bytes:
        """Return the whole content."""
        return b"".join(self.chunks(key, name))

    def delete(self, name: str) -> None:
        self._store.delete(name)
