"""Blobs in a bucket of S3-compatible storage, or in memory for tests: the same code over obstore."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import MemoryStore, ObjectStore, S3Store

from esign.infra.blobs import PIECE, Source, blob_exists, blob_missing, checked_name, pieces_of, store_failed
from esign.infra.secret import Secret


class ObjectBlobStore:
    """The `BlobStore` of several machines. A blob goes up in one request, held in memory while it does."""

    def __init__(self, store: ObjectStore, *, bytes_at_most: int) -> None:
        self._store = store
        self._bytes_at_most = bytes_at_most

    @property
    def bytes_at_most(self) -> int:
        return self._bytes_at_most

    def put(self, name: str, source: Source) -> None:
        checked_name(name)
        data = b"".join(pieces_of(source, at_most=self._bytes_at_most))
        with _translated(name):
            # In parts, a store could not refuse a name that is taken.
            obstore.put(self._store, name, data, mode="create", use_multipart=False)

    def chunks(self, name: str) -> Iterator[bytes]:
        with _translated(name):
            found = obstore.get(self._store, checked_name(name))
        return _pieces(name, found)

    def size(self, name: str) -> int:
        with _translated(name):
            return obstore.head(self._store, checked_name(name))["size"]

    def delete(self, name: str) -> None:
        with _translated(name), suppress(FileNotFoundError):
            obstore.delete(self._store, checked_name(name))


def memory_blob_store(*, bytes_at_most: int) -> ObjectBlobStore:
    """Return a store that forgets everything with the process: for tests."""
    return ObjectBlobStore(MemoryStore(), bytes_at_most=bytes_at_most)


def bucket_blob_store(
    bucket: str,
    *,
    bytes_at_most: int,
    prefix: str = "",
    endpoint: str | None = None,
    region: str = "us-east-1",
    access_key_id: Secret | None = None,
    secret_access_key: Secret | None = None,
) -> ObjectBlobStore:
    """Return the store in a bucket. Without keys the machine's own role is asked for them.

    The storage must honour `If-None-Match: *` when an object is put (S3 does; `esign doctor` is to try it).
    """
    config: dict[str, str | bool] = {"region": region, "conditional_put": "etag"}
    if endpoint is not None:
        config |= {"endpoint": endpoint, "virtual_hosted_style_request": False}
    if access_key_id is not None and secret_access_key is not None:
        config |= {"access_key_id": access_key_id.reveal(), "secret_access_key": secret_access_key.reveal()}
    store = S3Store(
        bucket,
        prefix=prefix or None,
        config=config,  # type: ignore[arg-type]  # a TypedDict of the same names
        client_options={
            "allow_http": endpoint is not None and endpoint.startswith("http://"),
            "connect_timeout": timedelta(seconds=5),
            "timeout": timedelta(seconds=60),
        },
        retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=30)},
    )
    return ObjectBlobStore(store, bytes_at_most=bytes_at_most)


def _pieces(name: str, found: obstore.GetResult) -> Iterator[bytes]:
    with _translated(name):
        for piece in found.stream(min_chunk_size=PIECE):
            yield bytes(piece)


@contextmanager
def _translated(name: str) -> Iterator[None]:
    """Turn what obstore says into what a blob store says; its texts quote addresses and are left out."""
    try:
        yield
    except AlreadyExistsError as error:
        raise blob_exists(name) from error
    except FileNotFoundError as error:
        raise blob_missing(name) from error
    except (BaseError, OSError) as error:
        raise store_failed(type(error).__name__) from error
