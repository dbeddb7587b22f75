"""The service's own keys, by purpose: what they do, never what they are. Not in the database, not in its backups.

master         wraps the data key of every record; has versions, of which the newest wraps and all unwrap
search index   keys the digests by which personal data is found
tokens         keys what links, one-time codes and sessions are derived from, so that none of them is stored
checkpoint     Ed25519, signs the trail's checkpoints
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import secrets
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from esign.infra.errors import KeyStoreError, SealedDataError

KEY_SIZE: Final = 32
_NONCE_SIZE: Final = 12
_MASTER: Final = re.compile(r"master-([1-9][0-9]{0,5})\.key")
_INDEX: Final = "search-index.key"
_TOKENS: Final = "tokens.key"
_CHECKPOINT: Final = "checkpoint.key"
_HEADER: Final = "esign key, 32 bytes in base64:"


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A data key (32 bytes), encrypted by a version of the master key."""

    master_version: int
    data: bytes


class KeyStore(Protocol):
    """What the service asks of its keys; a hardware module can answer as well as a folder."""

    @property
    def master_versions(self) -> Sequence[int]:
        """The versions that can unwrap, oldest first; the last one wraps."""

    def wrap(self, data_key: bytes, context: bytes) -> WrappedKey:
        """Encrypt a data key by the newest master key, bound to `context` (the record it is for)."""

    def unwrap(self, wrapped: WrappedKey, context: bytes) -> bytes:
        """Return the data key. Raises `SealedDataError` (altered, another context) or `KeyStoreError` (no such key)."""

    def rotate_master(self) -> int:
        """Make a new master key that wraps from now on, and return its version; the old ones still unwrap."""

    def retire_master(self, version: int) -> None:
        """Destroy a master key that is not the newest. Whatever it still wraps is lost."""

    def index_digest(self, data: bytes) -> bytes:
        """Return HMAC-SHA-256 of `data` under the search index key, 32 bytes."""

    def token_digest(self, purpose: str, data: bytes) -> bytes:
        """Return HMAC-SHA-256 of `data` under the tokens key, 32 bytes, which differ for every purpose."""

    def sign_checkpoint(self, data: bytes) -> bytes:
        """Return the Ed25519 signature (RFC 8032) of `data`, 64 bytes."""

    @property
    def checkpoint_public_key(self) -> bytes:
        """The raw Ed25519 public key, 32 bytes."""


