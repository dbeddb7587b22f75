from __future__ import annotations

import hashlib
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from esign.infra.blob_bucket import memory_blob_store
from esign.infra.blob_folder import FolderBlobStore
from esign.infra.blobs import BlobStore, content_name, random_name, read_blob, save_blob
from esign.infra.encryption import new_data_key
from esign.infra.errors import BlobError, SealedDataError
from esign.infra.sealed_blobs import SealedBlobs

LIMIT = 3 * 1024 * 1024
NAME = content_name("documents", hashlib.sha256(b"x").digest())


@pytest.fixture(params=["folder", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    if request.param == "memory":
        return memory_blob_store(bytes_at_most=LIMIT)
    return FolderBlobStore(tmp_path / "blobs", bytes_at_most=LIMIT)


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(BlobError) as caught:
        act()
    return caught.value.code


def test_names_come_from_the_content_or_from_chance() -> None:
    assert NAME == "documents/2d/711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    assert random_name("photos") != random_name("photos")
    for prefix in ("", "Photos", "a/b", "..", "-"):
        with pytest.raises(ValueError, match="prefix"):
            random_name(prefix)
    with pytest.raises(ValueError, match="32 bytes"):
        content_name("documents", b"short")


@pytest.mark.parametrize("size", [0, 1, 1024 * 1024, 2 * 1024 * 1024 + 5, LIMIT])
def test_a_blob_comes_back_whatever_it_was_put_from(store: BlobStore, tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    path = tmp_path / "source"
    path.write_bytes(data)
    for source in (data, path, iter([data[: size // 3], data[size // 3 :]])):
        name = random_name("documents")
        store.put(name, source)
        assert read_blob(store, name) == data
        assert store.size(name) == size


def test_a_blob_is_never_written_twice(store: BlobStore) -> None:
    store.put(NAME, b"x")
    assert code_of(lambda: store.put(NAME, b"y")) == "blob-exists"
    assert read_blob(store, NAME) == b"x"


def test_of_many_writers_of_one_name_one_succeeds(store: BlobStore) -> None:
    outcomes: list[str] = []

    def put(content: bytes) -> None:
        try:
            store.put(NAME, content)
            outcomes.append(content.decode())
        except BlobError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=put, args=(str(number).encode(),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("blob-exists") == 7
    assert read_blob(store, NAME).decode() in outcomes


def test_a_blob_that_is_missing_is_told_before_the_first_piece(store: BlobStore) -> None:
    assert code_of(lambda: store.chunks(NAME)) == "blob-missing"
    assert code_of(lambda: store.size(NAME)) == "blob-missing"


def test_deleting_is_done_once_and_may_be_done_again(store: BlobStore) -> None:
    store.put(NAME, b"x")
    store.delete(NAME)
    store.delete(NAME)
    assert code_of(lambda: store.chunks(NAME)) == "blob-missing"


def test_a_blob_over_the_limit_is_refused_and_leaves_nothing(store: BlobStore) -> None:
    endless = (bytes(1024) for _ in iter(int, 1))
    for source in (bytes(LIMIT + 1), endless):
        assert code_of(lambda source=source: store.put(NAME, source)) == "blob-size"  # type: ignore[misc]
    assert code_of(lambda: store.size(NAME)) == "blob-missing"


def test_a_source_that_fails_leaves_nothing(store: BlobStore, tmp_path: Path) -> None:
    def source() -> Iterator[bytes]:
        yield b"half"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.put(NAME, source())
    assert code_of(lambda: store.size(NAME)) == "blob-missing"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    "name", ["", "x", "../../etc/passwd", "documents/../../../x", f"/{NAME}", f"{NAME}/x", NAME.upper(), f"{NAME}\n"]
)
def test_what_is_not_a_name_never_becomes_a_path(store: BlobStore, name: str) -> None:
    for act in (store.chunks, store.size, store.delete, lambda n: store.put(n, b"x")):
        assert code_of(lambda act=act: act(name)) == "blob-name"  # type: ignore[misc]


def test_a_blob_can_be_saved_into_a_new_file(store: BlobStore, tmp_path: Path) -> None:
    store.put(NAME, b"content")
    save_blob(store.chunks(NAME), tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == b"content"
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        save_blob(store.chunks(NAME), tmp_path / "out")


def test_blobs_in_a_folder_are_their_owners_alone(tmp_path: Path) -> None:
    FolderBlobStore(tmp_path / "blobs", bytes_at_most=LIMIT).put(NAME, b"x")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "blobs").rglob("*") if path.is_dir()}
    assert modes == {0o700}
    assert stat.S_IMODE((tmp_path / "blobs" / NAME).stat().st_mode) == 0o600


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    store = FolderBlobStore(tmp_path / "blobs", bytes_at_most=LIMIT)
    program = (
        "import resource, signal, sys; from pathlib import Path;"
        "from esign.infra.blob_folder import FolderBlobStore; from esign.infra.errors import BlobError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))\n"
        "try:\n    FolderBlobStore(Path(sys.argv[1]), bytes_at_most=10**7).put(sys.argv[2], bytes(10**6))\n"
        "except BlobError as error:\n    print(error.code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "blobs"), NAME], capture_output=True, text=True, check=True
    )
    assert done.stdout == "blob-store\n"
    assert code_of(lambda: store.size(NAME)) == "blob-missing"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_store_where_nothing_can_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert code_of(lambda: FolderBlobStore(tmp_path / "file" / "blobs", bytes_at_most=1)) == "blob-store"


def test_a_sealed_blob_opens_with_its_key_and_shows_nothing_without(store: BlobStore, tmp_path: Path) -> None:
    sealed, key, name = SealedBlobs(store), new_data_key(), random_name("photos")
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"a face" * 300_000)
    sealed.put(key, name, path)
    assert sealed.read(key, name) == path.read_bytes()
    assert b"a face" not in read_blob(store, name)


def test_a_sealed_blob_does_not_open_with_another_key_or_in_another_place(store: BlobStore) -> None:
    sealed, key, one, two = SealedBlobs(store), new_data_key(), random_name("photos"), random_name("photos")
    sealed.put(key, one, b"a face")
    store.put(two, store.chunks(one))
    for its_key, name in ((new_data_key(), one), (key, two)):
        with pytest.raises(SealedDataError):
            sealed.read(its_key, name)


def test_the_limit_of_sealed_blobs_is_what_fits_when_sealed(store: BlobStore) -> None:
    sealed = SealedBlobs(store)
    sealed.put(new_data_key(), random_name("photos"), bytes(sealed.bytes_at_most))
    assert (
        code_of(lambda: sealed.put(new_data_key(), random_name("photos"), bytes(sealed.bytes_at_most + 1)))
        == "blob-size"
    )
