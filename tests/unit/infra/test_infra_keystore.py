from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from esign.infra.errors import KeyStoreError, SealedDataError
from esign.infra.keystore import FileKeyStore, KeyStore, WrappedKey, create_key_store, open_key_store

DATA_KEY = bytes(range(32))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "keys"


@pytest.fixture
def keys(folder: Path) -> FileKeyStore:
    return create_key_store(folder)


def code_of(folder: Path) -> str:
    with pytest.raises(KeyStoreError) as caught:
        open_key_store(folder)
    return caught.value.code


def test_keys_are_their_owners_alone(keys: FileKeyStore, folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    names = ("master-1.key", "search-index.key", "tokens.key", "checkpoint.key")
    assert modes == dict.fromkeys(names, 0o600)
    assert [path.name for path in folder.parent.iterdir()] == ["keys"]


def test_the_same_keys_are_there_after_opening_anew(keys: FileKeyStore, folder: Path) -> None:
    again: KeyStore = open_key_store(folder)
    assert again.unwrap(keys.wrap(DATA_KEY, b"rec_1"), b"rec_1") == DATA_KEY
    assert again.index_digest(b"x") == keys.index_digest(b"x")
    assert again.checkpoint_public_key == keys.checkpoint_public_key


def test_keys_are_made_once(keys: FileKeyStore, folder: Path) -> None:
    with pytest.raises(KeyStoreError) as caught:
        create_key_store(folder)
    assert caught.value.code == "keys-exist"


def test_of_processes_that_make_keys_at_the_same_time_one_does(folder: Path) -> None:
    folder.parent.mkdir()
    outcomes: list[str] = []

    def make() -> None:
        try:
            create_key_store(folder)
            outcomes.append("made")
        except KeyStoreError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=make) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["keys-exist"] * 5 + ["made"]
    assert [path.name for path in folder.parent.iterdir()] == ["keys"]


@pytest.mark.parametrize("name", ["master-1.key", "search-index.key", "checkpoint.key"])
def test_a_missing_key_is_not_made_anew(keys: FileKeyStore, folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert code_of(folder) == "key-missing"
    assert not (folder / name).exists()


def test_a_missing_folder_is_told(folder: Path) -> None:
    assert code_of(folder) == "key-missing"


def test_keys_that_others_may_read_are_refused(keys: FileKeyStore, folder: Path) -> None:
    (folder / "master-1.key").chmod(0o640)
    assert code_of(folder) == "key-exposed"
    (folder / "master-1.key").chmod(0o600)
    folder.chmod(0o755)
    assert code_of(folder) == "key-exposed"


@pytest.mark.parametrize("content", [b"", b"esign key, 32 bytes in base64:\nAAAA\n", b"\xff" * 40, b"-----BEGIN"])
def test_a_file_that_holds_no_key_is_refused(keys: FileKeyStore, folder: Path, content: bytes) -> None:
    (folder / "checkpoint.key").write_bytes(content)
    assert code_of(folder) == "key-broken"


def test_a_wrapped_key_opens_for_its_record_only(keys: FileKeyStore) -> None:
    wrapped = keys.wrap(DATA_KEY, b"rec_1")
    for other, context in (
        (wrapped, b"rec_2"),
        (WrappedKey(1, wrapped.data[:-1]), b"rec_1"),
        (WrappedKey(1, b""), b"rec_1"),
    ):
        with pytest.raises(SealedDataError):
            keys.unwrap(other, context)


def test_a_wrapped_key_of_other_keys_is_refused(keys: FileKeyStore, tmp_path: Path) -> None:
    with pytest.raises(SealedDataError, match="belongs to this database"):
        create_key_store(tmp_path / "other").unwrap(keys.wrap(DATA_KEY, b"rec_1"), b"rec_1")


def test_only_a_whole_data_key_is_wrapped(keys: FileKeyStore) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        keys.wrap(b"short", b"rec_1")


def test_after_a_rotation_the_new_key_wraps_and_the_old_one_still_unwraps(keys: FileKeyStore, folder: Path) -> None:
    old = keys.wrap(DATA_KEY, b"rec_1")
    assert keys.rotate_master() == 2
    new = keys.wrap(DATA_KEY, b"rec_1")
    assert (old.master_version, new.master_version, keys.master_versions) == (1, 2, [1, 2])
    assert keys.unwrap(old, b"rec_1") == keys.unwrap(new, b"rec_1") == DATA_KEY
    assert open_key_store(folder).unwrap(new, b"rec_1") == DATA_KEY
    with pytest.raises(SealedDataError):
        keys.unwrap(WrappedKey(2, old.data), b"rec_1")


def test_another_process_notices_a_rotation(keys: FileKeyStore, folder: Path) -> None:
    other = open_key_store(folder)
    keys.rotate_master()
    assert other.unwrap(keys.wrap(DATA_KEY, b"rec_1"), b"rec_1") == DATA_KEY
    assert other.wrap(DATA_KEY, b"rec_1").master_version == 2


def test_an_old_master_key_can_be_retired_and_the_newest_cannot(keys: FileKeyStore, folder: Path) -> None:
    old = keys.wrap(DATA_KEY, b"rec_1")
    for version in (1, 2):
        with pytest.raises(KeyStoreError, match="not an old one"):
            keys.retire_master(version)
    keys.rotate_master()
    keys.retire_master(1)
    assert not (folder / "master-1.key").exists()
    for store in (keys, open_key_store(folder)):
        with pytest.raises(KeyStoreError) as caught:
            store.unwrap(old, b"rec_1")
        assert caught.value.code == "master-key-missing"


def test_checkpoints_are_signed_with_ed25519(keys: FileKeyStore) -> None:
    public = Ed25519PublicKey.from_public_bytes(keys.checkpoint_public_key)
    public.verify(keys.sign_checkpoint(b"head"), b"head")
    with pytest.raises(InvalidSignature):
        public.verify(keys.sign_checkpoint(b"head"), b"other")


def test_a_key_store_does_not_show_its_keys(keys: FileKeyStore, folder: Path) -> None:
    body = (folder / "master-1.key").read_text().splitlines()[1]
    assert body not in repr(keys)
    assert repr(keys) == f"FileKeyStore({str(folder)!r})"