class FileKeyStore:
    """Keys in files of a folder that its owner alone may enter. See `create_key_store`, `open_key_store`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._masters: dict[int, bytes] = {}
        self._index = _read_key(folder / _INDEX)
        self._tokens = _read_key(folder / _TOKENS)
        self._checkpoint = Ed25519PrivateKey.from_private_bytes(_read_key(folder / _CHECKPOINT))
        self._load_masters()

    def __repr__(self) -> str:
        return f"FileKeyStore({str(self._folder)!r})"

    @property
    def master_versions(self) -> Sequence[int]:
        return sorted(self._masters)

    def wrap(self, data_key: bytes, context: bytes) -> WrappedKey:
        if len(data_key) != KEY_SIZE:
            raise ValueError(f"a data key has {KEY_SIZE} bytes")
        self._load_masters()  # another process may have rotated since; an old key may be retired at any time
        version = self.master_versions[-1]
        nonce = secrets.token_bytes(_NONCE_SIZE)
        return WrappedKey(version, nonce + self._cipher(version).encrypt(nonce, data_key, _bound(version, context)))

    def unwrap(self, wrapped: WrappedKey, context: bytes) -> bytes:
        version, data = wrapped.master_version, wrapped.data
        if version not in self._masters:
            self._load_masters()  # another process may have rotated since
        try:
            return self._cipher(version).decrypt(data[:_NONCE_SIZE], data[_NONCE_SIZE:], _bound(version, context))
        except (InvalidTag, ValueError) as error:
            raise SealedDataError(
                "wrapped-key-refused",
                f"a wrapped key does not open under master key {version}",
                "check that the keys folder belongs to this database; if it does, the row was altered or moved",
            ) from error

    def rotate_master(self) -> int:
        self._load_masters()
        version = self.master_versions[-1] + 1
        _write_key(self._folder / f"master-{version}.key", secrets.token_bytes(KEY_SIZE))
        self._load_masters()
        return version

    def retire_master(self, version: int) -> None:
        self._load_masters()
        if version not in self._masters or version == self.master_versions[-1]:
            raise KeyStoreError(
                "master-key-in-use", f"master key {version} is not an old one", "rotate first, then rewrap every record"
            )
        path = self._folder / f"master-{version}.key"
        path.unlink()
        _flush_folder(self._folder)
        del self._masters[version]

    def index_digest(self, data: bytes) -> bytes:
        return hmac.digest(self._index, data, hashlib.sha256)

    def token_digest(self, purpose: str, data: bytes) -> bytes:
        return hmac.digest(self._tokens, purpose.encode("ascii") + b"\x00" + data, hashlib.sha256)

    def sign_checkpoint(self, data: bytes) -> bytes:
        return self._checkpoint.sign(data)

    @property
    def checkpoint_public_key(self) -> bytes:
        return self._checkpoint.public_key().public_bytes_raw()

    def _cipher(self, version: int) -> AESGCM:
        if version not in self._masters:
            raise KeyStoreError(
                "master-key-missing", f"master key {version} is not in the keys folder", "restore it from its backup"
            )
        return AESGCM(self._masters[version])

    def _load_masters(self) -> None:
        found = {int(match[1]): path for path in self._folder.iterdir() if (match := _MASTER.fullmatch(path.name))}
        if not found:
            raise _missing(self._folder / "master-1.key")
        self._masters = {version: self._masters.get(version) or _read_key(path) for version, path in found.items()}


def create_key_store(folder: Path) -> FileKeyStore:
    """Make the folder and its keys, once. Raises `KeyStoreError` (`keys-exist`, `keys-folder`).

    The folder appears whole or not at all: it is filled beside its place and renamed.
    """
    if folder.exists():
        raise _exists(folder)
    beside = folder.with_name(f".{folder.name}-{secrets.token_hex(8)}")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside.mkdir(mode=0o700)
        for name in ("master-1.key", _INDEX, _TOKENS, _CHECKPOINT):
            _write_key(beside / name, secrets.token_bytes(KEY_SIZE))
        try:
            beside.rename(folder)  # onto a folder with files in it, this fails
        except OSError as error:
            _remove_folder(beside)
            if folder.exists():
                raise _exists(folder) from error
            raise
        _flush_folder(folder.parent)
    except OSError as error:
        raise KeyStoreError(
            "keys-folder", f"the keys folder {folder} cannot be made ({error.strerror})", "check who owns its parent"
        ) from error
    return FileKeyStore(folder)


def open_key_store(folder: Path) -> FileKeyStore:
    """Open the keys. A key that is missing is never made anew: what it protects would be lost without a word.

    Raises `KeyStoreError`: `key-missing`, `key-exposed` (others may read the folder or a file), `key-broken`.
    """
    try:
        _refuse_exposed(folder)
        return FileKeyStore(folder)
    except FileNotFoundError as error:
        raise _missing(folder) from error
    except OSError as error:
        raise KeyStoreError(
            "keys-folder", f"the keys folder {folder} cannot be read ({error.strerror})", "check who owns it"
        ) from error


def _bound(version: int, context: bytes) -> bytes:
    return b"esign data key\x00" + version.to_bytes(4, "big") + context


def _write_key(path: Path, key: bytes) -> None:
    """Write a key that must not exist yet: whole or not at all, readable by its owner alone, on the disk."""
    beside = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{_HEADER}\n{base64.b64encode(key).decode()}\n")
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(beside)  # unlike a rename, never onto another key
    except FileExistsError as error:
        raise KeyStoreError("keys-exist", f"{path} exists already", "another process made it; try again") from error
    finally:
        beside.unlink()
    _flush_folder(path.parent)


def _read_key(path: Path) -> bytes:
    _refuse_exposed(path)
    header, _, body = path.read_text("ascii", "replace").partition("\n")
    try:
        key = base64.b64decode(body.strip(), validate=True)
    except ValueError:
        key = b""
    if header != _HEADER or len(key) != KEY_SIZE:
        raise KeyStoreError("key-broken", f"{path} holds no key", "restore it from its backup")
    return key


def _refuse_exposed(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError as error:
        raise _missing(path) from error
    if stat.S_IMODE(mode) & 0o077:
        raise KeyStoreError("key-exposed", f"others than the owner may reach {path}", f"chmod go-rwx {path}")


def _remove_folder(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _missing(path: Path) -> KeyStoreError:
    return KeyStoreError(
        "key-missing",
        f"{path} is missing",
        "restore it from its backup; without data yet, let the service make its keys at its first start",
    )


def _exists(folder: Path) -> KeyStoreError:
    return KeyStoreError("keys-exist", f"the keys folder {folder} exists already", "use the keys that are in it")
