"""The authority's folder: created once, whole or not at all; opened with the passphrase.

authority.json        format, organization, key algorithm, base url, time of creation
certificates/*.pem    one for each role
keys/*.pem            one for each role, encrypted; the operator takes custodian.pem away
register              serial numbers issued and revoked (see register.py)
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from ca.authority.description import CertificateDescription, describe_certificate
from ca.authority.embedded import EmbeddedAuthority
from ca.authority.hierarchy import create_hierarchy
from ca.authority.key_files import SALT_SIZE, KeyCipher
from ca.authority.keys import KeyAlgorithm, SoftwareKey
from ca.authority.profiles import Endpoints, Role
from ca.authority.register import Register, first_lines
from ca.errors import AuthorityError
from ca.ports import Clock

DEFAULT_ORGANIZATION = "示例保险股份有限公司 (Example Insurance)"
DEFAULT_BASE_URL = "http://localhost:8318"

_FORMAT = 1
_SETTINGS = "authority.json"
_CERTIFICATES = "certificates"
_KEYS = "keys"
_REGISTER = "register"


@dataclass(frozen=True)
class _Settings:
    format: int
    organization: str
    key_algorithm: str
    base_url: str
    created: str


def create_authority(
    folder: Path,
    *,
    passphrase: bytes,
    clock: Clock,
    key_algorithm: KeyAlgorithm = KeyAlgorithm.P256,
    organization: str = DEFAULT_ORGANIZATION,
    base_url: str = DEFAULT_BASE_URL,
    custodian_passphrase: bytes | None = None,
) -> None:
    """Create the authority in a folder that does not exist yet (or is empty).

    The folder gets mode 0700 and its files 0600; it is built beside, synced and renamed, so that a failure
    leaves nothing. `custodian_passphrase` protects the custodian's key file, which the operator takes off
    this machine afterwards; by default it is `passphrase`. Raises `AuthorityError`: `authority-exists`,
    `authority-unwritable`, `passphrase-empty`, `organization-unusable`, `base-url-unusable`.
    """
    settings = _settings(organization, key_algorithm, base_url, clock)
    cipher = KeyCipher(passphrase)
    custodian_cipher = KeyCipher(passphrase if custodian_passphrase is None else custodian_passphrase)
    _refuse_existing(folder)
    now = clock().replace(microsecond=0)
    try:
        members = create_hierarchy(organization, key_algorithm, Endpoints(settings.base_url), now)
    except ValueError as error:
        raise AuthorityError(
            "organization-unusable",
            "the organization's name does not fit into a certificate",
            "give a name of 1 to 64 bytes of UTF-8 (21 Chinese characters)",
        ) from error

    salt = secrets.token_bytes(SALT_SIZE)
    files = {_SETTINGS: json.dumps(asdict(settings), ensure_ascii=False, indent=2).encode() + b"\n"}
    for role, member in members.items():
        files[f"{_CERTIFICATES}/{role.value}.pem"] = member.certificate.public_bytes(Encoding.PEM)
        files[f"{_KEYS}/{role.value}.pem"] = cipher.seal(member.private_key, salt)
    files[f"{_KEYS}/{Role.CUSTODIAN.value}.pem"] = custodian_cipher.seal(
        members[Role.CUSTODIAN].private_key, secrets.token_bytes(SALT_SIZE)
    )
    serials = {m.certificate.serial_number: m.certificate.not_valid_after_utc for m in members.values()}
    files[_REGISTER] = first_lines(serials, now)
    _write_folder(folder, files)


def open_authority(folder: Path, *, passphrase: bytes, clock: Clock) -> EmbeddedAuthority:
    """Open the authority with its keys; the custodian's private key is not read and may be gone.

    Raises `AuthorityError`: `authority-missing`, `wrong-passphrase`, `authority-damaged`, `key-file-damaged`,
    `register-damaged`, `register-unreadable`.
    """
    settings = _read_settings(folder)
    certificates = _read_certificates(folder)
    cipher = KeyCipher(passphrase)
    keys: dict[Role, SoftwareKey] = {}
    for role in Role:
        if role is not Role.CUSTODIAN:
            key = cipher.open(_read(folder / _KEYS / f"{role.value}.pem"))
            if key.public_key() != certificates[role].public_key():
                raise _damaged(f"keys/{role.value}.pem does not belong to the certificate of the same name")
            keys[role] = SoftwareKey(key)
    register = Register(folder / _REGISTER)
    return EmbeddedAuthority(certificates, keys, register, Endpoints(settings.base_url), clock)


def describe_authority(folder: Path) -> list[CertificateDescription]:
    """Return what `esign ca show` prints, root first; needs no passphrase.

    Raises `AuthorityError`: `authority-missing`, `authority-damaged`.
    """
    _read_settings(folder)
    certificates = _read_certificates(folder)
    return [describe_certificate(role, certificates[role]) for role in Role]


def _settings(organization: str, key_algorithm: KeyAlgorithm, base_url: str, clock: Clock) -> _Settings:
    url = base_url.rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc or not url.isascii() or " " in url:
        raise AuthorityError(
            "base-url-unusable",
            "the base url is not an http or https url",
            f"give one such as {DEFAULT_BASE_URL}",
        )
    return _Settings(_FORMAT, organization, key_algorithm.value, url, f"{clock():%Y-%m-%dT%H:%M:%SZ}")


def _refuse_existing(folder: Path) -> None:
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise _exists(folder)


def _write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    beside = folder.parent / f".{folder.name}.{secrets.token_hex(8)}"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            for directory in (beside, beside / _CERTIFICATES, beside / _KEYS):
                directory.mkdir(mode=0o700)
            for name, content in files.items():
                _write_synced(beside / name, content)
            for directory in (beside / _CERTIFICATES, beside / _KEYS, beside):
                _sync_directory(directory)
            try:
                beside.rename(folder)
            except OSError as error:
                # Whoever created an authority here in the meantime was first.
                if folder.exists():
                    raise _exists(folder) from error
                raise
            _sync_directory(folder.parent)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as error:
        raise AuthorityError(
            "authority-unwritable",
            f"the authority's folder cannot be written ({error.strerror})",
            "choose a folder on a disk with room where you may write",
        ) from error


def _write_synced(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read_settings(folder: Path) -> _Settings:
    path = folder / _SETTINGS
    if not path.is_file():
        raise AuthorityError(
            "authority-missing",
            f"there is no authority in {folder}",
            "create one with `esign ca init`, or name its folder",
        )
    try:
        settings = _Settings(**json.loads(_read(path)))
    except (ValueError, TypeError) as error:
        raise _damaged(f"{_SETTINGS} cannot be read") from error
    if settings.format != _FORMAT:
        raise _damaged(f"{_SETTINGS} has an unknown format")
    return settings


def _read_certificates(folder: Path) -> dict[Role, x509.Certificate]:
    certificates: dict[Role, x509.Certificate] = {}
    for role in Role:
        name = f"{_CERTIFICATES}/{role.value}.pem"
        try:
            certificates[role] = x509.load_pem_x509_certificate(_read(folder / name))
        except ValueError as error:
            raise _damaged(f"{name} is not a certificate") from error
    return certificates


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _damaged(f"{path.name} cannot be read ({error.strerror})") from error


def _exists(folder: Path) -> AuthorityError:
    return AuthorityError(
        "authority-exists",
        f"{folder} exists and is not empty",
        "open the authority that is there, or choose another folder; a second one is never made over it",
    )


def _damaged(cause: str) -> AuthorityError:
    return AuthorityError(
        "authority-damaged",
        f"the authority's folder is damaged: {cause}",
        "restore the folder from its backup",
    )
