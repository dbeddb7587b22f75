"""The certificate and key of the service's own HTTPS, as files beside its keys."""

from __future__ import annotations

import os
import ssl
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from esign.infra.errors import ConfigurationError
from esign.infra.settings import Settings, TlsSettings

RENEWED_BEFORE: Final = timedelta(days=30)
_OWN_NAMES: Final = ("localhost", "127.0.0.1")
_EVERYWHERE: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104  # names of it, nothing listens


def server_hosts(settings: Settings) -> tuple[str, ...]:
    """Return the names and addresses by which browsers reach the service, each once."""
    public = urlsplit(settings.public_url).hostname or ""
    listening = () if settings.http.host in _EVERYWHERE else (settings.http.host,)
    return tuple(dict.fromkeys((public, *listening, *_OWN_NAMES)))


def is_good_for(tls: TlsSettings, hosts: tuple[str, ...], now: datetime) -> bool:
    """Tell whether the files are there, belong together, name exactly these hosts, and last for another month."""
    try:
        certificate = x509.load_pem_x509_certificate(tls.certificate.read_bytes())
        key = load_pem_private_key(tls.key.read_bytes(), None)
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, TypeError, x509.ExtensionNotFound):
        return False
    named = {*names.get_values_for_type(x509.DNSName), *map(str, names.get_values_for_type(x509.IPAddress))}
    lasts = certificate.not_valid_after_utc - RENEWED_BEFORE > now
    return lasts and named == {_plain(host) for host in hosts} and key.public_key() == certificate.public_key()


def write_server_files(tls: TlsSettings, certificate_chain: bytes, private_key: bytes) -> None:
    """Write both files, each whole or not at all; the key is its owner's alone.

    Raises `ConfigurationError` (`server-certificate-unwritable`).
    """
    try:
        for path, content, mode in ((tls.key, private_key, 0o600), (tls.certificate, certificate_chain, 0o644)):
            _write(path, content, mode)
    except OSError as error:
        raise ConfigurationError(
            "server-certificate-unwritable",
            f"the certificate for HTTPS cannot be written to {tls.certificate.parent} ({error.strerror})",
            "check who owns the keys folder",
        ) from error


def require_usable(tls: TlsSettings) -> None:
    """Raise `ConfigurationError` (`server-certificate`, `server-key-open`) unless a server can speak TLS with these."""
    try:
        if tls.key.stat().st_mode & 0o077:
            raise ConfigurationError(
                "server-key-open", f"others may read {tls.key}", f"keep it to yourself: chmod 600 {tls.key}"
            )
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(tls.certificate, tls.key)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            "server-certificate",
            f"{tls.certificate} and {tls.key} are not a certificate and its key ({type(error).__name__})",
            "name PEM files that belong together (http.certificate, http.key)",
        ) from error


def _write(path: Path, content: bytes, mode: int) -> None:
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _plain(host: str) -> str:
    try:
        return str(ip_address(host))
    except ValueError:
        return host.lower()
