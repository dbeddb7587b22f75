"""The bucket adapter over HTTP, against a small server that keeps to the S3 rules it relies on."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from esign.infra.blob_bucket import bucket_blob_store
from esign.infra.blobs import BlobStore, random_name, read_blob
from esign.infra.errors import BlobError
from esign.infra.secret import Secret


class Bucket(ThreadingHTTPServer):
    """Objects in memory; `If-None-Match: *` refuses a name that is taken; `broken` answers 403 to everything."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.objects: dict[str, bytes] = {}
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.broken = False


class Handler(BaseHTTPRequestHandler):
    server: Bucket
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self._note() and self.headers.get("If-None-Match") == "*" and self._key in self.server.objects:
            self._answer(412)
        elif not self.server.broken:
            self.server.objects[self._key] = body
            self._answer(200)

    def do_GET(self) -> None:
        if self._note():
            found = self.server.objects.get(self._key)
            self._answer(404 if found is None else 200, found or b"")

    do_HEAD = do_GET

    def do_POST(self) -> None:
        """DeleteObjects: names of the bucket in XML; those that are not there count as deleted."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self._note():
            keys = re.findall("<Key>(.*?)</Key>", body)
            for key in keys:
                self.server.objects.pop(f"{self._key}/{key}", None)
            deleted = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
            self._answer(200, f"<DeleteResult>{deleted}</DeleteResult>".encode())

    def log_message(self, *_: object) -> None:
        """Say nothing in the midst of tests."""

    @property
    def _key(self) -> str:
        return urlsplit(self.path).path

    def _note(self) -> bool:
        self.server.requests.append((self.command, self._key, {k.lower(): v for k, v in self.headers.items()}))
        if self.server.broken:
            self._answer(403)
        return not self.server.broken

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"1"')
        self.send_header("Last-Modified", "Sun, 01 Mar 2026 12:00:00 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    server = Bucket()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def store(bucket: Bucket) -> BlobStore:
    return bucket_blob_store(
        "contracts",
        bytes_at_most=8 * 1024 * 1024,
        prefix="esign",
        endpoint=f"http://127.0.0.1:{bucket.server_port}",
        access_key_id=Secret("invented-id"),
        secret_access_key=Secret("invented-secret"),
    )


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(BlobError) as caught:
        act()
    assert "127.0.0.1" not in str(caught.value)
    return caught.value.code


def test_a_blob_goes_to_the_bucket_and_comes_back(store: BlobStore, bucket: Bucket) -> None:
    name, data = random_name("documents"), bytes(range(256)) * 28_000
    store.put(name, data)
    assert list(bucket.objects) == [f"/contracts/esign/{name}"]
    assert read_blob(store, name) == data
    assert store.size(name) == len(data)


def test_a_blob_is_put_in_one_signed_request_that_refuses_a_name_that_is_taken(
    store: BlobStore, bucket: Bucket
) -> None:
    name = random_name("documents")
    store.put(name, bytes(7 * 1024 * 1024))
    ((method, _, headers),) = bucket.requests
    assert (method, headers["if-none-match"]) == ("PUT", "*")
    assert "Credential=invented-id/" in headers["authorization"]
    assert "invented-secret" not in str(headers)
    assert code_of(lambda: store.put(name, b"other")) == "blob-exists"
    assert bucket.objects[f"/contracts/esign/{name}"] == bytes(7 * 1024 * 1024)


def test_a_blob_that_is_not_in_the_bucket_is_told(store: BlobStore) -> None:
    assert code_of(lambda: store.chunks(random_name("documents"))) == "blob-missing"
    assert code_of(lambda: store.size(random_name("documents"))) == "blob-missing"


def test_deleting_may_be_done_again(store: BlobStore, bucket: Bucket) -> None:
    name = random_name("documents")
    store.put(name, b"x")
    store.delete(name)
    store.delete(name)
    assert bucket.objects == {}


def test_a_bucket_that_refuses_us_is_an_error_without_its_address(store: BlobStore, bucket: Bucket) -> None:
    bucket.broken = True
    name = random_name("documents")
    for act in (lambda: store.put(name, b"x"), lambda: store.chunks(name), lambda: store.delete(name)):
        assert code_of(act) == "blob-store"
